"""The wrist: the carpal tunnel across, and the radiocarpal joint along, from the back of the hand.

The skin is laid out flat. Around the origin lies the palmar side at the level of the pisiform: x
runs from radial to ulnar, y from proximal to distal. The dorsal side lies `DORSAL_MM` further along
x, around the ulnar edge.

Sizes are a textbook's order of magnitude for adults and vary with the seed: skin 1.1 to 1.4 mm, fat
1.5 to 2.5, median nerve 5 to 6 by 2, flexor tendons 3 to 5, retinaculum about 1, ulnar artery 2
across. How they lie to each other is drawn by us.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.anatomy.body import Body, Hold, Structure, View
from simulators.anatomy.cover import make_cover
from simulators.anatomy.dorsal_wrist import DORSAL_MM, Dorsal, make_dorsal
from simulators.anatomy.materials import (
    BLOOD,
    BONE,
    CARTILAGE,
    CORTEX,
    FASCIA,
    FAT,
    FLAT_TENDON,
    FLUID,
    LIGAMENT,
    NERVE,
    NERVE_FASCICLE,
    SYNOVIUM,
    TENDON,
    TENOSYNOVIUM,
    THIN_WALL,
    VESSEL,
    VESSEL_WALL,
)
from simulators.anatomy.shapes import (
    Below,
    Between,
    Cords,
    Ellipsoid,
    Grown,
    Inside,
    Point3,
    Shape,
    Surface,
    Union,
    make_ripple,
)

ALONG = (0.0, 1.0, 0.0)
"""The way that tendons, nerves and vessels run."""
PULSE_MM = 0.1
"""How far the wall of the artery moves with each beat."""
BOW = 0.016
"""Fall of the retinaculum to its sides, mm a mm²."""
TENDONS_MM = (
    (4.0, 2.4, 2.1, 0.75),
    (7.9, 2.7, 1.8, 0.78),
    (-0.6, 4.5, 2.2, 0.68),
    (4.2, 5.5, 1.8, 0.75),
    (-4.6, 6.4, 2.0, 0.75),
    (-0.4, 7.9, 2.1, 0.72),
    (3.7, 8.4, 2.0, 0.72),
    (7.4, 7.2, 1.9, 0.78),
    (-7.4, 4.4, 1.9, 0.9),
)
"""Flexor tendons: x, depth below the retinaculum's middle, half width, height divided by width."""


@dataclass(frozen=True, slots=True)
class _Tunnel:
    """What is seen from the palm."""

    retinaculum: Shape
    tunnel: Shape
    tendons: Shape
    outside: Shape
    """Tendons that do not run through the tunnel."""
    plane: Shape
    nerve: Shape
    fascicles: Shape
    artery: Shape
    ulnar_nerve: Shape
    bones: Shape
    target: Point3


def make_wrist(seed: int) -> Body:
    """The wrist of the person with this number."""
    rng = np.random.default_rng([seed, 22])
    cover = make_cover(rng, rng.uniform(1.1, 1.4), rng.uniform(1.5, 2.5))
    palm = _make_tunnel(rng, cover.fascia.depth_mm)
    back = make_dorsal(rng, cover.fascia.depth_mm)
    return Body(
        site="wrist",
        seed=seed,
        structures=(
            *cover.structures,
            Structure("loose tissue", FAT, Below(cover.fascia), FASCIA, ALONG),
            *_palmar_structures(palm),
            *_dorsal_structures(back),
            Structure("cartilage", CARTILAGE, Grown(back.carpals, 0.7), THIN_WALL),
            Structure("carpal bones", BONE, Union((palm.bones, back.carpals)), CORTEX),
            Structure("radius", BONE, back.radius, CORTEX),
        ),
        targets={"beside the median nerve": palm.target, "dorsal recess": back.target},
        no_go=(
            "median nerve",
            "median nerve fascicles",
            "ulnar artery",
            "wall of the ulnar artery",
            "ulnar nerve",
            "flexor tendons",
            "extensor tendon",
            "carpal bones",
            "radius",
        ),
        views=_VIEWS,
    )


_VIEWS = (
    View(
        "carpal tunnel, short axis",
        "small",
        Hold(),
        25.0,
        "beside the median nerve",
        (12.3, 0.0, 0.0),
        "hydrodissection plane",
        0.7,
        (0.42, 1.0, 0.18),
    ),
    View(
        "radiocarpal joint, long axis dorsal",
        "small",
        Hold(x_mm=DORSAL_MM, y_mm=1.5, turn_deg=90.0),
        20.0,
        "dorsal recess",
        (DORSAL_MM, 13.8, 0.0),
        "dorsal recess",
        0.8,
        (1.0, 0.55, 0.3),
    ),
)


def _palmar_structures(palm: _Tunnel) -> tuple[Structure, ...]:
    return (
        Structure("carpal tunnel", TENOSYNOVIUM, palm.tunnel, THIN_WALL, ALONG),
        Structure("flexor retinaculum", LIGAMENT, palm.retinaculum, FASCIA, bends=True),
        Structure("palmar ligaments", LIGAMENT, Grown(palm.bones, 0.9), THIN_WALL),
        Structure("flexor carpi radialis and palmaris", TENDON, palm.outside, FASCIA, ALONG),
        Structure("flexor tendons", TENDON, palm.tendons, THIN_WALL, ALONG),
        Structure("hydrodissection plane", FLUID, palm.plane),
        Structure("median nerve", NERVE, palm.nerve, FASCIA, ALONG),
        Structure("median nerve fascicles", NERVE_FASCICLE, palm.fascicles, fibres=ALONG),
        Structure("ulnar nerve", NERVE, palm.ulnar_nerve, FASCIA, ALONG),
        Structure(
            "wall of the ulnar artery",
            VESSEL_WALL,
            Grown(palm.artery, 0.3),
            fibres=ALONG,
            pulse_mm=PULSE_MM,
        ),
        Structure("ulnar artery", BLOOD, palm.artery, VESSEL, ALONG, PULSE_MM),
    )


def _dorsal_structures(back: Dorsal) -> tuple[Structure, ...]:
    return (
        Structure("extensor sheaths", TENOSYNOVIUM, back.sheath, THIN_WALL, ALONG),
        Structure("extensor retinaculum", LIGAMENT, back.retinaculum, THIN_WALL),
        Structure("dorsal capsule", LIGAMENT, back.capsule, FASCIA, ALONG, bends=True),
        Structure("extensor tendon", FLAT_TENDON, back.tendon, FASCIA, ALONG),
        Structure("synovium", SYNOVIUM, Grown(back.recess, 0.5)),
        Structure("dorsal recess", FLUID, back.recess, THIN_WALL),
    )


def _make_tunnel(rng: np.random.Generator, fascia_mm: float) -> _Tunnel:
    roof = Surface(fascia_mm + 0.5, bow=(BOW, 0.0), ripple=make_ripple(rng, 0.08))
    thick_mm = rng.uniform(0.9, 1.2)
    under = Surface(roof.depth_mm + thick_mm, bow=(BOW, 0.0), ripple=roof.ripple)
    below_mm = under.depth_mm
    half_mm, high_mm = rng.uniform(2.6, 3.0), rng.uniform(0.95, 1.12)
    nerve_mm = (rng.uniform(-3.6, -2.6), below_mm + high_mm + 0.5)
    nerve = Cords(((*nerve_mm, half_mm, high_mm / half_mm),))
    return _Tunnel(
        retinaculum=Inside((Between(roof, under), _reach(below_mm))),
        tunnel=Inside((Below(under), _reach(below_mm))),
        tendons=_tendons(rng, below_mm),
        outside=Cords(
            (
                (-9.6, below_mm + 0.4, 1.9, 0.75),
                (rng.uniform(-2.0, 0.0), fascia_mm - 0.2, 1.5, 0.42),
            )
        ),
        plane=Grown(nerve, 0.3),
        nerve=nerve,
        fascicles=_fascicles(rng, nerve_mm, (half_mm, high_mm)),
        artery=Cords(((8.6, fascia_mm + 1.3, rng.uniform(1.0, 1.15), 1.0),)),
        ulnar_nerve=Cords(((11.0, fascia_mm + 1.6, 1.1, 0.9),)),
        bones=_carpals(rng, below_mm),
        target=(nerve_mm[0] + half_mm + 0.45, 0.0, nerve_mm[1]),
    )


def _reach(below_mm: float) -> Ellipsoid:
    """As far as the retinaculum and the tunnel go."""
    return Ellipsoid((0.0, 0.0, below_mm + 4.5), (12.5, 40.0, 12.0))


def _tendons(rng: np.random.Generator, below_mm: float) -> Cords:
    places = np.array(TENDONS_MM)
    places[:, 1] += below_mm
    places[:, :2] += rng.uniform(-0.2, 0.2, (len(TENDONS_MM), 2))
    return _cords(places)


def _fascicles(
    rng: np.random.Generator, middle_mm: tuple[float, float], half_mm: tuple[float, float]
) -> Cords:
    """Four above three, each a little out of line."""
    rows = [(-0.66, -0.42), (-0.22, -0.46), (0.22, -0.46), (0.66, -0.42)]
    rows += [(-0.45, 0.44), (0.0, 0.48), (0.45, 0.44)]
    places = np.array(middle_mm) + np.array(rows) * half_mm + rng.uniform(-0.06, 0.06, (7, 2))
    return _cords(np.hstack([places, np.tile([0.38, 1.0], (7, 1))]))


def _cords(rows: NDArray[np.float64]) -> Cords:
    return Cords(tuple((x, z, half_mm, flat) for x, z, half_mm, flat in rows.tolist()))


def _carpals(rng: np.random.Generator, below_mm: float) -> Union:
    """Scaphoid, lunate, triquetrum and pisiform."""
    lunate_mm = below_mm + rng.uniform(10.6, 11.4)
    uneven = make_ripple(rng, 0.1, 5.0)
    return Union(
        (
            Ellipsoid((1.0, 0.0, lunate_mm + 8.0), (9.5, 12.0, 8.0), ripple=uneven),
            Ellipsoid((-11.8, 0.0, below_mm + 9.0), (5.6, 14.0, 6.6)),
            Ellipsoid((12.0, 0.0, lunate_mm + 4.6), (5.5, 10.0, 5.5)),
            Ellipsoid((14.4, 0.0, below_mm + 4.6), (4.2, 8.0, 4.2)),
        )
    )
