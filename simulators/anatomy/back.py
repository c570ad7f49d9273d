"""What the sites of the back share: skin under a curved face, equal sides, level below level."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from simulators.anatomy.body import Structure
from simulators.anatomy.materials import (
    DEEP_MUSCLE,
    GEL,
    LAYERED_FAT,
    LIGAMENT,
    SEPTUM,
    SHEET,
    SKIN,
    THIN_WALL,
)
from simulators.anatomy.shapes import (
    FLAT,
    Below,
    Distances,
    Inside,
    Point3,
    Points,
    Ripple,
    Shape,
    Surface,
    in_a_row,
    make_ripple,
)
from simulators.curves import smooth_step

Middles: TypeAlias = tuple[tuple[float, float], ...]
"""(x, y) of places on which the middle of a face may be held."""

FACE_RADIUS_MM = 60.0
"""Of the curved probe that is held there."""
TOUCHED_MM = 30.5
"""Distance from the middle of its face up to which skin clings to it."""
LOOSE_MM = 38.0
"""Distance from which skin lies as if nothing were held there."""
SETTLED_MM = 80.0
"""The same for a fascia below the fat."""
SKIN_MM = 2.2
"""Thickness of the skin."""
FASCIA_MM = 1.2
"""Thickness of the fascia."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Ripple):
    """An unevenness of a sheet on which a curved face is held: the sheet follows it.

    The middle of the face is at z = 0, its ends are higher; so is what lies under them.
    """

    middles: Middles
    """Each point follows the nearest."""
    share: float = 1.0
    """How much of the face's shape is left at this sheet's depth."""
    loose_mm: float = LOOSE_MM
    """Distance from which the sheet lies level again: the deeper, the further."""

    def __call__(self, points: Points) -> Distances:
        """Its height in mm over points."""
        from simulators.anatomy.solids import nearest_mm  # noqa: PLC0415 - compiles

        apart = nearest_mm(in_a_row(points), self.middles).reshape(points.shape[1:])
        away = np.minimum(apart, LOOSE_MM)
        lift = FACE_RADIUS_MM - np.sqrt(FACE_RADIUS_MM**2 - away**2)
        lift *= 1.0 - smooth_step(apart, TOUCHED_MM, self.loose_mm)
        return np.asarray(Ripple.__call__(self, points) - self.share * lift)


@dataclass(frozen=True, slots=True)
class BothSides:
    """A shape and its mirror image: it is given with x counted outwards from the middle."""

    shape: Shape
    middle_mm: float
    """x of the plane between the sides."""

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance."""
        return self.shape.distance_mm(self._folded(points))

    def deep_mm(self, points: Points) -> Distances:
        """As of the shape itself."""
        return self.shape.deep_mm(self._folded(points))

    def _folded(self, points: Points) -> Points:
        folded = points.copy()
        folded[0] -= self.middle_mm
        np.abs(folded[0], out=folded[0])
        return folded


@dataclass(frozen=True, slots=True)
class EveryLevel:
    """A shape again and again along y; it must keep within half a level of `middle_mm`."""

    shape: Shape
    level_mm: float
    """From one to the next."""
    middle_mm: float
    """y about which the shape is given."""

    def distance_mm(self, points: Points) -> Distances:
        """Signed distance."""
        return self.shape.distance_mm(self._folded(points))

    def deep_mm(self, points: Points) -> Distances:
        """As of the shape itself."""
        return self.shape.deep_mm(self._folded(points))

    def _folded(self, points: Points) -> Points:
        folded = points.copy()
        folded[1] -= self.level_mm * np.rint((points[1] - self.middle_mm) / self.level_mm)
        return folded


def make_cover(
    rng: np.random.Generator,
    middles: Middles,
    fascia_mm: float,
    names: tuple[str, str],
    fibres: Point3,
) -> tuple[Structure, ...]:
    """From the gel to a fascia at this depth and the muscle below it, of these names.

    All of it is formed by a face held at `middles`. Fat is layered along a sheet that bends less
    than the skin.
    """
    top = Surface(0.0, ripple=Held(middles=middles))
    skin = Surface(SKIN_MM, ripple=Held(middles=middles))
    layers = Surface(-4.0, ripple=Held(middles=middles, share=0.7, loose_mm=SETTLED_MM))
    middle_mm = 0.5 * (SKIN_MM + fascia_mm)
    between = Surface(middle_mm, ripple=_deep(make_ripple(rng, 0.5, 16.0), middles, 0.6))
    fascia = Surface(fascia_mm, ripple=_deep(make_ripple(rng, 0.35, 14.0), middles, 0.3))
    muscle = Surface(fascia_mm + FASCIA_MM, ripple=_deep(FLAT, middles, 0.3))
    return (
        Structure("gel", GEL, Below(Surface(-60.0))),
        Structure("skin", SKIN, Below(top), THIN_WALL),
        Structure("subcutaneous fat", LAYERED_FAT, Inside((Below(layers), Below(skin))), THIN_WALL),
        Structure("deep subcutaneous fat", LAYERED_FAT, Below(between), SEPTUM),
        Structure(names[0], LIGAMENT, Below(fascia), SHEET),
        Structure(names[1], DEEP_MUSCLE, Below(muscle), SEPTUM, fibres),
    )


def _deep(ripple: Ripple, middles: Middles, share: float) -> Held:
    return Held(ripple.along, middles=middles, share=share, loose_mm=SETTLED_MM)
