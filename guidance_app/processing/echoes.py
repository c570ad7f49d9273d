"""The picture's rectangle on a screen that is nearly black: single echoes beside a ruler. Pure.

Over a water bath or a probe in the air there is no speckle to find. The ruler then says where
the depth begins and ends, and thick soft spots beside it say how wide the picture is at least.
"""

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.outline import Box, Floats
from guidance_app.processing.ticks import Row, find_rows, lift

FEWEST_MARKS = 8
SHORTEST_RULER = 0.3
"""Least length of the ruler, as a part of the frame's height."""
FEWEST_ECHOES = 3
ECHO = 12
"""Levels above the background of an echo."""
THICK = 0.008
"""Strokes of letters are thinner than this part of the frame's width."""
TALL, LARGEST = 0.045, 0.35
"""Letters are less high, frames of menus higher, as parts of the frame's height."""
ROUND_FILL = 0.85
"""A grey bar fills its rectangle; an echo does not."""


def find_echoes(grey: ImageU8, background: int) -> Box | None:
    """The least rectangle that the echoes beside a ruler need, in pixels, or None.

    Its depth is the ruler's. An echo farther to a side would widen it.
    """
    echoes = _echoes(grey, background)
    for row in find_rows(lift(grey)):
        if len(row.along) < FEWEST_MARKS or row.span_px < SHORTEST_RULER * len(grey):
            continue
        beside = _beside(echoes, row)
        if len(beside) >= FEWEST_ECHOES:
            left, right = beside[:, 0].min(), (beside[:, 0] + beside[:, 2] - 1).max()
            return Box(float(left), float(row.along[0]), float(right), float(row.along[-1]))
    return None


def _echoes(grey: ImageU8, background: int) -> Floats:
    """Left, top, width, height, area of what is lit, thick or tall, and no bar."""
    size = max(5, round(THICK * grey.shape[1])) | 1
    lit = (grey > background + ECHO).astype(np.uint8)
    brightest = cv2.dilate(grey, np.ones((3 * size, 3 * size), np.uint8))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    wide = cv2.morphologyEx(lit * (grey > brightest // 2), cv2.MORPH_OPEN, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lit)
    thick = np.bincount(labels[wide > 0], minlength=count) >= 1.5 * size * size
    _, _, width, height, area = stats.T
    thick |= (height > TALL * len(grey)) & (width >= size)
    thick &= (area < ROUND_FILL * width * height) & (height < LARGEST * len(grey))
    thick[0] = False
    return np.asarray(stats[thick], float)


def _beside(boxes: Floats, row: Row) -> Floats:
    top, middle = boxes[:, 1], boxes[:, 1] + boxes[:, 3] / 2
    within = (middle > row.along[0] - row.step_px) & (top < row.along[-1])
    apart = (boxes[:, 0] < row.low_px - 2) | (boxes[:, 0] + boxes[:, 2] > row.high_px + 3)
    return np.asarray(boxes[within & apart])
