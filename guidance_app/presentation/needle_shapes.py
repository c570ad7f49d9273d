"""The shapes of a needle that is seen: what of it is seen, where it goes, and how surely."""

import math
from collections.abc import Iterator

from guidance_app.domain.calibration import PixelScale, Point
from guidance_app.domain.correction import Correction, Task
from guidance_app.domain.guided_needle import GuidedNeedle, PlaneState
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.prediction import BAND_STEPS, PredictedPath, direction
from guidance_app.domain.trajectory import beside
from guidance_app.presentation.needle_words import FADING, TIP_NOT_VISIBLE
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

RING_VIEW_PX = 12.0
ELLIPSE_CORNERS = 24
SIGMAS = 2.0
"""That the ellipse of the tip spans on each side."""


def needle_shapes(guided: GuidedNeedle, scale: PixelScale | None) -> Iterator[Primitive]:
    """All shapes of a needle on its own frame, the softest first; none where there is none."""
    needle = guided.needle
    if needle is None:
        return
    if guided.plane is PlaneState.FADING:
        yield Label(needle.tip_px, FADING, Ink.NEEDLE, (20.0, 34.0))
    seen = guided.plane is PlaneState.NEAR
    shaft = Line(
        (needle.far_px, needle.tip_px),
        Ink.NEEDLE,
        Stroke.SOLID if seen else Stroke.DASHED,
        width_view_px=3.0,
    )
    if not guided.has_tip:
        yield shaft
        yield Label(needle.tip_px, TIP_NOT_VISIBLE.lower(), Ink.NEEDLE, (14.0, -20.0))
        return
    if guided.path is not None:
        yield from _path(needle, guided.path, scale)
    yield _ellipse(needle)
    yield shaft
    yield Ring(needle.tip_px, RING_VIEW_PX, Ink.NEEDLE)
    if guided.correction is not None:
        yield from _arrow(needle, guided.correction)


def short_of(a: Point, b: Point, gap_px: float) -> Point:
    """The point on the way from a to b that lies `gap_px` before b; a when b is nearer."""
    length = math.dist(a, b)
    share = max(0.0, 1.0 - gap_px / length) if length > 0 else 0.0
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def _path(needle: SeenNeedle, path: PredictedPath, scale: PixelScale | None) -> Iterator[Primitive]:
    tip, end = needle.tip_px, path.end_px
    if scale is not None and path.radii_mm:
        places = [_between(tip, end, step / BAND_STEPS) for step in range(len(path.radii_mm))]
        left, right = (
            [
                beside(tip, end, place, side * radius_mm, scale)
                for place, radius_mm in zip(places, path.radii_mm, strict=True)
            ]
            for side in (-1.0, 1.0)
        )
        yield Band((*left, *reversed(right)), Ink.PREDICTION)
    yield Line((tip, end), Ink.PREDICTION, Stroke.DOTTED)


def _ellipse(needle: SeenNeedle) -> Band:
    """Two sigma of the tip; where it is smaller than the ring it is hidden in it."""
    x, y = direction(needle)
    along_px, across_px = SIGMAS * needle.sigma_along_px, SIGMAS * needle.sigma_across_px
    turns = (2.0 * math.pi * corner / ELLIPSE_CORNERS for corner in range(ELLIPSE_CORNERS))
    points = ((along_px * math.cos(turn), across_px * math.sin(turn)) for turn in turns)
    tip_x, tip_y = needle.tip_px
    return Band(
        tuple((tip_x + a * x - c * y, tip_y + a * y + c * x) for a, c in points), Ink.NEEDLE
    )


def _arrow(needle: SeenNeedle, asked: Correction) -> Iterator[Primitive]:
    """The way that the tip is to go; none while it only is to be pushed on, or to stop."""
    x, y = direction(needle)
    if asked.task is Task.TURN:
        side = math.copysign(1.0, asked.turn_deg)
        yield Arrow(needle.tip_px, (-side * y, side * x), Ink.NEEDLE)
    elif asked.task in (Task.WITHDRAW, Task.WITHDRAW_AND_TURN):
        yield Arrow(needle.tip_px, (-x, -y), Ink.NEEDLE)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
