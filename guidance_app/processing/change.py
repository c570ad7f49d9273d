"""Whether a frame shows something new, or repeats the one before it."""

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

SUBSAMPLING = 4
GREY_LEVELS = 8
FRACTION = 0.0005
"""A frame is new when more than this share of every 4th pixel in every 4th row differs by more
than GREY_LEVELS from the frame before.

A byte-for-byte hash does not do: a compressed or analogue copy of a still picture is never
equal to the last byte. Measured on a 60 fps H.264 grab of a scanner of about 20 fps: these
figures report 60 new frames in 180, and none of the codec's refinements of a repeated one.
"""


def thumbnail(pixels: ImageU8) -> ImageU8:
    """Every 4th pixel of every 4th row; of a colour picture the green channel."""
    plane = pixels if pixels.ndim == 2 else pixels[:, :, 1]
    return np.ascontiguousarray(plane[::SUBSAMPLING, ::SUBSAMPLING])


def content_changed(before: ImageU8, now: ImageU8) -> bool:
    """Compare two thumbnails; different sizes are a change."""
    if before.shape != now.shape:
        return True
    difference = cv2.absdiff(before, now)
    return int(np.count_nonzero(difference > GREY_LEVELS)) > FRACTION * difference.size
