"""Nobody is built with ruler and compass: how the tissue of a person lies beside its drawing."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.anatomy.shapes import Distances, Point3, Points
from simulators.curves import smooth_step

LENGTHS_MM = (8.0, 13.0, 19.0, 27.0, 41.0)
"""Of the waves, about; their heights grow with them."""
STEEPNESS = 0.012
"""Height of a wave as a share of its length; set by eye."""
FROM_SKIN_MM = 6.0
"""Depth over which the waves come in: the skin lies as the probe presses it."""
SETTLED = 12
"""Rounds after which a way back is known to a micrometre."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Waves in all three directions by which tissue lies deeper than in its drawing."""

    waves: tuple[tuple[float, Point3, float], ...] = ()
    """(height_mm, rad a mm along each axis, phase_rad) of each."""

    def drawn(self, points: Points) -> Points:
        """Where in the drawing the tissue at these points (3, ...) of the body lies; mm."""
        if not self.waves:
            return points
        drawn = points.copy()
        drawn[2] -= self._deeper_mm(points)
        return drawn

    def grown(self, point_mm: Point3) -> Point3:
        """Where in the body a point of the drawing lies: the inverse."""
        return way_back(self.drawn, point_mm)

    def _deeper_mm(self, points: Points) -> Distances:
        deeper = np.zeros_like(points[0])
        for height_mm, (kx, ky, kz), phase in self.waves:
            wave = kx * points[0] + ky * points[1] + kz * points[2]
            deeper += height_mm * np.sin(wave + phase)
        return np.asarray(deeper * smooth_step(points[2], 0.0, FROM_SKIN_MM))


AS_DRAWN = Growth()


def way_back(origin: Callable[[Points], Points], point_mm: Point3) -> Point3:
    """Where the point now is that `origin` says comes from here."""
    here = np.array(point_mm)[:, None]
    there = here
    for _ in range(SETTLED):
        there = here + (there - origin(there))
    x, y, z = there[:, 0].tolist()
    return x, y, z


def make_growth(rng: np.random.Generator) -> Growth:
    """Waves of every length, each in a direction of its own, mostly along the skin."""
    return Growth(tuple(_wave(rng, length_mm) for length_mm in LENGTHS_MM))


def _wave(rng: np.random.Generator, length_mm: float) -> tuple[float, Point3, float]:
    turn, rise = rng.uniform(-1.2, 1.2), rng.uniform(-0.6, 0.6)
    way: NDArray[np.float64] = np.array(
        [math.cos(turn) * math.cos(rise), math.sin(turn) * math.cos(rise), math.sin(rise)]
    )
    kx, ky, kz = (way * (2.0 * math.pi / length_mm)).tolist()
    height_mm = STEEPNESS * length_mm * rng.uniform(0.6, 1.4)
    return float(height_mm), (kx, ky, kz), float(rng.uniform(0.0, 2.0 * math.pi))
