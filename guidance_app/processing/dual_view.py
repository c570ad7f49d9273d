"""Whether a console's screen shows a second ultrasound picture beside the one that was found. Pure.

Of two pictures one usually stands still, and nothing tells which.
"""

import math

import numpy as np

from drivers.api.samples import ImageU8
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.sector import find_area

LEAST_SIZE, LEAST_BESIDE = 0.4, 0.6
"""Of a second picture, as parts of the first: its size, and how much of the lower one's height
both share.

Measured: no second picture on 150 made-up screens and on 90 real ones; one on each of 57 screens
made of two real pictures.
"""
LEAST_LEFT = 0.15
"""Part of the frame that the first leaves at least for a second."""


def shows_second(pixels: ImageU8, area: PictureArea) -> bool:
    """Whether there is another ultrasound picture beside this area of a GRAY8 or BGR24 frame."""
    inside = np.zeros(pixels.shape[:2], np.bool_)
    inside[area.top_px : area.bottom_px + 1, area.left_px : area.right_px + 1] = True
    if inside.mean() > 1 - LEAST_LEFT:
        return False
    rest = pixels.copy()
    rest[inside] = np.median(pixels[~inside], axis=0)
    second = find_area(rest)
    return second is not None and _is_beside(area, second)


def _is_beside(first: PictureArea, second: PictureArea) -> bool:
    shared = min(first.bottom_px, second.bottom_px) - max(first.top_px, second.top_px) + 1
    lower = min(first.size_px[1], second.size_px[1])
    is_large = math.prod(second.size_px) >= LEAST_SIZE * math.prod(first.size_px)
    return is_large and shared >= LEAST_BESIDE * lower
