"""Where a shaft ends: which of its ends is the tip, how surely, and whether it is seen at all.

From a point that is sure to be shaft one walks along it both ways. Each step is likelier with or
without a shaft, by how much brighter the line is there than its two sides: with one it should be
as bright as it is around the candidate's middle, without one it is what lines beside it are. What
crosses the shaft is straightened first, so that it is as bright beside it as on it. `ends` tells
from the sums where the shaft ends. Lengths are in units (see `courses`) and rows of STEP of them;
no scale is needed.
"""

import math
from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point
from guidance_app.processing.needle.courses import STEP, Course, reach, strip
from guidance_app.processing.needle.ends import End, Walk, end_of
from guidance_app.processing.needle.found_tip import Tip
from guidance_app.processing.needle.ridges import Floats, Mask, Real
from guidance_app.processing.needle.shaft import (
    ACROSS,
    ALONG_UNITS,
    KERNEL_HALF,
    LEAST_UNITS,
    Shaft,
    averaged,
    bent,
    crests,
    fit_bend,
)

HALF = 26
"""Units beside the shaft that are looked at."""
NEAR, CREST = 9, 4
"""Units beside it in which its crest is looked for once more: to fit it, and to tell where it
ends."""
CLEAR = 8
"""Units beside it from which on a line lies clear of it."""
OWN = 13
"""Units beside the shaft that are taken for its own: copies of its echo hang below."""
_TAPER = np.cos(np.arange(-OWN, OWN + 1) * (math.pi / 2 / (OWN + 1))) ** 2
RIM = 8
"""Units along the border of the strip that are no line: one of their sides is missing."""
_BESIDE = np.r_[RIM : HALF - CLEAR, HALF + CLEAR + 1 : 2 * HALF + 1 - RIM]
_SPREAD_OUT = np.r_[0 : HALF - CLEAR : 2, HALF + CLEAR + 1 : 2 * HALF + 1 : 2]
CROSSING, CROSSING_UNITS = 4, 30.0
"""Units around the shaft that do not tell how crossing structures run, and the length over which
they are taken to run alike."""
STEEPEST, LEVELLING = 2.5, 0.15
"""Units along the shaft per unit aside: a structure that runs nearer to its direction is its own
rival; and how much a picture without structure counts for straight across."""
NOISE_UNITS = 30.0
"""Over which the level of noise is measured."""
LEAST_NOISE = 0.3
"""Grey levels: rounding alone makes as much."""
LEAST_SPREAD = 3.0
"""Grey levels: added to how far the brightness of a shaft varies."""
SMOOTH_UNITS = 5.0
"""Over which all that is looked at is averaged along the shaft."""
TOO_HIGH = (1.5, 2.5)
"""Times the usual height: the echo of a tip is up to twice as high; from the second on it is
something else."""
UNEVEN = 0.4
"""1 sigma of a shaft's height, of itself: its echo is uneven."""
TAILS = 4
"""Degrees of freedom of Student's t: tissue has bright spots more often than a bell has."""
TOGETHER = 3.0
"""Sigmas of a speckle over which what is seen is one thing, not two: the area of a bell, and
the averaging."""
LONGEST_LAG, LEAST_SPECKLE, MOST_SPECKLE = 5, 1.2, 8.0
"""Steps, and units of sigma, between which a speckle's length is measured."""
LEVEL = 0.1
"""Fall over length: a flatter needle does not tell by its depth which end is its tip."""
AS_PLANNED = 0.9
"""Cosine to the planned direction: such a needle goes the planned way."""
BESIDE_END = 6.0
"""Sigmas of a speckle: over so much the height before an end and after it is averaged; where the
picture ends before that a shaft goes on unseen."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The picture along a shaft and beyond both its ends, in rows STEP units apart."""

    first: int
    """Units before the start of the shaft's course at which the rows begin."""
    part: slice
    """Rows along the candidate."""
    heights: Floats
    """(rows, columns): how much it looks like a shaft, once what crosses runs straight across."""
    brightness: Real
    """Grey level of each row on the line itself, as it is."""
    speckle: float
    """Sigma of a speckle along the shaft, in rows."""

    @property
    def middle(self) -> int:
        """The row that is sure to be shaft."""
        return int(self.part.start + self.part.stop) // 2

    def place_px(self, row: float, shaft: Shaft) -> float:
        """How far along the shaft's base line a row lies."""
        return (self.first + row * STEP) * shaft.unit_px


def find_tip(grey: ImageU8, inside: Mask, shaft: Shaft, planned: Point | None = None) -> Tip | None:
    """The tip of a shaft that was refined in this picture; None where none of it is seen.

    The shaft of what it returns may be looked at once more, for the last bit of sharpness.
    `planned` is the direction in which a needle is meant to go, a unit vector.
    """
    seen = _look(grey, inside, shaft)
    rows = _walk(seen)
    if rows.usual <= 0.0:
        return None
    walks = [rows.outwards(seen.middle, way) for way in (-1, 1)]
    ends = [end_of(walk, seen.speckle) for walk in walks]
    if (ends[0].row + ends[1].row) * STEP < LEAST_UNITS:
        return None
    fitted = _between(shaft, seen, rows.usual, ends)
    last = int(_ends_at_tip(inside, fitted.course, planned))
    return Tip(
        fitted if last else fitted.reversed,
        spread_px=ends[last].spread * STEP * shaft.unit_px,
        contrast=rows.usual / float(np.median(rows.noise)),
        step=_step(walks[last], ends[last], seen.speckle),
        speckle_px=seen.speckle * STEP * shaft.unit_px,
        runner_up_share=ends[last].share,
    )


def _look(grey: ImageU8, inside: Mask, shaft: Shaft) -> _Seen:
    course, unit = shaft.course, shaft.unit_px
    (c, s), length = course.heading, course.length_px
    before = reach(inside, course.point(0.0), (-c, -s), unit)
    after = reach(inside, course.point(length), (c, s), unit)
    along = np.arange(-before, length / unit + after, STEP)
    across = np.arange(-HALF, HALF + 1)
    levels = strip(grey, inside, course, along * unit, across * unit)
    first = before // STEP
    part = slice(first, min(first + max(int(length / unit / STEP), 4), along.size))
    heights = _heights(_straightened(levels), part)
    brightness = averaged(_on_line(levels)[:, None], SMOOTH_UNITS)[:, 0]
    return _Seen(-before, part, heights, brightness, _speckle(levels))


def _on_line(columns: Floats) -> Floats:
    """Mean of a strip's three middle columns."""
    return np.asarray(columns[:, HALF - 1 : HALF + 2].mean(1), np.float32)


def _heights(levels: Floats, part: slice) -> Floats:
    """How much each pixel of a strip looks like the middle of a shaft: like a ridge, and like
    the mean of the candidate across, with what hangs below it."""
    around = slice(HALF - OWN, HALF + OWN + 1)
    own = levels[_core(part), around].mean(0)
    own = (own - _TAPER @ own / _TAPER.sum()) * _TAPER
    own /= max(float(np.abs(own).sum()), 1e-6)
    own[OWN - KERNEL_HALF : OWN + KERNEL_HALF + 1] += ACROSS / np.abs(ACROSS).sum()
    return np.asarray(cv2.filter2D(levels, cv2.CV_32F, own[None].astype(np.float32)), np.float32)


def _core(part: slice) -> slice:
    """The middle half of a part."""
    quarter = (part.stop - part.start) // 4
    return slice(part.start + quarter, part.stop - quarter)


def _straightened(levels: Floats) -> Floats:
    """A strip in which what crosses its middle runs straight across; its middle stays."""
    smooth = cv2.GaussianBlur(levels, (0, 0), 1.2, sigmaY=1.2 / STEP)
    lean = _lean(np.asarray(smooth, np.float32))
    aside = np.arange(-HALF, HALF + 1, dtype=np.float32)
    rows = np.arange(levels.shape[0], dtype=np.float32)[:, None] + np.outer(lean / STEP, aside)
    columns = np.broadcast_to(aside + HALF, levels.shape)
    return np.asarray(
        cv2.remap(
            levels,
            np.ascontiguousarray(columns, np.float32),
            rows.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )


def _lean(smooth: Floats) -> Real:
    """Units along per unit aside by which structures around each row lean; 0 straight across."""
    there = smooth[:, RIM:-RIM]
    along = cv2.Sobel(there, cv2.CV_32F, 0, 1, ksize=3, scale=1 / STEP)
    aside = cv2.Sobel(there, cv2.CV_32F, 1, 0, ksize=3)
    middle = HALF - RIM
    along[:, middle - CROSSING : middle + CROSSING + 1] = 0.0
    pairs = ((along, along), (along, aside), (aside, aside))
    sums = np.stack([np.einsum("rc,rc->r", *pair) for pair in pairs], 1)
    steep, mixed, flat = averaged(sums, CROSSING_UNITS).T
    lean = -mixed / (steep + LEVELLING * (steep + flat) + 1e-3)
    smoothed = averaged(np.clip(lean, -STEEPEST, STEEPEST, dtype=np.float32)[:, None], ALONG_UNITS)
    return np.asarray(smoothed[:, 0])


def _speckle(levels: Floats) -> float:
    """Sigma of a speckle along a strip, in rows: of the bell that its likeness to itself is."""
    clear = levels[:, _SPREAD_OUT]
    rough = clear - averaged(clear, 40.0)
    power = float((rough * rough).mean())
    if power <= 0.0:
        return MOST_SPECKLE / STEP
    like = 1.0
    for lag in range(1, LONGEST_LAG):
        last, like = like, float((rough[lag:] * rough[:-lag]).mean()) / power
        if like < 0.6:
            rows = lag - 1 + (last - 0.6) / (last - like)
            return min(max(rows, LEAST_SPECKLE / STEP), MOST_SPECKLE / STEP)
    return MOST_SPECKLE / STEP


def _walk(seen: _Seen) -> Walk:
    """What each row of the strip tells."""
    heights = averaged(seen.heights, SMOOTH_UNITS)
    shaft, beside = _on_line(heights), heights[:, _BESIDE]
    power = (beside * beside).mean(1)
    local = averaged(power[:, None], NOISE_UNITS)[:, 0]
    noise = np.sqrt(np.maximum((local + np.median(power)) / 2, 0.0)) + LEAST_NOISE
    usual = float(np.median(shaft[_core(seen.part)]))
    odds = _odds(shaft, usual, noise) / (TOGETHER * seen.speckle)
    brighter = _brighter(seen.brightness, seen.brightness[_core(seen.part)])
    odds = np.where(odds < 0.0, odds * (1.0 - _covered(brighter)), odds)
    return Walk(odds, usual, shaft, noise, _aside(heights), brighter)


def _aside(heights: Floats) -> Real:
    """Units by which the crest of each row lies beside the line."""
    near = heights[:, HALF - CREST : HALF + CREST + 1]
    return np.asarray(np.abs(near.argmax(1) - float(CREST)))


def _brighter(brightness: Real, shaft: Real) -> Real:
    """How much brighter each row is than the shaft, in standard deviations of that."""
    usual = np.median(shaft)
    spread = 1.48 * np.median(np.abs(shaft - usual)) + LEAST_SPREAD
    return np.asarray((brightness - usual) / spread)


def _covered(brighter: Real) -> Real:
    """How far each row is as bright as the shaft: there one may run on under what crosses it."""
    darker = np.clip(-brighter, -9.0, 9.0)
    return np.asarray(1.0 / (1.0 + np.exp(math.pi / math.sqrt(3.0) * darker)))


def _odds(shaft: Real, usual: float, noise: Real) -> Real:
    """Of the two Student's t; what is higher than usual never speaks against a shaft, and what is
    much higher not for it either."""
    uneven = np.sqrt(noise**2 + (UNEVEN * usual) ** 2)
    odds = _log_likely(shaft - usual, uneven) - _log_likely(shaft, noise)
    times = shaft / max(usual, LEAST_NOISE)
    held = np.clip((TOO_HIGH[1] - times) / (TOO_HIGH[1] - TOO_HIGH[0]), 0.0, 1.0)
    return np.asarray(np.where(times > 1.0, np.maximum(odds, 0.0), odds) * held)


def _log_likely(off: Real, spread: Real) -> Real:
    return np.asarray(-0.5 * (TAILS + 1) * np.log1p((off / spread) ** 2 / TAILS) - np.log(spread))


def _between(shaft: Shaft, seen: _Seen, usual: float, ends: list[End]) -> Shaft:
    """The shaft fitted once more, between its ends."""
    first, last = seen.middle - ends[0].row, seen.middle + ends[1].row
    rows = slice(max(round(first), 0), min(round(last) + 1, seen.heights.shape[0]))
    near = averaged(seen.heights[rows, HALF - NEAR : HALF + NEAR + 1], ALONG_UNITS)
    beside, height = crests(near, np.zeros(near.shape[0]), 3)
    bend, covariance = fit_bend(beside, np.clip(height / usual, 0.0, 1.5), STEP)
    unit = shaft.unit_px
    places = seen.place_px(first, shaft), seen.place_px(last, shaft)
    course = bent(shaft.course, places, bend * unit)
    return Shaft(course, unit, covariance * unit**2)


def _ends_at_tip(inside: Mask, course: Course, planned: Point | None) -> bool:
    """Whether the end of a course is the tip: it lies deeper, or further from the border; along
    the plan it lies ahead."""
    along = planned[0] * course.heading[0] + planned[1] * course.heading[1] if planned else 0.0
    if abs(along) > AS_PLANNED:
        return along > 0.0
    start, end = course.point(0.0), course.point(course.length_px)
    fall = (end[1] - start[1]) / course.length_px
    if abs(fall) > LEVEL:
        return fall > 0.0
    (c, s) = course.heading
    return reach(inside, end, (c, s), 1.0) >= reach(inside, start, (-c, -s), 1.0)


def _step(walk: Walk, end: End, speckle: float) -> float | None:
    """How far the shaft's height falls at its end, in noise; None where the picture ends there."""
    beside, row = round(BESIDE_END * speckle), max(round(end.row), 1)
    beyond = round(end.row + 2.0 * speckle) + 1
    if beyond + beside > walk.heights.size:
        return None
    before, after = walk.heights[max(row - beside, 0) : row], walk.heights[beyond:][:beside]
    return float(before.mean() - after.mean()) / float(walk.noise[row])
