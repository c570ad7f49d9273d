"""A needle that is seen on the screen: its shapes, its figures and its words."""

import math
from dataclasses import replace

import pytest

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import NeedleSought
from guidance_app.domain.correction import Correction, Side, Task, Turn
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.plan import Plan, TipMark
from guidance_app.domain.prediction import RADIUS_95
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.domain.trajectory import measure
from guidance_app.presentation.live import Situation, late_view, live_view
from guidance_app.presentation.needle_words import ADVANCES_UNSEEN, correction
from guidance_app.presentation.overlay import overlay
from guidance_app.presentation.primitives import (
    Arrow,
    Band,
    Ink,
    Label,
    Line,
    Primitive,
    Ring,
    Stroke,
)
from guidance_app.presentation.view import LiveView, Text, Tone
from guidance_app.processing.needle_guide import NeedleMemory, guide, remember
from guidance_app.processing.state import PipelineState

MS = 1_000_000
GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
SCALE = PixelScale(0.1, 0.1, 0.5, GEOMETRY, "two clicks")
PLAN = Plan(GEOMETRY, (500.0, 350.0), (100.0, 50.0))
NEEDLE = SeenNeedle((260.0, 170.0), (100.0, 50.0), math.atan2(0.6, 0.8), 3.0, 1.0, 0.005, 0.95)


def snapshot(
    *sights: NeedleSight, plan: Plan = PLAN, scale: PixelScale | None = SCALE
) -> GuidanceSnapshot:
    """A live one with guidance on, on the frame of the last sight."""
    memory = NeedleMemory()
    for sequence, sight in enumerate(sights):
        memory = remember(memory, NeedleSought(sequence, sight))
    needle = guide(memory, len(sights) - 1, plan, scale)[1]
    seen = needle.needle if needle else None
    return GuidanceSnapshot(
        index=0,
        evaluated_ns=10 * MS,
        valid_until_ns=100 * MS,
        frames_seen=1,
        truth=Truth(TruthState.LIVE, ""),
        guidance=Guidance(GuidanceMode.ON),
        frame=FrameFacts(0, Stamp(len(sights) - 1, 2 * MS), GEOMETRY, Origin.DEVICE, (), True),
        plan_shown=True,
        scale=scale,
        plan=plan,
        measures=measure(plan, scale, 10 * MS, seen) if scale else None,
        needle=needle,
    )


def shapes(*sights: NeedleSight, plan: Plan = PLAN) -> list[Primitive]:
    """Those that are drawn beside the plan's own."""
    made = snapshot(*sights, plan=plan)
    plain = overlay(replace(made, needle=None, plan=replace(plan, tip=None)))
    return [shape for shape in overlay(made) if shape not in plain]


def screen(*sights: NeedleSight, **changes: object) -> LiveView:
    made = replace(snapshot(*sights), **changes)
    return live_view(Situation(made, PipelineState(), 10 * MS, None), None)


def test_only_the_part_of_the_shaft_that_is_seen_is_drawn_with_a_ring_at_its_tip() -> None:
    drawn = shapes(NeedleSight(NEEDLE))
    white = [s for s in drawn if isinstance(s, Line) and s.ink is Ink.NEEDLE]
    assert [line.points for line in white] == [(NEEDLE.far_px, NEEDLE.tip_px)]
    assert white[0].stroke is Stroke.SOLID
    assert [s.centre for s in drawn if isinstance(s, Ring)] == [NEEDLE.tip_px]
    assert not [s for s in drawn if isinstance(s, Arrow)]


def test_the_way_ahead_is_dotted_and_its_band_as_wide_as_it_is_unsure() -> None:
    drawn = shapes(NeedleSight(NEEDLE))
    dotted = [s for s in drawn if isinstance(s, Line) and s.ink is Ink.PREDICTION]
    assert [line.stroke for line in dotted] == [Stroke.DOTTED]
    assert dotted[0].points[1] == pytest.approx((500.0, 350.0), abs=1e-6)
    (band,) = (s for s in drawn if isinstance(s, Band) and s.ink is Ink.PREDICTION)
    half = len(band.points) // 2
    first = math.dist(band.points[0], band.points[-1])
    last = math.dist(band.points[half - 1], band.points[half])
    assert first == pytest.approx(2 * RADIUS_95 * 1.0 * 1.005)
    assert last > first


def test_the_ellipse_of_the_tip_is_two_sigma_along_and_across() -> None:
    drawn = shapes(NeedleSight(NEEDLE))
    (ellipse,) = (s for s in drawn if isinstance(s, Band) and s.ink is Ink.NEEDLE)
    away = [math.dist(point, NEEDLE.tip_px) for point in ellipse.points]
    assert (max(away), min(away)) == pytest.approx((6.0, 2.0))


def test_a_tip_that_is_not_visible_has_no_ring_and_is_told_in_words() -> None:
    drawn = shapes(NeedleSight(replace(NEEDLE, tip_visible=False)))
    assert not [s for s in drawn if isinstance(s, Ring | Band | Arrow)]
    assert [s.text for s in drawn if isinstance(s, Label)] == ["tip not visible"]
    view = screen(NeedleSight(replace(NEEDLE, tip_visible=False)))
    assert view.picture.guide == Text("Tip not visible.")
    assert view.read_outs[0].value.text == "tip not visible"


def test_a_needle_that_may_leave_the_plane_is_dashed_and_so_is_one_carried_on() -> None:
    for change in ({"fading": True}, {"coasted": 2}):
        drawn = shapes(NeedleSight(replace(NEEDLE, **change)))  # type: ignore[arg-type]
        white = [s for s in drawn if isinstance(s, Line) and s.ink is Ink.NEEDLE]
        assert [line.stroke for line in white] == [Stroke.DASHED]
    drawn = shapes(NeedleSight(replace(NEEDLE, fading=True)))
    assert [s.text for s in drawn if isinstance(s, Label)] == ["may leave the plane"]


def test_a_marked_tip_is_drawn_where_none_is_seen_and_not_beside_a_seen_one() -> None:
    marked = replace(PLAN, tip=TipMark((150.0, 90.0), 10 * MS))
    rings = [s.centre for s in shapes(NeedleSight(NEEDLE), plan=marked) if isinstance(s, Ring)]
    assert rings == [NEEDLE.tip_px]
    nothing = NeedleSight(None, "No needle is found.")
    rings = [s.centre for s in shapes(nothing, plan=marked) if isinstance(s, Ring)]
    assert rings == [(150.0, 90.0)]


def test_a_tip_marked_by_hand_is_told_from_a_seen_one() -> None:
    marked = replace(PLAN, tip=TipMark((150.0, 90.0), 8 * MS))
    made = snapshot(NeedleSight(None, "No needle is found."), plan=marked)
    labels = [
        live_view(Situation(made, PipelineState(), now_ns, None), None).read_outs[0].label
        for now_ns in (10 * MS, 90 * MS)
    ]
    assert labels == ["Tip marked, to target"] * 2
    hidden = NeedleSight(replace(NEEDLE, tip_visible=False))
    assert not [s for s in shapes(hidden, plan=marked) if isinstance(s, Ring)]


def test_without_a_search_the_screen_is_as_it_was() -> None:
    assert shapes() == []
    view = screen()
    assert view.picture.guide is None
    assert [r.label for r in view.read_outs][:1] == ["To target"]


@pytest.mark.parametrize(("degrees", "side"), [(-8.0, 1.0), (8.0, -1.0)])
def test_the_arrow_points_to_where_the_tip_is_to_go(degrees: float, side: float) -> None:
    angle = NEEDLE.angle_rad + math.radians(degrees)
    tip = (100.0 + 200.0 * math.cos(angle), 50.0 + 200.0 * math.sin(angle))
    drawn = shapes(NeedleSight(replace(NEEDLE, tip_px=tip, angle_rad=angle)))
    (arrow,) = (s for s in drawn if isinstance(s, Arrow))
    assert arrow.start == tip
    assert arrow.towards == pytest.approx((-side * math.sin(angle), side * math.cos(angle)))


def test_the_figures_say_that_the_tip_is_seen() -> None:
    view = screen(NeedleSight(NEEDLE))
    first, second = view.read_outs[:2]
    assert (first.label, first.value.text) == ("Tip seen, to target", "30 mm")
    assert first.uncertainty.startswith("± ")
    assert (second.label, second.value.text, second.uncertainty) == ("Needle to plan", "0°", "± 1°")
    assert view.picture.guide == Text("On the path: advance 30 mm")


def test_an_advance_without_its_tip_asks_to_stop() -> None:
    hidden = replace(NEEDLE, tip_visible=False)
    gone_on = replace(hidden, tip_px=(284.0, 188.0))
    view = screen(NeedleSight(hidden), NeedleSight(gone_on))
    assert view.picture.guide == Text(ADVANCES_UNSEEN, Tone.CAUTION)
    found = screen(NeedleSight(hidden), NeedleSight(gone_on), NeedleSight(NEEDLE))
    assert found.picture.guide == Text("On the path: advance 30 mm")


def test_a_view_that_is_late_or_expired_says_nothing_of_a_needle() -> None:
    view = screen(NeedleSight(NEEDLE))
    assert late_view(view.picture).guide == Text("")
    made = snapshot(NeedleSight(NEEDLE))
    expired = live_view(Situation(made, PipelineState(), 200 * MS, None), None)
    assert (expired.picture.guide, expired.picture.primitives) == (Text(""), ())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            Correction(Task.TURN, 0.0, 4.0, Turn.STEEPER, 2.0, Side.ABOVE),
            "Tip 2.0 mm above the path: steeper by 4°",
        ),
        (Correction(Task.TURN, None, -3.0, Turn.FLATTER), "Flatter by 3°"),
        (Correction(Task.TURN, 0.0, 2.0, Turn.LEFT), "Tip left by 2°"),
        (Correction(Task.ADVANCE, 14.0), "On the path: advance 14 mm"),
        (Correction(Task.ADVANCE), "On the path: advance"),
        (Correction(Task.ADVANCE, 0.0), "On the path: advance < 0.5 mm"),
        (Correction(Task.BLOCKED, 0.0), "No-go ahead: do not advance"),
        (Correction(Task.WITHDRAW, -3.0), "Past the target: withdraw 3.0 mm"),
        (
            Correction(Task.WITHDRAW_AND_TURN, -6.5, 7.0, Turn.STEEPER, 4.0, Side.ABOVE),
            "Withdraw 6.5 mm, then steeper by 7°",
        ),
        (Correction(Task.ARRIVED, 0.0), "At the target: stop"),
    ],
)
def test_what_to_do_is_said_in_words(asked: Correction, words: str) -> None:
    assert correction(asked) == words
