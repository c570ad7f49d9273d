"""How a tool moved: its poses in order of time, and how those of two tools are put together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Times: TypeAlias = NDArray[np.int64]

ALONG = (0.0, 0.0, 1.0)
"""A needle points along its own z axis (Perk Tutor)."""
COMPAT_WITHIN_S = 0.001
ROTATION_WITHIN = 1e-3
"""Of R Rᵀ from the unit matrix: what is off by more is no pose."""


class Pairing(StrEnum):
    """Which pose of a second tool goes with a time of the first."""

    RAW = "raw"
    """The last one not later."""
    PT_COMPAT = "pt-compat"
    """The last one that is not later, or later by less than a millisecond, told in seconds and in
    floating point, as Perk Tutor does."""


class MotionRefused(ValueError):
    """These are not the poses of a tool; `str()` says why."""


@dataclass(frozen=True, slots=True, eq=False)
class ToolMotion:
    """Poses of one tool in one reference; raises MotionRefused for what is none."""

    time_ns: Times
    """(n,), each later than the one before."""
    poses: Numbers
    """(n, 4, 4), tool to reference, mm."""

    def __post_init__(self) -> None:
        """Check that they are rigid, finite and in order."""
        if self.poses.shape != (self.time_ns.size, 4, 4) or self.time_ns.size < 2:
            raise MotionRefused("A motion needs two poses or more, with a time for each.")
        if np.any(np.diff(self.time_ns) <= 0):
            raise MotionRefused("The times of the poses do not rise throughout.")
        if not _are_rigid(self.poses):
            raise MotionRefused("A pose is no rotation and translation.")

    @property
    def time_s(self) -> Numbers:
        """Since the first pose."""
        return np.asarray((self.time_ns - self.time_ns[0]) / 1e9)

    @property
    def tips_mm(self) -> Numbers:
        """(n, 3): origins of the tool, where a calibrated one has its tip."""
        return self.poses[:, :3, 3]

    @property
    def turns(self) -> Numbers:
        """(n, 3, 3): rotations."""
        return self.poses[:, :3, :3]

    @property
    def axes(self) -> Numbers:
        """(n, 3): unit vectors along which it points."""
        return np.asarray(self.turns @ np.array(ALONG))

    def at(self, time_ns: Times, pairing: Pairing) -> Times:
        """Which pose goes with each of these times; -1 before the first."""
        if pairing is Pairing.RAW:
            return np.asarray(np.searchsorted(self.time_ns, time_ns, "right") - 1)
        own_s, asked_s = self.time_ns / 1e9, time_ns / 1e9
        last = np.searchsorted(own_s, asked_s, "right") - 1
        following = np.minimum(last + 1, own_s.size - 1)
        near = np.abs(own_s[following] - asked_s) < COMPAT_WITHIN_S
        return np.asarray(np.where(near, following, last))


def _are_rigid(poses: Numbers) -> bool:
    if not np.isfinite(poses).all() or not np.allclose(poses[:, 3], (0.0, 0.0, 0.0, 1.0)):
        return False
    turns = poses[:, :3, :3]
    off = np.abs(turns @ turns.transpose(0, 2, 1) - np.eye(3)).max()
    return bool(off <= ROTATION_WITHIN and np.all(np.linalg.det(turns) > 0.0))
