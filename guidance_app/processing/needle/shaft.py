"""The shaft of one candidate at full resolution: a slightly bent line, and how surely it is known.

Across the line a shaft is a ridge: brighter than what lies a little further out. The straight line
with most of it is looked for among all near the candidate; then a parabola is fitted to where the
ridge is highest, with less say for points that lie off it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point
from guidance_app.processing.needle.courses import (
    STEP,
    Course,
    reach,
    straight,
    strip,
    through,
    unit_px,
)
from guidance_app.processing.needle.ridges import Floats, Ints, Mask, Real

LEAST_UNITS = 12.0
"""Length of a candidate; a shorter one has no direction."""
CORE_SIGMA, FLANK_SIGMA, KERNEL_HALF = 1.6, 4.5, 9
"""Units: of the two bells whose difference makes a ridge, and where the wider one ends."""
HALF = 9
"""Units beside the candidate in which its shaft is looked for."""
LONGER_SHARE, LONGER_UNITS = 0.35, 10.0
"""So much beyond its ends is looked at too."""
TILTS, OFFSETS = np.arange(-6.0, 6.5), np.arange(-5.0, 5.5)
"""Units at the ends and in the middle by which the candidate may be off."""
ALONG_UNITS = 10
"""Over which a ridge is averaged."""
WANDER_UNITS = 30.0
"""Over which what is seen of a shaft strays from its middle to the same side: its echo is uneven,
and copies of it hang below. So far apart two points tell two things."""
ENOUGH = 0.6
"""Share of the usual height that a ridge must have to be taken for a part of the shaft."""
MOST_BEND = 0.01
"""1 sigma of the bend, of the length; along 40 mm a 27G needle may bend by twice as much."""
OFF_UNITS = 0.6
"""A point so far off has half a say (Cauchy)."""
SURE = 1e-9
ROUNDS = 3
_AT_END, _SLOPE_AT_END = np.array([1.0, 1.0, 2 / 3]), np.array([0.0, 2.0, 4.0])
_REVERSED = np.outer([-1.0, 1.0, -1.0], [-1.0, 1.0, -1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Shaft:
    """A course along which a candidate's shaft runs, from one of its ends to the other."""

    course: Course
    unit_px: float
    covariance: NDArray[np.float64]
    """(3, 3), px²: of its offset, of half the difference between its ends, and of its bend."""

    @property
    def sigma_offset_px(self) -> float:
        """Of its middle, at right angles to it."""
        return math.sqrt(self.covariance[0, 0])

    @property
    def sigma_angle_rad(self) -> float:
        """Of its base line."""
        return 2.0 * math.sqrt(self.covariance[1, 1]) / self.course.length_px

    @property
    def sigma_end_px(self) -> float:
        """Of its end, at right angles to it."""
        return math.sqrt(_AT_END @ self.covariance @ _AT_END)

    @property
    def sigma_end_angle_rad(self) -> float:
        """Of its direction there."""
        return math.sqrt(_SLOPE_AT_END @ self.covariance @ _SLOPE_AT_END) / self.course.length_px

    @property
    def reversed(self) -> "Shaft":
        """The same from its end to its start."""
        return Shaft(self.course.reversed, self.unit_px, self.covariance * _REVERSED)


def refine_shaft(grey: ImageU8, inside: Mask, start: Point, end: Point) -> Shaft | None:
    """The shaft near the straight line from `start` to `end`, whose ends may be wrong.

    None where the candidate is too short to tell, or nothing along it stands out.
    """
    unit = unit_px(inside)
    if not math.dist(start, end) > LEAST_UNITS * unit:
        return None
    course = straight(start, end)
    before, length, after = _around(inside, course, unit)
    along = np.arange(-before, length + after, STEP)
    across = np.arange(-HALF - KERNEL_HALF, HALF + KERNEL_HALF + 1)
    levels = strip(grey, inside, course, along * unit, across * unit)
    heights = averaged(ridge(levels)[:, KERNEL_HALF:-KERNEL_HALF], ALONG_UNITS)
    spread = float(heights.std())
    if spread < SURE:
        return None
    first = int(before / STEP)
    part = slice(first, min(first + max(int(length / STEP), 6), along.size))
    return _fitted(heights / np.float32(spread), part, along, course, unit)


def _around(inside: Mask, course: Course, unit: float) -> tuple[float, float, float]:
    """Units before the candidate, along it and beyond it that are looked at."""
    (c, s), length = course.heading, course.length_px / unit
    more = int(LONGER_SHARE * length + LONGER_UNITS)
    before = reach(inside, course.start, (-c, -s), unit, more)
    after = reach(inside, course.point(course.length_px), (c, s), unit, more)
    return before, length, after


def _fitted(heights: Floats, part: slice, along: Real, course: Course, unit: float) -> Shaft:
    """The shaft in a strip around a straight course; `part` of it is the candidate."""
    guess = _best_line(np.clip(heights, -1.0, 2.0), part)
    beside, height = crests(heights, guess, 3)
    height = np.where(np.abs(beside - guess) < 4.0, np.clip(height, -1.0, 2.0), 0.0)
    seen = _stretch(height, part)
    bend, covariance = fit_bend(beside[seen], np.clip(height[seen], 0.0, 2.0), STEP)
    ends = float(along[seen.start]) * unit, float(along[seen.stop - 1]) * unit
    return Shaft(bent(course, ends, bend * unit), unit, covariance * unit**2)


def bent(course: Course, ends_px: tuple[float, float], bend: Real) -> Course:
    """A course between two of its places, moved aside by offset, tilt and bend (px)."""
    first, last = ends_px
    places = (first, (first + last) / 2, last)
    aside = (bend @ (1.0, -1.0, 2 / 3), bend @ (1.0, 0.0, -1 / 3), bend @ (1.0, 1.0, 2 / 3))
    return through(*(course.point(*one) for one in zip(places, map(float, aside), strict=True)))


def _best_line(heights: Floats, part: slice) -> Real:
    """How far beside each row of the strip the line with most ridge under it lies, in units."""
    count = part.stop - part.start
    blocks = max(count // 3, 4)
    size = heights.shape[1], blocks
    means = cv2.resize(heights[part], size, interpolation=cv2.INTER_AREA)
    way = np.linspace(-1.0, 1.0, blocks)
    beside = OFFSETS[:, None] + np.multiply.outer(TILTS, way)[:, None]
    columns = np.clip(np.rint(beside).astype(np.intp) + HALF, 0, 2 * HALF)
    sums = means[np.arange(blocks), columns].sum(2)
    tilt, offset = np.unravel_index(int(sums.argmax()), sums.shape)
    rows = np.arange(heights.shape[0]) - part.start
    return np.asarray(OFFSETS[offset] + TILTS[tilt] * (rows * (2.0 / max(count - 1, 1)) - 1.0))


def _stretch(height: Real, part: slice) -> slice:
    """Rows around the candidate's middle in which the ridge is about as high as there."""
    quarter = (part.stop - part.start) // 4
    usual = float(np.median(height[part.start + quarter : part.stop - quarter]))
    more = height - ENOUGH * max(usual, 0.3)
    middle = (part.start + part.stop) // 2
    last = middle + int(np.cumsum(more[middle:]).argmax())
    first = middle - int(np.cumsum(more[middle::-1]).argmax())
    return slice(first, last + 1) if (last - first) * STEP >= LEAST_UNITS else part


_REACH = np.arange(-KERNEL_HALF, KERNEL_HALF + 1)


def _bell(sigma: float) -> Real:
    bell = np.exp(-0.5 * (_REACH / sigma) ** 2)
    return np.asarray(bell / bell.sum())


ACROSS = (_bell(CORE_SIGMA) - _bell(FLANK_SIGMA)).astype(np.float32)
"""Weights of the units across a line that make a ridge."""
_AS_IT_IS = np.ones(1, np.float32)


def ridge(levels: Floats) -> Floats:
    """How much brighter each pixel of a strip is than what lies beside it along the strip."""
    return np.asarray(cv2.sepFilter2D(levels, cv2.CV_32F, ACROSS, _AS_IT_IS), np.float32)


def averaged(levels: Floats, units: float) -> Floats:
    """Mean over so many units along a strip."""
    return np.asarray(cv2.blur(levels, (1, 2 * int(units / STEP / 2) + 1)), np.float32)


def crests(heights: Floats, guess: Real, within: int) -> tuple[Real, Real]:
    """Where each row of a strip is highest near a guess, in units beside it, and how high."""
    half = heights.shape[1] // 2
    rows = np.arange(heights.shape[0])
    middle = np.rint(guess).astype(np.intp) + half
    middle = np.clip(middle, within + 1, 2 * half - within - 1)
    around = middle[:, None] + np.arange(-within, within + 1)
    column: Ints = middle - within + heights[rows[:, None], around].argmax(1)
    left, top, right = (heights[rows, column + k] for k in (-1, 0, 1))
    curve = np.minimum(left - 2.0 * top + right, -1e-6)
    return column - half + np.clip(0.5 * (left - right) / curve, -0.5, 0.5), top


def fit_bend(beside: Real, weight: Real, step: float) -> tuple[Real, NDArray[np.float64]]:
    """Offset, tilt and bend of points in a row, with their covariance; by repeated weighting.

    The three are parts of offset + tilt x + bend (x² - 1/3), x from -1 to 1.
    """
    x = np.linspace(-1.0, 1.0, beside.size)
    parts = np.stack([np.ones_like(x), x, x * x - 1 / 3])
    slack = (MOST_BEND * step * beside.size) ** 2
    found, spread = np.array([weight @ beside / (weight.sum() + SURE), 0.0, 0.0]), 1.0
    for _ in range(ROUNDS):
        off = beside - found @ parts
        say = (weight + SURE) * (step / WANDER_UNITS) / (1.0 + (off / OFF_UNITS) ** 2)
        precision = (parts * say) @ parts.T + np.diag([0.0, 0.0, spread / slack])
        found = np.linalg.solve(precision, parts @ (say * beside))
        spread = float(say @ (beside - found @ parts) ** 2 / say.sum()) + 0.01
    return found, np.asarray(np.linalg.inv(precision) * spread, np.float64)
