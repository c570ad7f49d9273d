"""A plan belongs to one picture and its points lie on it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.plan import (
    NeedleGuide,
    Plan,
    PlanRefused,
    add_no_go,
    mark_tip,
    place_entry,
    place_guide,
    place_skin,
    place_target,
)

PICTURE = PictureGeometry(640, 480, PixelFormat.GRAY8)
OTHER = PictureGeometry(800, 600, PixelFormat.GRAY8)
TRIANGLE = ((10.0, 10.0), (40.0, 10.0), (10.0, 40.0))
GUIDE = NeedleGuide((5.0, 5.0), (30.0, 45.0), "left")


def full_plan() -> Plan:
    plan = place_target(Plan(), (300.0, 200.0), PICTURE)
    plan = place_entry(plan, (100.0, 20.0), PICTURE)
    plan = place_skin(plan, (0.0, 20.0), (639.0, 30.0), PICTURE)
    plan = add_no_go(plan, TRIANGLE, PICTURE)
    plan = place_guide(plan, GUIDE, PICTURE)
    return mark_tip(plan, (150.0, 60.0), PICTURE, 7)


def test_every_part_stays_where_it_was_put() -> None:
    plan = full_plan()
    assert plan.geometry == PICTURE
    assert (plan.target_px, plan.entry_px) == ((300.0, 200.0), (100.0, 20.0))
    assert plan.skin_px == ((0.0, 20.0), (639.0, 30.0))
    assert (plan.no_go, plan.guide) == ((TRIANGLE,), GUIDE)
    assert plan.tip is not None
    assert (plan.tip.point_px, plan.tip.marked_ns) == ((150.0, 60.0), 7)


def test_a_second_outline_joins_the_first() -> None:
    assert add_no_go(full_plan(), TRIANGLE[::-1], PICTURE).no_go == (TRIANGLE, TRIANGLE[::-1])


PLACEMENTS = {
    "target": place_target,
    "entry": place_entry,
    "skin line": lambda plan, point, picture: place_skin(plan, (300.0, 9.0), point, picture),
    "outline": lambda plan, point, picture: add_no_go(plan, (*TRIANGLE, point), picture),
    "needle tip": lambda plan, point, picture: mark_tip(plan, point, picture, 0),
    "needle guide": lambda plan, point, picture: place_guide(
        plan, NeedleGuide(point, (30.0,), "left"), picture
    ),
}
OUTSIDE = [
    (-0.5, 10.0),
    (639.5, 10.0),
    (10.0, -0.5),
    (10.0, 479.5),
    (math.nan, 1.0),
    (1.0, math.inf),
]


@pytest.mark.parametrize("what", PLACEMENTS)
@pytest.mark.parametrize("point", OUTSIDE)
def test_nothing_can_be_placed_outside_the_picture(what: str, point: tuple[float, float]) -> None:
    refused = f"The {what} lies outside|left to right"
    with pytest.raises(PlanRefused, match=refused):
        PLACEMENTS[what](Plan(), point, PICTURE)


@pytest.mark.parametrize("what", PLACEMENTS)
@pytest.mark.parametrize("corner", [(0.0, 0.0), (639.0, 479.0)])
def test_the_corner_pixels_belong_to_the_picture(what: str, corner: tuple[float, float]) -> None:
    assert PLACEMENTS[what](Plan(), corner, PICTURE).geometry == PICTURE


@pytest.mark.parametrize("what", PLACEMENTS)
def test_a_new_picture_drops_everything_but_the_corridor(what: str) -> None:
    plan = PLACEMENTS[what](full_plan(), (50.0, 50.0), OTHER)
    empty = PLACEMENTS[what](Plan(), (50.0, 50.0), OTHER)
    assert plan == empty


def test_the_entry_of_another_picture_does_not_refuse_a_target_here() -> None:
    assert place_target(full_plan(), (100.0, 20.0), OTHER).target_px == (100.0, 20.0)
    assert place_entry(full_plan(), (300.0, 200.0), OTHER).entry_px == (300.0, 200.0)


def test_entry_and_target_need_ten_pixels() -> None:
    near = place_target(Plan(), (100.0, 100.0), PICTURE)
    with pytest.raises(PlanRefused, match="on one point"):
        place_entry(near, (109.0, 91.0), PICTURE)
    assert place_entry(near, (110.0, 100.0), PICTURE).entry_px == (110.0, 100.0)
    entered = place_entry(Plan(), (100.0, 100.0), PICTURE)
    with pytest.raises(PlanRefused, match="on one point"):
        place_target(entered, (100.0, 109.5), PICTURE)


def test_a_steep_or_short_skin_line_is_refused() -> None:
    with pytest.raises(PlanRefused, match="left to right"):
        place_skin(Plan(), (100.0, 0.0), (119.0, 300.0), PICTURE)
    assert place_skin(Plan(), (120.0, 0.0), (100.0, 0.0), PICTURE).skin_px is not None


def test_an_outline_needs_three_points() -> None:
    with pytest.raises(PlanRefused, match="three points"):
        add_no_go(Plan(), TRIANGLE[:2], PICTURE)


@pytest.mark.parametrize("angles", [(), (0.0,), (-5.0,), (90.5,), (30.0, math.nan)])
def test_impossible_guide_angles_are_refused(angles: tuple[float, ...]) -> None:
    with pytest.raises(PlanRefused, match="angles"):
        place_guide(Plan(), NeedleGuide((5.0, 5.0), angles, "left"), PICTURE)


def test_a_guide_can_be_taken_off() -> None:
    assert place_guide(full_plan(), None, PICTURE).guide is None


points = st.tuples(st.floats(-50, 700), st.floats(-50, 550))


@given(st.lists(st.tuples(st.sampled_from(["target", "entry"]), points), max_size=12))
def test_however_placed_entry_and_target_stay_apart_and_inside(
    steps: list[tuple[str, tuple[float, float]]],
) -> None:
    plan = Plan()
    for what, point in steps:
        try:
            plan = PLACEMENTS[what](plan, point, PICTURE)
        except PlanRefused:
            continue
    for placed in (plan.target_px, plan.entry_px):
        assert placed is None or (0 <= placed[0] <= 639 and 0 <= placed[1] <= 479)
    if plan.target_px and plan.entry_px:
        assert math.dist(plan.target_px, plan.entry_px) >= 10
