"""The truth of a case against its own picture, and how tissue moves."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from simulators.anatomy.body import Hold, Motion
from simulators.anatomy.shapes import Point3
from simulators.case import Case
from simulators.hands import SKILLS, Hands, Way, make_hands
from simulators.motion import SEED, Pocket, before_pocket, before_press, breath, pulse
from simulators.needle import NeedleKind
from simulators.pictures import RATE_HZ, Pictures, build_pictures
from simulators.scenario import Scenario

INSERTED_MM = 3.0
"""A needle that is less deep lies under the probe's own echo."""
WAY = Way(NeedleKind(), (-24.0, 0.0, 0.0), (3.0, 0.0, 17.0), Hold())


@cache
def pictures(operator: str = "expert", seed: int = 1) -> Pictures:
    return build_pictures(Scenario("knee", operator=operator, seed=seed))


def script(one: Case) -> Hands:
    assert isinstance(one.hands, Hands)
    return one.hands


def case(operator: str = "expert") -> Case:
    return pictures(operator).case


def test_the_tip_is_where_the_truth_says_on_200_frames() -> None:
    """The echo's maximum along the shaft's end lies within 0.3 mm of the tip that is told."""
    rng = np.random.default_rng(5)
    errors_mm = []
    while len(errors_mm) < 200:
        operator = ("expert", "novice")[len(errors_mm) % 2]
        one = pictures(operator)
        frame = int(rng.integers(0, round(script(one.case).round_s * RATE_HZ)))
        truth = one.truth(frame)
        deep = truth.tip_mm is not None and truth.tip_mm[2] > INSERTED_MM
        if truth.hidden or not deep or truth.tip_mm is None:
            continue
        errors_mm.append(apart_mm(one, frame, truth.tip_mm))
    assert max(errors_mm) < 0.3


def apart_mm(one: Pictures, frame: int, tip_mm: Point3) -> float:
    """From the tip to the strongest echo within 0.8 mm of it, before grey values are made."""
    echoes = one.echoes(frame)
    distance = np.hypot(echoes.x_mm - tip_mm[0], echoes.z_mm - tip_mm[2])
    near = np.where(distance < 0.8, echoes.envelope, 0.0)
    return float(distance[np.unravel_index(near.argmax(), near.shape)])


def test_outside_the_skin_there_is_no_tip_and_at_the_target_it_is_in_the_recess() -> None:
    one = pictures()
    before = one.truth(0)
    assert (before.tip_px, before.hidden, before.at_tip) == (None, "outside the skin", "")
    begins, ends = script(one.case).injection_s
    there = one.truth(round((begins - 1.0) * RATE_HZ))
    assert there.at_tip == "suprapatellar recess"
    assert there.hit == ()
    assert np.hypot(*np.subtract(there.tip_px, there.target_px)) * one.grid.mm_per_px < 1.5
    assert not there.injecting
    assert one.truth(round((0.5 * (begins + ends)) * RATE_HZ)).injecting


def test_a_tip_beside_the_slice_is_told_hidden() -> None:
    one = pictures("novice")
    truths = [one.truth(frame) for frame in range(0, 1800, 5)]
    beside = [t for t in truths if t.hidden == "beside the image plane"]
    assert beside
    assert all(t.tip_mm and abs(t.tip_mm[1]) > 0.7 for t in beside)


def test_the_recess_swells_when_it_is_injected_and_lifts_what_lies_above() -> None:
    one = case()
    x, y, z = one.target
    above = (x, y, z - 6.0)
    _, ends = script(one).injection_s
    assert one.pocket(0.0).volume_ml == 0.0
    assert one.now(above, ends)[2] < one.now(above, 15.0)[2] - 0.3


def test_tissue_keeps_its_volume_around_a_pocket() -> None:
    pocket = Pocket((0.0, 0.0, 0.0), 1.0, (1.0, 1.0, 1.0))
    assert 4.0 / 3.0 * np.pi * pocket.radius_mm**3 == pytest.approx(1000.0)
    outside = np.array([[10.0, 12.0], [0.0, 0.0], [0.0, 0.0]])
    inner, outer = np.abs(before_pocket(outside, pocket)[0])
    assert outer**3 - inner**3 == pytest.approx(12.0**3 - 10.0**3)
    inside = before_pocket(np.array([[1.0], [2.0], [1.0]]), pocket)
    assert np.linalg.norm(inside) == pytest.approx(SEED * np.sqrt(6.0))


def test_a_probe_that_is_pressed_in_takes_the_skin_along_and_thins_what_is_below() -> None:
    depths = np.linspace(0.8, 60.0, 200)
    points = np.stack([np.zeros(200), np.zeros(200), depths])
    rest = before_press(points, 0.8)[2]
    assert rest[0] == pytest.approx(0.0, abs=1e-9)
    assert rest[-1] == pytest.approx(60.0, abs=0.02)
    steps = np.diff(rest) / np.diff(depths)
    assert np.all(steps >= 1.0) and np.all(np.diff(steps) < 1e-9)
    assert np.array_equal(before_press(points, 0.0), points)


def test_breath_and_pulse_go_from_rest_to_their_height_and_back() -> None:
    motion = Motion(breath_s=4.0, pulse_s=0.8)
    times = np.arange(0.0, 8.0, 0.01)
    for course, period in ((breath, 4.0), (pulse, 0.8)):
        values = [course(motion, float(t)) for t in times]
        assert 0.0 <= min(values) < 0.05 and 0.9 < max(values) <= 1.0
        assert course(motion, 1.3) == pytest.approx(course(motion, 1.3 + period))


@pytest.mark.parametrize("operator", SKILLS)
def test_hands_go_on_without_a_jump_for_a_whole_round(operator: str) -> None:
    hands = make_hands(operator, 3, WAY)
    times = np.arange(0.0, hands.round_s + 2.0, 1.0 / 60.0)
    strokes = [hands.stroke(float(t)) for t in times]
    assert max(abs(b.share - a.share) for a, b in pairwise(strokes)) < 0.02
    assert max(abs(b.elevation_mm - a.elevation_mm) for a, b in pairwise(strokes)) < 0.1
    assert all(0.0 <= stroke.share <= 1.001 for stroke in strokes)


def test_the_less_skilled_need_more_passes_and_aim_further_beside() -> None:
    knots = {name: [make_hands(name, n, WAY).knots for n in range(30)] for name in SKILLS}
    passes = {name: np.mean([len(one) for one in knots[name]]) for name in SKILLS}
    errors = {name: np.mean([abs(one[1][2]) for one in knots[name]]) for name in SKILLS}
    assert list(passes.values()) == sorted(passes.values())
    assert list(errors.values()) == sorted(errors.values())


def test_nearly_every_frame_shows_something_new() -> None:
    for first in (150, 720, 1080, 2000):
        frames = [pictures().image(first + k)[::4, ::4].astype(int) for k in range(20)]
        changed = [np.mean(np.abs(b - a) > 8) >= 0.0005 for a, b in pairwise(frames)]
        assert np.mean(changed) >= 0.95
