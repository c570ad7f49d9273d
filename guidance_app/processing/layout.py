"""Remembers how a console lays out its screen, and notices at once when depth or layout change.

What is compared are small squares: on the ruler and its numbers, along the rim of the picture,
and on the text around it. They are compared by their pattern, not by their brightness, and what
a mouse pointer can cover is no change. Pure; any thread.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.outline import Floats
from guidance_app.processing.ruler import Ruler
from guidance_app.processing.sector import area_mask

Cells: TypeAlias = NDArray[np.int64]
"""Left and top of squares, one a row."""
Flags: TypeAlias = NDArray[np.bool_]

FRAME_PER_CELL = 67
SMALLEST_CELL_PX = 12
MOST_CELL_PX, MOST_SIDE_PX = 256, 8192
FRAME_PER_POINTER = 24
"""A mouse pointer is no larger than this part of the frame's height."""
NUMBERS_BESIDE = 3
"""Columns of squares to each side of the ruler, for its numbers."""
PATTERN, FLAT, LIT = 8.0, 4.0, 12.0
"""Standard deviation of a square that holds a pattern, that holds nothing, that got something."""
SAME_PATTERN = 0.6
"""Correlation below which a square shows something else; video coding stays above 0.9."""
RIM_PASSED = 0.2
"""Part of the squares outside the rim that fill up when the picture has grown over it."""
RIM_LEFT = 0.9
"""Part of the squares inside the rim that fall empty when the picture has shrunk."""
FEWEST_CELLS = 6
MOST_SURROUND = 120
RECOGNISED = 0.7
"""Part of the surround that must agree; clock and frame count may differ."""


class _Kind(IntEnum):
    RULER = 0
    OUTSIDE = 1
    INSIDE = 2
    SURROUND = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a console shows what, at one depth: plain data, for one size of frame."""

    width_px: int
    height_px: int
    channel: int
    """Colour plane that is compared: the one in which the ruler stands out most; 0 of grey."""
    watched: bool
    """Whether the surround was seen over several frames, so that what moves is left out."""
    cell_px: int
    cells: tuple[tuple[int, int, int], ...]
    """Left, top and kind of each square."""
    patterns: bytes
    """Their pixels, GRAY8, in the same order."""


@dataclass(frozen=True, slots=True, eq=False)
class _Compiled:
    """A layout as arrays, ready to be compared."""

    places: Cells
    """Flat index of each pixel of each square."""
    corners: Cells
    kinds: Cells
    normal: Floats
    """Patterns with mean 0 and length 1."""
    spread: Floats


def remember(frames: Sequence[ImageU8], area: PictureArea, ruler: Ruler | None) -> Layout:
    """The layout of the newest frame; earlier ones tell what of the surround moves.

    `frames` are of one size and format, oldest first, best over two seconds or more, so that
    a clock has moved.
    """
    newest = frames[-1]
    height, width = newest.shape[:2]
    cell_px = _cell_px(newest)
    ticks = np.array(ruler.ticks_px if ruler else ())
    channel = _channel(newest, ticks)
    inside = area_mask(area, newest.shape)
    chosen = [
        *((*corner, _Kind.RULER) for corner in _ruler_cells(ticks, inside, cell_px)),
        *((*corner, _Kind.OUTSIDE) for corner in _rim_cells(area, inside, cell_px, 1)),
        *((*corner, _Kind.INSIDE) for corner in _rim_cells(area, inside, cell_px, -1)),
    ]
    taken = np.array([cell[:2] for cell in chosen]).reshape(-1, 2)
    planes = [_plane(frame, channel) for frame in frames]
    surround = _surround_cells(planes, inside, taken, cell_px)
    chosen += [(*corner, _Kind.SURROUND) for corner in surround]
    kept = _inside_frame(chosen, width, height, cell_px)
    patterns = _patterns(planes[-1], kept, cell_px)
    watched = len(frames) > 1
    return Layout(width, height, channel, watched, cell_px, kept, patterns)


def remember_marks(frames: Sequence[ImageU8], marks_px: Sequence[Point]) -> Layout | None:
    """What stands at and between ruler marks that a person placed, and did not move meanwhile.

    `frames` as for `remember`; None where a mark itself cannot be watched, because what
    surrounds it moves or shows nothing.
    """
    newest, ticks = frames[-1], np.array(marks_px)
    height, width = newest.shape[:2]
    size, channel = _cell_px(newest), _channel(newest, ticks)
    everywhere = np.zeros((height, width), np.uint8)
    corners = ((*corner, _Kind.RULER) for corner in _ruler_cells(ticks, everywhere, size))
    cells = _inside_frame(corners, width, height, size)
    plane = _plane(newest, channel)
    patterns = _patterns(plane, cells, size)
    layout = Layout(width, height, channel, False, size, cells, patterns)
    still = _still(layout, frames[:-1])
    marked = _compile(layout).spread > PATTERN
    if not all(np.any(still & marked & _near(layout, mark)) for mark in marks_px):
        return None
    cells = tuple(cell for cell, stands in zip(cells, still, strict=True) if stands)
    return replace(layout, cells=cells, patterns=_patterns(plane, cells, size))


def _near(layout: Layout, mark: Point) -> Flags:
    """The squares that touch a mark, or lie right beside one that does."""
    corners = np.array(layout.cells)[:, :2]
    reach = layout.cell_px
    offset = np.array(mark) - corners
    return np.asarray(((offset >= -reach) & (offset <= 2 * reach)).all(axis=1))


def _still(layout: Layout, earlier: Sequence[ImageU8]) -> Flags:
    """Which squares looked the same in all of these frames."""
    compiled = _compile(layout)
    still = np.ones(len(layout.cells), np.bool_)
    for frame in earlier:
        still &= ~_differs(compiled, *_compare(compiled, frame, layout.channel))
    return still


def _cell_px(frame: ImageU8) -> int:
    return max(SMALLEST_CELL_PX, round(len(frame) / FRAME_PER_CELL))


def _inside_frame(
    cells: Iterable[tuple[float, float, int]], width: int, height: int, size: int
) -> tuple[tuple[int, int, int], ...]:
    inside = (cell for cell in cells if _holds(width, height, cell[0], cell[1], size))
    return tuple((int(x), int(y), int(kind)) for x, y, kind in inside)


def _patterns(plane: ImageU8, cells: Iterable[tuple[int, int, int]], size: int) -> bytes:
    return b"".join(_cut(plane, x, y, size).tobytes() for x, y, _ in cells)


def is_sound(layout: Layout) -> bool:
    """Whether a layout that was read from a file can be compared with frames of its size."""
    size, width, height = layout.cell_px, layout.width_px, layout.height_px
    return (
        0 < size <= MOST_CELL_PX
        and 0 < width <= MOST_SIDE_PX
        and 0 < height <= MOST_SIDE_PX
        and 0 <= layout.channel <= 2
        and len(layout.patterns) == len(layout.cells) * size * size
        and all(_holds(width, height, x, y, size) for x, y, _ in layout.cells)
        and all(kind in set(_Kind) for *_, kind in layout.cells)
    )


def is_of_size(layout: Layout, pixels: ImageU8) -> bool:
    """Whether a frame has the size of the layout's."""
    return pixels.shape[:2] == (layout.height_px, layout.width_px)


def layout_changed(layout: Layout, pixels: ImageU8) -> bool:
    """Whether the ruler, the picture's rim or the still text is no longer what it was."""
    if not is_of_size(layout, pixels):
        return True
    compiled = _compile(layout)
    alike, spread = _compare(compiled, pixels, layout.channel)
    pointer_px = layout.height_px // FRAME_PER_POINTER
    ruler = _of(compiled, _Kind.RULER) & _differs(compiled, alike, spread)
    if _wider_than(compiled.corners[ruler], pointer_px):
        return True
    if _rim_moved(compiled, spread, pointer_px):
        return True
    still = _of(compiled, _Kind.SURROUND) & _differs(compiled, alike, spread)
    return layout.watched and _wider_than(compiled.corners[still], pointer_px)


def recognise(layouts: Sequence[Layout], pixels: ImageU8) -> Layout | None:
    """The layout, of those remembered, that the frame shows; None where there is none."""
    for layout in layouts:
        if not layout_changed(layout, pixels) and _surround_agrees(layout, pixels):
            return layout
    return None


def _surround_agrees(layout: Layout, pixels: ImageU8) -> bool:
    compiled = _compile(layout)
    alike, _ = _compare(compiled, pixels, layout.channel)
    marked = (compiled.kinds != _Kind.INSIDE) & (compiled.spread > PATTERN)
    if np.count_nonzero(marked) < FEWEST_CELLS:
        return False
    return bool((alike[marked] > SAME_PATTERN).mean() > RECOGNISED)


def _compare(compiled: _Compiled, pixels: ImageU8, channel: int) -> tuple[Floats, Floats]:
    """Correlation of each square with what it was, and its standard deviation now."""
    planes, plane = (pixels.shape[2], channel) if pixels.ndim == 3 else (1, 0)
    now = pixels.reshape(-1)[compiled.places * planes + plane]
    values = now.astype(np.float32)
    values -= values.mean(axis=1, keepdims=True)
    length = np.sqrt(np.einsum("ij,ij->i", values, values))
    alike = np.einsum("ij,ij->i", values, compiled.normal) / np.maximum(length, 1e-3)
    return alike, length / np.sqrt(values.shape[1])


def _differs(compiled: _Compiled, alike: Floats, spread: Floats) -> Flags:
    """Squares that hold another pattern than before, or something where there was nothing."""
    pattern = (compiled.spread > PATTERN) & ((alike < SAME_PATTERN) | (spread < FLAT / 2))
    return np.asarray(pattern | ((compiled.spread < FLAT) & (spread > LIT)))


def _rim_moved(compiled: _Compiled, spread: Floats, pointer_px: int) -> bool:
    outside = _of(compiled, _Kind.OUTSIDE) & (compiled.spread < FLAT)
    passed = outside & (spread > LIT)
    grown = np.count_nonzero(passed) > max(FEWEST_CELLS, RIM_PASSED * np.count_nonzero(outside))
    if grown and _wider_than(compiled.corners[passed], pointer_px):
        return True
    inside = _of(compiled, _Kind.INSIDE) & (compiled.spread > PATTERN)
    empty = np.count_nonzero(spread[inside] < FLAT / 2)
    held = np.count_nonzero(inside)
    return bool(held > FEWEST_CELLS and empty > RIM_LEFT * held)


def _wider_than(corners: Cells, pointer_px: int) -> bool:
    """Whether the squares lie farther apart than a pointer reaches."""
    return len(corners) > 1 and bool((np.ptp(corners, axis=0) > pointer_px).any())


def _of(compiled: _Compiled, kind: _Kind) -> Flags:
    return np.asarray(compiled.kinds == kind)


@lru_cache(maxsize=8)
def _compile(layout: Layout) -> _Compiled:
    cells = np.array(layout.cells, np.int64).reshape(-1, 3)
    size = layout.cell_px
    down, right = np.divmod(np.arange(size * size), size)
    places = (cells[:, 1:2] + down) * layout.width_px + cells[:, :1] + right
    values = np.frombuffer(layout.patterns, np.uint8).reshape(-1, size * size)
    values = values.astype(np.float32)
    values -= values.mean(axis=1, keepdims=True)
    length = np.sqrt((values**2).sum(axis=1))
    normal = values / np.maximum(length, 1e-3)[:, None]
    return _Compiled(places, cells[:, :2], cells[:, 2], normal, length / size)


def _channel(pixels: ImageU8, ticks: Floats) -> int:
    """The colour plane in which the ruler's marks are brightest."""
    if pixels.ndim == 2 or not len(ticks):
        return 0 if pixels.ndim == 2 else 1
    x, y = np.round(ticks).astype(int).T
    height, width = pixels.shape[:2]
    marks = pixels[y.clip(0, height - 1), x.clip(0, width - 1)]
    return int(marks.astype(float).mean(axis=0).argmax())


def _plane(pixels: ImageU8, channel: int) -> ImageU8:
    return pixels if pixels.ndim == 2 else pixels[:, :, channel]


def _cut(plane: ImageU8, x: int, y: int, size: int) -> ImageU8:
    return np.ascontiguousarray(plane[y : y + size, x : x + size])


def _holds(width: int, height: int, x: float, y: float, size: int) -> bool:
    return 0 <= x <= width - size and 0 <= y <= height - size


def _ruler_cells(ticks: Floats, inside: ImageU8, size: int) -> Iterator[tuple[int, int]]:
    """Squares that cover the ruler and what is beside it; inside the picture the marks only."""
    if not len(ticks):
        return
    along = ticks[-1] - ticks[0]
    length = float(np.hypot(*along))
    along /= length
    across = np.array([along[1], -along[0]])
    for distance in np.arange(0, length + size / 2, size):
        for column in range(-NUMBERS_BESIDE, NUMBERS_BESIDE + 1):
            corner = _corner(ticks[0] + distance * along + column * size * across, size)
            if not _touches(inside, corner, size):
                yield corner
    for tick in ticks:
        corner = _corner(tick, size)
        if _touches(inside, corner, size):
            yield corner


def _rim_cells(
    area: PictureArea, inside: ImageU8, size: int, outward: int
) -> Iterator[tuple[int, int]]:
    """Squares along the outline, every second one, just outside (1) or inside (-1) of it."""
    points = np.array(area.outline_px)
    middle = points.mean(axis=0)
    for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
        side = end - start
        length = float(np.hypot(*side))
        normal = np.array([side[1], -side[0]]) / max(length, 1e-6)
        normal *= outward * np.sign(normal @ ((start + end) / 2 - middle) or 1.0)
        for distance in np.arange(size, length - size, 2 * size):
            centre = start + side * distance / length + normal * (0.5 * size + 4)
            corner = _corner(centre, size)
            if _touches(inside, corner, size) == (outward < 0):
                yield corner


def _surround_cells(
    planes: Sequence[ImageU8], inside: ImageU8, taken: Cells, size: int
) -> Iterator[tuple[int, int]]:
    """Squares with a pattern that stays, off the picture and off lines in which any moves."""
    height, width = inside.shape[0] // size, inside.shape[1] // size
    if not height or not width:
        return
    stacks = [_tiles(plane, size) for plane in planes]
    newest = stacks[-1]
    marked = newest.std(axis=(2, 3)) > 2 * PATTERN
    moving = np.zeros((height, width), np.uint8)
    for stack in stacks[:-1]:
        difference = np.abs(stack.astype(np.int16) - newest).mean(axis=(2, 3))
        moving |= (difference > 0.25 * newest.std(axis=(2, 3)) + 2).astype(np.uint8)
    moving = cv2.dilate(moving, np.ones((3, 13), np.uint8))
    free = _tiles(inside, size).max(axis=(2, 3)) == 0
    free &= moving == 0
    for x, y in taken // size:
        free[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = False
    y, x = np.nonzero(marked & free)
    every = max(1, -(-len(x) // MOST_SURROUND))
    yield from ((int(a) * size, int(b) * size) for a, b in zip(x[::every], y[::every], strict=True))


def _tiles(plane: ImageU8, size: int) -> ImageU8:
    height, width = plane.shape[0] // size, plane.shape[1] // size
    cropped = np.ascontiguousarray(plane[: height * size, : width * size])
    return cropped.reshape(height, size, width, size).swapaxes(1, 2)


def _corner(centre: Floats, size: int) -> tuple[int, int]:
    return round(float(centre[0]) - size / 2), round(float(centre[1]) - size / 2)


def _touches(inside: ImageU8, corner: tuple[int, int], size: int) -> bool:
    x, y = corner
    square = inside[max(0, y - 2) : max(0, y + size + 2), max(0, x - 2) : max(0, x + size + 2)]
    return bool(square.any())
