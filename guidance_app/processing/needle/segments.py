"""The longest stretches of a picture that look like a straight bright line, at any angle.

Along every line of a fan of angles the stretch with the largest sum of responses, each less a
fixed toll, is found in one walk (Kadane). Coarse first; what stands out is searched again finely.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.compiled import compiled, inlined
from guidance_app.processing.needle.ridges import UNIT, Floats, Ints, Plane, Planes, Real, Ridges

TOLL = 0.55
"""Standard deviations that a pixel must bring to be worth its place in a stretch."""
STEP_DEG, COARSE_STEP = 2, 2
"""Between angles; the first search takes every second of them."""
ALL_DEG = range(-82, 83, STEP_DEG)
OFFSET_PX = 2.0
BANDS_DEG = (4, 14, 26, 40, 56, 81)
"""Borders of the bands of steepness, each of which gives its best: layers do not crowd out a
steep needle."""
PER_BAND, LEAST_SCORE = 5, 5.0
SAME_DEG, SAME_PX = 9.0, 5.0
"""A second stretch so near to a better one is the same."""
NEAR_DEG, NEAR_PX = 2, np.arange(-2.0, 2.1, 0.5, dtype=np.float32)
"""How far from a stretch a better one is searched for."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a straight line, in pixels of the ridges."""

    score: float
    """Sum of what each of its pixels brings, in standard deviations."""
    angle_deg: float
    """Positive when it falls to the right."""
    start: tuple[float, float]
    """Its left end."""
    end: tuple[float, float]

    def scaled(self, factor: float) -> "Segment":
        """The same stretch in a picture so many times as large."""
        (ax, ay), (bx, by) = self.start, self.end
        start, end = (ax * factor, ay * factor), (bx * factor, by * factor)
        return Segment(self.score, self.angle_deg, start, end)

    @property
    def middle(self) -> tuple[float, float]:
        """Half way between its ends."""
        return (self.start[0] + self.end[0]) / 2, (self.start[1] + self.end[1]) / 2


def straight_between(one: tuple[float, float], other: tuple[float, float]) -> Segment:
    """The stretch from one point to another, without a score."""
    start, end = sorted((one, other))
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    return Segment(0.0, angle, start, end)


class SegmentSearch:
    """The search of one picture's ridges for lines at some angles."""

    def __init__(self, ridges: Ridges, angles_deg: Sequence[int] = ALL_DEG) -> None:
        """`angles_deg` rise by STEP_DEG."""
        rows, columns = ridges.xx.shape
        self._angles = np.array(angles_deg)
        radians = np.radians(self._angles)
        self._directions = np.stack([np.cos(radians), np.sin(radians)], 1)
        self._planes = Planes(ridges, radians)
        self._centre = columns / 2, rows / 2

    def candidates(self) -> list[Segment]:
        """The best stretches of every band of steepness, the best of a band first."""
        reach = math.hypot(*self._centre)
        offsets = np.arange(-reach, reach, OFFSET_PX, dtype=np.float32)
        every = np.arange(0, self._angles.size, COARSE_STEP)
        found = np.zeros((every.size, offsets.size, 3), np.float32)
        planes = self._planes.at(every)
        _scan(planes, every, self._directions, offsets, round(TOLL * UNIT), found)
        found[..., 0] /= UNIT
        coarse = _Coarse(self._angles[every], offsets, found, self._centre)
        return self.near([segment for band in coarse.bands() for segment in band])

    def near(self, segments: Sequence[Segment]) -> list[Segment]:
        """The best stretch within NEAR_DEG and a few pixels of each; its score may be 0."""
        if not segments:
            return []
        middles = np.array([segment.middle for segment in segments])
        angles = np.array([segment.angle_deg for segment in segments])
        nearest = np.abs(self._angles - angles[:, None]).argmin(1)
        around = np.arange(-(NEAR_DEG // STEP_DEG), NEAR_DEG // STEP_DEG + 1)
        tried = np.clip(nearest[:, None] + around, 0, self._angles.size - 1)
        found, planes = np.zeros((len(segments), 6)), self._planes.at(tried)
        _search_near(planes, self._directions, middles, tried, NEAR_PX, round(TOLL * UNIT), found)
        return [self._near(row, segment) for row, segment in zip(found, segments, strict=True)]

    def _near(self, found: Real, old: Segment) -> Segment:
        score, angle, ax, ay, bx, by = found.tolist()
        if score <= 0:
            return replace(old, score=0.0)
        return Segment(score / UNIT, float(self._angles[int(angle)]), (ax, ay), (bx, by))


@dataclass(frozen=True, slots=True, eq=False)
class _Coarse:
    """Scores of all lines: angles by offsets."""

    angles_deg: NDArray[np.int64]
    offsets: Floats
    found: Floats
    centre: tuple[float, float]

    def bands(self) -> Iterator[list[Segment]]:
        steep = np.abs(self.angles_deg)
        for flattest, steepest in pairwise(BANDS_DEG):
            inside = (steep >= flattest) & (steep < steepest)
            yield list(self._best(np.where(inside[:, None], self.found[..., 0], 0.0)))

    def _best(self, scores: Floats) -> Iterator[Segment]:
        for _ in range(PER_BAND):
            angle, line = np.unravel_index(int(scores.argmax()), scores.shape)
            if scores[angle, line] <= LEAST_SCORE:
                return
            segment = _segment(
                float(self.angles_deg[angle]),
                self.offsets[line],
                self.found[angle, line],
                self.centre,
            )
            yield segment
            places = np.array([segment.start, segment.middle, segment.end]) - self.centre
            _forget(scores, self.angles_deg, self.offsets, segment.angle_deg, places)


def _segment(
    angle_deg: float, offset: np.float32, found: Floats, centre: tuple[float, float]
) -> Segment:
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    score, begin, end = found.tolist()
    x, y = centre[0] - s * float(offset), centre[1] + c * float(offset)
    return Segment(score, angle_deg, (x + c * begin, y + s * begin), (x + c * end, y + s * end))


@compiled
def _forget(
    scores: Floats, angles_deg: Ints, offsets: Floats, angle_deg: float, places: Real
) -> None:
    """Leave no score to lines at nearly this angle near one of these places from the centre."""
    for angle in range(angles_deg.size):
        if abs(angles_deg[angle] - angle_deg) >= SAME_DEG:
            continue
        radians = math.radians(angles_deg[angle])
        for place in range(places.shape[0]):
            across = math.cos(radians) * places[place, 1] - math.sin(radians) * places[place, 0]
            for line in range(offsets.size):
                if abs(offsets[line] - across) < SAME_PX:
                    scores[angle, line] = 0.0


@inlined
def _walk(
    plane: Plane, c: float, s: float, x0: float, y0: float, toll: int
) -> tuple[int, float, float]:
    """Sum, start and end of the best stretch of the line through (x0, y0) along (c, s).

    It chooses without branching: no processor foresees which way such a sum goes.
    """
    rows, columns = plane.shape
    ta, tb = (1.0 - x0) / c, (columns - 2.0 - x0) / c
    first, last = min(ta, tb), max(ta, tb)
    if s != 0.0:
        ta, tb = (1.0 - y0) / s, (rows - 2.0 - y0) / s
        first, last = max(first, min(ta, tb)), min(last, max(ta, tb))
    elif not 1.0 <= y0 <= rows - 2.0:
        last = first
    most, begin, end, total, start = 0, 0, 0, 0, 0
    x, y = int((x0 + c * first + 0.5) * 65536.0), int((y0 + s * first + 0.5) * 65536.0)
    dx, dy = int(c * 65536.0), int(s * 65536.0)
    for k in range(max(int(last - first), 0)):
        total += plane[np.uint64(y >> 16), np.uint64(x >> 16)] - toll
        start = start if total >= 0 else k + 1
        total = max(total, 0)
        better = total > most
        most = total if better else most
        begin = start if better else begin
        end = k if better else end
        x += dx
        y += dy
    return most, first + begin, first + end


@compiled
def _scan(
    planes: Plane, tried: Ints, directions: Real, offsets: Floats, toll: int, best: Floats
) -> None:
    """Fill `best` (tried angles, offsets, 3): sum, start and end."""
    rows, columns = planes.shape[1:]
    for k in range(tried.size):
        angle = tried[k]
        plane, c, s = planes[angle], directions[angle, 0], directions[angle, 1]
        for line in range(offsets.size):
            x0, y0 = 0.5 * columns - s * offsets[line], 0.5 * rows + c * offsets[line]
            most, begin, end = _walk(plane, c, s, x0, y0, toll)
            best[k, line, 0], best[k, line, 1], best[k, line, 2] = most, begin, end


@compiled
def _search_near(
    planes: Plane,
    directions: Real,
    middles: Real,
    tried: Ints,
    offsets: Floats,
    toll: int,
    best: Real,
) -> None:
    """Fill `best` (lines, 6): sum, angle and both ends of the best line near each."""
    for line in range(middles.shape[0]):
        for angle in tried[line]:
            plane, c, s = planes[angle], directions[angle, 0], directions[angle, 1]
            for k in range(offsets.size):
                x0, y0 = middles[line, 0] - s * offsets[k], middles[line, 1] + c * offsets[k]
                most, begin, end = _walk(plane, c, s, x0, y0, toll)
                if most > best[line, 0]:
                    best[line, 0], best[line, 1] = most, angle
                    best[line, 2], best[line, 3] = x0 + c * begin, y0 + s * begin
                    best[line, 4], best[line, 5] = x0 + c * end, y0 + s * end
