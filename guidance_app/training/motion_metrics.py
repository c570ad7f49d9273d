"""Figures of how a tool moved, whoever tracked it.

The definitions are those of Perk Tutor, in own words, unless a docstring says otherwise; where its
figure depends on something that is not the motion (the distance to the origin, the rate of the
tracker) the one that does not is taken and named. A "step" goes from one pose to the next.
"""

import math

import numpy as np

from guidance_app.training.motion import Numbers, ToolMotion, Truths

MOVING_MM_S, TURNING_DEG_S = 50.0, 50.0
"""Faster is an action."""
HELD_S = 0.2
"""So long it has to go on before it has begun, or ended."""
IDLE_MM_S, IDLE_DEG_S = 5.0, 5.0
"""Slower is idle; ours."""
SHORTEST_MM = 1.0
"""Between start and end, for a way to have an inefficiency; ours."""
SMOOTH_RATE_HZ, SMOOTH_BELOW_HZ = 30.0, 6.0
"""Jerk is of a motion at this rate without what is faster: of raw poses it is the tracker's noise;
ours."""
FEWEST_FOR_JERK = 16


def elapsed_s(motion: ToolMotion) -> float:
    """From the first pose to the last."""
    return float(motion.time_s[-1])


def path_mm(motion: ToolMotion) -> float:
    """Length of the way of the tip."""
    return float(steps_mm(motion).sum())


def translational_actions(motion: ToolMotion) -> int:
    """How often the tip began to move: of the tip, not of the tool about the origin."""
    return _actions(steps_mm(motion) / steps_s(motion) > MOVING_MM_S, motion.time_s)


def rotational_actions(motion: ToolMotion) -> int:
    """How often it began to turn."""
    return _actions(_steps_deg(motion) / steps_s(motion) > TURNING_DEG_S, motion.time_s)


def rotation_deg(motion: ToolMotion) -> float:
    """By which it was turned, all steps added."""
    return float(_steps_deg(motion).sum())


def mean_speed_mm_s(motion: ToolMotion) -> float:
    """Way over time, which no rate of the tracker changes; not the mean over the steps."""
    return path_mm(motion) / elapsed_s(motion)


def idle_s(motion: ToolMotion) -> float:
    """Of the steps in which it neither moved nor turned; ours."""
    seconds = steps_s(motion)
    still = (steps_mm(motion) < IDLE_MM_S * seconds) & (_steps_deg(motion) < IDLE_DEG_S * seconds)
    return float(seconds[still].sum())


def inefficiency_percent(motion: ToolMotion) -> float | None:
    """By how much the way is longer than the straight one; None where that is next to nothing."""
    straight_mm = float(np.linalg.norm(motion.tips_mm[-1] - motion.tips_mm[0]))
    return None if straight_mm < SHORTEST_MM else 100.0 * (path_mm(motion) / straight_mm - 1.0)


def depth_motion_mm(motion: ToolMotion) -> float:
    """Way along the needle, to and fro."""
    return float(np.abs(along_mm(motion)).sum())


def lateral_motion_mm(motion: ToolMotion) -> float:
    """Way of the tip across the needle."""
    moved = np.diff(motion.tips_mm, axis=0)
    aside = moved - along_mm(motion)[:, None] * motion.axes[1:]
    return float(np.linalg.norm(aside, axis=1).sum())


def spread_mm(motion: ToolMotion) -> float:
    """Root of the mean squared distance from the mean tip."""
    return float(np.sqrt(((motion.tips_mm - motion.tips_mm.mean(0)) ** 2).sum(1).mean()))


def jerk(motion: ToolMotion) -> float | None:
    """Root of the integral of the squared jerk, mm/s^2.5; None for too short a motion."""
    from scipy.signal import butter, filtfilt  # noqa: PLC0415  # takes a second to load

    last_s = elapsed_s(motion)
    times = np.arange(0.0, last_s, 1.0 / SMOOTH_RATE_HZ)
    if times.size < FEWEST_FOR_JERK:
        return None
    even = np.stack([np.interp(times, motion.time_s, one) for one in motion.tips_mm.T], 1)
    smooth = filtfilt(*butter(2, SMOOTH_BELOW_HZ, fs=SMOOTH_RATE_HZ), even, axis=0)
    changes = np.diff(smooth, 3, axis=0) * SMOOTH_RATE_HZ**3
    return math.sqrt(float((changes**2).sum()) / SMOOTH_RATE_HZ)


def steps_s(motion: ToolMotion) -> Numbers:
    """(n - 1,): how long each step took."""
    return np.asarray(np.diff(motion.time_ns) / 1e9)


def steps_mm(motion: ToolMotion) -> Numbers:
    """(n - 1,): how far the tip went in each step."""
    return np.asarray(np.linalg.norm(np.diff(motion.tips_mm, axis=0), axis=1))


def _steps_deg(motion: ToolMotion) -> Numbers:
    """By the sine of half the angle, which is exact for small ones too."""
    apart = np.linalg.norm(np.diff(motion.turns, axis=0), axis=(1, 2)) / math.sqrt(8.0)
    return np.asarray(np.degrees(2.0 * np.arcsin(np.clip(apart, 0.0, 1.0))))


def along_mm(motion: ToolMotion) -> Numbers:
    """(n - 1,): how far it went forward along the tool in each step, as that points at its end."""
    return np.asarray((np.diff(motion.tips_mm, axis=0) * motion.axes[1:]).sum(1))


def _actions(moves: Truths, time_s: Numbers) -> int:
    """How often it is begun to move; what is held for less than HELD_S does not count."""
    count, moving, agreed_s = 0, False, float(time_s[0])
    for moves_now, now_s in zip(moves.tolist(), time_s[1:].tolist(), strict=True):
        if moves_now is moving:
            agreed_s = now_s
        elif now_s - agreed_s > HELD_S:
            moving, agreed_s = moves_now, now_s
            count += moving
    return count
