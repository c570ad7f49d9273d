"""What a person is asked to do with a needle that is seen."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.correction import Correction, Side, Task, Turn, correct
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.plan import Plan

WIDTH = 800.0
GEOMETRY = PictureGeometry(800, 600, PixelFormat.GRAY8)
SCALE = PixelScale(0.1, 0.1, 0.5, GEOMETRY, "two clicks")
ENTRY, TARGET = (100.0, 50.0), (500.0, 350.0)
PLAN = Plan(GEOMETRY, TARGET, ENTRY)
ALONG = (0.8, 0.6)


def pointing(
    tip: Point, angle_rad: float, length_px: float = 100.0, **changes: object
) -> SeenNeedle:
    """A needle with this tip whose way ahead falls by the angle, to the right."""
    far = (tip[0] - length_px * math.cos(angle_rad), tip[1] - length_px * math.sin(angle_rad))
    within = (angle_rad + math.pi / 2) % math.pi - math.pi / 2
    return SeenNeedle(tip, far, within, 2.0, 1.0, 0.005, 0.95)


def on_path(before_target_px: float) -> SeenNeedle:
    tip = (TARGET[0] - before_target_px * ALONG[0], TARGET[1] - before_target_px * ALONG[1])
    return pointing(tip, math.atan2(0.6, 0.8), 500.0 - before_target_px)


def asked(
    needle: SeenNeedle,
    plan: Plan = PLAN,
    scale: PixelScale | None = SCALE,
    before: Correction | None = None,
) -> Correction:
    correction = correct(needle, plan, scale, before)
    assert correction is not None
    return correction


def swung(degrees: float, inside_px: float = 200.0) -> SeenNeedle:
    """A needle through the planned entry, steeper than the path by so much."""
    angle = math.atan2(0.6, 0.8) + math.radians(degrees)
    tip = (ENTRY[0] + inside_px * math.cos(angle), ENTRY[1] + inside_px * math.sin(angle))
    return pointing(tip, angle, inside_px)


def test_a_needle_on_its_path_is_pushed_on() -> None:
    assert asked(on_path(140.0)) == Correction(Task.ADVANCE, along_mm=14.0)


@pytest.mark.parametrize(("degrees", "turn"), [(-8.0, Turn.STEEPER), (8.0, Turn.FLATTER)])
def test_a_needle_that_points_beside_the_target_is_turned_by_what_it_is_off(
    degrees: float, turn: Turn
) -> None:
    correction = asked(swung(degrees))
    assert (correction.task, correction.turn) == (Task.TURN, turn)
    assert correction.turn_deg == pytest.approx(-degrees)
    assert correction.side is (Side.ABOVE if degrees < 0 else Side.BELOW)
    assert correction.off_path_mm == pytest.approx(20 * math.sin(math.radians(8)), abs=0.26)


def test_a_needle_past_the_target_is_drawn_back() -> None:
    assert asked(on_path(-30.0)) == Correction(Task.WITHDRAW, along_mm=-3.0)


def test_a_needle_deep_inside_is_drawn_back_before_it_is_turned() -> None:
    correction = asked(swung(-10.0, 400.0))
    assert (correction.task, correction.turn) == (Task.WITHDRAW_AND_TURN, Turn.STEEPER)
    left_mm = 40.0 + (correction.along_mm or 0.0)
    assert 4.8 < left_mm * math.radians(10) <= 5.0


def test_at_the_target_nothing_is_left_to_do() -> None:
    assert asked(on_path(6.0)).task is Task.ARRIVED


def test_what_cannot_be_told_from_nothing_is_not_corrected() -> None:
    unsure = replace(swung(-4.0), sigma_angle_rad=math.radians(7.0))
    assert asked(swung(-4.0)).task is Task.TURN
    assert asked(unsure).task is Task.ADVANCE


def test_a_needle_that_will_end_well_inside_the_corridor_is_not_corrected() -> None:
    wide = replace(PLAN, corridor_mm=10.0)
    assert asked(swung(-4.0), wide).task is Task.ADVANCE


def test_without_a_scale_no_millimetre_is_said() -> None:
    correction = asked(swung(-8.0), scale=None)
    assert (correction.task, correction.turn) == (Task.TURN, Turn.STEEPER)
    assert (correction.along_mm, correction.off_path_mm) == (None, None)
    assert asked(on_path(140.0), scale=None) == Correction(Task.ADVANCE)


@pytest.mark.parametrize(("degrees", "turn"), [(-6.0, Turn.LEFT), (6.0, Turn.RIGHT)])
def test_an_upright_needle_is_told_left_from_right(degrees: float, turn: Turn) -> None:
    plan = Plan(GEOMETRY, (400.0, 400.0), (400.0, 20.0))
    angle = math.radians(90.0 + degrees)
    tip = (400.0 + 200.0 * math.cos(angle), 20.0 + 200.0 * math.sin(angle))
    correction = asked(pointing(tip, angle, 200.0), plan)
    assert (correction.task, correction.turn) == (Task.TURN, turn)
    assert correction.side is (Side.RIGHT if turn is Turn.LEFT else Side.LEFT)


BEFORE_TARGET = ((390.0, 230.0), (390.0, 330.0), (420.0, 330.0), (420.0, 230.0))


def test_what_must_be_spared_ahead_is_not_advanced_into() -> None:
    spared = replace(PLAN, no_go=(BEFORE_TARGET,))
    assert asked(on_path(250.0), spared) == Correction(Task.BLOCKED, along_mm=0.0)
    assert asked(on_path(250.0), spared, None).task is Task.BLOCKED
    inside, behind = asked(on_path(120.0), spared), asked(on_path(80.0), spared)
    assert (inside.task, behind.task) == (Task.BLOCKED, Task.ADVANCE)


def test_a_way_that_met_an_outline_must_be_clear_of_it() -> None:
    beside = tuple((x, y + 33.0) for x, y in ((300.0, 200.0), (340.0, 200.0), (320.0, 260.0)))
    near = replace(PLAN, no_go=(beside,))
    blocked = Correction(Task.BLOCKED)
    assert asked(on_path(400.0), near).task is Task.ADVANCE
    assert asked(on_path(400.0), near, before=blocked).task is Task.BLOCKED


@given(st.lists(st.floats(20.0, 400.0), min_size=2, max_size=12))
def test_the_way_that_is_left_is_never_overstated(lefts_px: list[float]) -> None:
    said = None
    for left_px in lefts_px:
        said = asked(on_path(left_px), before=said)
        assert said.task is Task.ADVANCE
        assert (said.along_mm or 0.0) <= left_px / 10.0 + 1e-6


def test_an_unsure_tip_is_not_there_from_afar() -> None:
    unsure = replace(on_path(25.0), sigma_along_px=40.0)
    assert asked(unsure).task is Task.ADVANCE
    assert asked(replace(on_path(18.0), sigma_along_px=40.0)).task is Task.ARRIVED


def test_without_target_or_entry_nothing_is_asked() -> None:
    assert correct(on_path(50.0), replace(PLAN, entry_px=None), SCALE, None) is None
    assert correct(on_path(50.0), replace(PLAN, target_px=None), SCALE, None) is None


needles = st.builds(
    lambda x, y, degrees, length: pointing((x, y), math.radians(degrees), length),
    st.floats(120.0, 700.0),
    st.floats(60.0, 500.0),
    st.floats(3.0, 85.0),
    st.floats(30.0, 400.0),
)


def mirrored(point: Point) -> Point:
    return WIDTH - 1.0 - point[0], point[1]


def mirrored_needle(needle: SeenNeedle) -> SeenNeedle:
    return replace(
        needle,
        tip_px=mirrored(needle.tip_px),
        far_px=mirrored(needle.far_px),
        angle_rad=-needle.angle_rad,
    )


@given(needles)
def test_a_mirrored_picture_gives_the_mirrored_correction(needle: SeenNeedle) -> None:
    plan = replace(PLAN, target_px=mirrored(TARGET), entry_px=mirrored(ENTRY))
    across = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
    round_ = {Turn.LEFT: Turn.RIGHT, Turn.RIGHT: Turn.LEFT}
    one, other = asked(needle), asked(mirrored_needle(needle), plan)
    assert other.task is one.task
    assert other.turn_deg == pytest.approx(-one.turn_deg)
    assert other.turn == (round_.get(one.turn, one.turn) if one.turn else None)
    assert other.side == (across.get(one.side, one.side) if one.side else None)
    assert (other.along_mm, other.off_path_mm) == (one.along_mm, one.off_path_mm)


@given(needles, st.floats(0.5, 3.0))
def test_a_picture_of_another_size_gives_the_same_correction(
    needle: SeenNeedle, times: float
) -> None:
    def sized(point: Point) -> Point:
        return point[0] * times, point[1] * times

    larger = replace(
        needle,
        tip_px=sized(needle.tip_px),
        far_px=sized(needle.far_px),
        sigma_along_px=needle.sigma_along_px * times,
        sigma_across_px=needle.sigma_across_px * times,
    )
    scale = replace(SCALE, mm_per_px_x=0.1 / times, mm_per_px_y=0.1 / times)
    plan = replace(PLAN, target_px=sized(TARGET), entry_px=sized(ENTRY))
    one, other = asked(needle), asked(larger, plan, scale)
    assert (other.task, other.turn, other.side) == (one.task, one.turn, one.side)


@given(needles)
def test_to_turn_as_asked_makes_the_needle_point_at_the_target(needle: SeenNeedle) -> None:
    correction = asked(needle)
    if correction.task is not Task.TURN:
        return
    pivot = needle_through_skin(needle)
    angle = math.atan2(needle.tip_px[1] - pivot[1], needle.tip_px[0] - pivot[0])
    after = angle + math.radians(correction.turn_deg)
    aim = math.atan2(TARGET[1] - pivot[1], TARGET[0] - pivot[0])
    assert after == pytest.approx(aim, abs=math.radians(0.51))


def needle_through_skin(needle: SeenNeedle) -> Point:
    """Where it crosses the level of the entry, where that is behind its seen end."""
    (x, y), (far_x, far_y) = needle.tip_px, needle.far_px
    back = (y - ENTRY[1]) / (y - far_y)
    length = math.dist(needle.tip_px, needle.far_px)
    if not length <= back * length <= 3.0 * length + 200.0:
        return needle.far_px
    return x - back * (x - far_x), y - back * (y - far_y)


@given(needles, st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=4, max_size=4))
def test_trembling_within_its_sigma_never_makes_the_words_flicker(
    needle: SeenNeedle, shakes: list[Point]
) -> None:
    said, tasks = None, []
    for x, y in [(0.0, 0.0), *shakes, *shakes, *shakes]:
        tip = (needle.tip_px[0] + 0.2 * x, needle.tip_px[1] + 0.2 * y)
        said = asked(replace(needle, tip_px=tip), before=said)
        tasks.append((said.task, said.turn, said.turn_deg))
    changes = sum(one != other for one, other in pairwise(tasks))
    assert changes <= 2
