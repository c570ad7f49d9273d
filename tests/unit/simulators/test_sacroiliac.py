"""The sacroiliac joint: a free way into the cleft between two bones."""

from functools import cache

import numpy as np
import pytest
from resting_views import SEEDS, assert_good_view, distance_mm, name_at, shadow_db, take

from simulators.anatomy.body import Body
from simulators.anatomy.sacroiliac import make_sacroiliac


@cache
def sacroiliac(seed: int) -> Body:
    return make_sacroiliac(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_view_has_a_free_way_to_its_target(seed: int) -> None:
    for view in sacroiliac(seed).views:
        assert_good_view(sacroiliac(seed), view)


def test_the_same_seed_gives_the_same_joint_and_another_seed_another() -> None:
    assert make_sacroiliac(4).structures == make_sacroiliac(4).structures
    assert make_sacroiliac(4).structures != make_sacroiliac(5).structures
    assert len({sacroiliac(seed).targets["sacroiliac joint"] for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_target_lies_in_the_cleft_between_sacrum_and_ilium(seed: int) -> None:
    body = sacroiliac(seed)
    x, y, z = body.targets["sacroiliac joint"]
    assert name_at(body, (x, y, z)) == "sacroiliac joint" == body.views[0].swells
    steps = np.arange(-5.0, 5.0, 0.1).tolist()
    across = [name_at(body, (x + 3.0 + d, y, z + 3.5 - 0.84 * d)) for d in steps]
    assert list(dict.fromkeys(across)) == ["sacrum", "sacroiliac joint", "ilium"]
    above = {name_at(body, (x, y, z - d)) for d in np.arange(0.0, 15.0, 0.2).tolist()}
    assert "posterior ligament" in above


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ilium_stands_higher_than_the_sacrum(seed: int) -> None:
    body = sacroiliac(seed)
    x, _, z = body.targets["sacroiliac joint"]
    ilium, sacrum = top(body, "ilium", x + 14.0), top(body, "sacrum", x - 24.0)
    assert ilium + 3.0 < sacrum < z + 1.0


def top(body: Body, name: str, x_mm: float) -> float:
    """Depth of a structure's upper surface there."""
    z = np.arange(0.0, 80.0, 0.1)
    points = np.stack([np.full_like(z, x_mm), np.full_like(z, -9.0), z])
    return float(z[np.argmax(distance_mm(body, (name,), points) < 0.0)])


def test_bone_casts_a_shadow() -> None:
    body = sacroiliac(1)
    assert shadow_db(body, body.views[0], ("sacrum", "ilium")) < -15.0


def test_the_cleft_is_darker_than_the_bone_beside_it() -> None:
    for seed in range(4):
        body = sacroiliac(seed)
        picture = take(body, body.views[0])
        x, _, z = body.targets["sacroiliac joint"]
        near = np.hypot(picture.place[0] - x, picture.place[2] - z) < 9.0
        cleft = distance_mm(body, ("sacroiliac joint",), picture.place)
        bone = distance_mm(body, ("sacrum", "ilium"), picture.place)
        surface = near & (np.abs(bone) < 0.3)
        gap = near & (cleft < -0.3) & (bone > 0.6)
        assert picture.level_db(gap) < picture.level_db(surface) - 8.0


def test_it_moves_a_little_with_the_breath() -> None:
    x, y, z = sacroiliac(1).motion.breathing_mm
    assert 0.0 < np.hypot(y, z) < 1.0
    assert x == 0.0
