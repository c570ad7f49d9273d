"""The longest stretches of a picture that look like a straight bright line, at any angle.

Along every line of a fan of angles the stretch with the largest sum of responses, each less a
fixed toll, is found in one walk (Kadane). Coarse first; what stands out is searched again finely.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.compiled import compiled
from guidance_app.processing.needle.ridges import UNIT, Floats, Plane, Ridges

TOLL = 0.55
"""Standard deviations that a pixel must bring to be worth its place in a stretch."""
FLATTEST_DEG, STEEPEST_DEG, STEP_DEG = 4, 80, 4
OFFSET_PX = 2.0
BANDS_DEG = (4, 14, 26, 40, 56, 81)
"""Borders of the bands of steepness, each of which gives its best: layers do not crowd out a
steep needle."""
PER_BAND, LEAST_SCORE = 5, 5.0
SAME_DEG, SAME_PX = 9.0, 5.0
"""A second stretch so near to a better one is the same."""
FINE_DEG, FINE_PX = range(-3, 4), np.arange(-2.0, 2.1, 0.5, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a straight line, in pixels of the ridges."""

    score: float
    """Sum of what each of its pixels brings, in standard deviations."""
    angle_deg: int
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


class SegmentSearch:
    """The search of one picture's ridges; what was worked out for an angle is kept."""

    def __init__(self, ridges: Ridges) -> None:
        self._ridges = ridges
        self._planes: dict[int, Plane] = {}

    def candidates(self) -> list[Segment]:
        """The best stretches of every band of steepness, the best of a band first."""
        angles = [
            *range(-STEEPEST_DEG, 0, STEP_DEG),
            *range(FLATTEST_DEG, STEEPEST_DEG + 1, STEP_DEG),
        ]
        rows, columns = self._ridges.xx.shape
        reach = math.hypot(rows, columns) / 2
        offsets = np.arange(-reach, reach, OFFSET_PX, dtype=np.float32)
        found = np.stack([self.along(angle, offsets) for angle in angles])
        coarse = _Coarse(np.array(angles), offsets, found, (columns / 2, rows / 2))
        return [self.finer(segment) for band in coarse.bands() for segment in band]

    def finer(self, segment: Segment) -> Segment:
        """The best stretch within a few degrees and pixels of this one, or this one."""
        rows, columns = self._ridges.xx.shape
        best = replace(segment, score=0.0)
        for angle in (segment.angle_deg + step for step in FINE_DEG):
            c, s = _direction(angle)
            x, y = segment.middle
            offsets = FINE_PX + np.float32(c * (y - rows / 2) - s * (x - columns / 2))
            found = self.along(angle, offsets)
            line = int(found[:, 0].argmax())
            if found[line, 0] > best.score:
                best = _segment(angle, offsets[line], found[line], (columns / 2, rows / 2))
        return best

    def along(self, angle_deg: int, offsets: Floats) -> Floats:
        """(offsets, 3): score, start and end of the best stretch of each line at this angle.

        Lines lie so many pixels beside the middle of the picture; start and end are counted
        along the line from there.
        """
        found = np.zeros((offsets.size, 3), np.float32)
        c, s = _direction(angle_deg)
        _walk(self._plane(angle_deg), c, s, offsets, round(TOLL * UNIT), found)
        found[:, 0] /= UNIT
        return found

    def _plane(self, angle_deg: int) -> Plane:
        if angle_deg not in self._planes:
            self._planes[angle_deg] = self._ridges.plane(math.radians(angle_deg))
        return self._planes[angle_deg]


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
                int(self.angles_deg[angle]),
                self.offsets[line],
                self.found[angle, line],
                self.centre,
            )
            yield segment
            self._forget(segment, scores)

    def _forget(self, segment: Segment, scores: Floats) -> None:
        """Leave no score to lines that are nearly this one."""
        near = np.abs(self.angles_deg - segment.angle_deg) < SAME_DEG
        angles = np.radians(self.angles_deg[near])[:, None]
        for x, y in (segment.start, segment.middle, segment.end):
            across = np.cos(angles) * (y - self.centre[1]) - np.sin(angles) * (x - self.centre[0])
            scores[near] *= np.abs(self.offsets - across) >= SAME_PX


def _direction(angle_deg: int) -> tuple[float, float]:
    return math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))


def _segment(
    angle_deg: int, offset: np.float32, found: Floats, centre: tuple[float, float]
) -> Segment:
    c, s = _direction(angle_deg)
    score, begin, end = found.tolist()
    x, y = centre[0] - s * float(offset), centre[1] + c * float(offset)
    return Segment(score, angle_deg, (x + c * begin, y + s * begin), (x + c * end, y + s * end))


@compiled
def _walk(plane: Plane, c: float, s: float, offsets: Floats, toll: int, best: Floats) -> None:
    rows, columns = plane.shape
    for line in range(offsets.size):
        x0, y0 = 0.5 * columns - s * offsets[line], 0.5 * rows + c * offsets[line]
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
            total += plane[y >> 16, x >> 16] - toll
            if total < 0:
                total, start = 0, k + 1
            elif total > most:
                most, begin, end = total, start, k
            x += dx
            y += dy
        best[line, 0], best[line, 1], best[line, 2] = most, first + begin, first + end
