"""A needle in tissue: how thick it is, how it bends, and where its shaft runs. Millimetres.

A bevelled tip is pushed aside by the tissue it cuts, away from the face of the bevel, so that the
needle runs on an arc: its curvature is that of the kinematic model of Webster and others, planar
when it is not turned. For a 22G Quincke tip it was measured in gel (Rand 2016: 8.9 mm aside after
80 mm, 2.8e-3 a mm); how it goes with the gauge is an assumption of ours.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.anatomy.shapes import Point3, Points

OUTER_MM = {
    18: 1.27,
    19: 1.07,
    20: 0.908,
    21: 0.819,
    22: 0.718,
    23: 0.642,
    24: 0.566,
    25: 0.515,
    26: 0.464,
    27: 0.413,
}
"""Nominal outer diameter of each gauge (ISO 9626)."""
TIP_CURVATURES = {"quincke": 2.8e-3, "tuohy": 2.4e-3, "whitacre": 2.3e-4}
"""1/mm of a 22G needle; Whitacre's pencil point cuts nothing aside."""
STEP_MM = 0.08
"""Between the samples of a shaft."""
MOST_DRAG_MM, FAST_MM_S = 0.35, 4.0
"""By a needle that moves fast, tissue is carried along so far; set by eye."""


@dataclass(frozen=True, slots=True)
class NeedleKind:
    """What is taken from the tray."""

    gauge: int = 22
    tip: str = "quincke"
    echogenic: bool = False
    """Dimples near the tip send some of the beam back at any angle."""

    @property
    def outer_mm(self) -> float:
        """Outer diameter."""
        return OUTER_MM[self.gauge]

    @property
    def curvature(self) -> float:
        """Of its path, 1/mm: a thinner one bends more."""
        return TIP_CURVATURES[self.tip] * OUTER_MM[22] / self.outer_mm


@dataclass(frozen=True, slots=True)
class Needle:
    """A needle that has gone in."""

    kind: NeedleKind
    entry_mm: Point3
    """Where it goes through the skin."""
    direction: Point3
    """Unit vector in which it goes in."""
    aside: Point3
    """Unit vector at right angles to it, to which its tip is pushed."""
    inserted_mm: float
    """Length inside, along its path."""
    speed_mm_s: float = 0.0
    """With which it moves along its path, positive inwards."""

    @property
    def drag_mm(self) -> float:
        """How far tissue at the shaft is carried along, positive inwards."""
        return MOST_DRAG_MM * math.tanh(self.speed_mm_s / FAST_MM_S)

    @property
    def hurry(self) -> float:
        """How fast it moves: 0 at rest, near 1 from FAST_MM_S on."""
        return math.tanh(abs(self.speed_mm_s) / FAST_MM_S)

    def at(self, along_mm: NDArray[np.float64]) -> Points:
        """Points (3, n) of the path at these lengths from the entry."""
        bend = self.kind.curvature
        forth = np.sin(bend * along_mm) / bend
        beside = (1.0 - np.cos(bend * along_mm)) / bend
        return np.asarray(
            np.array(self.entry_mm)[:, None]
            + np.outer(self.direction, forth)
            + np.outer(self.aside, beside)
        )

    def shaft(self) -> Points:
        """Points (3, n) from the tip back to the entry, STEP_MM apart."""
        return self.at(self.inserted_mm - self.from_tip_mm())

    def from_tip_mm(self) -> NDArray[np.float64]:
        """Lengths from the tip of the points of `shaft`."""
        return np.arange(0.0, self.inserted_mm, STEP_MM)

    def tip_mm(self) -> Point3:
        """The tip."""
        x, y, z = self.at(np.array([self.inserted_mm]))[:, 0].tolist()
        return x, y, z

    def heading(self) -> Point3:
        """Unit vector in which the tip points."""
        turn = self.kind.curvature * self.inserted_mm
        there = math.cos(turn) * np.array(self.direction) + math.sin(turn) * np.array(self.aside)
        x, y, z = there.tolist()
        return x, y, z


def aim(
    kind: NeedleKind, entry_mm: Point3, target_mm: Point3, aside: Point3, share: float
) -> Needle:
    """A needle on its way to a target that its bent path will meet; `share` of the way is done.

    `aside` is where the tip is pushed to; what of it points along the way is left out. Raises
    ValueError where entry and target are one point.
    """
    way = np.array(target_mm) - np.array(entry_mm)
    length_mm = float(np.linalg.norm(way))
    if length_mm < 1e-6:
        raise ValueError("entry and target are one point")
    chord = way / length_mm
    beside = _unit(np.array(aside) - float(np.dot(aside, chord)) * chord)
    turn = math.asin(min(0.5 * kind.curvature * length_mm, 0.9))
    direction = math.cos(turn) * chord - math.sin(turn) * beside
    pushed = math.cos(turn) * beside + math.sin(turn) * chord
    path_mm = 2.0 * turn / kind.curvature
    return Needle(kind, entry_mm, _point(direction), _point(pushed), share * path_mm)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _point(vector: NDArray[np.float64]) -> Point3:
    x, y, z = vector.tolist()
    return x, y, z
