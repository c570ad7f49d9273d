"""The hip from the front: the anterior recess along the neck of the femur, and the femoral vessels.

x runs along the neck, from the head on the left to the trochanter on the right; y from medial to
lateral. Vessels, nerve and tendon run obliquely to that, towards the feet.

Lengths are a textbook's order of magnitude for slim adults with a moderate effusion: 4 to 8 mm of
fat, the top of the head 26 to 33 mm deep, its radius 22 to 25 mm, artery and vein 8 to 11 mm wide
and medial of the middle of the head, the nerve beside the artery below the fascia iliaca. What is
given as a range varies with the seed, evenly, which is our choice.
"""

from dataclasses import dataclass
from math import cos, degrees, pi, sin

import numpy as np

from simulators.anatomy.body import Body, Hold, Structure, View
from simulators.anatomy.materials import (
    BLOOD,
    BONE,
    CARTILAGE,
    CORTEX,
    FASCIA,
    FAT_PAD,
    FIBROCARTILAGE,
    FINE_MUSCLE,
    FLUID,
    GEL,
    LAYERED_FAT,
    LIGAMENT,
    NERVE,
    SKIN,
    SYNOVIUM,
    TENDON,
    THIN_WALL,
    VESSEL,
    VESSEL_WALL,
    Edge,
)
from simulators.anatomy.shapes import (
    Below,
    Ellipsoid,
    Grown,
    Inside,
    Point3,
    Surface,
    Tube,
    Uneven,
    Union,
    make_ripple,
)

SKIN_MM = 1.8
"""Thickness of the skin."""
ENTRY_MM = 28.5
"""From the middle of the face to where a needle goes in beside its end."""
PULSE_MM = 0.3
"""How far the artery's wall moves outwards."""
WALL_MM = 0.8
FAR_MM = 90.0
"""Beyond every picture."""
CARTILAGE_MM = 1.8
CAPSULE_MM = 3.2
"""With the ligaments that strengthen it."""
BRIGHT_WALL = Edge(-20.0, 2.0, 0.09)


@dataclass(frozen=True, slots=True)
class _Person:
    """Measures in mm, and one angle."""

    fascia: float
    """Depth of the fascia lata."""
    head: Point3
    """Middle of the head of the femur."""
    radius: float
    """Of the head."""
    turn_rad: float
    """From the neck to the direction of the vessels."""

    @property
    def top(self) -> float:
        """Depth of the top of the head."""
        return self.head[2] - self.radius

    def at(self, caudal: float, lateral: float, z: float) -> Point3:
        """A point so far towards the feet and to the side from the middle of the head."""
        cosine, sine = cos(self.turn_rad), sin(self.turn_rad)
        return self.head[0] + cosine * caudal + sine * lateral, cosine * lateral - sine * caudal, z

    def down(self, lateral: float, z: float, radius_mm: float, flat: float = 1.0) -> Tube:
        """What runs towards the feet as the vessels do."""
        ends = (self.at(-FAR_MM, lateral, z), self.at(FAR_MM, lateral, z))
        return Tube(ends, (radius_mm, radius_mm), flat)


def make_hip(seed: int) -> Body:
    """The hip of the person with this number."""
    rng = np.random.default_rng([seed, 12])
    fascia_mm, radius_mm = SKIN_MM + rng.uniform(4.0, 8.0), rng.uniform(22.0, 25.0)
    top_mm = fascia_mm + rng.uniform(20.0, 23.0)
    head = (rng.uniform(-10.0, -8.0), 0.0, top_mm + radius_mm)
    person = _Person(fascia_mm, head, radius_mm, rng.uniform(0.60, 0.72))
    recess = _recess(person, rng)
    target = (head[0] + 16.0, 0.0, recess.centre[2] - 3.3)
    return Body(
        site="hip",
        seed=seed,
        structures=(
            *_muscles(person, rng),
            *_vessels(person, rng),
            *_joint(person, recess, rng),
            *_bones(person, rng),
        ),
        targets={"anterior recess": target},
        no_go=("femoral artery", "femoral vein", "femoral nerve", "acetabulum", "femur"),
        views=_views(person, target),
    )


def _views(person: _Person, target: Point3) -> tuple[View, ...]:
    turn_rad = 0.5 * pi - person.turn_rad
    aside = np.array([cos(turn_rad), sin(turn_rad)])
    x, y = (np.array(target[:2]) - 12.5 * aside).tolist()
    entry_x, entry_y = (np.array([x, y]) + ENTRY_MM * aside).tolist()
    return (
        View(
            "anterior recess, long axis",
            "linear",
            Hold(x_mm=-2.0),
            52.0,
            "anterior recess",
            (ENTRY_MM - 2.0, 0.0, 0.0),
            "anterior recess",
        ),
        View(
            "femoral vessels, short axis",
            "linear",
            Hold(x, y, degrees(turn_rad)),
            52.0,
            "anterior recess",
            (entry_x, entry_y, 0.0),
            "anterior recess",
        ),
    )


def _muscles(person: _Person, rng: np.random.Generator) -> tuple[Structure, ...]:
    """From the skin to the iliopsoas."""
    z, down = person.fascia, _along(person)
    skin = Surface(SKIN_MM)
    middle_mm = 0.5 * (SKIN_MM + z)
    scarpa = Surface(middle_mm, (0.01, -0.015), ripple=make_ripple(rng, 0.35, 12.0))
    lata = Surface(z, ripple=make_ripple(rng, 0.3, 12.0))
    iliaca = _fascia_iliaca(person, rng)
    sartorius = (
        person.at(-30.0, 35.0, z + 3.6),
        person.at(15.0, 13.0, z + 4.2),
        person.at(60.0, -15.0, z + 4.2),
    )
    rectus = (
        person.at(-10.0, 24.0, z + 16.0),
        person.at(20.0, 22.0, z + 12.0),
        person.at(70.0, 20.0, z + 12.0),
    )
    return (
        Structure("gel", GEL, Below(Surface(-60.0))),
        Structure("skin", SKIN, Below(Surface(0.0)), THIN_WALL),
        Structure("subcutaneous fat", LAYERED_FAT, Below(skin), THIN_WALL),
        Structure("deep subcutaneous fat", LAYERED_FAT, Below(scarpa), THIN_WALL),
        Structure("femoral triangle", FAT_PAD, Below(lata), FASCIA),
        Structure("iliopsoas", FINE_MUSCLE, Below(iliaca), FASCIA, (0.99, 0.0, 0.14)),
        Structure("pectineus", FINE_MUSCLE, person.down(-36.0, z + 24.0, 13.0, 0.7), FASCIA, down),
        Structure("rectus femoris", FINE_MUSCLE, Tube(rectus, (3.0, 9.0, 11.0), 0.6), FASCIA, down),
        Structure("sartorius", FINE_MUSCLE, Tube(sartorius, (9.0, 9.0, 9.0), 0.38), FASCIA, down),
    )


def _along(person: _Person) -> Point3:
    """Unit vector towards the feet."""
    return cos(person.turn_rad), -sin(person.turn_rad), 0.0


def _fascia_iliaca(person: _Person, rng: np.random.Generator) -> Surface:
    """The upper surface of the iliopsoas: it falls below the vessels."""
    sine, cosine = sin(person.turn_rad), cos(person.turn_rad)
    fall = -0.22
    over_head = person.fascia + 8.0 - fall * sine * person.head[0]
    return Surface(over_head, (fall * sine, fall * cosine), ripple=make_ripple(rng, 0.3, 12.0))


def _vessels(person: _Person, rng: np.random.Generator) -> tuple[Structure, ...]:
    """What a needle spares, from lateral to medial, and the tendon over the head."""
    z, down = person.fascia, _along(person)
    beside = -rng.uniform(15.0, 17.0)
    artery = person.down(beside, z + 6.4, rng.uniform(3.8, 4.5))
    vein = person.down(beside - 10.8, z + 8.6, rng.uniform(4.6, 5.6), 0.8)
    nerve = person.down(beside + 10.2, z + 11.2, 4.6, 0.36)
    tendon = person.down(-4.5, person.top - 8.2, 4.5, 0.6)
    return (
        Structure("iliopsoas tendon", TENDON, tendon, FASCIA, down),
        Structure("femoral nerve", NERVE, nerve, THIN_WALL, down),
        Structure("femoral vein", BLOOD, vein, VESSEL),
        Structure("artery wall", VESSEL_WALL, Grown(artery, WALL_MM), THIN_WALL, down, PULSE_MM),
        Structure("femoral artery", BLOOD, artery, VESSEL, down, PULSE_MM),
    )


def _recess(person: _Person, rng: np.random.Generator) -> Ellipsoid:
    """Between capsule and neck, where an effusion gathers."""
    return Ellipsoid(
        (person.head[0] + 19.0, 0.0, person.top + 6.9),
        (12.5, 15.0, rng.uniform(4.7, 5.5)),
        tip_rad=0.27,
    )


def _joint(person: _Person, recess: Ellipsoid, rng: np.random.Generator) -> tuple[Structure, ...]:
    """Capsule, labrum and cartilage, and the recess."""
    fluid = Uneven(recess, make_ripple(rng, 0.15, 6.0))
    cartilage = Grown(Ellipsoid(person.head, (person.radius,) * 3), CARTILAGE_MM)
    capsule = Grown(Union((cartilage, recess), 3.0), CAPSULE_MM)
    labrum = Ellipsoid(
        (person.head[0] - 11.0, 0.0, person.top + 1.2), (5.5, 22.0, 2.0), tip_rad=-0.5
    )
    return (
        Structure("capsule", LIGAMENT, capsule, FASCIA, (0.97, 0.0, 0.24)),
        Structure("labrum", FIBROCARTILAGE, labrum, FASCIA),
        Structure("cartilage", CARTILAGE, cartilage, THIN_WALL),
        Structure("synovium", SYNOVIUM, Grown(recess, 0.5)),
        Structure("anterior recess", FLUID, fluid, BRIGHT_WALL),
    )


def _bones(person: _Person, rng: np.random.Generator) -> tuple[Structure, ...]:
    """The rim of the acetabulum, and the femur from its head to its trochanter."""
    x, _, z = person.head
    head = Ellipsoid(person.head, (person.radius,) * 3)
    neck = Tube((person.head, (x + 48.0, 0.0, z + 2.0)), (14.5, 15.0))
    trochanter = Ellipsoid((x + 58.0, 0.0, z - 2.0), (17.0, 22.0, 17.0))
    femur = Uneven(Union((head, neck, trochanter), 6.0), make_ripple(rng, 0.12, 9.0))
    rim = Ellipsoid((x - 25.0, 0.0, person.top + 5.0), (13.0, 26.0, 8.0))
    acetabulum = Inside((rim,), (Grown(head, CARTILAGE_MM + 1.0),))
    return (
        Structure("acetabulum", BONE, acetabulum, CORTEX),
        Structure("femur", BONE, femur, CORTEX),
    )
