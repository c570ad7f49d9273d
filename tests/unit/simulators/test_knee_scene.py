"""The truth behind the picture: anatomy in the right order, and hands that do as documented."""

import math
from itertools import pairwise

import numpy as np
import pytest

from simulators.hand import OPERATORS, ROUND_S
from simulators.scene import (
    ENTRY_MM,
    HEIGHT_PX,
    MM_PER_PX,
    WIDTH_PX,
    Point,
    Scene,
    make_scene,
    to_body,
    to_picture,
)

SEEDS = range(20)


def distance_mm(a: Point, b: Point) -> float:
    return math.dist(a, b) * MM_PER_PX


def tip_px(scene: Scene, time_s: float) -> Point:
    tip = scene.truth(time_s).tip_px
    assert tip is not None
    return tip


def depth_mm(scene: Scene, time_s: float) -> float:
    needle = scene.needle(time_s)
    return 0.0 if needle is None else math.dist(needle.entry_mm, needle.tip_mm)


@pytest.mark.parametrize("seed", SEEDS)
def test_structures_lie_in_anatomical_order(seed: int) -> None:
    knee = make_scene(seed, "expert").knee
    x = np.linspace(0.0, knee.patella_mm - 1.0, 300)
    surfaces = [
        knee.skin(x),
        knee.fascia(x),
        knee.tendon_top(x),
        knee.tendon_bottom(x),
        knee.muscle_bottom(x),
        knee.recess_top(x),
        knee.recess_bottom(x),
        knee.femur(x),
    ]
    for upper, lower in pairwise(surfaces):
        assert np.all(lower >= upper - 1e-9)
    assert np.all(knee.femur(x) - knee.recess_bottom(x) > 2.0)


def test_two_seeds_are_two_people() -> None:
    assert make_scene(1, "expert") != make_scene(2, "expert")
    assert make_scene(1, "expert") == make_scene(1, "expert")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_path_is_shallow_and_keeps_away_from_tendon_and_femur(seed: int) -> None:
    knee = make_scene(seed, "expert").knee
    (ex, ez), (tx, tz) = ENTRY_MM, knee.target_mm()
    assert 25.0 <= math.degrees(math.atan2(tz - ez, tx - ex)) <= 35.0
    x = np.linspace(19.0, tx, 100)
    path = ez + (x - ex) * (tz - ez) / (tx - ex)
    assert np.all(path - knee.tendon_bottom(x) > 3.0)
    assert np.all(knee.femur(x) - path > 3.0)


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_round_goes_as_documented(operator: str) -> None:
    scene = make_scene(1, operator)
    assert all(scene.needle(t) is None for t in np.arange(0.0, 22.0, 0.25))
    assert all(scene.needle(t) is None for t in np.arange(55.0, ROUND_S, 0.5))
    for time_s in np.arange(37.2, 49.0, 0.2):
        truth = scene.truth(float(time_s))
        assert truth.injecting == (38.0 <= time_s < 48.0)
        assert distance_mm(tip_px(scene, float(time_s)), truth.target_px) < 2.5
    assert depth_mm(scene, 30.0 + ROUND_S) == pytest.approx(depth_mm(scene, 30.0), abs=0.5)


def test_the_expert_goes_straight_in_at_a_few_mm_a_second() -> None:
    scene = make_scene(1, "expert")
    times = np.arange(22.8, 34.8, 0.5)
    speeds = np.diff([depth_mm(scene, float(t)) for t in times]) / 0.5
    assert speeds.min() > -0.6  # tremor and sway only
    assert 3.0 < speeds.max() < 8.0
    moved = speeds[speeds > 1.5]
    assert 2.5 < moved.mean() < 5.0
    assert scene.truth(36.0).tip_visible
    assert distance_mm(tip_px(scene, 36.0), scene.truth(36.0).target_px) < 0.8


def test_the_novice_draws_back_and_leaves_the_plane() -> None:
    scene = make_scene(1, "novice")
    times = np.arange(22.8, 37.0, 0.25)
    depths = np.array([depth_mm(scene, float(t)) for t in times])
    assert np.diff(depths).min() < -0.7
    hidden = [t for t in times if not scene.truth(float(t)).tip_visible]
    assert 2 < len(hidden) < len(times) / 2


def test_marks_on_the_resting_picture_stay_good_through_the_procedure() -> None:
    scene = make_scene(1, "expert")
    planned = scene.truth(15.0)
    for time_s in np.arange(5.0, 38.0, 0.5):
        truth = scene.truth(float(time_s))
        assert distance_mm(truth.target_px, planned.target_px) < 0.8
        assert distance_mm(truth.entry_px, planned.entry_px) < 0.8


def test_free_scanning_slides_the_probe() -> None:
    scene = make_scene(1, "expert")
    across = [scene.truth(float(t)).target_px[0] for t in np.arange(60.0, 83.0, 0.5)]
    assert (max(across) - min(across)) * MM_PER_PX > 4.0


def test_the_injectate_lifts_the_recess_and_is_taken_up_again() -> None:
    scene = make_scene(1, "expert")
    x, top = np.array([27.0]), scene.knee.recess_top(np.array([27.0]))
    origin = scene.origin_of(x, top - 1.5, 48.0)[1]
    assert float((origin - (top - 1.5))[0]) == pytest.approx(1.5, abs=0.5)
    deep = scene.knee.femur(x)
    assert scene.origin_of(x, deep, 48.0)[1] == pytest.approx(deep, abs=0.1)
    assert scene.origin_of(x, top, 89.0)[1] == pytest.approx(top, abs=0.01)


def test_picture_and_body_are_each_other_s_inverse() -> None:
    probe = make_scene(1, "expert").hand.probe(70.0)
    assert abs(probe.slide_mm) + abs(probe.tilt_rad) > 0.01
    x, z = np.array([1.0, 30.0, 50.0]), np.array([0.5, 20.0, 37.0])
    back = to_picture(*to_body(x, z, probe), probe)
    assert np.allclose(back, (x, z))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_go_outlines_lie_in_the_picture_and_spare_the_path(seed: int) -> None:
    scene = make_scene(seed, "expert")
    outlines = scene.no_go_px(15.0)
    assert set(outlines) == {"quadriceps tendon", "femur"}
    for outline in outlines.values():
        for x, y in outline:
            assert 0 <= x <= WIDTH_PX - 1
            assert 0 <= y <= HEIGHT_PX - 1
    truth = scene.truth(15.0)
    nearest = min(
        distance_to_path_mm(truth.entry_px, truth.target_px, point)
        for outline in outlines.values()
        for point in outline
    )
    assert nearest > 2.0


def distance_to_path_mm(entry: Point, target: Point, point: Point) -> float:
    path, to_point = np.subtract(target, entry), np.subtract(point, entry)
    along = np.clip(np.dot(to_point, path) / np.dot(path, path), 0.0, 1.0)
    return float(np.hypot(*(to_point - along * path))) * MM_PER_PX
