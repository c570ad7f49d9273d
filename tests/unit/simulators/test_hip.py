"""The hip: a free way to the recess, vessels beside it that pulse, and bone below."""

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
    take,
    view_of,
)

from simulators.anatomy.body import Body, View
from simulators.anatomy.hip import PULSE_MM, make_hip


@cache
def hip(seed: int) -> Body:
    return make_hip(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_view_has_a_free_way_to_its_target(seed: int) -> None:
    for view in hip(seed).views:
        assert_good_view(hip(seed), view)


def test_the_same_seed_gives_the_same_hip_and_another_seed_another() -> None:
    assert make_hip(4).structures == make_hip(4).structures
    assert make_hip(4).structures != make_hip(5).structures
    assert len({hip(seed).targets["anterior recess"] for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_target_lies_in_the_recess_between_capsule_and_neck(seed: int) -> None:
    body = hip(seed)
    x, y, z = body.targets["anterior recess"]
    assert name_at(body, (x, y, z)) == "anterior recess" == body.views[0].swells
    depths = np.arange(z, z + 12.0, 0.05)
    below = [name_at(body, (x, y, float(depth))) for depth in depths]
    assert set(below) <= {"anterior recess", "synovium", "cartilage", "capsule", "femur"}
    assert below[-1] == "femur"
    above = [name_at(body, (x, y, z - 0.1 * step)) for step in range(80)]
    assert "capsule" in above
    assert "iliopsoas" in above


@pytest.mark.parametrize("seed", SEEDS)
def test_nerve_artery_and_vein_lie_side_by_side_before_the_joint(seed: int) -> None:
    body = hip(seed)
    view = view_of(body, "short axis")
    names = ("femoral vein", "femoral artery", "femoral nerve")
    assert set(names) <= set(body.no_go)
    middles = [middle_in(body, view, name) for name in names]
    assert [x for x, _ in middles] == sorted(x for x, _ in middles)
    assert 7.0 < middles[1][0] - middles[0][0] < 14.0
    target = in_probe_space(view, body.targets["anterior recess"])
    assert all(z < target[2] - 5.0 for _, z in middles)
    assert middles[-1][0] < target[0] - 6.0


def middle_in(body: Body, view: View, name: str) -> tuple[float, float]:
    """(x, z) in the picture of the middle of a structure."""
    place = places(view)
    x, y, z = place[:, distance_mm(body, (name,), place) < 0.0].mean(axis=1).tolist()
    across, _, down = in_probe_space(view, (x, y, z))
    return across, down


def test_vessels_are_dark_and_the_artery_alone_widens_with_the_pulse() -> None:
    body = hip(2)
    view = view_of(body, "short axis")
    rest, beat = take(body, view), take(body, view, pulse=1.0)
    artery = distance_mm(body, ("femoral artery",), rest.place)
    vein = distance_mm(body, ("femoral vein",), rest.place)
    around = (artery > 2.0) & (artery < 5.0) & (vein > 2.0)
    assert rest.level_db(artery < -1.2) < rest.level_db(around) - 12.0
    assert rest.level_db(vein < -1.2) < rest.level_db(around) - 10.0
    resting, widened = np.abs(artery) < 0.08, np.abs(artery - PULSE_MM) < 0.08
    assert beat.level_db(resting) < rest.level_db(resting) - 2.0
    assert beat.level_db(widened) > rest.level_db(widened) + 2.0
    far = artery > 8.0
    far &= rest.place[2] < body.targets["anterior recess"][2] - 10.0
    assert np.mean(np.abs(beat.envelope - rest.envelope)[far]) < 1e-4


def test_only_the_artery_and_its_wall_pulse() -> None:
    pulsing = {one.name for one in hip(1).structures if one.pulse_mm > 0.0}
    assert pulsing == {"femoral artery", "artery wall"}


@pytest.mark.parametrize("word", ["long axis", "short axis"])
def test_bone_casts_a_shadow(word: str) -> None:
    assert shadow_db(hip(1), view_of(hip(1), word), ("femur", "acetabulum")) < -15.0
