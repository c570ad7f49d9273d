"""What is measured on a frame's pixels: how bright, how even, and where it shows something new."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.snapshot import GRID_COLUMNS, GRID_ROWS, PictureContent

SUBSAMPLING = 4
GREY_LEVELS = 8
FRACTION = 0.0005
"""A frame is new when more than this share of every 4th pixel in every 4th row differs by more
than GREY_LEVELS from the frame before.

A byte-for-byte hash does not do: a compressed or analogue copy of a still picture is never
equal to the last byte. Measured on a 60 fps H.264 grab of a scanner of about 20 fps: these
figures report 61 new frames in 180, and none of the codec's refinements of a repeated one.
"""

CELL_LEVELS = 0.1
"""A cell is new when its differences above GREY_LEVELS, spread over all of it, come to more.

Measured (decision 0009): any cell is new in 75 frames of the same grab, never with more than 200 ms
between two; in a second frozen by hand and compressed again the largest value is 0.09. One
digit of a clock, 11 px high in 1920x1080, gives at least 0.18.
"""
ALL_CHANGED = ((1 << GRID_COLUMNS) - 1,) * GRID_ROWS


def thumbnail(pixels: ImageU8) -> ImageU8:
    """Every 4th pixel of every 4th row; of a colour picture the brightness."""
    height, width = pixels.shape[:2]
    size = (-(-width // SUBSAMPLING), -(-height // SUBSAMPLING))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST)
    grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8)


def content_changed(before: ImageU8 | None, now: ImageU8) -> bool:
    """Compare two thumbnails; a first one, or another size, is a change."""
    if before is None or before.shape != now.shape:
        return True
    difference = cv2.absdiff(before, now)
    return int(np.count_nonzero(difference > GREY_LEVELS)) > FRACTION * difference.size


def measure(before: ImageU8 | None, now: ImageU8) -> PictureContent:
    """Measure a thumbnail, and compare it with the one before it cell by cell."""
    mean, spread = cv2.meanStdDev(now)
    darkest, brightest, _, _ = cv2.minMaxLoc(now)
    return PictureContent(
        mean=round(mean.item(), 2),
        spread=round(spread.item(), 2),
        darkest=int(darkest),
        brightest=int(brightest),
        changed_rows=_changed_rows(before, now),
    )


def _changed_rows(before: ImageU8 | None, now: ImageU8) -> tuple[int, ...]:
    if before is None or before.shape != now.shape:
        return ALL_CHANGED
    height, width = now.shape
    rows = np.arange(GRID_ROWS + 1) * height // GRID_ROWS
    columns = np.arange(GRID_COLUMNS + 1) * width // GRID_COLUMNS
    _, large = cv2.threshold(cv2.absdiff(before, now), GREY_LEVELS, 0, cv2.THRESH_TOZERO)
    corners = cv2.integral(large)[np.ix_(rows, columns)]
    areas = np.outer(np.diff(rows), np.diff(columns))
    return _bits(np.diff(np.diff(corners, axis=0), axis=1) > CELL_LEVELS * areas)


def _bits(cells: NDArray[Any]) -> tuple[int, ...]:
    weights = 1 << np.arange(GRID_COLUMNS)
    return tuple((cells @ weights).tolist())
