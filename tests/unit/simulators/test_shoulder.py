"""The shoulder: a free way to both targets, and a picture with what belongs into it."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from resting_views import (
    SEEDS,
    Picture,
    clearances_mm,
    in_probe_space,
    machine_for,
    name_at,
    sweep,
)

from simulators.anatomy.body import Body, View
from simulators.anatomy.shoulder import make_shoulder
from simulators.imaging.tissues import along_fibres
from simulators.imaging.transducer import TRANSDUCERS

OUTER, BEHIND = make_shoulder(0).views
VIEWS = pytest.mark.parametrize("view", [OUTER, BEHIND], ids=lambda view: view.target)


@cache
def body() -> Body:
    return make_shoulder(5)


@cache
def seen(view: View) -> Picture:
    return sweep(machine_for(body(), view), view, (-1.5, 0.0, 1.5))


def inside(name: str, view: View, by_mm: float = 0.3) -> NDArray[np.bool_]:
    apart_mm = body().structure(name).shape.distance_mm(seen(view).place)
    return np.asarray(apart_mm < -by_mm)


def test_the_same_seed_is_the_same_person() -> None:
    assert make_shoulder(7) == make_shoulder(7)
    assert make_shoulder(7).targets != make_shoulder(8).targets


@VIEWS
@pytest.mark.parametrize("seed", SEEDS)
def test_the_straight_way_is_free(seed: int, view: View) -> None:
    room = clearances_mm(make_shoulder(seed), view)
    assert {name: mm for name, mm in room.items() if mm < 0.3} == {}


@VIEWS
@pytest.mark.parametrize("seed", SEEDS)
def test_the_target_lies_in_what_swells(seed: int, view: View) -> None:
    one = make_shoulder(seed)
    assert name_at(one, one.targets[view.target]) == view.swells == view.target


@VIEWS
def test_the_needle_enters_at_an_end_of_the_probe(view: View) -> None:
    x, y, z = in_probe_space(view, view.entry_mm)
    half_mm = 0.5 * TRANSDUCERS[view.transducer].width_mm
    assert 0.9 * half_mm < abs(x) < half_mm
    assert (y, z) == pytest.approx((0.0, 0.0))


def test_what_must_be_spared_exists() -> None:
    assert set(body().no_go) <= {structure.name for structure in body().structures}


def test_the_acromion_casts_a_shadow_at_the_medial_edge() -> None:
    picture, at = seen(OUTER), seen(OUTER).place
    deep = (at[2] > 20.0) & (at[2] < 28.0)
    below = deep & (at[0] < -21.0)
    beside = deep & inside("supraspinatus tendon", OUTER) & (at[0] > -14.0)
    assert picture.level_db(below) < picture.level_db(beside) - 15.0


def test_the_bursa_is_a_dark_line_between_fat_and_tendon() -> None:
    picture, at = seen(OUTER), seen(OUTER).place
    middle = np.abs(at[0]) < 8.0
    cuff = body().structure("supraspinatus tendon").shape.distance_mm(at)
    bursa = inside("subacromial bursa", OUTER, 0.4) & (cuff > 0.4) & middle
    tendon = (cuff < -0.3) & (cuff > -3.0) & middle
    assert bursa.any()
    assert picture.level_db(bursa) < picture.level_db(tendon) - 8.0


def test_the_tendon_darkens_where_it_turns_away_from_the_beam() -> None:
    picture, at = seen(OUTER), seen(OUTER).place
    tendon = body().structure("supraspinatus tendon")
    down = np.tile(np.array([[0.0], [0.0], [1.0]]), at.shape[1])
    share = np.abs(along_fibres(tendon, at, tendon.shape.deep_mm(at), down))
    cuff = tendon.shape.distance_mm(at)
    head = body().structure("cartilage").shape.distance_mm(at)
    layer = (cuff < -0.5) & (cuff > -3.0) & (head > 0.8) & (np.abs(at[0]) < 16.0)
    facing, turned = layer & (share < 0.06), layer & (share > 0.3)
    assert picture.level_db(turned) < picture.level_db(facing) - 3.0


def test_bone_is_bright_and_black_below() -> None:
    for view in (OUTER, BEHIND):
        picture, at = seen(view), seen(view).place
        head = body().structure("humeral head").shape.distance_mm(at)
        middle = np.abs(at[0] + (5.0 if view is OUTER else 10.0)) < 3.0
        surface, inner = middle & (np.abs(head) < 0.25), middle & (head < -3.0) & (head > -8.0)
        assert picture.level_db(surface) > picture.level_db(inner) + 25.0


def test_the_joint_line_is_darker_than_the_labrum_beside_it() -> None:
    picture = seen(BEHIND)
    bone = inside("humeral head", BEHIND, -0.4) | inside("cartilage", BEHIND, -0.2)
    joint = inside("glenohumeral joint", BEHIND, 0.3) & ~bone & ~inside("labrum", BEHIND, -0.5)
    labrum = inside("labrum", BEHIND, 0.4) & ~bone
    assert joint.any()
    assert picture.level_db(joint) < picture.level_db(labrum) - 6.0
