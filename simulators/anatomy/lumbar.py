"""The lumbar spine from behind: facet joint, transverse processes, way to the epidural space.

x runs from the middle outwards, so that the spinous process lies on the left of a short-axis view
and the transverse process on the right; y from the head to the feet. All levels of one person are
alike, and so are both sides; the row of levels has no end, and each view has a level of its own.

Lengths are a textbook's order of magnitude for adults: 6 to 14 mm of fat, about 30 mm of muscle
over the laminae, vertebrae 34 to 38 mm apart, facet joints 15 to 18 mm from the middle and turned
40 to 50 degrees from the sagittal plane, an epidural space of 5 mm behind the dura. What is given
as a range varies with the seed, evenly, which is our choice.
"""

from dataclasses import dataclass
from math import atan, cos, degrees, pi, sin

import numpy as np

from simulators.anatomy.back import SKIN_MM, BothSides, EveryLevel, make_cover
from simulators.anatomy.body import Body, Hold, Motion, Structure, View
from simulators.anatomy.materials import (
    BONE,
    CARTILAGE,
    CEREBROSPINAL_FLUID,
    CORTEX,
    DEEP_MUSCLE,
    FAT_PAD,
    FIBROCARTILAGE,
    LIGAMENT,
    NO_EDGE,
    ROUGH_CORTEX,
    SEPTUM,
    SHEET,
    THIN_WALL,
)
from simulators.anatomy.shapes import (
    FLAT,
    Below,
    Box,
    Ellipsoid,
    Grown,
    Inside,
    Point3,
    Ripple,
    Shape,
    Surface,
    Tube,
    Uneven,
    Union,
    make_ripple,
)

ENTRY_MM = 40.0
"""From the middle of the face to where a needle goes in beside its end."""
LAMINA_Y_MM, WINDOW_Y_MM, PROCESS_Y_MM = -9.0, 9.0, 4.0
"""Middle of a lamina, of the window below it, and of the next transverse process, where the facet
joint between the two vertebrae lies at 0."""
FAR_MM = 400.0
"""Beyond every picture."""
ALONG = (0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Person:
    """Measures in mm, and one angle."""

    middle: float
    """x of the spinous processes."""
    fascia: float
    """Depth of the thoracolumbar fascia."""
    lamina: float
    """Depth of the middle of a lamina."""
    level: float
    """From one vertebra to the next."""
    facet: float
    """Of the facet joints from the middle."""
    slant_rad: float
    """Of the facet joints from the sagittal plane."""

    @property
    def facet_hold(self) -> Hold:
        """Across, over the facet joint."""
        return Hold()

    @property
    def process_hold(self) -> Hold:
        """Along, over the transverse processes two levels down."""
        return Hold(self.middle + 38.0, PROCESS_Y_MM + 2.0 * self.level, 90.0)

    @property
    def window_hold(self) -> Hold:
        """Along, beside the spinous processes three levels up, and tilted to the middle."""
        tilt = atan((17.0 - 2.5) / self.epidural)
        y_mm = WINDOW_Y_MM - 3.5 - 3.0 * self.level
        return Hold(self.middle + 17.0, y_mm, 90.0, tilt_deg=-degrees(tilt))

    @property
    def holds(self) -> tuple[tuple[float, float], ...]:
        """Where a curved face is held."""
        holds = (self.facet_hold, self.process_hold, self.window_hold)
        return tuple((hold.x_mm, hold.y_mm) for hold in holds)

    @property
    def epidural(self) -> float:
        """Depth of the middle of the epidural space behind the dura."""
        return self.lamina + 7.0


def make_lumbar(seed: int) -> Body:
    """The lumbar spine of the person with this number."""
    rng = np.random.default_rng([seed, 11])
    fascia_mm = SKIN_MM + rng.uniform(6.0, 14.0)
    person = _Person(
        middle=rng.uniform(-16.0, -14.0),
        fascia=fascia_mm,
        lamina=fascia_mm + rng.uniform(29.0, 33.0),
        level=rng.uniform(34.0, 38.0),
        facet=rng.uniform(15.0, 18.0),
        slant_rad=rng.uniform(0.70, 0.87),
    )
    return Body(
        site="lumbar",
        seed=seed,
        structures=(*_soft(person, rng), *_canal(person), *_bones(person, rng)),
        targets=_targets(person),
        no_go=("vertebrae", "vertebral bodies", "thecal sac"),
        views=_views(person),
        motion=Motion(breathing_mm=(0.0, 0.5, 0.4)),
    )


def _targets(person: _Person) -> dict[str, Point3]:
    hold = person.process_hold
    mouth_x, _, mouth_z = _by_facet(person, -0.8, 0.0, 0.0)
    return {
        "facet joint": (person.middle + mouth_x, 0.0, mouth_z),
        "psoas compartment": (hold.x_mm, hold.y_mm + 0.45 * person.level, person.lamina + 20.0),
        "epidural space": (person.middle + 2.5, person.window_hold.y_mm + 1.5, person.epidural),
    }


def _views(person: _Person) -> tuple[View, ...]:
    processes, window = person.process_hold, person.window_hold
    return (
        View(
            "facet joint, short axis",
            "curved",
            person.facet_hold,
            90.0,
            "facet joint",
            (ENTRY_MM, 0.0, 0.0),
            "facet joint",
        ),
        View(
            "transverse processes, long axis",
            "curved",
            processes,
            100.0,
            "psoas compartment",
            (processes.x_mm, processes.y_mm + ENTRY_MM, 0.0),
            "psoas",
        ),
        View(
            "interlaminar, paramedian oblique",
            "curved",
            window,
            90.0,
            "epidural space",
            (window.x_mm, window.y_mm + ENTRY_MM, 0.0),
            "epidural space",
        ),
    )


def _soft(person: _Person, rng: np.random.Generator) -> tuple[Structure, ...]:
    """From the skin to the psoas."""
    x, z = person.middle, person.lamina
    names = ("thoracolumbar fascia", "erector spinae")
    cover = make_cover(rng, person.holds, person.fascia, names, ALONG)
    uneven = make_ripple(rng, 0.7, 16.0)
    multifidus = _cord((10.0, z - 13.0), 13.0, 0.95, uneven)
    psoas = _cord((35.0, z + 31.0), 17.0, 1.0, uneven)
    quadratus = _cord((52.0, z + 6.0), 15.0, 0.45)
    behind = Surface(z + 12.0, (0.0, 0.02))
    return (
        *cover,
        Structure("multifidus", DEEP_MUSCLE, BothSides(multifidus, x), SEPTUM, ALONG),
        Structure("retroperitoneal fat", FAT_PAD, Below(behind), NO_EDGE, ALONG),
        Structure("quadratus lumborum", DEEP_MUSCLE, BothSides(quadratus, x), SEPTUM, ALONG),
        Structure("psoas", DEEP_MUSCLE, BothSides(psoas, x), SEPTUM, ALONG),
    )


def _cord(at: tuple[float, float], radius_mm: float, flat: float, ripple: Ripple = FLAT) -> Tube:
    """What runs along the spine at (x, z)."""
    x, z = at
    return Tube(((x, -FAR_MM, z), (x, FAR_MM, z)), (radius_mm, radius_mm), flat, ripple)


def _canal(person: _Person) -> tuple[Structure, ...]:
    """What the laminae cover."""
    x, z = person.middle, person.lamina
    flavum = Box((6.0, WINDOW_Y_MM, z + 2.6), (9.0, 0.45 * person.level, 1.9), 1.5)
    flava = EveryLevel(BothSides(flavum, x), person.level, WINDOW_Y_MM)
    discs = Box((x, 0.0, z + 47.0), (22.0, FAR_MM, 20.0), 6.0)
    body = Box((x, LAMINA_Y_MM, z + 47.0), (22.0, 15.0, 20.0), 5.0)
    bodies = EveryLevel(body, person.level, LAMINA_Y_MM)
    return (
        Structure("discs", FIBROCARTILAGE, discs, SEPTUM),
        Structure("vertebral bodies", BONE, bodies, CORTEX),
        Structure("epidural space", FAT_PAD, _cord((x, z + 15.7), 11.5, 0.97)),
        Structure("thecal sac", CEREBROSPINAL_FLUID, _cord((x, z + 17.2), 8.5, 0.91), SHEET, ALONG),
        Structure("ligamentum flavum", LIGAMENT, flava, SHEET, ALONG),
    )


def _bones(person: _Person, rng: np.random.Generator) -> tuple[Structure, ...]:
    """Facet joints, and vertebrae that leave room for them."""
    gap = Box(
        _by_facet(person, 3.5, 0.0, 0.0), (7.0, 9.0, 1.4), 0.5, tip_rad=person.slant_rad - pi / 2
    )
    mouth = Ellipsoid(_by_facet(person, -1.5, 0.0, 0.0), (4.5, 8.0, 2.2))
    smooth = Union((_every_arch(person), _every_process(person, gap)))
    vertebrae = Uneven(smooth, make_ripple(rng, 0.22, 7.0))
    return (
        Structure("facet capsule", LIGAMENT, _at_each(person, mouth), THIN_WALL, ALONG),
        Structure("facet joint", CARTILAGE, _at_each(person, Grown(gap, 0.3))),
        Structure("vertebrae", BONE, vertebrae, ROUGH_CORTEX),
    )


def _at_each(person: _Person, shape: Shape) -> Shape:
    """On both sides of every level, about the transverse process."""
    return EveryLevel(BothSides(shape, person.middle), person.level, PROCESS_Y_MM)


def _by_facet(person: _Person, inwards: float, aside: float, y_mm: float) -> Point3:
    """A point `inwards` along the facet joint from its mouth, and `aside` to the back of it."""
    sine, cosine = sin(person.slant_rad), cos(person.slant_rad)
    x = person.facet - sine * inwards - cosine * aside
    return x, y_mm, person.lamina + cosine * inwards - sine * aside


def _every_arch(person: _Person) -> Shape:
    """Laminae like shingles, and spinous processes between them."""
    z, y = person.lamina, LAMINA_Y_MM
    half = 0.5 * (person.facet - 2.8)
    lamina = Box((half + 1.0, y, z), (12.0, half, 2.8), 2.2, 0.5 * pi, -0.28)
    tip = person.fascia + 4.0
    spinous = Box((0.0, y + 4.0, 0.5 * (tip + z)), (3.3, 10.0, 0.5 * (z - tip) + 2.0), 2.5)
    arch = Union((lamina, spinous), 2.0)
    return EveryLevel(BothSides(arch, person.middle), person.level, y)


def _every_process(person: _Person, gap: Shape) -> Shape:
    """Both articular processes with the joint between them, and the transverse process."""
    z, y = person.lamina, PROCESS_Y_MM
    lower = Ellipsoid(_by_facet(person, 2.5, 5.5, 0.0), (5.8, 9.0, 6.0))
    upper = Ellipsoid(_by_facet(person, 2.0, -5.5, 3.0), (5.8, 10.0, 6.0))
    across = Tube(((20.0, y, z + 9.0), (45.0, y - 1.0, z + 10.0)), (7.0, 6.0), 0.6)
    processes = Inside((Union((lower, upper, across), 2.0),), (gap,))
    return _at_each(person, processes)
