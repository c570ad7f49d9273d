"""Writes anti-aliased text on a screen."""

from functools import lru_cache

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.consoles.layout import Colour, Place

FINER = 4
"""Text is drawn so many times as large and then brought to its size."""
STROKE = 0.12
"""Width of a stroke, of the height of capitals."""
BELOW = 0.4
"""Room for what hangs below the line, of the height of capitals."""
EDGE_PX = 1


def write(screen: ImageU8, text: str, at: Place, height_px: int, colour: Colour) -> None:
    """Text whose left end and middle of capitals are at `at`; raises ValueError off the screen."""
    ink = _ink(text, height_px)
    left, top = at[0] - EDGE_PX, at[1] - (height_px + 1) // 2 - EDGE_PX
    rows, columns = ink.shape
    if left < 0 or top < 0 or left + columns > screen.shape[1] or top + rows > screen.shape[0]:
        raise ValueError(f'"{text}" does not fit on the screen at {at}')
    part = screen[top : top + rows, left : left + columns]
    cover = ink[:, :, None].astype(np.uint16)
    part[:] = (part * (255 - cover) + np.array(colour, np.uint16) * cover + 127) // 255


def width_px(text: str, height_px: int) -> int:
    """How much room it takes from left to right."""
    return int(_ink(text, height_px).shape[1]) - 2 * EDGE_PX


@lru_cache(maxsize=512)
def _ink(text: str, height_px: int) -> ImageU8:
    """How much of each pixel the strokes cover, 255 for all of it."""
    font, high = cv2.FONT_HERSHEY_SIMPLEX, FINER * height_px
    stroke = max(1, round(STROKE * high))
    size = cv2.getFontScaleFromHeight(font, high, stroke)
    (wide, _), _ = cv2.getTextSize(text, font, size, stroke)
    columns = -(-wide // FINER) + 2 * EDGE_PX
    rows = height_px + round(BELOW * height_px) + 2 * EDGE_PX
    large = np.zeros((FINER * rows, FINER * columns), np.uint8)
    foot = FINER * EDGE_PX, FINER * (EDGE_PX + height_px)
    cv2.putText(large, text, foot, font, size, 255, stroke, cv2.LINE_AA)
    return np.asarray(cv2.resize(large, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
