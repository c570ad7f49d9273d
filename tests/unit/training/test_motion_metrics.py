"""Figures of motions whose figures are known in closed form."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

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
from guidance_app.training.target_metrics import targets_hit
from guidance_app.training.tissue import BelowSkin
from guidance_app.training.tissue_metrics import (
    in_tissue,
    path_in_tissue_mm,
    time_in_tissue_s,
    tissue_damage_mm2,
)

Numbers = NDArray[np.float64]

SKIN = BelowSkin((0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
RATE_HZ = 60.0


def motion(tips_mm: Numbers, turns: Numbers | None = None, rate_hz: float = RATE_HZ) -> ToolMotion:
    count = len(tips_mm)
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, 3] = tips_mm
    if turns is not None:
        poses[:, :3, :3] = turns
    return ToolMotion(np.round(np.arange(count) * 1e9 / rate_hz).astype(np.int64), poses)


def about_y(angles: Numbers) -> Numbers:
    c, s, no, one = np.cos(angles), np.sin(angles), 0.0 * angles, 1.0 + 0.0 * angles
    return np.stack([c, no, s, no, one, no, -s, no, c], 1).reshape(-1, 3, 3)


def stab(depth_mm: float = 40.0, above_mm: float = 10.0, seconds: float = 2.0) -> ToolMotion:
    z = np.linspace(-above_mm, depth_mm, round(seconds * RATE_HZ) + 1)
    return motion(np.stack([0 * z, 0 * z, z], 1))


def swing(radius_mm: float, angle_rad: float, count: int = 401) -> ToolMotion:
    """About the place where the needle goes through the skin."""
    angles = np.linspace(0.0, angle_rad, count)
    tips = radius_mm * np.stack([np.sin(angles), 0 * angles, np.cos(angles)], 1)
    return motion(tips, about_y(angles))


def helix(turns: float = 2.0, radius_mm: float = 10.0, rise_mm: float = 30.0) -> ToolMotion:
    share = np.linspace(0.0, 1.0, 2001)
    angles = 2 * math.pi * turns * share
    return motion(
        np.stack([radius_mm * np.cos(angles), radius_mm * np.sin(angles), rise_mm * share], 1)
    )


def test_a_straight_stab() -> None:
    made = stab()
    assert elapsed_s(made) == pytest.approx(2.0)
    assert path_mm(made) == pytest.approx(50.0)
    assert path_in_tissue_mm(in_tissue(made, SKIN)) == pytest.approx(40.0, abs=50.0 / 120)
    assert time_in_tissue_s(in_tissue(made, SKIN)) == pytest.approx(1.6, abs=1 / 60)
    assert tissue_damage_mm2(in_tissue(made, SKIN)) == pytest.approx(0.0, abs=1e-9)
    assert in_tissue(made, SKIN).pierced == 1
    assert inefficiency_percent(made) == pytest.approx(0.0, abs=1e-9)
    assert depth_motion_mm(made) == pytest.approx(50.0)
    assert lateral_motion_mm(made) == pytest.approx(0.0, abs=1e-9)
    assert mean_speed_mm_s(made) == pytest.approx(25.0)
    assert rotation_deg(made) == 0.0


def test_a_swing_about_the_skin_sweeps_a_sector() -> None:
    made = swing(40.0, 0.5)
    assert tissue_damage_mm2(in_tissue(made, SKIN)) == pytest.approx(0.5 * 40.0**2 * 0.5, rel=1e-3)
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
    rest = motion(np.tile((1.0, 2.0, 3.0), (300, 1)))
    for figure in (path_mm, rotation_deg, spread_mm, depth_motion_mm, lateral_motion_mm, jerk):
        assert figure(rest) == pytest.approx(0.0, abs=1e-9)
    assert (translational_actions(rest), rotational_actions(rest)) == (0, 0)
    assert tissue_damage_mm2(in_tissue(rest, SKIN)) == 0.0
    assert idle_s(rest) == pytest.approx(elapsed_s(rest))


def test_it_goes_in_twice_only_where_it_came_out_whole() -> None:
    z = np.array([-5.0, 5.0, 0.5, 5.0, -0.5, 5.0, -5.0, 5.0])
    assert in_tissue(motion(np.stack([0 * z, 0 * z, z], 1)), SKIN).pierced == 2


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


def test_targets_within_reach() -> None:
    targets = np.array([[0.0, 0.0, 20.0], [2.9, 0.0, 30.0], [3.1, 0.0, 30.0]])
    assert targets_hit(stab(), targets) == 2


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
    back = ToolMotion(made.time_ns[-1] - made.time_ns[::-1], made.poses[::-1])
    assert figure(back) == pytest.approx(figure(made), rel=1e-6)


@pytest.mark.parametrize("figure", [*FIGURES, depth_motion_mm, lateral_motion_mm])
def test_another_reference_changes_nothing(figure: Callable[[ToolMotion], float | None]) -> None:
    made = swing(40.0, 0.5)
    other = np.eye(4)
    other[:3, :3] = about_y(np.array([0.7]))[0] @ np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]])
    other[:3, 3] = (120.0, -40.0, 900.0)
    moved = ToolMotion(made.time_ns, other @ made.poses)
    assert figure(moved) == pytest.approx(figure(made), rel=1e-6, abs=1e-9)


def test_twice_the_rate_changes_nothing() -> None:
    slow, quick = swing(40.0, 0.5, 401), swing(40.0, 0.5, 801)
    assert path_mm(quick) == pytest.approx(path_mm(slow), rel=1e-3)
    assert tissue_damage_mm2(in_tissue(quick, SKIN)) == pytest.approx(
        tissue_damage_mm2(in_tissue(slow, SKIN)), rel=1e-3
    )


def test_poses_are_paired_as_it_is_said() -> None:
    made = ToolMotion(np.array([0, 10_000_000, 20_000_000]), np.tile(np.eye(4), (3, 1, 1)))
    asked = np.array([-1, 0, 9_000_001, 9_999_999, 10_000_000, 25_000_000])
    assert made.at(asked, Pairing.RAW).tolist() == [-1, 0, 0, 0, 1, 2]
    assert made.at(asked, Pairing.PT_COMPAT).tolist() == [0, 0, 1, 1, 1, 2]


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
