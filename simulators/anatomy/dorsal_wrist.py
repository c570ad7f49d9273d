"""The back of the wrist along the limb: radius, lunate and capitate, and the recess between.

Along y, proximal first, at x = `DORSAL_MM`. The view lies between two extensor tendons, which lean
apart towards the fingers, so that one of them is seen over the radius only and the way to the joint
from distal is free. Sizes are a textbook's order of magnitude and vary with the seed.
"""

from dataclasses import dataclass
from math import pi

import numpy as np

from simulators.anatomy.shapes import (
    Between,
    Box,
    Ellipsoid,
    Inside,
    Point3,
    Shape,
    Surface,
    Tube,
    Union,
    make_ripple,
)

DORSAL_MM = 90.0
"""From the middle of the palmar side to that of the back, along x."""
QUARTER = 0.5 * pi
"""Turn that lays a shape's first axis along the limb."""


@dataclass(frozen=True, slots=True)
class Dorsal:
    """What is seen from the back of the hand."""

    retinaculum: Shape
    sheath: Shape
    """Loose tissue in which the tendons slide."""
    capsule: Shape
    tendon: Shape
    recess: Shape
    carpals: Shape
    radius: Shape
    target: Point3


def make_dorsal(rng: np.random.Generator, fascia_mm: float) -> Dorsal:
    """Of one person, below fat that ends at this depth."""
    bone_mm, tendon_mm = fascia_mm + rng.uniform(4.9, 5.6), rng.uniform(1.15, 1.3)
    carpals = Union((_lunate(rng, bone_mm), _capitate(rng, bone_mm)))
    half_mm = rng.uniform(2.3, 2.8)
    middle_mm = (DORSAL_MM, -1.6, bone_mm - 0.9 + half_mm)
    recess = Ellipsoid(middle_mm, (3.4, 8.0, half_mm), QUARTER, 0.1)
    region = Box((DORSAL_MM, 0.0, 20.0), (26.0, 60.0, 20.0))
    over = make_ripple(rng, 0.12)
    band, sheath, roof, floor = (
        Surface(depth_mm, ripple=over)
        for depth_mm in (fascia_mm + 0.1, fascia_mm + 0.9, bone_mm - 1.4, bone_mm - 0.1)
    )
    proximal = Ellipsoid((DORSAL_MM, -16.0, fascia_mm + 0.5), (22.0, 30.0, 1.5), QUARTER)
    return Dorsal(
        retinaculum=Inside((Between(band, sheath), proximal)),
        sheath=Inside((Between(band, roof), region)),
        capsule=Inside((Between(roof, floor), region)),
        tendon=_tendon(fascia_mm + tendon_mm + 0.95, tendon_mm),
        recess=recess,
        carpals=carpals,
        radius=_radius(rng, bone_mm),
        target=(DORSAL_MM, -1.5, bone_mm + 0.4),
    )


def _radius(rng: np.random.Generator, bone_mm: float) -> Union:
    """It rises a little to the rim at its end."""
    shaft = Box((DORSAL_MM, -24.0, bone_mm + 7.6), (20.5, 14.0, 6.0), 2.2, QUARTER, -0.07)
    rim_mm = (DORSAL_MM, -7.2, bone_mm + 3.0 - rng.uniform(0.1, 0.5))
    return Union((shaft, Ellipsoid(rim_mm, (4.6, 12.0, 3.0), QUARTER)), 2.5)


def _lunate(rng: np.random.Generator, bone_mm: float) -> Ellipsoid:
    long_mm = rng.uniform(5.8, 6.4)
    centre = (DORSAL_MM, -1.2 + long_mm, bone_mm + 5.1)
    return Ellipsoid(centre, (long_mm, 9.0, 4.6), QUARTER, 0.0, make_ripple(rng, 0.1, 5.0))


def _capitate(rng: np.random.Generator, bone_mm: float) -> Ellipsoid:
    centre = (DORSAL_MM, rng.uniform(21.8, 22.8), bone_mm + 7.5)
    return Ellipsoid(centre, (11.0, 10.0, 7.2), QUARTER, 0.0, make_ripple(rng, 0.1, 6.0))


def _tendon(z_mm: float, half_mm: float) -> Tube:
    """Over the radius in the plane of the view, over the joint beside it."""
    path = (
        (DORSAL_MM - 0.6, -60.0, z_mm),
        (DORSAL_MM - 0.6, -11.0, z_mm),
        (DORSAL_MM + 5.5, 4.0, z_mm),
        (DORSAL_MM + 8.0, 40.0, z_mm),
    )
    return Tube(path, (half_mm * 1.6,) * 4, 1.0 / 1.6)
