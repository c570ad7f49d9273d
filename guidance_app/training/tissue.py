"""Bodies of tissue that a needle's motion is judged in."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from guidance_app.training.motion import Numbers, Truths

ASIDE_MM = 1e-6 * np.array((0.57, 0.21, 0.79))
"""A way exactly along a side would slip through between two triangles: it is looked for beside."""


class Solid(Protocol):
    """A body of tissue, in mm of the reference that the poses are in."""

    def holds(self, points_mm: Numbers) -> Truths:
        """Which of these points (n, 3) lie in it."""
        ...

    def leaves_at(self, points_mm: Numbers, ways: Numbers) -> Numbers:
        """(n,): how far it is from these points to the surface, along unit vectors; not a number
        where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class BelowSkin:
    """All that lies beyond a flat skin."""

    skin_mm: tuple[float, float, float]
    """A point of it."""
    inwards: tuple[float, float, float]
    """Unit vector at right angles to it, into the tissue."""

    def holds(self, points_mm: Numbers) -> Truths:
        """Which of these points (n, 3) lie beyond it."""
        return np.asarray(self._depth_mm(points_mm) > 0.0)

    def leaves_at(self, points_mm: Numbers, ways: Numbers) -> Numbers:
        """(n,): how far it is from these points to the skin, along unit vectors."""
        outwards = -(ways @ np.array(self.inwards))
        depth_mm = self._depth_mm(points_mm)
        with np.errstate(divide="ignore", invalid="ignore"):
            away_mm = depth_mm / outwards
        return np.asarray(np.where((outwards > 0.0) & (depth_mm > 0.0), away_mm, np.nan))

    def _depth_mm(self, points_mm: Numbers) -> Numbers:
        return np.asarray((points_mm - np.array(self.skin_mm)) @ np.array(self.inwards))


class ClosedSurface:
    """What a closed surface of triangles encloses."""

    def __init__(self, corners_mm: Numbers, triangles: NDArray[np.int64]) -> None:
        """Of corners (n, 3) and triangles (m, 3) that closes; all turned the same way round."""
        import igl  # noqa: PLC0415  # takes half a second to load

        self._igl: Any = igl
        self._corners = np.ascontiguousarray(corners_mm, np.float64)
        self._triangles = np.ascontiguousarray(triangles, np.int64)
        self._tree = igl.AABB()
        self._tree.init(self._corners, self._triangles)

    def holds(self, points_mm: Numbers) -> Truths:
        """Which of these points (n, 3) it goes round an odd number of times."""
        points = np.ascontiguousarray(points_mm, np.float64)
        turns = self._igl.fast_winding_number(self._corners, self._triangles, points)
        return np.asarray(np.rint(turns).astype(np.int64) % 2 == 1)

    def leaves_at(self, points_mm: Numbers, ways: Numbers) -> Numbers:
        """(n,): how far it is to the first triangle along unit vectors."""
        points, along = points_mm + ASIDE_MM, np.ascontiguousarray(ways, np.float64)
        hit, away_mm, _ = self._tree.intersect_ray_first(
            self._corners, self._triangles, points, along
        )
        return np.asarray(np.where(hit >= 0, away_mm, np.nan))
