"""The numbers beside a ruler, told apart by what they could be and not read freely. Pure.

A ruler's numbers rise by one unit from mark to mark, so that few series are possible. Each is
drawn and compared with what stands there; the best is taken only when it is clearly the best.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.outline import Floats, Ints

UNITS = (1, 2, 5, 10, 20)
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX)
GLYPH = (16, 24)
"""Height and width that numbers are compared at."""
LEAST_MATCH, LEAST_MARGIN = 0.45, 0.10
FEWEST_LABELS = 2
TICK_HALF_PX = 3
TALLEST, FARTHEST = 0.016, 0.05
"""Half height of a number and its reach from the ruler, as parts of the frame's height."""


def read_unit(bright: ImageU8, ruler: tuple[float, float], along: Sequence[float]) -> int | None:
    """By how much the numbers rise from one longer mark to the next, or None if unclear.

    `bright` runs down along the ruler, which lies between the columns `ruler`; `along` are
    the places of the longer marks, in order.
    """
    best: int | None = None
    scores: dict[int, float] = {}
    for side in (-1, 1):
        glyphs = [_glyph(bright, ruler, y, side) for y in along]
        seen = [(k, glyph) for k, glyph in enumerate(glyphs) if glyph is not None]
        if len(seen) < FEWEST_LABELS:
            continue
        for unit in UNITS:
            for start in range(3):
                match = float(np.mean([_match(g, unit * (k + start)) for k, g in seen]))
                scores[unit] = max(scores.get(unit, -1.0), match)
    ordered = sorted(scores.values(), reverse=True)
    if len(ordered) > 1 and ordered[0] > LEAST_MATCH and ordered[0] - ordered[1] > LEAST_MARGIN:
        best = max(scores, key=lambda unit: scores[unit])
    return best


def _glyph(bright: ImageU8, ruler: tuple[float, float], along: float, side: int) -> ImageU8 | None:
    """The number next to one mark, cut to its ink, or None."""
    height, width = bright.shape
    half, reach = round(TALLEST * height), round(FARTHEST * height)
    top = max(0, round(along) - half)
    ends = (ruler[0] - reach, ruler[0] - 1) if side < 0 else (ruler[1] + 1, ruler[1] + reach)
    left, right = max(0, round(ends[0])), min(width, round(ends[1]) + 1)
    patch = bright[top : round(along) + half + 1, left:right]
    if patch.size == 0 or patch.max() < 60:
        return None
    ink = patch > patch.max() / 2
    beyond = np.abs(np.arange(len(ink)) - (round(along) - top)) > TICK_HALF_PX
    columns = np.flatnonzero(ink[beyond].any(axis=0))
    if not len(columns):
        return None
    near = _nearest_group(columns if side > 0 else columns[::-1])
    taken = slice(near.min(), near.max() + 1)
    rows = np.flatnonzero(ink[:, taken].any(axis=1))
    if len(rows) < 6 or rows[0] == 0 or rows[-1] == len(ink) - 1:
        return None
    return np.asarray(patch[rows[0] : rows[-1] + 1, taken])


def _nearest_group(columns: Ints) -> Ints:
    """The columns up to the first wide gap, from the ruler outwards."""
    gaps = np.flatnonzero(np.abs(np.diff(columns)) > 5)
    return columns[: gaps[0] + 1] if len(gaps) else columns


def _match(glyph: ImageU8, number: int) -> float:
    """Correlation with the number as drawn, the better of the fonts; 0 for another width."""
    return max(_correlation(glyph, _drawn(number, font)) for font in FONTS)


def _correlation(glyph: ImageU8, drawn: ImageU8) -> float:
    widths = glyph.shape[1] / glyph.shape[0], drawn.shape[1] / drawn.shape[0]
    if abs(np.log(widths[0] / widths[1])) > 0.55:
        return 0.0
    a, b = (_normal(picture) for picture in (glyph, drawn))
    return float((a * b).mean())


def _normal(picture: ImageU8) -> Floats:
    small = cv2.resize(picture, GLYPH[::-1], interpolation=cv2.INTER_AREA).astype(float)
    small = cv2.GaussianBlur(small, (3, 3), 0)
    return np.asarray((small - small.mean()) / (small.std() + 1e-6))


@cache
def _drawn(number: int, font: int) -> ImageU8:
    picture = np.zeros((80, 160), np.uint8)
    cv2.putText(picture, str(number), (10, 60), font, 1.5, 255, 5, cv2.LINE_AA)
    rows, columns = (np.flatnonzero((picture > 127).any(axis=axis)) for axis in (1, 0))
    return np.asarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
