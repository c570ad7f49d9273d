"""Draws what was seen of a needle into its picture, in the colours of the live view."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.needle.frame_by_frame import LookedAt

NEEDLE, HALO = (255, 255, 255), (0, 0, 0)
BAND = (233, 180, 86)
"""The sky blue of what is predicted, BGR."""
AREA = (68, 55, 43)
TEXT = (243, 237, 230)
BAND_STRENGTH = 0.35
SIGMAS = 2.0
ONE_LINE_PX = 480.0
"""Shorter side of a picture on which a line is one pixel wide."""
SHIFT = 4
"""Coordinates are given to OpenCV in sixteenths of a pixel."""
BAND_STEPS = 16

Colour = tuple[int, int, int]
Points = NDArray[np.float64]


def draw_sight(pixels: ImageU8, looked: LookedAt) -> ImageU8:
    """A BGR copy of the picture: area, shaft, tip and the band of two sigma, or why there is none.

    A shaft that is carried on without being seen is dashed; a tip that is not seen gets no ring.
    """
    drawn = _colour_copy(pixels)
    unit = max(1.0, min(drawn.shape[:2]) / ONE_LINE_PX)
    if looked.place.area is not None:
        _draw_area(drawn, looked.place.area, unit)
    needle = looked.sight.needle
    if needle is not None:
        _draw_band(drawn, needle)
        _draw_needle(drawn, needle, unit)
    _write(drawn, _words(looked), unit)
    return drawn


def _colour_copy(pixels: ImageU8) -> ImageU8:
    if pixels.ndim == 3:
        return pixels.copy()
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)


def band_outline(needle: SeenNeedle) -> Points:
    """Corners of the band in which the shaft lies by two sigma, wider towards its far end."""
    tip, far = np.array(needle.tip_px), np.array(needle.far_px)
    length = float(np.hypot(*(far - tip)))
    along = (far - tip) / max(length, 1e-6)
    across = np.array((-along[1], along[0]))
    distance = np.linspace(-SIGMAS * needle.sigma_along_px, length, BAND_STEPS)
    wide = SIGMAS * np.hypot(needle.sigma_across_px, distance * needle.sigma_angle_rad)
    middle = tip + distance[:, None] * along
    return np.concatenate(
        (middle + wide[:, None] * across, (middle - wide[:, None] * across)[::-1])
    )


def _draw_area(drawn: ImageU8, area: PictureArea, unit: float) -> None:
    outline = _fixed(np.array(area.outline_px))
    cv2.polylines(drawn, [outline], True, AREA, round(unit), cv2.LINE_AA, SHIFT)


def _draw_band(drawn: ImageU8, needle: SeenNeedle) -> None:
    soft = drawn.copy()
    cv2.fillPoly(soft, [_fixed(band_outline(needle))], BAND, cv2.LINE_AA, SHIFT)
    cv2.addWeighted(soft, BAND_STRENGTH, drawn, 1 - BAND_STRENGTH, 0, dst=drawn)


def _draw_needle(drawn: ImageU8, needle: SeenNeedle, unit: float) -> None:
    radius = 7 * unit
    for colour, width in ((HALO, round(4 * unit)), (NEEDLE, round(2 * unit))):
        for start, end in _strokes(needle, radius if needle.tip_visible else 0.0, unit):
            first, last = _fixed(np.array((start, end)))
            cv2.line(drawn, first, last, colour, width, cv2.LINE_AA, SHIFT)
        if needle.tip_visible:
            (centre,) = _fixed(np.array([needle.tip_px]))
            size = round(radius * (1 << SHIFT))
            cv2.circle(drawn, centre, size, colour, width, cv2.LINE_AA, SHIFT)


def _strokes(needle: SeenNeedle, gap_px: float, unit: float) -> Sequence[tuple[Points, Points]]:
    """The shaft from the tip's ring on; in dashes while it is not seen."""
    tip, far = np.array(needle.tip_px), np.array(needle.far_px)
    length = float(np.hypot(*(far - tip)))
    if length <= gap_px:
        return []
    along = (far - tip) / length
    if not needle.coasted:
        return [(tip + gap_px * along, far)]
    dash = 8 * unit
    starts = np.arange(gap_px, length, 2 * dash)
    return [(tip + s * along, tip + min(s + dash, length) * along) for s in starts]


def _words(looked: LookedAt) -> str:
    needle = looked.sight.needle
    if needle is None:
        return looked.sight.reason
    what = "needle and tip" if needle.tip_visible else "needle"
    told = [f"{math.degrees(needle.angle_rad):.0f} deg, {what} {needle.confidence:.0%} sure"]
    if not needle.tip_visible:
        told.append("tip not visible")
    if needle.coasted:
        told.append("carried on")
    return ", ".join(told)


def _write(drawn: ImageU8, words: str, unit: float) -> None:
    """One line at the foot of the picture, made smaller where it would not fit."""
    height, width = drawn.shape[:2]
    scale, font = 0.5 * unit, cv2.FONT_HERSHEY_SIMPLEX
    (wide, _), _ = cv2.getTextSize(words, font, scale, 1)
    scale *= min(1.0, (width - 2 * 8 * unit) / max(wide, 1))
    if scale < 0.1:
        return
    place = round(8 * unit), round(height - 8 * unit)
    for colour, thick in ((HALO, round(3 * unit)), (TEXT, round(unit))):
        cv2.putText(drawn, words, place, font, scale, colour, thick, cv2.LINE_AA)


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.round(points * (1 << SHIFT)).astype(np.int32)
