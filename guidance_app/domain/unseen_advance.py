"""Whether a needle goes on while its tip is not seen."""

from dataclasses import dataclass, replace

from guidance_app.domain.calibration import Point
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.prediction import direction

REMEMBERED = 10
"""Pictures over which a tip that is seen is known to have advanced."""
ADVANCED_PX, ADVANCED_SIGMAS = 8.0, 3.0
"""Further than both is an advance and no trembling; a proposal of ours."""


@dataclass(frozen=True, slots=True)
class UnseenAdvance:
    """What is remembered for it."""

    tips_px: tuple[Point, ...] = ()
    """Where the tip was seen last, the oldest first."""
    seen: SeenNeedle | None = None
    """The newest picture that showed the needle."""
    hidden_from: SeenNeedle | None = None
    """How it lay when its tip was not visible any more."""
    is_so: bool = False
    """It has gone on since; until the tip is seen again."""


def after(known: UnseenAdvance, sight: NeedleSight) -> UnseenAdvance:
    """What is known after one more picture was searched."""
    needle = sight.needle
    if needle is None:
        return _after_loss(known)
    if needle.coasted or needle == known.seen:
        return known
    if needle.tip_visible:
        return UnseenAdvance((*known.tips_px[1 - REMEMBERED :], needle.tip_px), needle)
    start = known.hidden_from or needle
    gone_on = _further(start, needle)
    return replace(known, seen=needle, hidden_from=start, is_so=known.is_so or gone_on)


def _after_loss(known: UnseenAdvance) -> UnseenAdvance:
    """A needle that was on its way when it was lost is taken to go on."""
    needle, tips = known.seen, known.tips_px
    advancing = (
        needle is not None
        and needle.tip_visible
        and len(tips) > 1
        and _way(needle, tips[0], tips[-1]) > _trembling_px(needle)
    )
    return UnseenAdvance(is_so=known.is_so or advancing, hidden_from=known.hidden_from)


def _further(start: SeenNeedle, now: SeenNeedle) -> bool:
    tip_px = _way(now, start.tip_px, now.tip_px)
    far_px = _way(now, start.far_px, now.far_px)
    return max(tip_px, far_px) > _trembling_px(now)


def _way(needle: SeenNeedle, a: Point, b: Point) -> float:
    """From a to b along the needle, pixels."""
    x, y = direction(needle)
    return (b[0] - a[0]) * x + (b[1] - a[1]) * y


def _trembling_px(needle: SeenNeedle) -> float:
    return max(ADVANCED_PX, ADVANCED_SIGMAS * needle.sigma_along_px)
