"""What to do with a needle that is seen, so that it comes to the target.

Geometry of the image plane; limits are set by us, no study is behind them. A needle is turned about
the place where it goes through the skin; deep inside, tissue holds it, and it is drawn back first.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.plan import Plan
from guidance_app.domain.prediction import direction, sigma_across_mm, tip_sigmas_mm
from guidance_app.domain.trajectory import AT_TARGET_MM, at_target_mm, depth_from, gap_to_outline

AT_TARGET_WITHOUT_SCALE_PX = 8.0
CLEAR_MM, CLEAR_WITHOUT_SCALE_PX = 0.5, 4.0
"""That the way ahead lies beside a no-go outline once it met it."""
MOST_SIDEWAYS_MM = 5.0
"""A tip is not swung further through tissue; the needle is drawn back first."""
SHARE_TOLERATED = 0.5
"""Of the corridor's half width: a needle that will miss the target by more is corrected, where
that is more than counts as arrived. It is corrected until it will miss by half as much."""
SIGMAS_TO_BEGIN = 1.25
"""Of what it will miss by; a correction ends below one of them."""
DEGREES_TO_BEGIN, DEGREES_TO_END = 2.0, 1.0
"""The same where there is no scale."""
STAYS = 1.25
"""How much further a judgement holds that was made in the picture before."""
UPRIGHT_RAD = math.radians(75.0)
"""A needle or path this steep is told left from right, and not steep from flat."""
HOLDS_STEPS = 0.8
"""A figure stays until it is off by this share of its step, so that it does not flicker."""


ROUNDING = 1e-9


class Task(StrEnum):
    """What is to be done next."""

    ADVANCE = "advance"
    """It is on the path."""
    TURN = "turn"
    WITHDRAW_AND_TURN = "withdraw and turn"
    WITHDRAW = "withdraw"
    """It is past the target."""
    ARRIVED = "arrived"
    BLOCKED = "blocked"
    """Its way ahead meets a no-go outline, or its tip lies in one."""


class Side(StrEnum):
    """Where the tip lies, seen from the path, or to which side it is brought."""

    ABOVE = "above"
    BELOW = "below"
    LEFT = "left"
    RIGHT = "right"


class Turn(StrEnum):
    """How the needle is turned; its shaft on the picture."""

    STEEPER = "steeper"
    FLATTER = "flatter"
    LEFT = "left"
    """The tip goes to the left of the picture."""
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Correction:
    """What to do; figures as they are shown, in steps that hold still."""

    task: Task
    along_mm: float | None = None
    """To push forward, below 0 to draw back; None without a scale."""
    turn_deg: float = 0.0
    """Clockwise on the picture, whole degrees."""
    turn: Turn | None = None
    off_path_mm: float | None = None
    """Of the tip; None without a scale, or where it cannot be told from 0."""
    side: Side | None = None
    """Of the path on which the tip lies; None likewise."""


@dataclass(frozen=True, slots=True)
class _Lie:
    """How a needle lies to its target; mm, or pixels where there is no scale."""

    ahead: float
    """Target before the tip, along the needle; below 0 behind it."""
    miss: float
    """Target beside the needle's axis, positive on its clockwise side."""
    sigma_miss: float
    sigma_along: float
    turn_rad: float
    """About the skin, until the needle points at the target."""
    inside: float
    """From where it turns to the tip."""
    off_path: float
    """Tip beside the path, positive on the path's clockwise side."""
    sigma_off_path: float
    along: Point
    path: Point


def correct(
    needle: SeenNeedle, plan: Plan, scale: PixelScale | None, before: Correction | None
) -> Correction | None:
    """What to do with a needle whose tip is seen; None without target and entry.

    `before` is what was said in the picture before: it holds a little longer.
    """
    if plan.target_px is None or plan.entry_px is None:
        return None
    lie = _lie(needle, plan.entry_px, plan.target_px, plan, scale)
    task, back = _task(lie, plan.corridor_mm if scale else None, before)
    if task is Task.ADVANCE and _is_blocked(needle, lie, plan, scale, before):
        task = Task.BLOCKED
    turns = task in (Task.TURN, Task.WITHDRAW_AND_TURN)
    degrees = _held(math.degrees(lie.turn_rad), before.turn_deg if before else None, 1.0)
    off_path, side = _beside(lie, before) if scale and turns else (None, None)
    return Correction(
        task,
        _along_mm(task, lie, back, before) if scale else None,
        degrees if turns else 0.0,
        _turn(lie, before) if turns else None,
        off_path,
        side,
    )


def _lie(
    needle: SeenNeedle, entry_px: Point, target_px: Point, plan: Plan, scale: PixelScale | None
) -> _Lie:
    sizes = (scale.mm_per_px_x, scale.mm_per_px_y) if scale else (1.0, 1.0)
    tip, entry, target = (_sized(p, sizes) for p in (needle.tip_px, entry_px, target_px))
    along = direction(needle, *sizes)
    pivot = _pivot(needle, along, plan, sizes, scale)
    aim, way = _from_to(pivot, target), _from_to(tip, target)
    ahead = _dot(along, way)
    path_length = math.dist(entry, target)
    path = ((target[0] - entry[0]) / path_length, (target[1] - entry[1]) / path_length)
    if scale is None:
        sigma_along, sigma_across = needle.sigma_along_px, needle.sigma_across_px
        sigma_miss = math.hypot(sigma_across, max(ahead, 0.0) * needle.sigma_angle_rad)
    else:
        sigma_along, sigma_across = tip_sigmas_mm(needle, scale)
        sigma_miss = sigma_across_mm(
            max(ahead, 0.0), sigma_across, needle.sigma_angle_rad, scale.sigma_percent
        )
    return _Lie(
        ahead=ahead,
        miss=_cross(along, way),
        sigma_miss=sigma_miss,
        sigma_along=sigma_along,
        turn_rad=math.atan2(_cross(along, aim), _dot(along, aim)),
        inside=math.dist(pivot, tip),
        off_path=_cross(path, _from_to(entry, tip)),
        sigma_off_path=math.hypot(sigma_along, sigma_across),
        along=along,
        path=path,
    )


def _pivot(
    needle: SeenNeedle, along: Point, plan: Plan, sizes: Point, scale: PixelScale | None
) -> Point:
    """Where the needle goes through the skin, as far as that is known; else its visible end."""
    far, tip = _sized(needle.far_px, sizes), _sized(needle.tip_px, sizes)
    line = depth_from(plan, scale) if scale else None
    if line is None:
        return far
    a, b = _sized(line[0], sizes), _sized(line[1], sizes)
    skin = _from_to(a, b)
    facing = _cross(along, skin)
    back = _cross(_from_to(a, tip), skin) / facing if facing else 0.0
    longest = 3.0 * math.dist(far, tip) + 20.0
    if not math.dist(far, tip) <= back <= longest:
        return far
    return tip[0] - back * along[0], tip[1] - back * along[1]


def _task(lie: _Lie, corridor_mm: float | None, before: Correction | None) -> tuple[Task, float]:
    """What to do, and how far to draw back where that is it."""
    said = before.task if before else None
    without_scale = max(AT_TARGET_WITHOUT_SCALE_PX, lie.sigma_along)
    near = without_scale if corridor_mm is None else at_target_mm(lie.sigma_along)
    near *= STAYS if said is Task.ARRIVED else 1.0
    if math.hypot(lie.ahead, lie.miss) <= near:
        return Task.ARRIVED, 0.0
    turning = said in (Task.TURN, Task.WITHDRAW_AND_TURN)
    astray = abs(lie.miss) > _tolerated(lie, corridor_mm, turning)
    past = lie.ahead < (-near / STAYS if said is Task.WITHDRAW else -near)
    if not astray:
        return (Task.WITHDRAW, -lie.ahead) if past else (Task.ADVANCE, 0.0)
    back = max(_to_draw_back(lie, corridor_mm, said), -lie.ahead)
    return (Task.WITHDRAW_AND_TURN, back) if back > 0.0 else (Task.TURN, 0.0)


def _is_blocked(
    needle: SeenNeedle, lie: _Lie, plan: Plan, scale: PixelScale | None, before: Correction | None
) -> bool:
    """Whether the needle meets a no-go outline before it is level with the target."""
    sizes = (scale.mm_per_px_x, scale.mm_per_px_y) if scale else (1.0, 1.0)
    x, y = _sized(needle.tip_px, sizes)
    way = ((x, y), (x + lie.ahead * lie.along[0], y + lie.ahead * lie.along[1]))
    outlines = [tuple(_sized(point, sizes) for point in outline) for outline in plan.no_go]
    gap = min((gap_to_outline(way, outline) for outline in outlines), default=math.inf)
    was = before is not None and before.task is Task.BLOCKED
    return gap <= (CLEAR_MM if scale else CLEAR_WITHOUT_SCALE_PX) * was


def _tolerated(lie: _Lie, corridor_mm: float | None, turning: bool) -> float:
    """How far beside the target the needle may point."""
    sigmas = 1.0 if turning else SIGMAS_TO_BEGIN
    if corridor_mm is None:
        degrees = DEGREES_TO_END if turning else DEGREES_TO_BEGIN
        within = max(lie.ahead, 0.0) * math.tan(math.radians(degrees))
    else:
        within = min(corridor_mm, max(SHARE_TOLERATED * corridor_mm, AT_TARGET_MM))
        within *= 0.5 if turning else 1.0
    return max(sigmas * lie.sigma_miss, within)


def _to_draw_back(lie: _Lie, corridor_mm: float | None, said: Task | None) -> float:
    """Until the tip need not be swung too far; 0 where it can be turned as it lies."""
    if corridor_mm is None or lie.turn_rad == 0.0:
        return 0.0
    most = MOST_SIDEWAYS_MM / (STAYS if said is Task.WITHDRAW_AND_TURN else 1.0)
    return max(0.0, lie.inside - most / abs(lie.turn_rad))


def _along_mm(task: Task, lie: _Lie, back: float, before: Correction | None) -> float | None:
    if task in (Task.TURN, Task.ARRIVED, Task.BLOCKED):
        return 0.0
    shown = before.along_mm if before and before.task is task else None
    value = lie.ahead if task is Task.ADVANCE else -back
    return _cautious(value, shown, 1.0 if abs(value) >= 10.0 else 0.5)


def _turn(lie: _Lie, before: Correction | None) -> Turn:
    upright = before is not None and before.turn in (Turn.LEFT, Turn.RIGHT)
    if _is_upright(lie.along, upright):
        return Turn.LEFT if lie.turn_rad > 0.0 else Turn.RIGHT
    return Turn.STEEPER if lie.turn_rad * lie.along[0] > 0.0 else Turn.FLATTER


def _beside(lie: _Lie, before: Correction | None) -> tuple[float | None, Side | None]:
    """How far the tip lies off the path, and on which side; None where it is not known to."""
    shown = before.off_path_mm if before else None
    off = _held(abs(lie.off_path), shown, 0.5)
    if off == 0.0 or abs(lie.off_path) < lie.sigma_off_path:
        return None, None
    upright = before is not None and before.side in (Side.LEFT, Side.RIGHT)
    if _is_upright(lie.path, upright):
        leftwards = lie.off_path * lie.path[1] > 0.0
        return off, Side.LEFT if leftwards else Side.RIGHT
    return off, Side.BELOW if lie.off_path * lie.path[0] > 0.0 else Side.ABOVE


def _is_upright(along: Point, was: bool) -> bool:
    steepness = math.atan2(abs(along[1]), abs(along[0]))
    return steepness > (UPRIGHT_RAD / 1.05 if was else UPRIGHT_RAD)


def _held(value: float, shown: float | None, step: float) -> float:
    """The value in whole steps, or what is shown while that is near enough."""
    if shown is not None and abs(value - shown) < HOLDS_STEPS * step and shown * value >= 0.0:
        return shown
    return round(value / step) * step


def _cautious(value: float, shown: float | None, step: float) -> float:
    """Rounded down, so that too little is pushed on or too much drawn back; it rises late."""
    if shown is not None and shown <= value + ROUNDING < shown + (1.0 + HOLDS_STEPS) * step:
        return shown
    return math.floor(value / step + ROUNDING) * step


def _sized(point: Point, sizes: Point) -> Point:
    return point[0] * sizes[0], point[1] * sizes[1]


def _from_to(a: Point, b: Point) -> Point:
    return b[0] - a[0], b[1] - a[1]


def _dot(a: Point, b: Point) -> float:
    return a[0] * b[0] + a[1] * b[1]


def _cross(a: Point, b: Point) -> float:
    """Positive where b lies clockwise of a on the picture."""
    return a[0] * b[1] - a[1] * b[0]
