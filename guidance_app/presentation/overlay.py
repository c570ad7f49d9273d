"""From a snapshot to the shapes of the overlay, in picture pixels; no toolkit."""

import math
from collections.abc import Iterator

from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.plan import NeedleGuide, Plan
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot
from guidance_app.domain.trajectory import TIP_AGE_LIMIT_NS, DepthFrom, beside, depth_from
from guidance_app.presentation import figures
from guidance_app.presentation.needle_shapes import needle_shapes, short_of
from guidance_app.presentation.primitives import (
    Band,
    Cross,
    Ink,
    Label,
    Line,
    Primitive,
    Ring,
    Stroke,
)

TARGET_GAP_MM = 1.5
"""Radius around the target that stays free, so that the overlay does not hide it."""
TARGET_GAP_WITHOUT_SCALE_PX = 12.0
RULER_STEP_MM = 5.0
RULER_LONG_STEP_MM = 10.0


def overlay(snapshot: GuidanceSnapshot) -> tuple[Primitive, ...]:
    """All shapes that may be drawn on the snapshot's own frame; none when nothing may."""
    if not snapshot.plan_shown or snapshot.frame is None:
        return ()
    return tuple(_shapes(snapshot))


def _shapes(snapshot: GuidanceSnapshot) -> Iterator[Primitive]:
    plan, scale = snapshot.plan, snapshot.scale
    yield from _no_go(plan)
    if plan.guide is not None:
        yield from _guide_lines(plan.guide, plan)
    if plan.skin_px is not None:
        yield Line(plan.skin_px, Ink.PLAN)
    if scale is not None:
        yield from _depth_ruler(plan, scale)
    if plan.target_px is not None and plan.entry_px is not None:
        yield from _path(plan.entry_px, plan.target_px, plan.corridor_mm, scale)
    if plan.entry_px is not None:
        yield from _entry(plan)
    if plan.target_px is not None:
        yield from _target(snapshot, plan.target_px)
    if snapshot.guidance.mode is GuidanceMode.ON:
        yield from needle_shapes(snapshot.needle, snapshot.scale) if snapshot.needle else ()
        if snapshot.needle is None or snapshot.needle.needle is None:
            yield from _marked_tip(snapshot)


def _no_go(plan: Plan) -> Iterator[Primitive]:
    for outline in plan.no_go:
        yield Line(outline, Ink.NO_GO, closed=True, hatched=True)
        yield Label(max(outline, key=lambda p: p[0]), "no-go", Ink.NO_GO)


def _target(snapshot: GuidanceSnapshot, target: Point) -> Iterator[Primitive]:
    yield Cross(target, _gap_px(snapshot.scale), 14.0, Ink.PLAN)


def _path(
    entry: Point, target: Point, corridor_mm: float, scale: PixelScale | None
) -> Iterator[Primitive]:
    end = short_of(entry, target, _gap_px(scale))
    if scale is not None:
        yield _uncertainty(entry, end, scale)
        for side in (-1.0, 1.0):
            shift = side * corridor_mm
            border = (
                beside(entry, target, entry, shift, scale),
                beside(entry, target, end, shift, scale),
            )
            yield Line(border, Ink.PLAN)
    yield Line((entry, end), Ink.PLAN, width_view_px=4.0)


def _uncertainty(entry: Point, end: Point, scale: PixelScale) -> Band:
    """Two sigma on each side of the path: pointing at the entry, pointing and scale at the end."""
    at_entry_mm = 2 * scale.sigma_mm(0.0)
    at_end_mm = 2 * scale.sigma_mm(scale.distance_mm(entry, end))
    return Band(
        (
            beside(entry, end, entry, -at_entry_mm, scale),
            beside(entry, end, end, -at_end_mm, scale),
            beside(entry, end, end, at_end_mm, scale),
            beside(entry, end, entry, at_entry_mm, scale),
        ),
        Ink.PLAN,
    )


def _entry(plan: Plan) -> Iterator[Primitive]:
    if plan.entry_px is None:
        return
    x, y = plan.entry_px
    yield Line(((x, y - 12.0), (x, y + 12.0)), Ink.PLAN, width_view_px=3.0)
    yield Label(plan.entry_px, "entry", Ink.PLAN, (10.0, -18.0))


def _guide_lines(guide: NeedleGuide, plan: Plan) -> Iterator[Primitive]:
    width_px = plan.geometry.width_px if plan.geometry else 0
    height_px = plan.geometry.height_px if plan.geometry else 0
    x, y = guide.origin_px
    across = -1.0 if guide.side == "right" else 1.0
    for angle_deg in guide.angles_deg:
        angle = math.radians(angle_deg)
        run_px = width_px - x if across > 0 else x
        length_px = min(
            run_px / math.cos(angle) if angle_deg < 90 else math.inf,
            (height_px - y) / math.sin(angle),
        )
        end = (x + across * length_px * math.cos(angle), y + length_px * math.sin(angle))
        yield Line((guide.origin_px, end), Ink.PREDICTION, Stroke.DOTTED)
        yield Label(end, f"{angle_deg:g}°", Ink.PREDICTION, (-40.0 * across, -16.0))


def _depth_ruler(plan: Plan, scale: PixelScale) -> Iterator[Primitive]:
    skin_y, geometry = _zero_depth_y(plan, scale), plan.geometry
    if skin_y is None or geometry is None:
        return
    left, right, bottom = 0.0, geometry.width_px - 1.0, geometry.height_px - 1.0
    if scale.region is not None:
        left, right = float(scale.region.left_px), float(scale.region.right_px)
        bottom = float(scale.region.bottom_px)
    from_left = plan.entry_px is not None and plan.entry_px[0] < (left + right) / 2
    x, inward = (right - 6.0, -1.0) if from_left else (left + 6.0, 1.0)
    yield Line(((x, skin_y), (x, bottom)), Ink.PLAN)
    ticks = int((bottom - skin_y) * scale.mm_per_px_y / RULER_STEP_MM)
    for tick in range(ticks + 1):
        depth_mm = tick * RULER_STEP_MM
        y = skin_y + depth_mm / scale.mm_per_px_y
        long = depth_mm % RULER_LONG_STEP_MM == 0
        yield Line(((x, y), (x + inward * (16.0 if long else 8.0), y)), Ink.PLAN)
        if long and depth_mm > 0:
            anchor = (x + inward * 16.0, y)
            yield Label(anchor, f"{depth_mm:.0f}", Ink.PLAN, (-44.0 if inward < 0 else 8.0, 0.0))


def _marked_tip(snapshot: GuidanceSnapshot) -> Iterator[Primitive]:
    """The tip as it was marked, and the straight way from it to the target; no shaft is assumed."""
    plan = snapshot.plan
    if plan.tip is None or plan.target_px is None:
        return
    if snapshot.evaluated_ns - plan.tip.marked_ns > TIP_AGE_LIMIT_NS:
        return
    tip = plan.tip.point_px
    way = (tip, short_of(tip, plan.target_px, _gap_px(snapshot.scale)))
    yield Line(way, Ink.PREDICTION, Stroke.DOTTED)
    yield Ring(tip, 12.0, Ink.NEEDLE)
    if snapshot.measures is not None:
        words = figures.to_target(snapshot.measures)
        if words:
            yield Label(tip, words, Ink.NEEDLE, (20.0, -26.0))


def _zero_depth_y(plan: Plan, scale: PixelScale) -> float | None:
    """Height of depth zero, where more is known of it than the height of the entry."""
    line = depth_from(plan, scale)
    if line is None or line[2] is DepthFrom.ENTRY:
        return None
    return (line[0][1] + line[1][1]) / 2


def _gap_px(scale: PixelScale | None) -> float:
    if scale is None:
        return TARGET_GAP_WITHOUT_SCALE_PX
    return TARGET_GAP_MM / min(scale.mm_per_px_x, scale.mm_per_px_y)
