"""The rectangle or fan that a set of picture points fills, found from its borders alone.

A border is taken where many rows or columns end together, so that dark parts of the picture
and text that touches it do not move it. Working pixels throughout.
"""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

Floats: TypeAlias = NDArray[np.floating[Any]]
Ints: TypeAlias = NDArray[np.integer[Any]]

SHARED_BORDER = 0.10
"""Part of the rows (or columns) that must end together to make a border."""
STRAY = 0.08
"""Part of them that may reach over that border: text that touches it."""
SHARP = 0.5
"""Part of them that makes the border a sharp one."""
FAN_INLIERS = 0.12
FAN_FILL = 0.95
"""A fan must be this much smaller than its bounding rectangle, or the rectangle is taken."""
STEEPEST, FLATTEST = 0.14, 6.0
"""Sides of a fan, sideways per downward pixel: 8 to 80 degrees from the vertical."""
LOPSIDED_RAD = math.radians(8)
ARC_STEPS = 24


@dataclass(frozen=True, slots=True)
class Box:
    """Rectangle, edges inclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from edge to edge."""
        return self.right - self.left + 1

    @property
    def height(self) -> float:
        """Pixels from edge to edge."""
        return self.bottom - self.top + 1


@dataclass(frozen=True, slots=True)
class Fan:
    """A part of a ring about an apex, cut by a rectangle. Angles from straight down, radians."""

    apex_x: float
    apex_y: float
    inner: float
    outer: float
    left_angle: float
    right_angle: float
    cut: Box

    def corners(self) -> Floats:
        """Polygon along the outer arc and back along the inner one, cut by the rectangle."""
        angles = np.linspace(self.left_angle, self.right_angle, ARC_STEPS)
        outer = self._arc(self.outer, angles)
        inner = self._arc(self.inner, angles[::-1])
        return _cut(np.vstack([outer, inner]), self.cut)

    def _arc(self, radius: float, angles: Floats) -> Floats:
        x = self.apex_x + radius * np.sin(angles)
        return np.stack([x, self.apex_y + radius * np.cos(angles)], axis=1)


def box_corners(box: Box) -> Floats:
    """The four corners, clockwise from the top left."""
    return np.array(
        [
            (box.left, box.top),
            (box.right, box.top),
            (box.right, box.bottom),
            (box.left, box.bottom),
        ]
    )


def fit_box(region: ImageU8) -> Box:
    """The rectangle whose edges many rows and columns of the region share."""
    _, tops, bottoms = _ends(region.T)
    _, lefts, rights = _ends(region)
    return Box(_low_edge(lefts), _low_edge(tops), -_low_edge(-rights), -_low_edge(-bottoms))


def fit_fan(region: ImageU8) -> Fan | None:
    """The fan that the region fills, or None where a rectangle says as much."""
    rows, lefts, rights = _ends(region)
    cut = _cuts(region)
    left = _slanted_side(rows, lefts, cut.left, -1.0)
    right = _slanted_side(rows, rights, cut.right, 1.0)
    if left is None or right is None:
        return None
    fan = _between(left, right, cut, region)
    if fan is None or not _fits(fan, region):
        return None
    return fan


def sharp_sides(box: Box, region: ImageU8) -> tuple[bool, bool]:
    """Whether half of the region's rows end at the rectangle's left side, and at its right."""
    _, lefts, rights = _ends(region)
    on_left, on_right = np.abs(lefts - box.left) <= 2, np.abs(rights - box.right) <= 2
    return bool(on_left.mean() > SHARP), bool(on_right.mean() > SHARP)


def sharp_ends(box: Box, region: ImageU8) -> tuple[bool, bool]:
    """The same of its columns: at the rectangle's top, and at its bottom."""
    turned = Box(box.top, box.left, box.bottom, box.right)
    return sharp_sides(turned, np.ascontiguousarray(region.T))


def support(region: ImageU8, corners: Floats) -> float:
    """Part of the region's rows and columns that begin and end on the outline, from 0 to 1."""
    border = np.zeros(region.shape, np.uint8)
    cv2.polylines(border, [np.round(corners).astype(np.int32)], True, 1, 5)
    rows, lefts, rights = (ends.astype(int) for ends in _ends(region))
    columns, tops, bottoms = (ends.astype(int) for ends in _ends(region.T))
    hits = [border[rows, lefts], border[rows, rights], border[tops, columns]]
    return float(np.concatenate([*hits, border[bottoms, columns]]).mean())


def _cuts(region: ImageU8) -> Box:
    """Where a fan may be cut off straight: edges that many lines share, else the frame's."""
    _, tops, bottoms = _ends(region.T)
    _, lefts, rights = _ends(region)
    height, width = region.shape
    ends = ((lefts, 0.0), (tops, 0.0), (-rights, 1.0 - width), (-bottoms, 1.0 - height))
    left, top, right, bottom = (_cut_edge(*end) for end in ends)
    return Box(left, max(top, float(tops.min())), -right, -bottom)


def _cut_edge(ends: Floats, frame: float) -> float:
    shared = _shared_low(ends)
    return shared if shared is not None and (ends < shared - 2).mean() < STRAY else frame


def fill(corners: Floats, shape: tuple[int, ...]) -> ImageU8:
    """Mask of a polygon: 1 inside and on its border, else 0."""
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
    return mask


def _ends(region: ImageU8) -> tuple[Floats, Floats, Floats]:
    """Rows that hold something, with their first and last column."""
    filled = region > 0
    rows = np.flatnonzero(filled.any(axis=1))
    held = filled[rows]
    first = held.argmax(axis=1)
    last = held.shape[1] - 1 - held[:, ::-1].argmax(axis=1)
    return rows.astype(float), first.astype(float), last.astype(float)


def _low_edge(ends: Floats) -> float:
    """The lowest position at which many lines end together; else nearly the lowest of all."""
    shared = _shared_low(ends)
    if shared is not None and (ends < shared - 2).mean() < STRAY:
        return shared
    return float(np.quantile(ends, 0.01))


def _shared_low(ends: Floats) -> float | None:
    """The lowest position at which many lines end together, if they do anywhere."""
    values = np.round(ends).astype(int)
    base = values.min()
    counts = np.bincount(values - base).astype(float)
    near = np.convolve(counts, np.ones(3), "same")
    shared = np.flatnonzero(near >= SHARED_BORDER * len(ends))
    if not len(shared):
        return None
    start = max(0, shared[0] - 1)
    return float(base + start + counts[start : shared[0] + 2].argmax())


def _slanted_side(rows: Floats, ends: Floats, edge: float, outward: float) -> Floats | None:
    """x = a + b * y along one side of a fan, by random sampling with a fixed seed."""
    free = (ends - edge) * -outward > 2.0  # what a vertical cut ends says nothing of the fan
    y, x = rows[free], ends[free]
    fewest = max(12.0, FAN_INLIERS * len(rows))
    if len(y) < fewest:
        return None
    pairs = np.random.default_rng(0).integers(0, len(y), (500, 2))
    first, second = pairs[np.abs(y[pairs[:, 0]] - y[pairs[:, 1]]) > 8].T
    slope = (x[second] - x[first]) / (y[second] - y[first])
    usable = (slope * outward > STEEPEST) & (slope * outward < FLATTEST)
    slope, first = slope[usable], first[usable]
    if not len(slope):
        return None
    offset = x[first] - slope * y[first]
    tolerance = 1.5 * np.hypot(1.0, slope)
    inside = np.abs(x - offset[:, None] - slope[:, None] * y) < tolerance[:, None]
    best = inside[inside.sum(axis=1).argmax()]
    if best.sum() < fewest:
        return None
    fitted = np.polynomial.polynomial.polyfit(y[best], x[best], 1)
    return np.asarray(fitted, float)


def _between(left: Floats, right: Floats, cut: Box, region: ImageU8) -> Fan | None:
    """The fan between two side lines, its radii from the region."""
    left_angle, right_angle = math.atan(left[1]), math.atan(right[1])
    if abs(left_angle + right_angle) > LOPSIDED_RAD:
        return None
    apex_y = (right[0] - left[0]) / (left[1] - right[1])
    apex_x = left[0] + left[1] * apex_y
    rows = np.flatnonzero(region.any(axis=1))
    if apex_y > rows[0] + 0.25 * len(rows):
        return None
    inner, outer = _radii(region, apex_x, apex_y, left_angle, right_angle)
    return Fan(apex_x, apex_y, inner, outer, left_angle, right_angle, cut)


def _radii(
    region: ImageU8, apex_x: float, apex_y: float, left_angle: float, right_angle: float
) -> tuple[float, float]:
    """Inner and outer radius: where many directions begin and end together."""
    y, x = np.nonzero(region)
    radius = np.hypot(x - apex_x, y - apex_y)
    angle = np.arctan2(x - apex_x, y - apex_y)
    bins = 120
    place = np.floor((angle - left_angle) / (right_angle - left_angle) * bins).astype(int)
    inside = (place >= 1) & (place < bins - 1)
    nearest, farthest = np.full(bins, np.inf), np.zeros(bins)
    np.minimum.at(nearest, place[inside], radius[inside])
    np.maximum.at(farthest, place[inside], radius[inside])
    held = farthest > 0
    return _low_edge(nearest[held]), -_low_edge(-farthest[held])


def _fits(fan: Fan, region: ImageU8) -> bool:
    """Whether the fan holds the region and leaves out corners that a rectangle would add."""
    around = fan.corners()
    mask = fill(around, region.shape)
    area = float(mask.sum())
    held = float((region & mask).sum()) / float(region.sum())
    width, height = np.ptp(around, axis=0)
    return held > 0.97 and area < FAN_FILL * width * height


def _cut(polygon: Floats, box: Box) -> Floats:
    """The polygon inside the box: each edge of the box in turn (Sutherland and Hodgman)."""
    edges = ((0, 1.0, box.left), (0, -1.0, -box.right), (1, 1.0, box.top), (1, -1.0, -box.bottom))
    for axis, sign, limit in edges:
        polygon = _cut_side(polygon, axis, sign, limit)
        if not len(polygon):
            break
    return polygon


def _cut_side(polygon: Floats, axis: int, sign: float, limit: float) -> Floats:
    """What of the polygon has sign * coordinate >= limit."""
    kept: list[Floats] = []
    for point, following in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        here, there = sign * point[axis] - limit, sign * following[axis] - limit
        if here >= 0:
            kept.append(point)
        if (here >= 0) != (there >= 0):
            kept.append(point + (following - point) * here / (here - there))
    return np.array(kept).reshape(-1, 2)
