"""What lies over everything: the gel, the skin, and the fat under it."""

from dataclasses import dataclass

import numpy as np

from simulators.anatomy.body import Structure
from simulators.anatomy.materials import GEL, LAYERED_FAT, SKIN, THIN_WALL
from simulators.anatomy.shapes import Below, Surface, make_ripple

GEL_MM = 60.0
"""How far above the skin gel begins."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The skin of one person at one site."""

    structures: tuple[Structure, ...]
    """Gel, skin and fat, in painting order."""
    fascia: Surface
    """Where the fat ends."""


def make_cover(rng: np.random.Generator, skin_mm: float, fat_mm: float) -> Cover:
    """Skin and fat of these thicknesses."""
    under_skin = Surface(skin_mm, ripple=make_ripple(rng, 0.08))
    fascia = Surface(skin_mm + fat_mm, ripple=make_ripple(rng, 0.2))
    structures = (
        Structure("gel", GEL, Below(Surface(-GEL_MM))),
        Structure("skin", SKIN, Below(Surface(0.0)), THIN_WALL),
        Structure("subcutaneous fat", LAYERED_FAT, Below(under_skin), THIN_WALL),
    )
    return Cover(structures, fascia)
