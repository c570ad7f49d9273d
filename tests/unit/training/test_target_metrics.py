"""How near a needle came to targets."""

import numpy as np
import pytest
from motions import stab

from guidance_app.training.target_metrics import measure_targets


def figures(targets: list[tuple[float, float, float]], last: int = -1) -> dict[str, float | None]:
    return {one.name: one.value for one in measure_targets(stab(), np.array(targets), last)}


def test_a_miss_is_split_along_and_beside_the_needle() -> None:
    found = figures([(3.0, 0.0, 44.0)])
    assert found["final_tip_error"] == pytest.approx(5.0)
    assert (found["line_miss"], found["depth_error"]) == (pytest.approx(3.0), pytest.approx(4.0))
    assert found["targets_hit"] == 0.0


def test_past_the_target_the_depth_error_is_below_zero() -> None:
    found = figures([(0.0, 1.0, 30.0)])
    assert (found["line_miss"], found["depth_error"]) == (pytest.approx(1.0), pytest.approx(-10.0))
    assert found["closest_tip_error"] == pytest.approx(1.0, abs=0.05)
    assert found["targets_hit"] == 1.0


def test_the_end_may_be_an_earlier_pose() -> None:
    assert figures([(0.0, 0.0, 40.0)], last=0)["depth_error"] == pytest.approx(50.0)


def test_of_several_targets_those_within_reach_are_counted() -> None:
    targets = [(0.0, 0.0, 20.0), (2.9, 0.0, 30.0), (3.1, 0.0, 30.0)]
    assert figures(targets) == {"targets_hit": 2.0}
