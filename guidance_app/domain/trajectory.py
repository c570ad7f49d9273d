"""What a plan measures: depth, length, angle, remaining distance, and what it runs into.

Millimetre geometry in the image plane. Distances are along straight lines; the speed of
sound, the slice thickness and the bending of a needle are not in these figures.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.plan import Outline, Plan
from guidance_app.domain.prediction import tip_sigmas_mm

TIP_AGE_LIMIT_NS = 5_000_000_000
"""A tip marked by hand is believed this long; a proposal of ours."""

AT_TARGET_MM, FURTHEST_MM = 1.0, 2.0
"""From the tip to the target: that is there; and where the tip is less sure, within its sigma, but
never beyond. A proposal of ours."""

TOUCHING_MM = 1e-6
"""A path through the corner of an outline misses it by rounding alone; it crosses."""

Segment = tuple[Point, Point]


class Violation(StrEnum):
    """What is wrong with the path or the needle, worst first."""

    TIP_IN_NO_GO = "tip inside a no-go outline"
    PAST_TARGET = "tip past the target"
    TIP_OUTSIDE_CORRIDOR = "tip outside the corridor"
    PATH_CROSSES_NO_GO = "path crosses a no-go outline"
    CORRIDOR_TOUCHES_NO_GO = "corridor touches a no-go outline"


class DepthFrom(StrEnum):
    """Where depth is counted from."""

    SKIN_LINE = "skin line"
    """As the operator placed it."""
    PICTURE_TOP = "top of the ultrasound picture"
    """The probe's face, where the source states the picture's rectangle."""
    ENTRY = "entry"
    """A level line through the entry: nothing better is known."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A length and its 1 sigma, both in millimetres."""

    mm: float
    sigma_mm: float


def at_target_mm(sigma_mm: float) -> float:
    """How near to the target a tip that is known to `sigma_mm` counts as there."""
    return max(AT_TARGET_MM, min(sigma_mm, FURTHEST_MM))


def is_past(remaining: Measured, straight: Measured) -> bool:
    """Whether a tip is past the target and not at it, by its way left along the path and by its
    straight distance."""
    return remaining.mm < 0 and straight.mm > at_target_mm(straight.sigma_mm)


@dataclass(frozen=True, slots=True)
class PlanMeasures:
    """Figures of a plan on a picture with a scale; None where a part is missing or too old."""

    depth: Measured | None = None
    """Target below the line that depth is counted from, at right angles to it."""
    depth_from: DepthFrom | None = None
    length: Measured | None = None
    """From entry to target along the planned path: the needle length needed inside."""
    angle_rad: float | None = None
    """Between planned path and the line that depth is counted from, in [0, pi/2]."""
    to_target: Measured | None = None
    """Straight from the tip to the target, however far off the path the tip lies."""
    remaining: Measured | None = None
    """From the tip to the target along the path; negative when past it."""
    lateral: Measured | None = None
    """The tip's distance from the planned path."""
    no_go_distance: Measured | None = None
    """From the planned path to the nearest outline; 0 when it crosses one."""
    violations: tuple[Violation, ...] = ()
    tip_seen: bool = False
    """The tip in these figures is seen in the picture; else it was marked by hand, if at all."""


def measure(
    plan: Plan, scale: PixelScale, now_ns: int, needle: SeenNeedle | None = None
) -> PlanMeasures:
    """All figures that the plan's parts allow, at host time `now_ns`.

    The tip is that of a `needle` that is seen with it, else the one that was marked by hand.
    """
    if plan.target_px is None or not scale.holds_at(plan.target_px):
        return PlanMeasures()
    target = scale.to_mm(plan.target_px)
    depth, depth_from = _depth(plan, scale, target)
    if plan.entry_px is None or not scale.holds_at(plan.entry_px):
        return PlanMeasures(depth, depth_from)
    entry = scale.to_mm(plan.entry_px)
    length_mm = math.dist(entry, target)
    outlines = [_outline_mm(outline, scale) for outline in plan.no_go]
    gap = min((gap_to_outline((entry, target), o) for o in outlines), default=None)
    seen = _seen_tip(needle, scale)
    tip, sigma_mm = seen or (_fresh_tip(plan, scale, now_ns), 0.0)
    remaining_mm, lateral_mm = _along_and_across(entry, target, tip) if tip else (None, None)
    remaining = _measured(remaining_mm, scale, sigma_mm)
    straight = _measured(math.dist(tip, target) if tip else None, scale, sigma_mm)
    past = remaining is not None and straight is not None and is_past(remaining, straight)
    return PlanMeasures(
        depth=depth,
        depth_from=depth_from,
        length=_measured(length_mm, scale),
        to_target=straight,
        angle_rad=_angle_to_skin(plan, scale, entry, target),
        remaining=remaining,
        lateral=_measured(lateral_mm, scale, sigma_mm),
        no_go_distance=_measured(gap, scale),
        violations=tuple(
            _violations(plan.corridor_mm, gap, past, lateral_mm, _inside_any(tip, outlines))
        ),
        tip_seen=seen is not None,
    )


def beside(a: Point, b: Point, at: Point, shift_mm: float, scale: PixelScale) -> Point:
    """`at`, moved by `shift_mm` at right angles to the line from a to b; Image space, pixels."""
    (ax, ay), (bx, by) = scale.to_mm(a), scale.to_mm(b)
    length = math.dist((ax, ay), (bx, by)) or 1.0
    x, y = scale.to_mm(at)
    return scale.to_px((x - shift_mm * (by - ay) / length, y + shift_mm * (bx - ax) / length))


def off_path_mm(plan: Plan, scale: PixelScale, point: Point) -> float | None:
    """Distance of a point from the line of the planned path; None without a path."""
    if plan.entry_px is None or plan.target_px is None:
        return None
    path = (scale.to_mm(plan.entry_px), scale.to_mm(plan.target_px))
    return abs(_signed_distance(path, scale.to_mm(point)))


def _measured(mm: float | None, scale: PixelScale, sigma_tip_mm: float = 0.0) -> Measured | None:
    if mm is None:
        return None
    return Measured(mm, math.hypot(scale.sigma_mm(abs(mm)), sigma_tip_mm))


def depth_from(plan: Plan, scale: PixelScale) -> tuple[Point, Point, DepthFrom] | None:
    """The line that depth is counted from, by two points in Image space; None without one."""
    region = scale.region
    if plan.skin_px is not None:
        a, b = plan.skin_px
        holds = scale.holds_at(a) and scale.holds_at(b)
        return (a, b, DepthFrom.SKIN_LINE) if holds else None
    if region is not None:
        left, right, top = region.left_px, region.right_px, region.top_px
        return (left, top), (right, top), DepthFrom.PICTURE_TOP
    if plan.entry_px is None:
        return None
    x, y = plan.entry_px
    return (x, y), (x + 1.0, y), DepthFrom.ENTRY


def _depth(
    plan: Plan, scale: PixelScale, target: Point
) -> tuple[Measured | None, DepthFrom | None]:
    line = depth_from(plan, scale)
    if line is None:
        return None, None
    a, b, where = line
    distance_mm = abs(_signed_distance((scale.to_mm(a), scale.to_mm(b)), target))
    return _measured(distance_mm, scale), where


def _signed_distance(line: Segment, point: Point) -> float:
    (ax, ay), (bx, by) = line
    cross = (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)
    return cross / math.dist(*line)


def _angle_to_skin(plan: Plan, scale: PixelScale, entry: Point, target: Point) -> float | None:
    line = depth_from(plan, scale)
    if line is None:
        return None
    (ax, ay), (bx, by) = scale.to_mm(line[0]), scale.to_mm(line[1])
    path = math.atan2(target[1] - entry[1], target[0] - entry[0])
    difference = abs(path - math.atan2(by - ay, bx - ax)) % math.pi
    return min(difference, math.pi - difference)


def _seen_tip(needle: SeenNeedle | None, scale: PixelScale) -> tuple[Point, float] | None:
    """The tip in millimetres and its 1 sigma in the worse direction; None where none is seen."""
    if needle is None or not needle.tip_visible or not scale.holds_at(needle.tip_px):
        return None
    return scale.to_mm(needle.tip_px), max(tip_sigmas_mm(needle, scale))


def _fresh_tip(plan: Plan, scale: PixelScale, now_ns: int) -> Point | None:
    tip = plan.tip
    if tip is None or now_ns - tip.marked_ns > TIP_AGE_LIMIT_NS or not scale.holds_at(tip.point_px):
        return None
    return scale.to_mm(tip.point_px)


def _along_and_across(entry: Point, target: Point, tip: Point) -> tuple[float, float]:
    length = math.dist(entry, target)
    along = (
        (target[0] - tip[0]) * (target[0] - entry[0])
        + (target[1] - tip[1]) * (target[1] - entry[1])
    ) / length
    return along, abs(_signed_distance((entry, target), tip))


def _violations(
    corridor_mm: float,
    gap: float | None,
    past: bool,
    lateral: float | None,
    tip_in_no_go: bool,
) -> Iterator[Violation]:
    if tip_in_no_go:
        yield Violation.TIP_IN_NO_GO
    if past:
        yield Violation.PAST_TARGET
    if lateral is not None and lateral > corridor_mm:
        yield Violation.TIP_OUTSIDE_CORRIDOR
    if gap is not None and gap == 0:
        yield Violation.PATH_CROSSES_NO_GO
    elif gap is not None and gap < corridor_mm:
        yield Violation.CORRIDOR_TOUCHES_NO_GO


def _outline_mm(outline: Outline, scale: PixelScale) -> Outline:
    return tuple(scale.to_mm(point) for point in outline)


def _edges(outline: Outline) -> Iterator[Segment]:
    return zip(outline, (*outline[1:], outline[0]), strict=True)


def _inside_any(point: Point | None, outlines: list[Outline]) -> bool:
    return point is not None and any(_inside(point, outline) for outline in outlines)


def _inside(point: Point, outline: Outline) -> bool:
    """Even-odd rule: a ray to the right crosses the outline an odd number of times."""
    x, y = point
    crossings = sum(
        1
        for (ax, ay), (bx, by) in _edges(outline)
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay)
    )
    return crossings % 2 == 1


def gap_to_outline(path: Segment, outline: Outline) -> float:
    """Shortest distance from a way to an outline; 0 where it meets it. All in one unit."""
    if _inside(path[0], outline) or _inside(path[1], outline):
        return 0.0
    return min(_segment_to_segment(path, edge) for edge in _edges(outline))


def _segment_to_segment(a: Segment, b: Segment) -> float:
    if _cross_each_other(a, b):
        return 0.0
    pairs = ((a[0], b), (a[1], b), (b[0], a), (b[1], a))
    distance = min(_point_to_segment(point, segment) for point, segment in pairs)
    return distance if distance > TOUCHING_MM else 0.0


def _cross_each_other(a: Segment, b: Segment) -> bool:
    def side(line: Segment, point: Point) -> float:
        (ax, ay), (bx, by) = line
        return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)

    return side(a, b[0]) * side(a, b[1]) < 0 and side(b, a[0]) * side(b, a[1]) < 0


def _point_to_segment(point: Point, segment: Segment) -> float:
    (ax, ay), (bx, by) = segment
    squared = (bx - ax) ** 2 + (by - ay) ** 2
    if squared == 0:
        return math.dist(point, segment[0])
    along = ((point[0] - ax) * (bx - ax) + (point[1] - ay) * (by - ay)) / squared
    along = min(1.0, max(0.0, along))
    return math.dist(point, (ax + along * (bx - ax), ay + along * (by - ay)))
