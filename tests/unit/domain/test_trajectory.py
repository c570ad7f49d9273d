"""Figures of a plan against hand-worked cases and against what geometry must obey."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.api.samples import PictureGeometry, PixelFormat, ScaledRegion
from guidance_app.domain.calibration import PixelScale, Point, scale_from_region
from guidance_app.domain.plan import Plan, TipMark
from guidance_app.domain.trajectory import (
    TIP_AGE_LIMIT_NS,
    DepthFrom,
    Measured,
    PlanMeasures,
    Violation,
    at_target_mm,
    is_past,
    measure,
)

PICTURE = PictureGeometry(640, 480, PixelFormat.GRAY8)
TENTH = PixelScale(0.1, 0.1, 0.0, PICTURE, "")
ENTRY, TARGET = (100.0, 100.0), (400.0, 500.0)  # 300 right, 400 down: 30, 40, 50 mm
PLAN = Plan(PICTURE, target_px=TARGET, entry_px=ENTRY)
SQUARE = ((-50.0, -50.0), (50.0, -50.0), (50.0, 50.0), (-50.0, 50.0))


def square_at(centre: Point, half_px: float = 50.0) -> tuple[Point, ...]:
    factor = half_px / 50.0
    return tuple((centre[0] + factor * x, centre[1] + factor * y) for x, y in SQUARE)


def tip_at(plan: Plan, point: Point, marked_ns: int = 0) -> Plan:
    return replace(plan, tip=TipMark(point, marked_ns))


def mm(measured: Measured | None) -> float:
    assert measured is not None
    return measured.mm


def test_length_depth_and_angle_of_a_3_4_5_path() -> None:
    found = measure(PLAN, TENTH, 0)
    assert mm(found.length) == pytest.approx(50.0)
    assert mm(found.depth) == pytest.approx(40.0)
    assert found.angle_rad == pytest.approx(math.atan2(4, 3))
    assert (found.remaining, found.lateral, found.no_go_distance) == (None, None, None)
    assert found.violations == ()


def test_the_two_spacings_of_a_pixel_are_kept_apart() -> None:
    found = measure(PLAN, replace(TENTH, mm_per_px_x=0.4), 0)
    assert mm(found.length) == pytest.approx(math.hypot(120.0, 40.0))
    assert mm(found.depth) == pytest.approx(40.0)


def test_depth_is_at_right_angles_to_a_slanting_skin_line() -> None:
    plan = replace(PLAN, skin_px=((0.0, 0.0), (300.0, 400.0)))
    assert mm(measure(plan, TENTH, 0).depth) == pytest.approx(2.0)


def test_skin_alone_gives_the_depth() -> None:
    plan = Plan(PICTURE, target_px=TARGET, skin_px=((0.0, 50.0), (639.0, 50.0)))
    found = measure(plan, TENTH, 0)
    assert found == PlanMeasures(found.depth, DepthFrom.SKIN_LINE)
    assert mm(measure(plan, TENTH, 0).depth) == pytest.approx(45.0)


def test_without_target_nothing_is_measured() -> None:
    assert measure(replace(PLAN, target_px=None), TENTH, 0) == PlanMeasures()
    assert measure(Plan(PICTURE, target_px=TARGET), TENTH, 0) == PlanMeasures()


def test_uncertainty_grows_with_length() -> None:
    found = measure(PLAN, replace(TENTH, sigma_percent=2.0), 0)
    assert found.length is not None
    assert found.length.sigma_mm == pytest.approx(math.hypot(1.0, math.sqrt(2) * 0.1))


@pytest.mark.parametrize(
    ("tip", "remaining_mm", "lateral_mm"),
    [
        (ENTRY, 50.0, 0.0),
        ((250.0, 300.0), 25.0, 0.0),
        (TARGET, 0.0, 0.0),
        ((430.0, 540.0), -5.0, 0.0),
        ((210.0, 330.0), 25.0, 5.0),
        ((290.0, 270.0), 25.0, 5.0),
    ],
)
def test_remaining_and_lateral_of_a_tip(tip: Point, remaining_mm: float, lateral_mm: float) -> None:
    found = measure(tip_at(PLAN, tip), TENTH, 0)
    assert mm(found.remaining) == pytest.approx(remaining_mm, abs=1e-9)
    assert mm(found.lateral) == pytest.approx(lateral_mm, abs=1e-9)


def test_a_tip_is_believed_for_its_limit_and_no_longer() -> None:
    plan = tip_at(PLAN, (430.0, 540.0), marked_ns=1_000)
    assert measure(plan, TENTH, 1_000 + TIP_AGE_LIMIT_NS).remaining is not None
    late = measure(plan, TENTH, 1_001 + TIP_AGE_LIMIT_NS)
    assert (late.remaining, late.lateral, late.violations) == (None, None, ())


def test_past_the_target_is_a_violation_and_at_it_is_none() -> None:
    assert measure(tip_at(PLAN, TARGET), TENTH, 0).violations == ()
    assert measure(tip_at(PLAN, (403.0, 504.0)), TENTH, 0).violations == ()  # 0.5 mm: there
    past = measure(tip_at(PLAN, (412.0, 516.0)), TENTH, 0)
    assert past.violations == (Violation.PAST_TARGET,)


def test_a_tip_counts_as_past_from_where_it_does_not_count_as_there() -> None:
    behind = Measured(-0.5, 0.2)
    assert not is_past(behind, Measured(1.0, 0.2))
    assert is_past(behind, Measured(1.01, 0.2))
    assert not is_past(behind, Measured(1.5, 1.5))
    assert is_past(behind, Measured(2.01, 5.0))
    assert not is_past(Measured(0.5, 0.2), Measured(3.0, 0.2))


def test_a_tip_beside_the_corridor_is_a_violation() -> None:
    inside = tip_at(PLAN, (250.0 + 15.2, 300.0 - 11.4))  # 1.9 mm beside
    outside = tip_at(PLAN, (250.0 + 16.8, 300.0 - 12.6))  # 2.1 mm beside
    assert measure(inside, TENTH, 0).violations == ()
    assert measure(outside, TENTH, 0).violations == (Violation.TIP_OUTSIDE_CORRIDOR,)


def test_a_path_through_an_outline_crosses_it() -> None:
    found = measure(replace(PLAN, no_go=(square_at((250.0, 300.0)),)), TENTH, 0)
    assert mm(found.no_go_distance) == 0.0
    assert found.violations == (Violation.PATH_CROSSES_NO_GO,)


@pytest.mark.parametrize("end", [ENTRY, TARGET])
def test_a_path_that_ends_inside_an_outline_crosses_it(end: Point) -> None:
    found = measure(replace(PLAN, no_go=(square_at(end, 200.0),)), TENTH, 0)
    assert found.violations == (Violation.PATH_CROSSES_NO_GO,)


@pytest.mark.parametrize(
    ("start", "step", "spacing", "ratio"),
    [
        ((60.0, 17.0), (10.0, 17.0), 0.07, 1.0),
        ((24.0, 21.0), (10.0, 12.0), 0.1, 1.3),
        ((34.0, 62.0), (19.0, 5.0), 0.0371, 1.0),
    ],
)
def test_a_path_through_two_corners_crosses(
    start: Point, step: Point, spacing: float, ratio: float
) -> None:
    """Rounding leaves some 1e-15 mm between these corners and the path."""
    end, a, b = ((start[0] + n * step[0], start[1] + n * step[1]) for n in (9, 2, 4))
    plan = Plan(PICTURE, target_px=end, entry_px=start, no_go=((a, (b[0], a[1]), b, (a[0], b[1])),))
    scale = replace(TENTH, mm_per_px_x=spacing, mm_per_px_y=spacing * ratio)
    assert measure(plan, scale, 0).violations == (Violation.PATH_CROSSES_NO_GO,)


def test_a_path_that_touches_one_corner_crosses() -> None:
    level = Plan(PICTURE, target_px=(400.0, 150.0), entry_px=(100.0, 150.0))
    plan = replace(level, no_go=(((250.0, 150.0), (300.0, 250.0), (200.0, 250.0)),))
    assert measure(plan, TENTH, 0).violations == (Violation.PATH_CROSSES_NO_GO,)


def test_an_outline_beside_the_corridor_is_measured_and_the_nearest_counts() -> None:
    level = Plan(PICTURE, target_px=(400.0, 100.0), entry_px=(100.0, 100.0))
    far, near = square_at((250.0, 200.0)), square_at((250.0, 165.0))
    plan = replace(level, no_go=(far, near))
    found = measure(plan, TENTH, 0)
    assert mm(found.no_go_distance) == pytest.approx(1.5)
    assert found.violations == (Violation.CORRIDOR_TOUCHES_NO_GO,)
    assert measure(replace(level, no_go=(far,)), TENTH, 0).violations == ()


def test_an_outline_behind_the_target_is_measured_from_the_target() -> None:
    level = Plan(PICTURE, target_px=(300.0, 100.0), entry_px=(100.0, 100.0))
    plan = replace(level, no_go=(square_at((400.0, 100.0)),))
    assert mm(measure(plan, TENTH, 0).no_go_distance) == pytest.approx(5.0)


def test_an_outline_with_a_doubled_point_is_measured() -> None:
    level = Plan(PICTURE, target_px=(300.0, 100.0), entry_px=(100.0, 100.0))
    doubled = ((200.0, 130.0), (200.0, 130.0), (250.0, 200.0))
    found = measure(replace(level, no_go=(doubled,)), TENTH, 0)
    assert mm(found.no_go_distance) == pytest.approx(3.0)


def test_a_tip_in_an_outline_is_the_worst() -> None:
    plan = replace(PLAN, no_go=(square_at((500.0, 500.0), 60.0),))
    found = measure(tip_at(plan, (480.0, 500.0)), TENTH, 0)
    assert found.violations == (
        Violation.TIP_IN_NO_GO,
        Violation.PAST_TARGET,
        Violation.TIP_OUTSIDE_CORRIDOR,
    )
    assert measure(tip_at(plan, (250.0, 300.0)), TENTH, 0).violations == ()


REGION = ScaledRegion(50, 50, 450, 550, 0.1, 0.1)


def test_outside_the_rectangle_of_the_scale_nothing_is_measured() -> None:
    scale = scale_from_region(REGION, PICTURE)
    beside = (40.0, 100.0)
    assert measure(replace(PLAN, target_px=beside), scale, 0) == PlanMeasures()
    assert measure(replace(PLAN, entry_px=beside), scale, 0).length is None
    assert measure(tip_at(PLAN, beside), scale, 0).remaining is None


def test_a_skin_line_outside_the_rectangle_gives_neither_depth_nor_angle() -> None:
    scale = scale_from_region(REGION, PICTURE)
    found = measure(replace(PLAN, skin_px=((60.0, 60.0), (460.0, 60.0))), scale, 0)
    assert (found.depth, found.angle_rad) == (None, None)
    assert mm(found.length) == pytest.approx(50.0)


coordinates = st.floats(0, 600).map(lambda value: round(value, 3))
points = st.tuples(coordinates, coordinates)
outlines = st.lists(points, min_size=3, max_size=6).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    entry, target, a, b = draw(st.tuples(points, points, points, points))
    assume(math.dist(entry, target) >= 10 and math.dist(a, b) >= 20)
    no_go = draw(st.lists(outlines, max_size=2).map(tuple))
    plan = Plan(PICTURE, target_px=target, entry_px=entry, skin_px=(a, b), no_go=no_go)
    return tip_at(plan, draw(points))


def moved(plan: Plan, move: Callable[[Point], Point]) -> Plan:
    assert plan.target_px and plan.entry_px and plan.skin_px and plan.tip
    return replace(
        plan,
        target_px=move(plan.target_px),
        entry_px=move(plan.entry_px),
        skin_px=(move(plan.skin_px[0]), move(plan.skin_px[1])),
        no_go=tuple(tuple(move(point) for point in outline) for outline in plan.no_go),
        tip=TipMark(move(plan.tip.point_px), plan.tip.marked_ns),
    )


def figures(plan: Plan, scale: PixelScale = TENTH) -> dict[str, float]:
    found = measure(plan, scale, 0)
    lengths = ("depth", "length", "remaining", "lateral", "no_go_distance")
    some = {name: getattr(found, name) for name in lengths}
    assert found.angle_rad is not None
    return {name: value.mm for name, value in some.items() if value} | {"angle": found.angle_rad}


@given(plans(), points)
def test_shifting_everything_changes_no_figure(plan: Plan, by: Point) -> None:
    shifted = moved(plan, lambda p: (p[0] + by[0], p[1] + by[1]))
    assert figures(shifted) == pytest.approx(figures(plan), abs=1e-5)


@given(plans(), st.floats(-math.pi, math.pi))
def test_turning_everything_changes_no_figure(plan: Plan, angle: float) -> None:
    cos, sin = math.cos(angle), math.sin(angle)
    turned = moved(plan, lambda p: (cos * p[0] - sin * p[1], sin * p[0] + cos * p[1]))
    assert figures(turned) == pytest.approx(figures(plan), abs=1e-5)


@given(plans())
def test_a_mirrored_picture_changes_no_figure(plan: Plan) -> None:
    mirrored = moved(plan, lambda p: (639.0 - p[0], p[1]))
    assert figures(mirrored) == pytest.approx(figures(plan), abs=1e-5)


@given(plans())
def test_twice_the_spacing_doubles_every_length_and_no_angle(plan: Plan) -> None:
    double = replace(TENTH, mm_per_px_x=0.2, mm_per_px_y=0.2)
    expected = {n: v if n == "angle" else 2 * v for n, v in figures(plan).items()}
    assert figures(plan, double) == pytest.approx(expected, abs=1e-5)


@given(plans())
def test_the_path_backwards_has_the_same_length_angle_and_distances(plan: Plan) -> None:
    backwards = replace(plan, target_px=plan.entry_px, entry_px=plan.target_px)
    there, back = figures(plan), figures(backwards)
    for name in ("length", "angle", "lateral"):
        assert back[name] == pytest.approx(there[name], abs=1e-9)
    assert back.get("no_go_distance") == pytest.approx(there.get("no_go_distance"), abs=1e-9)
    assert back["remaining"] == pytest.approx(there["length"] - there["remaining"], abs=1e-6)


@given(plans())
def test_figures_lie_in_their_bounds(plan: Plan) -> None:
    found = figures(plan)
    assert 0 <= found["angle"] <= math.pi / 2
    assert all(value >= 0 for name, value in found.items() if name != "remaining")
    assert plan.tip and plan.target_px
    apart = TENTH.distance_mm(plan.tip.point_px, plan.target_px)
    assert math.hypot(found["remaining"], found["lateral"]) == pytest.approx(apart, abs=1e-6)


@given(plans(), st.floats(-0.5, 1.5))
def test_remaining_has_the_sign_of_the_way_left(plan: Plan, along: float) -> None:
    assert plan.entry_px and plan.target_px
    assume(abs(1 - along) > 1e-6)
    (ex, ey), (tx, ty) = plan.entry_px, plan.target_px
    on_path = tip_at(plan, (ex + along * (tx - ex), ey + along * (ty - ey)))
    found = measure(on_path, TENTH, 0)
    assert mm(found.remaining) == pytest.approx((1 - along) * mm(found.length), abs=1e-6)
    assert found.to_target is not None
    there = found.to_target.mm <= at_target_mm(found.to_target.sigma_mm)
    assert (Violation.PAST_TARGET in found.violations) == (along > 1 and not there)


@given(plans(), st.floats(0, 1))
def test_no_point_of_the_path_is_nearer_to_an_outline_than_said(plan: Plan, along: float) -> None:
    assume(plan.no_go)
    assert plan.entry_px and plan.target_px
    (ex, ey), (tx, ty) = plan.entry_px, plan.target_px
    point = (ex + along * (tx - ex), ey + along * (ty - ey))
    said = figures(plan)["no_go_distance"]
    corners = [corner for outline in plan.no_go for corner in outline]
    assert said <= min(TENTH.distance_mm(point, corner) for corner in corners) + 1e-6


def test_depth_is_counted_from_the_best_line_that_is_known() -> None:
    region = replace(REGION, top_px=20)
    stated = scale_from_region(region, PICTURE)
    skin = replace(PLAN, skin_px=((100.0, 60.0), (400.0, 60.0)))
    assert measure(skin, stated, 0).depth_from is DepthFrom.SKIN_LINE
    top = measure(PLAN, stated, 0)
    assert top.depth_from is DepthFrom.PICTURE_TOP
    assert PLAN.target_px is not None
    assert mm(top.depth) == pytest.approx((PLAN.target_px[1] - 20) * region.mm_per_px_y)
    assert measure(PLAN, TENTH, 0).depth_from is DepthFrom.ENTRY


def test_the_distance_to_the_target_is_straight_however_far_beside_the_path_the_tip_lies() -> None:
    assert PLAN.target_px is not None
    x, y = PLAN.target_px
    beside = measure(tip_at(PLAN, (x, y - 70.0)), TENTH, 0)
    assert mm(beside.to_target) == pytest.approx(7.0)
    assert mm(beside.remaining) < 7.0
    assert Violation.TIP_OUTSIDE_CORRIDOR in beside.violations
