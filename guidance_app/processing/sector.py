"""Finds the ultrasound picture inside a console's whole screen.

Speckle is grey, varies in both directions and covers what it lies on; text leaves its
background between the letters, a grey bar varies in one direction, a menu is flat. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.processing.echoes import find_echoes
from guidance_app.processing.outline import (
    Box,
    Fan,
    Floats,
    Ints,
    box_corners,
    fill,
    fit_box,
    fit_fan,
    sharp_ends,
    sharp_sides,
    support,
)
from guidance_app.processing.ticks import find_rows, lift

Mask: TypeAlias = NDArray[np.bool_]

WORKING_PX = 960
"""Larger pictures are halved until about this long: 1080p is searched at 960 x 540."""
LEAST_FRAME_PX = 32
SMALLEST_SIDE = 0.12
"""Least height and width of the picture, as a part of the shorter side of the frame."""
OFF_BACKGROUND = 3
"""Levels from the background: the noise of a grabber and of compression stay below."""
COVERED = 0.7
TEXTURE = 0.3
MENU, SATURATED = 8, 250
FLAT_LEVELS, FLAT_SHARE = 3, 0.5
"""A region with this part of its pixels at so few levels is a menu, not a picture."""
COLOURED_SHARE = 0.3
"""A frame with more of its texture in colours is a photograph; Doppler colours are fewer."""

GAP = 0.15
"""Height of a dark band, as a part of the frame, that may cut the picture in two."""
LEAST_PART = 0.001
"""Smallest cut-off part, as a part of the frame."""
SURE = 0.9
"""Support of a fan whose outer arc is seen."""
CERTAIN = 0.97
"""Support of a figure that needs no comparison with others."""
DEEPER = 3.0
"""How much deeper than its visible part a picture may be."""
FACE = 8
"""Levels above the background of the line that the probe's own face leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """A frame at working size and what its pixels look like."""

    grey: ImageU8
    smooth: ImageU8
    background: int
    off_background: ImageU8
    """How far the smooth picture is from the background."""
    core: ImageU8
    """1 where the neighbourhood is speckle; nowhere in a photograph."""
    coloured: ImageU8


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is seen of a picture, and how well its rows and columns agree with a figure."""

    region: ImageU8
    figure: Fan | Box
    support: float


@dataclass(frozen=True, slots=True, eq=False)
class _Outline:
    """A polygon in working pixels."""

    corners: Floats
    shape: AreaShape


def find_area(pixels: ImageU8, earlier: Sequence[ImageU8] = ()) -> PictureArea | None:
    """The largest ultrasound picture in the frame, or None where there is none.

    `pixels` is GRAY8 or BGR24. `earlier` frames of the same size and format light up what is
    dark in this one; where the noise of a grabber adds up over them, this one counts alone.
    Edges are in whole frame pixels, inclusive.
    """
    area = _find(reduce(np.maximum, earlier, pixels))
    return _find(pixels) if area is None and len(earlier) else area


def _find(pixels: ImageU8) -> PictureArea | None:
    reduction = max(1, round(max(pixels.shape[:2]) / WORKING_PX))
    small = _reduce(pixels, reduction)
    if min(small.shape[:2]) < LEAST_FRAME_PX:
        return None
    evidence = _look(small)
    seen = _best_seen(evidence)
    if seen is not None:
        return _in_frame(_outline(seen, evidence), reduction, pixels.shape)
    box = find_echoes(evidence.grey, evidence.background)
    if box is None:
        return None
    return _in_frame(_Outline(box_corners(box), AreaShape.LINEAR), reduction, pixels.shape)


def _best_seen(evidence: _Evidence) -> _Seen | None:
    """The figure that rows and columns of the picture agree with most; None without any."""
    best: _Seen | None = None
    for region in _regions(evidence):
        seen = _see(region, evidence)
        if best is None or seen.support > best.support:
            best = seen
        if best.support > CERTAIN:
            break
    return best


def area_mask(area: PictureArea, shape: tuple[int, ...]) -> ImageU8:
    """1 inside the area's outline, 0 outside; for frames of this (height, width)."""
    return fill(np.array(area.outline_px), shape)


def _look(small: ImageU8) -> _Evidence:
    colour = small.ndim == 3
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8) if colour else small
    smooth = np.asarray(cv2.medianBlur(grey, 5), np.uint8)
    background = _background(smooth)
    dark = background <= OFF_BACKGROUND  # what is darker is then the surround as well
    level = np.full_like(smooth, background)
    off = np.asarray(cv2.subtract(smooth, level) if dark else cv2.absdiff(smooth, level), np.uint8)
    off[_menus(grey, background)] = 0
    covered = _mean((off > OFF_BACKGROUND).astype(np.float32))
    textured = _texture(grey) > TEXTURE
    core = textured & (covered > COVERED)
    coloured = _coloured(small)
    if textured.any() and coloured[textured].mean() > COLOURED_SHARE:
        core[:] = False
    return _Evidence(grey, smooth, background, off, core.astype(np.uint8), coloured)


def _menus(grey: ImageU8, background: int) -> Mask:
    """Areas of one level that are brighter than the background and not saturated echoes."""
    kernel = np.ones((3, 3), np.uint8)
    flat = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, kernel)) <= 1
    flat &= (grey > background + MENU) & (grey < SATURATED)
    wide = cv2.morphologyEx(flat.astype(np.uint8), cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))
    return np.asarray(wide) > 0


def _reduce(pixels: ImageU8, reduction: int) -> ImageU8:
    if reduction == 1:
        return pixels
    height, width = pixels.shape[:2]
    size = max(1, width // reduction), max(1, height // reduction)
    cropped = pixels[: size[1] * reduction, : size[0] * reduction]
    return np.asarray(cv2.resize(cropped, size, interpolation=cv2.INTER_AREA))


def _background(smooth: ImageU8) -> int:
    """The commonest dark level; black where the picture leaves no surround."""
    counts = np.bincount(smooth.ravel(), minlength=256)
    level = int(counts[:96].argmax())
    return level if counts[level] > 0.03 * smooth.size else 0


def _texture(grey: ImageU8) -> Floats:
    """Mean step between neighbours, of the direction in which it is smaller."""
    across = np.zeros(grey.shape, np.float32)
    down = np.zeros(grey.shape, np.float32)
    across[:, 1:] = np.minimum(cv2.absdiff(grey[:, 1:], grey[:, :-1]), 12)
    down[1:] = np.minimum(cv2.absdiff(grey[1:], grey[:-1]), 12)
    return np.minimum(_mean(across), _mean(down))


def _mean(values: Floats) -> Floats:
    return np.asarray(cv2.blur(values, (15, 15)))


def _coloured(small: ImageU8) -> ImageU8:
    if small.ndim == 2:
        return np.zeros(small.shape, np.uint8)
    planes = cv2.split(small)
    highest = reduce(cv2.max, planes)
    spread = cv2.subtract(highest, reduce(cv2.min, planes))
    return np.asarray((spread > 40) & (spread > np.asarray(highest) // 2), np.uint8)


def _regions(evidence: _Evidence) -> Iterator[ImageU8]:
    """The picture's region without and with its darkest parts, which may be noise."""
    labels, stats = _components(evidence, OFF_BACKGROUND)
    speckle = np.bincount(labels[evidence.core > 0], minlength=len(stats))
    speckle[0] = 0
    for label in np.argsort(-speckle)[: np.count_nonzero(speckle)]:
        region = (labels == label).astype(np.uint8)
        if _is_picture(region, evidence):
            region = _joined(region, labels, stats, evidence)
            yield region
            yield from (_grown(region, evidence, least) for least in (1, 0))
            return


def _joined(region: ImageU8, labels: Ints, stats: Ints, evidence: _Evidence) -> ImageU8:
    """The region with the parts that a dark band has cut off below or above it.

    Only across an end that is ragged: behind a sharp one lies something else, as a thumbnail.
    """
    box = fit_box(region)
    above, below = sharp_ends(box, region)
    reach = GAP * region.shape[0]
    for label in range(1, len(stats)):
        left, top, width, height, area = stats[label]
        inside = min(left + width - 1, box.right) - max(left, box.left) + 1 >= 0.9 * width
        under = not below and box.bottom < top <= box.bottom + reach
        over = not above and top < box.top and box.top - reach <= top + height
        if inside and (under or over) and area >= LEAST_PART * region.size:
            part = labels == label
            if evidence.core[part].mean() > 0.3 and _is_varied(part, evidence):
                region = region | part.astype(np.uint8)
    return region


def _grown(region: ImageU8, evidence: _Evidence, least: int) -> ImageU8:
    """The region at a lower level that holds this one."""
    labels, stats = _components(evidence, least)
    held = np.bincount(labels[region > 0], minlength=len(stats)) > 0
    held[0] = False
    return held[labels].astype(np.uint8)


def _components(evidence: _Evidence, least: int) -> tuple[Ints, Ints]:
    """Ints and statistics of what differs from the background, thin things left out."""
    mask = (evidence.off_background > least) & (evidence.coloured == 0)
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    return np.asarray(labels), np.asarray(stats)


def _is_picture(region: ImageU8, evidence: _Evidence) -> bool:
    """Large enough, and no menu of few levels."""
    box = fit_box(region)
    if min(box.width, box.height) < SMALLEST_SIDE * min(region.shape):
        return False
    return _is_varied(region > 0, evidence)


def _is_varied(inside: Mask, evidence: _Evidence) -> bool:
    """Whether no few levels make up most of what stands out of the background."""
    levels = np.bincount(evidence.smooth[inside], minlength=256)
    dark = max(0, evidence.background - OFF_BACKGROUND)
    levels[dark : evidence.background + OFF_BACKGROUND + 1] = 0
    return bool(np.sort(levels)[-FLAT_LEVELS:].sum() <= FLAT_SHARE * levels.sum())


def _see(region: ImageU8, evidence: _Evidence) -> _Seen:
    fan = fit_fan(region)
    if fan is not None:
        return _Seen(region, fan, support(region, fan.corners()))
    box = _with_face(fit_box(region), region, evidence)
    return _Seen(region, box, support(region, box_corners(box)))


def _outline(seen: _Seen, evidence: _Evidence) -> _Outline:
    """The picture down to the end of its depth, also where that is black."""
    figure = seen.figure
    if isinstance(figure, Fan):
        if seen.support < SURE:
            near, far = figure.apex_y + figure.inner, figure.apex_y + figure.outer
            figure = replace(figure, outer=_ruler_end(near, far, evidence) - figure.apex_y)
        return _Outline(figure.corners(), AreaShape.CURVED)
    if not sharp_ends(figure, seen.region)[1]:
        figure = replace(figure, bottom=_ruler_end(figure.top, figure.bottom, evidence))
    return _Outline(box_corners(figure), AreaShape.LINEAR)


def _ruler_end(top: float, bottom: float, evidence: _Evidence) -> float:
    """The depth's end: that of a ruler which begins with it and reaches deeper, else `bottom`.

    What is too deep for echoes is as black as the surround; only the ruler tells of it.
    """
    for row in find_rows(lift(evidence.grey)):
        begins = abs(row.along[0] - top) < max(8.0, row.step_px)
        if begins and bottom < row.along[-1] < bottom + DEEPER * (bottom - top):
            return float(row.along[-1])
    return bottom


def _with_face(box: Box, region: ImageU8, evidence: _Evidence) -> Box:
    """The rectangle widened to the bright line of the probe's face, where one is above it.

    Over a probe that touches nothing the picture is black; only this line spans its width.
    It may touch text, so that it is believed on the side only where the region has no edge.
    """
    left_edge, right_edge = sharp_sides(box, region)
    for left, top, width, height, _ in _lines_above(box, evidence):
        right = left + width - 1
        reach = 0.04 * evidence.grey.shape[1]
        begins = left_edge and abs(left - box.left) < reach
        ends = right_edge and abs(right - box.right) < reach
        covers = left < box.left + 4 and right > box.right - 4
        if covers and height <= 6 and (begins or ends):
            sides = box.left if left_edge else left, box.right if right_edge else right
            return Box(float(sides[0]), float(top), float(sides[1]), box.bottom)
    return box


def _lines_above(box: Box, evidence: _Evidence) -> Ints:
    """Long level lines above the rectangle, lowest first: left, top, width, height, area."""
    first, last = max(0, int(box.top - box.height)), int(box.top)
    if last - first < 3:
        return np.zeros((0, 5), np.int32)
    lit = (evidence.grey[first:last] > evidence.background + FACE).astype(np.uint8)
    joined = cv2.morphologyEx(lit, cv2.MORPH_CLOSE, np.ones((1, 25), np.uint8))
    long = np.ones((1, int(box.width * 0.8)), np.uint8)
    lines = cv2.morphologyEx(joined, cv2.MORPH_OPEN, long)
    _, _, stats, _ = cv2.connectedComponentsWithStats(lines)
    stats[:, cv2.CC_STAT_TOP] += first
    return np.asarray(stats[:0:-1])


def _in_frame(outline: _Outline, reduction: int, size: tuple[int, ...]) -> PictureArea:
    """The outline in frame pixels: working pixels cover `reduction` of them."""
    centre = (reduction - 1) / 2
    points = outline.corners * reduction + centre
    low = np.floor(points.min(axis=0) - centre).clip(0)
    high = np.minimum(np.ceil(points.max(axis=0) + centre), (size[1] - 1, size[0] - 1))
    corners = tuple((float(x), float(y)) for x, y in points.clip(low, high))
    left, top, right, bottom = (int(v) for v in (*low, *high))
    return PictureArea(left, top, right, bottom, outline.shape, corners)
