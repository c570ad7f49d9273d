"""Draws what surrounds the picture: menus, text, the grey bar, the orientation mark."""

from collections.abc import Iterator, Mapping

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.consoles.layout import BLACK, Bar, Box, OrientationMark, Text
from simulators.consoles.writing import width_px, write

KEY_GAP_PX = 4
"""Around each key."""
KEY_LIGHTER = 18
"""Levels by which keys are lighter than their bar."""


def draw_text(screen: ImageU8, text: Text, figures: Mapping[str, object]) -> None:
    """All lines, with the figures that they name."""
    for number, line in enumerate(text.lines):
        at = text.left, text.middle + number * text.step_px
        write(screen, line.format_map(figures), at, text.height_px, text.colour)


def draw_bar(screen: ImageU8, bar: Bar) -> None:
    """The box and its keys, each with its name in the middle."""
    screen[bar.box.pixels] = bar.shade
    lighter = np.minimum(np.array(bar.shade) + KEY_LIGHTER, 255)
    for key, name in zip(_key_boxes(bar), bar.keys, strict=True):
        screen[key.pixels] = lighter
        left = key.left + (key.width - width_px(name, bar.height_px)) // 2
        at = left, key.top + key.height // 2
        write(screen, name, at, bar.height_px, bar.ink)


def draw_grey_bar(screen: ImageU8, box: Box) -> None:
    """White above, black below."""
    screen[box.pixels] = np.linspace(255, 0, box.height).astype(np.uint8)[:, None, None]


def draw_mark(screen: ImageU8, mark: OrientationMark, window: Box, mirrored: bool) -> None:
    """On the other side while the picture is mirrored."""
    if mark.on_right != mirrored:
        x = window.right - 1 - mark.inset_px
    else:
        x = window.left + mark.inset_px
    y = window.top + mark.drop_px
    cv2.circle(screen, (x, y), mark.radius_px, mark.colour, -1, cv2.LINE_AA)
    if mark.letter:
        left = x - width_px(mark.letter, mark.radius_px) // 2
        write(screen, mark.letter, (left, y), mark.radius_px, BLACK)


def _key_boxes(bar: Bar) -> Iterator[Box]:
    """Boxes of equal size along the bar's longer side."""
    box, count = bar.box, len(bar.keys)
    level = box.width >= box.height
    for number in range(count):
        if level:
            left, width = box.left + number * box.width // count, box.width // count
            one = Box(left, box.top, width, box.height)
        else:
            top, height = box.top + number * box.height // count, box.height // count
            one = Box(box.left, top, box.width, height)
        yield Box(
            one.left + KEY_GAP_PX,
            one.top + KEY_GAP_PX,
            one.width - 2 * KEY_GAP_PX,
            one.height - 2 * KEY_GAP_PX,
        )
