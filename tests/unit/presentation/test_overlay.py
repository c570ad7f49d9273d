"""The overlay as shapes: what is drawn, where, and what stays free."""

import math
from dataclasses import replace

import pytest

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, ScaledRegion, Stamp
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.plan import NeedleGuide, Plan, TipMark
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.domain.trajectory import measure
from guidance_app.presentation.overlay import overlay
from guidance_app.presentation.primitives import Band, Cross, Ink, Label, Line, Ring, Stroke

GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
SCALE = PixelScale(0.1, 0.1, 0.5, GEOMETRY, "two clicks")
PLAN = Plan(
    GEOMETRY,
    target_px=(400.0, 300.0),
    entry_px=(100.0, 100.0),
    no_go=(((500.0, 50.0), (560.0, 50.0), (530.0, 90.0)),),
    tip=TipMark((250.0, 200.0), 0),
)


def snapshot(
    plan: Plan = PLAN, scale: PixelScale | None = SCALE, mode: GuidanceMode = GuidanceMode.ON
) -> GuidanceSnapshot:
    return GuidanceSnapshot(
        index=0,
        evaluated_ns=0,
        valid_until_ns=1,
        frames_seen=1,
        truth=Truth(TruthState.LIVE, ""),
        guidance=Guidance(mode),
        frame=FrameFacts(0, Stamp(0, 0), GEOMETRY, Origin.DEVICE, (), True),
        plan_shown=True,
        scale=scale,
        plan=plan,
        measures=measure(plan, scale, 0) if scale else None,
    )


def segments(shapes: tuple[object, ...]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    lines = [shape for shape in shapes if isinstance(shape, Line)]
    return [(a, b) for line in lines for a, b in zip(line.points, line.points[1:], strict=False)]


def distance(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    length = math.dist(a, b)
    along = ((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length
    share = min(length, max(0.0, along)) / length
    return math.dist(point, (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))


def test_nothing_is_drawn_when_the_plan_may_not_be_shown() -> None:
    assert overlay(snapshot()) != ()
    assert overlay(replace(snapshot(), plan_shown=False)) == ()
    assert overlay(replace(snapshot(), frame=None)) == ()


def test_no_line_comes_within_a_millimetre_and_a_half_of_the_target() -> None:
    shapes = overlay(snapshot(replace(PLAN, tip=None)))
    cross = next(shape for shape in shapes if isinstance(shape, Cross))
    assert cross.centre == PLAN.target_px
    assert cross.gap_px * SCALE.mm_per_px_x == pytest.approx(1.5)
    assert all(distance(cross.centre, a, b) >= cross.gap_px - 1e-6 for a, b in segments(shapes))


def test_the_corridor_runs_beside_the_path_at_its_half_width() -> None:
    plan = replace(PLAN, corridor_mm=3.0, tip=None, no_go=())
    entry, target = (100.0, 100.0), (400.0, 300.0)
    direction = (target[0] - entry[0], target[1] - entry[1])
    parallel = [
        (a, b)
        for a, b in segments(overlay(snapshot(plan)))
        if math.isclose((b[0] - a[0]) * direction[1], (b[1] - a[1]) * direction[0], abs_tol=1e-6)
    ]
    offsets_mm = sorted(
        ((a[0] - entry[0]) * direction[1] - (a[1] - entry[1]) * direction[0])
        / math.hypot(*direction)
        * 0.1
        for a, _ in parallel
    )
    assert offsets_mm == pytest.approx([-3.0, 0.0, 3.0])


def test_the_uncertainty_band_is_two_sigma_wide_at_the_entry() -> None:
    band = next(shape for shape in overlay(snapshot()) if isinstance(shape, Band))
    width_mm = math.dist(band.points[0], band.points[3]) * 0.1
    assert width_mm == pytest.approx(2 * 2 * SCALE.sigma_mm(0))
    assert math.dist(band.points[1], band.points[2]) * 0.1 > width_mm


def test_without_a_scale_there_is_a_path_and_no_millimetre() -> None:
    shapes = overlay(snapshot(scale=None))
    assert not [shape for shape in shapes if isinstance(shape, Band)]
    assert not [s for s in shapes if isinstance(s, Label) and any(c.isdigit() for c in s.text)]
    assert [shape for shape in shapes if isinstance(shape, Line) and shape.ink is Ink.PLAN]


def test_tip_and_prediction_are_drawn_only_while_guidance_is_on() -> None:
    on = overlay(snapshot())
    assert [s.centre for s in on if isinstance(s, Ring)] == [(250.0, 200.0)]
    assert [s for s in on if isinstance(s, Line) and s.stroke is Stroke.DOTTED]
    off = overlay(snapshot(mode=GuidanceMode.OFF))
    assert not [s for s in off if isinstance(s, Ring)]
    old = overlay(replace(snapshot(), evaluated_ns=5_000_000_001))
    assert not [s for s in old if isinstance(s, Ring)]


def test_depth_ticks_stand_where_the_scale_puts_them() -> None:
    skin = ((50.0, 100.0), (600.0, 100.0))
    plan = replace(PLAN, tip=None, no_go=(), skin_px=skin)
    labels = [s for s in overlay(snapshot(plan)) if isinstance(s, Label) and s.text.isdigit()]
    assert [label.text for label in labels] == ["10", "20", "30"]
    assert [label.anchor[1] for label in labels] == pytest.approx([200.0, 300.0, 400.0])
    region = ScaledRegion(50, 0, 600, 350, 0.1, 0.1)
    inside = overlay(snapshot(plan, replace(SCALE, region=region)))
    ruler = [s for s in inside if isinstance(s, Label) and s.text.isdigit()]
    assert [label.text for label in ruler] == ["10", "20"]
    assert all(50 <= label.anchor[0] <= 600 for label in ruler)


def test_no_ruler_is_drawn_where_depth_zero_is_only_guessed() -> None:
    shapes = overlay(snapshot(replace(PLAN, tip=None)))
    assert not [s for s in shapes if isinstance(s, Label) and s.text.isdigit()]


@pytest.mark.parametrize(("side", "sign"), [("left", 1), ("right", -1)])
def test_bracket_lines_leave_at_their_angle_and_end_at_the_picture(side: str, sign: int) -> None:
    guide = NeedleGuide((320.0, 10.0), (30.0, 60.0, 90.0), side)
    lines = [s for s in overlay(snapshot(Plan(GEOMETRY, guide=guide))) if isinstance(s, Line)]
    for line, angle_deg in zip(lines, guide.angles_deg, strict=True):
        (ax, ay), (bx, by) = line.points
        assert math.degrees(math.atan2(by - ay, sign * (bx - ax))) == pytest.approx(angle_deg)
        assert -1e-6 <= bx <= 640 + 1e-6
        assert by <= 480 + 1e-6


def test_no_go_outlines_are_closed_hatched_and_named() -> None:
    shapes = overlay(snapshot())
    outline = next(s for s in shapes if isinstance(s, Line) and s.ink is Ink.NO_GO)
    assert outline.closed
    assert outline.hatched
    assert [s.text for s in shapes if isinstance(s, Label) and s.ink is Ink.NO_GO] == ["no-go"]
