"""The shoulder: the supraspinatus tendon in its long axis, and the joint from behind.

The skin is laid out flat. Around the origin lies the outer side with the arm turned in: x runs
from medial, where the acromion casts its shadow, to lateral, where the tendon ends on the greater
tuberosity. The back lies `BEHIND_MM` further along y: there x runs from lateral, with the head of
the humerus, to medial, with the glenoid.

Thicknesses are a textbook's order of magnitude for adults and vary with the seed: skin 1.3 to
1.9 mm, fat 2.4 to 4.8, deltoid 7 to 10, bursa about 1, supraspinatus tendon 5 to 6, cartilage
about 1, head of the humerus 44 to 49 across. How they lie to each other is drawn by us.
"""

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np

from simulators.anatomy.body import Body, Hold, Structure, View
from simulators.anatomy.cover import make_cover
from simulators.anatomy.materials import (
    BLOOD,
    BONE,
    CARTILAGE,
    CORTEX,
    FASCIA,
    FAT_PAD,
    FIBROCARTILAGE,
    FLAT_TENDON,
    FLUID,
    MUSCLE,
    THIN_WALL,
    VESSEL,
)
from simulators.anatomy.shapes import (
    Below,
    Box,
    Ellipsoid,
    Grown,
    Inside,
    Layered,
    Point3,
    Shape,
    Surface,
    Tube,
    Union,
    make_ripple,
)

BEHIND_MM = 150.0
"""From the middle of the outer side to that of the back, along y."""


@dataclass(frozen=True, slots=True)
class _Side:
    """What is seen from the outer side."""

    head: Ellipsoid
    tuberosity: Shape
    cuff: Ellipsoid
    """The supraspinatus tendon and all below it."""
    bursa: Shape
    peribursal_fat: Shape
    acromion: Shape
    target: Point3


@dataclass(frozen=True, slots=True)
class _Back:
    """What is seen from behind."""

    head: Ellipsoid
    infraspinatus: Shape
    tendon: Shape
    joint: Shape
    labrum: Shape
    glenoid: Shape
    artery: Shape
    target: Point3


def make_shoulder(seed: int) -> Body:
    """The shoulder of the person with this number."""
    rng = np.random.default_rng([seed, 21])
    cover = make_cover(rng, rng.uniform(1.3, 1.9), rng.uniform(2.4, 4.8))
    radius_mm, cartilage_mm = rng.uniform(22.0, 24.5), rng.uniform(0.9, 1.2)
    under_deltoid_mm = cover.fascia.depth_mm + rng.uniform(7.5, 9.8)
    side = _make_side(rng, cover.fascia.depth_mm, under_deltoid_mm, radius_mm, cartilage_mm)
    back = _make_back(rng, under_deltoid_mm, radius_mm, cartilage_mm)
    heads = Union((side.head, back.head))
    structures = (
        *cover.structures,
        Structure("deltoid", MUSCLE, Below(cover.fascia), FASCIA),
        Structure("infraspinatus", MUSCLE, back.infraspinatus, FASCIA),
        Structure("infraspinatus tendon", FLAT_TENDON, back.tendon, THIN_WALL, bends=True),
        Structure("peribursal fat", FAT_PAD, side.peribursal_fat, FASCIA),
        Structure("subacromial bursa", FLUID, side.bursa, FASCIA),
        Structure("supraspinatus tendon", FLAT_TENDON, Layered(side.cuff), FASCIA, bends=True),
        Structure("glenohumeral joint", FLUID, back.joint, FASCIA),
        Structure("cartilage", CARTILAGE, Grown(heads, cartilage_mm), THIN_WALL),
        Structure("labrum", FIBROCARTILAGE, back.labrum, THIN_WALL),
        Structure("suprascapular artery", BLOOD, back.artery, VESSEL, (0.0, 1.0, 0.0), 0.08),
        Structure("glenoid", BONE, back.glenoid, CORTEX),
        Structure("humeral head", BONE, heads, CORTEX),
        Structure("greater tuberosity", BONE, side.tuberosity, CORTEX),
        Structure("acromion", BONE, side.acromion, CORTEX),
    )
    return Body(
        site="shoulder",
        seed=seed,
        structures=structures,
        targets={"subacromial bursa": side.target, "glenohumeral joint": back.target},
        no_go=(
            "supraspinatus tendon",
            "labrum",
            "suprascapular artery",
            "glenoid",
            "humeral head",
            "greater tuberosity",
            "acromion",
        ),
        views=_VIEWS,
    )


_VIEWS = (
    View(
        "supraspinatus, long axis",
        "linear",
        Hold(),
        40.0,
        "subacromial bursa",
        (24.7, 0.0, 0.0),
        "subacromial bursa",
    ),
    View(
        "glenohumeral joint, posterior",
        "linear",
        Hold(y_mm=BEHIND_MM),
        50.0,
        "glenohumeral joint",
        (-24.7, BEHIND_MM, 0.0),
        "glenohumeral joint",
        3.0,
        (0.8, 1.0, 0.2),
    ),
)


def _make_side(
    rng: np.random.Generator,
    fascia_mm: float,
    under_deltoid_mm: float,
    radius_mm: float,
    cartilage_mm: float,
) -> _Side:
    fat_mm, bursa_mm, tendon_mm = rng.uniform([0.7, 0.9, 4.8], [1.1, 1.3, 5.8]).tolist()
    x_mm, cuff_mm = rng.uniform(-6.5, -4.0), under_deltoid_mm + fat_mm + bursa_mm
    head_mm = cuff_mm + tendon_mm + cartilage_mm
    cuff = Ellipsoid(
        (x_mm - 2.0, 0.0, cuff_mm + 26.0), (27.0, 40.0, 26.0), ripple=make_ripple(rng, 0.12)
    )
    head = Ellipsoid(
        (x_mm, 0.0, head_mm + radius_mm), (radius_mm,) * 3, ripple=make_ripple(rng, 0.08, 7.0)
    )
    tuberosity = _tuberosity(x_mm, head_mm, rng.uniform(0.24, 0.34))
    rim = Ellipsoid((x_mm, 0.0, cuff_mm + 6.0), (19.5, 25.0, 14.0))
    return _Side(
        head=head,
        tuberosity=tuberosity,
        cuff=cuff,
        bursa=Inside((Grown(cuff, bursa_mm), rim)),
        peribursal_fat=Layered(Grown(Union((cuff, tuberosity), 3.0), bursa_mm + fat_mm)),
        acromion=Box((-27.5, 0.0, fascia_mm + 7.6), (9.0, 16.0, 5.0), 4.5, tip_rad=0.12),
        target=_over(cuff, x_mm + rng.uniform(3.0, 6.0), 0.5 * bursa_mm),
    )


def _tuberosity(head_x_mm: float, head_mm: float, tip_rad: float) -> Shape:
    """The facet on which the tendon ends, and the shaft below it."""
    x_mm, z_mm = head_x_mm + 17.0, head_mm + 5.5
    centre = (x_mm - 9.0 * sin(tip_rad), 0.0, z_mm + 9.0 * cos(tip_rad))
    facet = Box(centre, (7.5, 18.0, 9.0), 2.0, tip_rad=tip_rad)
    shaft = Tube(
        ((head_x_mm + 13.0, 0.0, head_mm + 18.0), (head_x_mm + 33.0, 0.0, head_mm + 39.0)),
        (11.0, 11.0),
    )
    return Union((facet, shaft), 2.0)


def _over(egg: Ellipsoid, x_mm: float, height_mm: float) -> Point3:
    """The point so high above the upper side of an egg that lies straight, in its middle plane."""
    x0, y0, z0 = egg.centre
    rx, _, rz = egg.radii_mm
    aside = (x_mm - x0) / rx
    up = sqrt(1.0 - aside * aside)
    nx, nz = aside / rx, up / rz
    rise_mm = egg.ripple(np.array([[x_mm], [y0], [z0]])).item()
    reach_mm = (height_mm - rise_mm) / sqrt(nx * nx + nz * nz)
    return x_mm + reach_mm * nx, y0, z0 - rz * up - reach_mm * nz


def _make_back(
    rng: np.random.Generator, under_deltoid_mm: float, radius_mm: float, cartilage_mm: float
) -> _Back:
    head_mm = under_deltoid_mm + rng.uniform(6.5, 8.5)
    head = Ellipsoid(
        (rng.uniform(-11.0, -9.0), BEHIND_MM, head_mm + radius_mm),
        (radius_mm,) * 3,
        ripple=make_ripple(rng, 0.08, 7.0),
    )
    upper = Surface(under_deltoid_mm, (0.03, 0.0), ripple=make_ripple(rng, 0.25))
    belly = Box((0.0, BEHIND_MM, 50.0), (70.0, 40.0, 50.0))
    recess = _lying_on(head, radians(44.0), 0.0, (14.0, 14.0, 3.6))
    joint_mm = cartilage_mm + rng.uniform(0.9, 1.3)
    x, y, z = head.centre
    rim_mm = _around(head, radians(60.0), 3.4)
    return _Back(
        head=head,
        infraspinatus=Inside((Below(upper), belly)),
        tendon=Layered(Ellipsoid((x - 4.5, y, z), (radius_mm + 2.6,) * 3)),
        joint=Inside((Grown(head, joint_mm), recess)),
        labrum=_lying_on(head, radians(51.0), cartilage_mm + 2.0, (4.8, 14.0, 2.1)),
        glenoid=Inside((_glenoid(rim_mm, rng.uniform(0.15, 0.3)),), (Grown(head, 2.8),)),
        artery=_artery(rim_mm),
        target=_around(head, radians(30.0), 0.5 * (cartilage_mm + joint_mm)),
    )


def _around(head: Ellipsoid, angle_rad: float, height_mm: float) -> Point3:
    """The point so high above a round head, at this angle from its top, positive medially."""
    reach = head.radii_mm[0] + height_mm
    x, y, z = head.centre
    return x + reach * sin(angle_rad), y, z - reach * cos(angle_rad)


def _lying_on(head: Ellipsoid, angle_rad: float, height_mm: float, radii_mm: Point3) -> Ellipsoid:
    """An egg that lies along the surface of a round head."""
    return Ellipsoid(_around(head, angle_rad, height_mm), radii_mm, tip_rad=angle_rad)


def _glenoid(rim_mm: Point3, tip_rad: float) -> Box:
    """Its rim is the upper left edge of a block, whose upper side is the neck of the scapula."""
    x, y, z = rim_mm
    centre_x = x + 13.0 * cos(tip_rad) - 10.0 * sin(tip_rad)
    centre_z = z + 13.0 * sin(tip_rad) + 10.0 * cos(tip_rad)
    return Box((centre_x, y, centre_z), (13.0, 18.0, 10.0), 1.5, tip_rad=tip_rad)


def _artery(rim_mm: Point3) -> Tube:
    """In the notch medial to the glenoid, on the bone."""
    x, y, z = rim_mm
    return Tube(((x + 9.5, y - 30.0, z - 0.5), (x + 9.5, y + 30.0, z - 0.5)), (1.1, 1.1))
