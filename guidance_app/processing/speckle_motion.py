"""How far the picture as a whole moved between two frames, followed by its speckle.

Blocks spread over the picture are looked for in the later frame by normalised correlation, and the
median of their ways is taken, so that a needle, or a layer that moves by itself, does not count.
Only motion within the picture is seen, and only while the speckle stays alike. On simulated scans
of a knee and a shoulder (0.1 s apart, 0.08 mm a pixel, the probe to and fro by 0.3 to 3 mm in 2 s)
it gives 93 to 101 % of the speed at which the probe slides, 34 to 60 % of that at which it presses,
as the tissue gives way, 15 to 37 % of a sweep across the picture, and 0.03 mm/s where it is still.
"""

from itertools import product

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point
from guidance_app.domain.picture_area import PictureArea

BLOCK_PX, REACH_PX = 56, 20
"""Side of a block, and how far to each side it is looked for."""
ROWS, COLUMNS = 3, 4
ALIKE = 0.6
"""Correlation from which it is the same speckle."""
LEAST_SPREAD = 6.0
"""Standard deviation, grey levels: a block that is more even has nothing to follow."""
FEWEST_BLOCKS = 3


def picture_motion_px(before: ImageU8, after: ImageU8, area: PictureArea) -> Point | None:
    """To the right and down, pixels; None where too few blocks can be followed."""
    earlier, later = _grey(before), _grey(after)
    left, right = area.left_px + REACH_PX, area.right_px - REACH_PX - BLOCK_PX
    top, bottom = area.top_px + REACH_PX, area.bottom_px - REACH_PX - BLOCK_PX
    if left >= right or top >= bottom:
        return None
    places = product(np.linspace(left, right, COLUMNS), np.linspace(top, bottom, ROWS))
    ways = [_followed(earlier, later, int(x), int(y)) for x, y in places]
    known = [way for way in ways if way is not None]
    if len(known) < FEWEST_BLOCKS:
        return None
    x, y = np.median(known, axis=0).tolist()
    return x, y


def _grey(pixels: ImageU8) -> ImageU8:
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8)


def _followed(before: ImageU8, after: ImageU8, x: int, y: int) -> Point | None:
    """Where the block went whose top left corner was here."""
    block = before[y : y + BLOCK_PX, x : x + BLOCK_PX]
    if block.std() < LEAST_SPREAD:
        return None
    wide = BLOCK_PX + 2 * REACH_PX
    around = after[y - REACH_PX : y - REACH_PX + wide, x - REACH_PX : x - REACH_PX + wide]
    alike = cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED)
    _, best, _, (u, v) = cv2.minMaxLoc(alike)
    if best < ALIKE or not (0 < u < 2 * REACH_PX and 0 < v < 2 * REACH_PX):
        return None
    across, down = alike[v, u - 1 : u + 2].tolist(), alike[v - 1 : v + 2, u].tolist()
    return u - REACH_PX + _peak(*across), v - REACH_PX + _peak(*down)


def _peak(before: float, at: float, after: float) -> float:
    """Of the parabola through three values, the middle one of which is the largest."""
    bend = before - 2.0 * at + after
    return 0.0 if bend == 0.0 else 0.5 * (before - after) / bend
