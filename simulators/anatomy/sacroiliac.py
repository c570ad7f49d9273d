"""The sacroiliac joint from behind, across its lower third.

x runs from the middle outwards, so that the sacrum lies on the left and the wing of the ilium on
the right; y from the head to the feet.

Lengths and angles are a textbook's order of magnitude for adults: 8 to 16 mm of fat, the back of
the sacrum 32 to 43 mm deep, a joint 2 to 3 mm wide that runs forwards and outwards. What is given
as a range varies with the seed, evenly, which is our choice.
"""

from dataclasses import dataclass
from math import cos, sin

import numpy as np

from simulators.anatomy.back import SKIN_MM, make_cover
from simulators.anatomy.body import Body, Hold, Motion, Structure, View
from simulators.anatomy.materials import (
    BONE,
    CARTILAGE,
    DEEP_MUSCLE,
    FAT_PAD,
    LIGAMENT,
    NERVE,
    ROUGH_CORTEX,
    SEPTUM,
)
from simulators.anatomy.shapes import (
    Box,
    Ellipsoid,
    Grown,
    Inside,
    Point3,
    Shape,
    Tube,
    Uneven,
    Union,
    make_ripple,
)

ENTRY_MM = 39.0
"""From the middle of the face to where a needle goes in beside its end."""
CLEFT_MM = 2.6
"""From bone to bone."""
ACROSS = (0.78, 0.62, 0.0)
"""Along the fibres of the gluteus maximus."""
ALONG = (0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Person:
    """Measures in mm, and one angle."""

    fascia: float
    """Depth of the fascia over the muscles."""
    sacrum: float
    """Depth of the back of the sacrum."""
    joint: float
    """x of where the joint opens backwards."""
    slant_rad: float
    """Of the joint: from x towards the depth."""

    def by_joint(self, inwards: float, outwards: float) -> Point3:
        """A point `inwards` along the joint from its mouth, and `outwards` into the ilium."""
        sine, cosine = sin(self.slant_rad), cos(self.slant_rad)
        x = self.joint + cosine * inwards + sine * outwards
        return x, 0.0, self.sacrum + 3.5 + sine * inwards - cosine * outwards


def make_sacroiliac(seed: int) -> Body:
    """The sacroiliac joint of the person with this number."""
    rng = np.random.default_rng([seed, 13])
    fascia_mm = SKIN_MM + rng.uniform(8.0, 16.0)
    person = _Person(
        fascia=fascia_mm,
        sacrum=fascia_mm + rng.uniform(22.0, 25.0),
        joint=rng.uniform(2.0, 4.0),
        slant_rad=rng.uniform(0.76, 0.88),
    )
    return Body(
        site="sacroiliac",
        seed=seed,
        structures=(*_soft(person, rng), *_joint(person), *_bones(person, rng)),
        targets={"sacroiliac joint": person.by_joint(-0.3, 0.0)},
        no_go=("sacral nerve root", "sacrum", "ilium"),
        views=(
            View(
                "sacroiliac joint, short axis",
                "curved",
                Hold(),
                80.0,
                "sacroiliac joint",
                (-ENTRY_MM, 0.0, 0.0),
                "sacroiliac joint",
            ),
        ),
        motion=Motion(breathing_mm=(0.0, 0.3, 0.2)),
    )


def _soft(person: _Person, rng: np.random.Generator) -> tuple[Structure, ...]:
    """From the skin to the multifidus."""
    z = person.fascia
    cover = make_cover(rng, ((0.0, 0.0),), z, ("gluteal fascia", "gluteus maximus"), ACROSS)
    ends = ((-21.0, -60.0, z + 11.0), (-19.0, 60.0, z + 13.0))
    multifidus = Tube(ends, (15.0, 13.0), 0.6, make_ripple(rng, 0.6, 14.0))
    return (
        *cover,
        Structure("multifidus", DEEP_MUSCLE, multifidus, SEPTUM, ALONG),
    )


def _joint(person: _Person) -> tuple[Structure, ...]:
    """What lies in the cleft, and the ligament from bone to bone over it."""
    x, z = person.joint, person.sacrum
    ligament = Box((x - 5.0, 0.0, z - 5.6), (12.0, 28.0, 2.2), 1.5, tip_rad=-0.42)
    deep = Ellipsoid((x - 2.0, 0.0, z), (9.0, 28.0, 5.5), tip_rad=-0.3)
    cleft = Box(person.by_joint(12.0, 0.0), (14.0, 34.0, CLEFT_MM), 1.0, tip_rad=person.slant_rad)
    root = Tube(((-18.0, 2.0, z + 2.0), (-17.0, 6.0, z + 9.0)), (1.4, 1.8))
    return (
        Structure("foramen", FAT_PAD, _foramen(person, 2.0)),
        Structure("sacral nerve root", NERVE, root),
        Structure("interosseous ligament", LIGAMENT, deep, fibres=(0.92, 0.0, -0.39)),
        Structure("posterior ligament", LIGAMENT, ligament, SEPTUM, (0.91, 0.0, -0.41)),
        Structure("sacroiliac joint", CARTILAGE, cleft),
    )


def _foramen(person: _Person, y_mm: float) -> Ellipsoid:
    """A hole through the back of the sacrum."""
    return Ellipsoid((-18.0, y_mm, person.sacrum + 4.0), (3.2, 4.5, 10.0))


def _bones(person: _Person, rng: np.random.Generator) -> tuple[Structure, ...]:
    """The ilium, and the sacrum up to the cleft beside it."""
    x, _, z = person.by_joint(16.0, 0.5 * CLEFT_MM + 7.5)
    plate = Box((x, 0.0, z), (19.0, 34.0, 7.5), 5.0, tip_rad=person.slant_rad)
    outer = Box((x + 13.0, 0.0, z - 4.0), (22.0, 34.0, 7.0), 6.0, tip_rad=0.5)
    ilium = Uneven(Union((plate, outer), 5.0), make_ripple(rng, 0.3, 12.0))
    foramina = [_foramen(person, y_mm) for y_mm in (2.0, -20.0)]
    sacrum = Inside((_sacrum(person, rng),), (Grown(plate, CLEFT_MM), *foramina))
    return (
        Structure("sacrum", BONE, sacrum, ROUGH_CORTEX),
        Structure("ilium", BONE, ilium, ROUGH_CORTEX),
    )


def _sacrum(person: _Person, rng: np.random.Generator) -> Shape:
    """Its back with the crest in the middle and the row of humps beside the foramina."""
    z = person.sacrum
    back = Box((-33.0, 0.0, z + 25.0), (27.0, 70.0, 25.0), 4.0)
    wing = Box((0.0, 0.0, z + 25.0), (12.0, 70.0, 20.5), 3.0)
    crest = Tube(((-36.0, -60.0, z - 8.0), (-36.0, 60.0, z - 5.0)), (5.0, 5.0), 1.4)
    humps = Tube(((-13.0, -60.0, z + 1.0), (-12.0, 60.0, z + 1.0)), (3.4, 3.4))
    return Uneven(Union((back, wing, crest, humps), 4.0), make_ripple(rng, 0.4, 8.0))
