"""Bodies of tissue that motion is judged in."""

from dataclasses import dataclass

import numpy as np

from guidance_app.training.motion import Numbers
from guidance_app.training.motion_metrics import Truths


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
