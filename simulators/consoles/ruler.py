"""The depth ruler of a screen: where its marks stand, and drawing them."""

import math
from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.consoles.layout import Box, Colour, RulerStyle, Side
from simulators.consoles.writing import width_px, write
from simulators.imaging.display import PixelGrid, Point

BESIDE_PX = 14
"""From the window, or from the picture's right border, to the ruler."""
SPARE_PX = 6
"""Between a longer mark and its number."""
POINTER_PX = 8
"""Length of the pointer at the focus, which stands in the space beside the ruler."""
POINTER_COLOUR: Colour = (60, 200, 240)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark as it is drawn, on whole pixels."""

    depth_mm: float
    middle_px: Point
    longer: bool


@dataclass(frozen=True, slots=True)
class Ruler:
    """Marks in a row: at `edge_px` on one side, and from there to the left (-1) or right (1)."""

    style: RulerStyle
    edge_px: int
    way: int
    marks: tuple[Mark, ...]


def make_ruler(
    style: RulerStyle, grid: PixelGrid, depth_mm: float, window: Box, picture: Box
) -> Ruler:
    """Marks down to this depth; `picture` is what of the window shows beams."""
    edge, way = _edge(style.side, window, picture)
    count = math.floor(depth_mm / style.step_mm + 1e-9) + 1
    marks = []
    for number in range(count):
        mm, longer = number * style.step_mm, number % style.longer_every == 0
        across_px = style.lengths_px[longer or style.dots]
        down = math.floor(window.top + grid.to_px((0.0, mm))[1]) + 0.5
        marks.append(Mark(mm, (edge + 0.5 * way * (across_px - 1), down), longer))
    return Ruler(style, edge, way, tuple(marks))


def draw_ruler(screen: ImageU8, ruler: Ruler) -> None:
    """The marks, and centimetres beside the longer ones but for the first."""
    style = ruler.style
    for mark in ruler.marks:
        (_dot if style.dots else _line)(screen, mark, style)
        if style.numbers_px and mark.longer and mark.depth_mm:
            _number(screen, mark, ruler)


def draw_pointer(screen: ImageU8, ruler: Ruler, row: int) -> None:
    """A small triangle beside the ruler, at the row of the focus."""
    tip = ruler.edge_px - 3 * ruler.way
    foot, half = tip - POINTER_PX * ruler.way, POINTER_PX // 2
    corners = np.array([(tip, row), (foot, row - half), (foot, row + half)], np.int32)
    cv2.fillPoly(screen, [corners], POINTER_COLOUR, cv2.LINE_AA)


def _edge(side: Side, window: Box, picture: Box) -> tuple[int, int]:
    if side is Side.LEFT:
        return window.left - BESIDE_PX, -1
    if side is Side.RIGHT:
        return window.right - 1 + BESIDE_PX, 1
    return picture.right - BESIDE_PX, -1


def _line(screen: ImageU8, mark: Mark, style: RulerStyle) -> None:
    """Two pixels thick."""
    long = style.lengths_px[mark.longer]
    left, top = round(mark.middle_px[0] - 0.5 * (long - 1)), math.floor(mark.middle_px[1])
    screen[top : top + 2, left : left + long] = style.colour


def _dot(screen: ImageU8, mark: Mark, style: RulerStyle) -> None:
    """An anti-aliased disc; OpenCV takes its place in sixteenths of a pixel."""
    x, y = (round(16.0 * place) for place in mark.middle_px)
    radius = 8 * style.lengths_px[mark.longer]
    cv2.circle(screen, (x, y), radius, style.colour, -1, cv2.LINE_AA, 4)


def _number(screen: ImageU8, mark: Mark, ruler: Ruler) -> None:
    text, high = f"{mark.depth_mm / 10.0:g}", ruler.style.numbers_px
    near = ruler.edge_px + ruler.way * (ruler.style.lengths_px[1] + SPARE_PX)
    left = near if ruler.way > 0 else near - width_px(text, high)
    write(screen, text, (left, round(mark.middle_px[1])), high, ruler.style.colour)
