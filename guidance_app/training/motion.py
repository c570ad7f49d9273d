"""How a tool moved: its poses in order of time, and how those of two tools are put together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Times: TypeAlias = NDArray[np.int64]
Truths: TypeAlias = NDArray[np.bool_]

ALONG = (0.0, 0.0, 1.0)
"""A needle points along its own z axis (Perk Tutor)."""
COMPAT_WITHIN_S = 0.001
"""Two times as near as that are one to 3D Slicer."""
ROTATION_WITHIN = 1e-3
"""Of R Rᵀ from the unit matrix: what is off by more is no pose."""


class Pairing(StrEnum):
    """Which pose of a tool goes with a time."""

    RAW = "raw"
    """Each tool has its own times; of a second tool, the last pose that is not later."""
    PT_COMPAT = "pt-compat"
    """All tools have the times of one of them, and the pose that 3D Slicer finds for it when it
    plays a sequence, as Perk Tutor's figures do: the last one not later, or one less than a
    millisecond off, told in seconds and in floating point; before the first one, that one."""


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
        if not are_rigid(self.poses).all():
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
        """Which pose goes with each of these times; raw, it is -1 before the first."""
        if pairing is Pairing.RAW:
            return np.asarray(np.searchsorted(self.time_ns, time_ns, "right") - 1)
        return _found_by_slicer(self.time_ns / 1e9, time_ns / 1e9)

    def poses_at(self, time_ns: Times) -> Numbers:
        """(n, 4, 4): the last pose not later than each time; not a number before the first."""
        places = self.at(time_ns, Pairing.RAW)
        return np.where((places < 0)[:, None, None], np.nan, self.poses[places])

    def paired(self, time_ns: Times) -> "ToolMotion":
        """The same tool at the times of another, PT_COMPAT."""
        return ToolMotion(time_ns, self.poses[self.at(time_ns, Pairing.PT_COMPAT)])


def _found_by_slicer(own_s: Numbers, asked_s: Numbers) -> Times:
    """By halving, which ends early at a time that is near enough."""
    low, high = np.zeros(asked_s.size, np.int64), np.full(asked_s.size, own_s.size - 1)
    high[asked_s <= own_s[0] + COMPAT_WITHIN_S] = 0
    low = np.where((high > 0) & (asked_s >= own_s[-1] - COMPAT_WITHIN_S), high, low)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        off_s = asked_s - own_s[middle]
        near, later = np.abs(off_s) <= COMPAT_WITHIN_S, off_s > 0.0
        open_still = high - low > 1
        low = np.where(open_still & (near | later), middle, low)
        high = np.where(open_still & (near | ~later), middle, high)
    return low


def are_rigid(poses: Numbers) -> Truths:
    """(n,): which of these matrices (n, 4, 4) are a rotation and a translation."""
    finite: Truths = np.asarray(np.isfinite(poses).all((1, 2)))
    known = np.where(finite[:, None, None], poses, np.eye(4))
    turns = known[:, :3, :3]
    off = np.abs(turns @ turns.transpose(0, 2, 1) - np.eye(3)).max((1, 2))
    last = np.isclose(known[:, 3], (0.0, 0.0, 0.0, 1.0)).all(1)
    right_handed = np.linalg.det(turns) > 0.0
    return np.asarray(finite & last & (off <= ROTATION_WITHIN) & right_handed)
