"""Figures of motions whose figures are known in closed form."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from motions import (
    RATE_HZ,
    Numbers,
    about_y,
    another_reference,
    helix,
    motion,
    rest,
    stab,
    swing,
    turned_back,
)

from guidance_app.training.motion import MotionRefused, Pairing, ToolMotion
from guidance_app.training.motion_metrics import (
    depth_motion_mm,
    elapsed_s,
    idle_s,
    inefficiency_percent,
    jerk,
    lateral_motion_mm,
    mean_speed_mm_s,
    path_mm,
    rotation_deg,
    rotational_actions,
    spread_mm,
    translational_actions,
)


def test_a_straight_stab() -> None:
    made = stab()
    assert elapsed_s(made) == pytest.approx(2.0)
    assert path_mm(made) == pytest.approx(50.0)
    assert inefficiency_percent(made) == pytest.approx(0.0, abs=1e-9)
    assert depth_motion_mm(made) == pytest.approx(50.0)
    assert lateral_motion_mm(made) == pytest.approx(0.0, abs=1e-9)
    assert mean_speed_mm_s(made) == pytest.approx(25.0)
    assert rotation_deg(made) == 0.0


def test_a_swing_about_the_skin_sweeps_a_sector() -> None:
    made = swing(40.0, 0.5)
    assert rotation_deg(made) == pytest.approx(math.degrees(0.5))
    assert path_mm(made) == pytest.approx(20.0, rel=1e-4)
    assert lateral_motion_mm(made) == pytest.approx(20.0, rel=1e-3)
    assert depth_motion_mm(made) == pytest.approx(0.0, abs=0.02)


def test_a_helix() -> None:
    length = math.hypot(2 * math.pi * 2.0 * 10.0, 30.0)
    assert path_mm(helix()) == pytest.approx(length, rel=1e-5)
    assert inefficiency_percent(helix()) == pytest.approx(100 * (length / 30.0 - 1), rel=1e-4)
    flat = helix(rise_mm=0.0)
    assert spread_mm(flat) == pytest.approx(10.0, rel=1e-3)
    assert inefficiency_percent(flat) is None


def test_rest_is_nothing() -> None:
    still = rest()
    for figure in (path_mm, rotation_deg, spread_mm, depth_motion_mm, lateral_motion_mm, jerk):
        assert figure(still) == pytest.approx(0.0, abs=1e-9)
    assert (translational_actions(still), rotational_actions(still)) == (0, 0)
    assert mean_speed_mm_s(still) == 0.0 and inefficiency_percent(still) is None
    assert idle_s(still) == pytest.approx(elapsed_s(still))


def test_actions_are_counted_once_they_last() -> None:
    speed = np.concatenate([np.zeros(60), np.full(30, 80.0), np.zeros(60), np.full(9, 80.0)])
    speed = np.concatenate([speed, np.zeros(60), np.full(30, 80.0), [0, 0, 0], np.full(30, 80.0)])
    x = np.concatenate([[0.0], np.cumsum(speed / RATE_HZ)])
    moved = motion(np.stack([x, 0 * x, 0 * x], 1))
    turned = motion(np.zeros((len(x), 3)), about_y(np.radians(x)))
    assert (translational_actions(moved), rotational_actions(moved)) == (2, 0)
    assert (translational_actions(turned), rotational_actions(turned)) == (0, 2)


def test_idle_is_where_it_neither_moves_nor_turns() -> None:
    x = np.concatenate([np.zeros(120), np.linspace(0.0, 60.0, 121)])
    assert idle_s(motion(np.stack([x, 0 * x, 0 * x], 1))) == pytest.approx(2.0, abs=0.02)


def test_jerk_of_a_swing_to_and_fro() -> None:
    t = np.arange(0.0, 40.0, 1 / RATE_HZ)
    made = motion(np.stack([5.0 * np.sin(math.pi * t), 0 * t, 0 * t], 1))
    assert jerk(made) == pytest.approx(5.0 * math.pi**3 * math.sqrt(20.0), rel=0.03)
    assert jerk(motion(np.zeros((20, 3)))) is None


FIGURES: tuple[Callable[[ToolMotion], float | None], ...] = (
    path_mm,
    rotation_deg,
    spread_mm,
    inefficiency_percent,
    idle_s,
    jerk,
)


@pytest.mark.parametrize("figure", FIGURES)
def test_time_turned_back_changes_nothing(figure: Callable[[ToolMotion], float | None]) -> None:
    made = swing(40.0, 0.5)
    assert figure(turned_back(made)) == pytest.approx(figure(made), rel=1e-6)


@pytest.mark.parametrize("figure", [*FIGURES, depth_motion_mm, lateral_motion_mm])
def test_another_reference_changes_nothing(figure: Callable[[ToolMotion], float | None]) -> None:
    made = swing(40.0, 0.5)
    moved = ToolMotion(made.time_ns, another_reference() @ made.poses)
    assert figure(moved) == pytest.approx(figure(made), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    "figure", [path_mm, rotation_deg, depth_motion_mm, lateral_motion_mm, mean_speed_mm_s]
)
def test_twice_the_rate_changes_nothing(figure: Callable[[ToolMotion], float]) -> None:
    slow, quick = helix(count=2001, twist=True), helix(count=4001, rate_hz=120.0, twist=True)
    assert figure(quick) == pytest.approx(figure(slow), rel=1e-3)


def test_actions_and_rest_do_not_depend_on_the_rate() -> None:
    def to_and_fro(rate_hz: float) -> ToolMotion:
        t = np.arange(0.0, 24.0, 1.0 / rate_hz)
        x = 100.0 * np.clip(np.sin(0.5 * math.pi * t), 0.0, 0.5)
        return motion(np.stack([x, 0 * x, 0 * x], 1), about_y(np.radians(x)), rate_hz)

    for count in (translational_actions, rotational_actions):
        assert count(to_and_fro(60.0)) == count(to_and_fro(120.0)) == 12
    assert idle_s(to_and_fro(60.0)) == pytest.approx(idle_s(to_and_fro(120.0)), abs=0.3)


def test_poses_are_paired_as_it_is_said() -> None:
    made = ToolMotion(np.array([0, 10_000_000, 20_000_000]), np.tile(np.eye(4), (3, 1, 1)))
    asked = np.array([-9_000_000, 0, 8_999_999, 9_000_001, 9_999_999, 10_000_000, 25_000_000])
    assert made.at(asked, Pairing.RAW).tolist() == [-1, 0, 0, 0, 0, 1, 2]
    assert made.at(asked, Pairing.PT_COMPAT).tolist() == [0, 0, 0, 1, 1, 1, 2]


def test_a_time_is_looked_up_by_halving_as_slicer_does() -> None:
    """Of several poses within a millisecond it is the one that the halving meets first."""
    times = np.array([0, 10, 11, 12, 13, 20, 30, 40, 50]) * 1_000_000
    made = ToolMotion(times, np.tile(np.eye(4), (times.size, 1, 1)))

    def halved(asked_ns: int) -> int:
        own_s, asked_s, low, high = times / 1e9, asked_ns / 1e9, 0, times.size - 1
        if asked_s <= own_s[0] + 0.001:
            return 0
        if asked_s >= own_s[-1] - 0.001:
            return high
        while high - low > 1:
            middle = (low + high) // 2
            if abs(asked_s - own_s[middle]) <= 0.001:
                return middle
            low, high = (middle, high) if asked_s > own_s[middle] else (low, middle)
        return low

    asked = np.arange(-2_000_000, 53_000_000, 137_000)
    found = made.at(asked, Pairing.PT_COMPAT)
    assert found.tolist() == [halved(one) for one in asked.tolist()]
    assert np.any(found != made.at(asked, Pairing.RAW))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda poses: poses[:1], "two poses"),
        (lambda poses: 1.1 * poses, "no rotation"),
        (lambda poses: poses * np.nan, "no rotation"),
        (lambda poses: poses @ np.diag([1.0, 1.0, -1.0, 1.0]), "no rotation"),
    ],
)
def test_what_is_no_pose_is_refused(change: Callable[[Numbers], Numbers], words: str) -> None:
    poses = change(np.tile(np.eye(4), (3, 1, 1)))
    with pytest.raises(MotionRefused, match=words):
        ToolMotion(np.arange(len(poses)), poses)


def test_times_have_to_rise() -> None:
    with pytest.raises(MotionRefused, match="rise"):
        ToolMotion(np.array([0, 1, 1]), np.tile(np.eye(4), (3, 1, 1)))
