"""A needle beside an image plane, where every figure is known."""

import math

import numpy as np
import pytest
from motions import Numbers, about_x, another_reference, motion, stab

from guidance_app.training.motion import ToolMotion
from guidance_app.training.plane_metrics import image_planes, measure_beside_plane
from guidance_app.training.tissue import BelowSkin
from guidance_app.training.tissue_metrics import in_tissue

SKIN = BelowSkin((0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
UPRIGHT = np.array([[1.0, 0, 0, 0], [0, 0, -1.0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]])
"""Probe to reference: its x along x, its y down into the tissue, its z along -y."""


def beside(y_mm: float = 0.0, tilt_deg: float = 0.0) -> ToolMotion:
    """A straight way down the needle's own axis, from 10 mm above the skin to 40 mm below it."""
    turn = about_x(np.radians([-tilt_deg]))[0]
    along = stab().tips_mm @ turn.T + (0.0, y_mm, 0.0)
    return motion(along, np.tile(turn, (len(along), 1, 1)))


def figures(
    needle: ToolMotion, probe: Numbers = UPRIGHT, image: Numbers | None = None
) -> dict[str, float | None]:
    poses = np.broadcast_to(probe, (len(needle.poses), 4, 4))
    planes = image_planes(poses, np.eye(4) if image is None else image)
    return {one.name: one.value for one in measure_beside_plane(in_tissue(needle, SKIN), planes)}


@pytest.mark.parametrize(("y_mm", "share"), [(0.0, 100.0), (0.9, 100.0), (1.1, 0.0), (-2.0, 0.0)])
def test_a_needle_beside_the_plane(y_mm: float, share: float) -> None:
    found = figures(beside(y_mm))
    assert found["needle_plane_distance"] == pytest.approx(abs(y_mm))
    assert found["needle_plane_distance_max"] == pytest.approx(abs(y_mm))
    assert found["needle_plane_angle"] == pytest.approx(0.0, abs=1e-6)
    assert found["in_plane_share"] == pytest.approx(share)


def test_a_needle_at_an_angle_leaves_the_plane_as_it_goes_in() -> None:
    found = figures(beside(tilt_deg=4.0))
    assert found["needle_plane_angle"] == pytest.approx(4.0)
    assert found["needle_plane_distance_max"] == pytest.approx(40.0 * math.sin(math.radians(4.0)))
    within_mm = 1.0 / math.sin(math.radians(4.0))
    assert found["in_plane_share"] == pytest.approx(100.0 * within_mm / 40.0, abs=1.5)
    assert figures(beside(tilt_deg=6.0))["in_plane_share"] == 0.0


def test_only_what_goes_forward_in_tissue_counts() -> None:
    z = np.array([-5.0, 5.0, 25.0, 5.0, 15.0])
    y = np.array([50.0, 0.0, 0.0, 9.0, 9.0])
    found = figures(motion(np.stack([0 * z, y, z], 1)))
    assert found["in_plane_share"] == pytest.approx(100.0 * 30.0 / 40.0)
    above = figures(motion(np.stack([0 * z, 0 * z, -50.0 + 0 * z], 1)))
    assert set(above.values()) == {None}


def test_the_image_may_lie_askew_in_the_probe() -> None:
    image = np.diag([0.08, 0.1, 1.0, 1.0])
    image[:3, 3] = (5.0, -3.0, 2.0)
    found = figures(beside(-2.0), image=image)
    assert found["needle_plane_distance"] == pytest.approx(0.0, abs=1e-9)
    assert figures(beside(0.0), image=image)["needle_plane_distance"] == pytest.approx(2.0)


def test_another_reference_changes_nothing() -> None:
    other = another_reference()
    made = beside(0.7, 3.0)
    inwards = other[:3, :3] @ (0.0, 0.0, 1.0)
    skin = BelowSkin(tuple(other[:3, 3].tolist()), tuple(inwards.tolist()))
    moved = in_tissue(ToolMotion(made.time_ns, other @ made.poses), skin)
    planes = image_planes(np.broadcast_to(other @ UPRIGHT, made.poses.shape), np.eye(4))
    for one in measure_beside_plane(moved, planes):
        assert one.value == pytest.approx(figures(made)[one.name], rel=1e-6), one.name


def test_before_the_probe_was_followed_nothing_is_said() -> None:
    made, half = beside(3.0), len(beside().poses) // 2
    poses = np.tile(UPRIGHT, (len(made.poses), 1, 1))
    poses[:half] = np.nan
    measured = measure_beside_plane(in_tissue(made, SKIN), image_planes(poses, np.eye(4)))
    assert [one.value for one in measured][:2] == pytest.approx([3.0, 3.0])
