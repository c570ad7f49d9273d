"""The lumbar spine: free ways between its bones, their shadows, and skin that follows the face."""

from functools import cache

import numpy as np
import pytest
from resting_views import (
    SEEDS,
    assert_good_view,
    distance_mm,
    in_probe_space,
    name_at,
    places,
    shadow_db,
    view_of,
)

from simulators.anatomy.back import FACE_RADIUS_MM, TOUCHED_MM
from simulators.anatomy.body import Body
from simulators.anatomy.lumbar import make_lumbar
from simulators.imaging.transducer import CURVED


@cache
def lumbar(seed: int) -> Body:
    return make_lumbar(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_view_has_a_free_way_to_its_target(seed: int) -> None:
    for view in lumbar(seed).views:
        assert_good_view(lumbar(seed), view)


def test_the_same_seed_gives_the_same_spine_and_another_seed_another() -> None:
    assert make_lumbar(4).structures == make_lumbar(4).structures
    assert make_lumbar(4).structures != make_lumbar(5).structures
    assert len({lumbar(seed).targets["facet joint"] for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_targets_lie_where_they_are_named_after(seed: int) -> None:
    body = lumbar(seed)
    targets = body.targets
    assert name_at(body, targets["facet joint"]) == "facet joint" == body.views[0].swells
    assert name_at(body, targets["psoas compartment"]) == "psoas"
    assert name_at(body, targets["epidural space"]) == "epidural space"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_facet_joint_lies_between_two_processes_of_bone(seed: int) -> None:
    body = lumbar(seed)
    x, y, z = body.targets["facet joint"]
    across = [name_at(body, (x + dx, y, z + 3.0 + dx)) for dx in np.arange(-6.0, 3.0, 0.1).tolist()]
    assert across[0] == across[-1] == "vertebrae"
    assert "facet joint" in across


@pytest.mark.parametrize("seed", SEEDS)
def test_the_epidural_space_lies_between_ligament_and_dura(seed: int) -> None:
    body = lumbar(seed)
    x, y, z = body.targets["epidural space"]
    down = [name_at(body, (x, y, z + dz)) for dz in np.arange(-9.0, 6.0, 0.2).tolist()]
    ordered = list(dict.fromkeys(down))
    assert ordered[-3:] == ["ligamentum flavum", "epidural space", "thecal sac"]
    assert "vertebrae" not in down


def test_bone_stands_in_the_order_of_a_short_axis_view() -> None:
    """Spinous process, lamina, facet joint and transverse process, as steps."""
    for seed in SEEDS:
        body = lumbar(seed)
        middle = body.targets["epidural space"][0] - 2.5
        upper = body.targets["facet joint"][0] + 3.0
        spinous, lamina, facet, transverse = (
            bone_top(body, x, 0.0) for x in (middle, middle + 7.0, upper, middle + 32.0)
        )
        assert spinous + 10.0 < lamina < facet - 2.0 < transverse - 4.0


def bone_top(body: Body, x_mm: float, y_mm: float) -> float:
    """Depth of the first bone there."""
    z = np.arange(0.0, 90.0, 0.1)
    points = np.stack([np.full_like(z, x_mm), np.full_like(z, y_mm), z])
    return float(z[np.argmax(distance_mm(body, ("vertebrae",), points) < 0.0)])


def test_three_transverse_processes_shade_the_long_axis_view() -> None:
    body = lumbar(3)
    view = view_of(body, "transverse processes")
    bone = distance_mm(body, ("vertebrae",), places(view)) < 0.0
    met = np.any(bone, axis=1).astype(int)
    assert np.count_nonzero(np.diff(met) == 1) + met[0] == 3


def test_laminae_are_a_saw_with_windows_between() -> None:
    body = lumbar(3)
    place = places(view_of(body, "interlaminar"))
    bone = distance_mm(body, ("vertebrae",), place) < 0.0
    target_z = body.targets["epidural space"][2]
    shallow = np.any(bone & (place[2] < target_z), axis=1)
    assert 0.15 < np.mean(~shallow) < 0.7


@pytest.mark.parametrize("word", ["facet joint", "transverse processes", "interlaminar"])
def test_bone_casts_a_shadow(word: str) -> None:
    assert shadow_db(lumbar(1), view_of(lumbar(1), word), ("vertebrae",)) < -10.0


def test_skin_clings_to_the_face_and_lies_level_beside_it() -> None:
    body = lumbar(5)
    assert CURVED.radius_mm == FACE_RADIUS_MM
    for view in body.views:
        place = places(view)[:, :, 0]
        skin = distance_mm(body, ("skin",), place)
        assert np.abs(skin).max() < 2.5
        assert np.abs(skin[10:-10]).mean() < 0.5
        assert abs(in_probe_space(view, view.entry_mm)[0]) > TOUCHED_MM


def test_it_moves_a_little_with_the_breath() -> None:
    x, y, z = lumbar(1).motion.breathing_mm
    assert 0.0 < np.hypot(y, z) < 2.0
    assert x == 0.0
