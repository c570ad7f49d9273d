"""The depth ruler beside the picture: its step to a part of a pixel, and what a step may mean.

The step is measured; what it means in millimetres is decided from evidence and may stay open.
Which every how many marks is longer, how wide linear probes are and how deep curved ones look
are plausible readings, not facts: a person confirms the scale before it is used. Pure.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point, is_plausible
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.processing.labels import read_unit
from guidance_app.processing.outline import Floats
from guidance_app.processing.sector import area_mask
from guidance_app.processing.ticks import CONTRAST, Row, brightest, find_rows, lift

DEPTH_COVERED = 0.5
"""Part of the picture's depth that a ruler runs along at least."""
OVERHANG = 0.12
"""How far a ruler may reach over the picture, as a part of the picture's height."""
REACH = 0.25
"""Farthest place of a ruler from the picture, as a part of the frame's width."""
RIM = 5
"""Width of the picture's rim, half of it inside."""
DRAWN_SIGMA_PX = 0.29
"""Marks are drawn on whole pixels: 1 sigma of a rounding."""
MOST_ALIKE = 40
STEEP = math.radians(8)

Readings: TypeAlias = tuple[tuple[float, float], ...]

TENTHS = 10
USUAL_MM: dict[int, Readings] = {
    10: ((1.0, 1.0), (0.5, 0.1), (5.0, 0.1)),
    5: ((2.0, 1.0), (10.0, 0.5), (1.0, 0.3)),
    4: ((2.5, 1.0), (5.0, 0.5)),
    2: ((5.0, 1.0), (10.0, 0.3), (2.5, 0.1)),
    1: ((10.0, 1.0), (5.0, 0.6), (1.0, 0.3), (2.0, 0.3), (20.0, 0.2), (2.5, 0.1)),
}
"""By every how many marks is longer: millimetres from mark to mark, and how usual (ours)."""
UNHEARD_OF = 0.02
"""Left of a reading for a picture that no usual probe makes, so that it is still offered."""
SURE = 0.95
LARGER, SLIGHTLY_LARGER = 1.3, 1.12
AGREEMENT = 0.7
"""Larger marks where larger ones are expected, of all that are either."""
FEWEST_FOR_PERIOD = 4


@dataclass(frozen=True, slots=True)
class Ruler:
    """Equally spaced marks and the scales that they may mean, the likeliest first."""

    ticks_px: tuple[Point, ...]
    spacing_px: float
    sigma_percent: float
    """1 sigma of the spacing, and so of each scale, from the fit and the rounding of marks."""
    major_every: int
    """Every how many marks one is longer; 1 when all are alike."""
    candidates_mm_per_px: tuple[float, ...]
    ambiguous: bool
    """Whether the evidence leaves more than one reading; a person must then choose."""
    how: str
    """What the first reading rests on, for a person."""

    @property
    def mm_per_px(self) -> float:
        """The likeliest scale."""
        return self.candidates_mm_per_px[0]

    @property
    def readings_mm_per_px(self) -> tuple[float, ...]:
        """The scales that a person has to choose from: one where the evidence decides it."""
        return self.candidates_mm_per_px if self.ambiguous else (self.mm_per_px,)


def find_ruler(pixels: ImageU8, area: PictureArea) -> Ruler | None:
    """The ruler along the picture's depth, else one along its width, or None.

    `pixels` is the GRAY8 or BGR24 frame in which `area` was found.
    """
    bright = brightest(pixels)
    variants = _searched(bright, area)
    for turn in _turns(area, pixels.shape):
        for searched in variants:
            lifted = lift(turn.apply(searched))
            row = _best(find_rows(lifted), turn.area, lifted.shape)
            ruler = None if row is None else _read(row, turn, turn.apply(bright), area)
            if ruler is not None and not _endless(ruler):
                return ruler
    return None


def _endless(ruler: Ruler) -> bool:
    """More marks than anybody could count without longer ones among them: a pattern."""
    return ruler.major_every == 1 and len(ruler.ticks_px) > MOST_ALIKE


def _searched(bright: ImageU8, area: PictureArea) -> list[ImageU8]:
    """The frame with the picture black but for its rim, black with its rim, and as it is.

    Marks may stand on the rim, touch it, or lie inside the picture.
    """
    inside = area_mask(area, bright.shape)
    kernel = np.ones((RIM, RIM), np.uint8)
    variants = []
    for blank in (cv2.erode(inside, kernel), cv2.dilate(inside, kernel)):
        variant = bright.copy()
        variant[np.asarray(blank) > 0] = 0
        variants.append(variant)
    return [*variants, bright]


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """A turn of the frame that makes the marks run down it."""

    to_turned: Floats
    """2 x 3, frame pixels to turned pixels."""
    size: tuple[int, int]
    area: tuple[float, float, float, float]
    """Left, top, right, bottom of the picture after the turn."""

    def apply(self, pixels: ImageU8) -> ImageU8:
        """The frame, turned."""
        if np.array_equal(self.to_turned, np.eye(2, 3)):
            return pixels
        return np.asarray(cv2.warpAffine(pixels, self.to_turned, self.size))

    def back(self, points: Floats) -> Floats:
        """Turned pixels to frame pixels."""
        inverse = cv2.invertAffineTransform(self.to_turned)
        return np.asarray(points @ inverse[:, :2].T + inverse[:, 2])


def _turns(area: PictureArea, shape: tuple[int, ...]) -> list[_Turn]:
    """As it is, along each slanted side of a fan, and from left to right."""
    height, width = shape[:2]
    flipped = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    turns = [_turn(np.eye(2, 3), (width, height), area)]
    for angle in _side_angles(area):
        turned, size = _rotation(angle, width, height)
        turns.append(_turn(turned, size, area))
    return [*turns, _turn(flipped, (height, width), area)]


def _turn(to_turned: Floats, size: tuple[int, int], area: PictureArea) -> _Turn:
    outline = np.array(area.outline_px) @ to_turned[:, :2].T + to_turned[:, 2]
    low, high = outline.min(axis=0), outline.max(axis=0)
    return _Turn(to_turned, size, (low[0], low[1], high[0], high[1]))


def _side_angles(area: PictureArea) -> list[float]:
    """How far the long slanted sides of a fan lean, radians from straight down."""
    points = np.array(area.outline_px)
    sides = np.roll(points, -1, axis=0) - points
    long = np.hypot(*sides.T) > 0.3 * (area.bottom_px - area.top_px)
    leans = [math.atan2(x * math.copysign(1, y), abs(y)) for x, y in sides[long]]
    return [lean for lean in leans if STEEP < abs(lean) < math.pi / 2 - STEEP]


def _rotation(angle: float, width: int, height: int) -> tuple[Floats, tuple[int, int]]:
    """The turn that makes the direction (sin angle, cos angle) point down, nothing cut off."""
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)]) @ turn.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = math.ceil(high[0] - low[0]), math.ceil(high[1] - low[1])
    return np.hstack([turn, -low[:, None]]), size


def _best(
    rows: list[Row], area: tuple[float, float, float, float], shape: tuple[int, ...]
) -> Row | None:
    """The row that runs along the picture's depth, close to it or on its rim."""
    left, top, right, bottom = area
    reach, overhang = REACH * shape[1], OVERHANG * (bottom - top)
    for row in rows:
        beside = left - reach <= row.low_px and row.high_px <= right + reach
        within = row.along[0] >= top - overhang and row.along[-1] <= bottom + overhang
        if beside and within and row.span_px >= DEPTH_COVERED * (bottom - top):
            return row
    return None


def _read(row: Row, turn: _Turn, bright: ImageU8, area: PictureArea) -> Ruler | None:
    """None where the marks can mean no scale that pictures have."""
    across = (row.low_px + row.high_px) / 2
    points = turn.back(np.stack([np.full(len(row.along), across), row.along], axis=1))
    every, offset = _majors(row, lift(bright))
    places = np.arange(row.index[0], row.index[-1] + 1)
    major_px = row.first_px + row.step_px * places[places % every == offset]
    unit = read_unit(bright, (row.low_px, row.high_px), major_px.tolist())
    readings = _readings(row.step_px, _usual(every, unit), area)
    if not readings:
        return None
    tick_mm, certainty = readings[0]
    known = unit is not None or (every == TENTHS and tick_mm == USUAL_MM[TENTHS][0][0])
    return Ruler(
        tuple((float(x), float(y)) for x, y in points),
        row.step_px,
        100.0 * math.hypot(row.step_sigma_px / row.step_px, DRAWN_SIGMA_PX / row.span_px),
        every,
        tuple(mm / row.step_px for mm, _ in readings),
        not known or certainty < SURE,
        _how(len(points), every, unit, tick_mm),
    )


def _usual(every: int, unit: int | None) -> Readings:
    """Millimetres from mark to mark and how usual; numbers count in cm, seldom in mm."""
    if unit is None:
        return USUAL_MM[every]
    return (10.0 * unit / every, 1.0), (unit / every, 0.3)


def _how(count: int, every: int, unit: int | None, tick_mm: float) -> str:
    longer = f", every {every}th longer" if every > 1 else ""
    numbers = f", numbers rising by {unit}" if unit is not None else ""
    return f"{count} ruler marks{longer}{numbers}, taken as {tick_mm:g} mm apart"


def _readings(step_px: float, usual: Readings, area: PictureArea) -> list[tuple[float, float]]:
    """Millimetres from mark to mark with their plausibility, which sums to 1; best first."""
    possible = [(mm, often) for mm, often in usual if is_plausible(mm / step_px)]
    weights = [(mm, often * _plausible(mm / step_px, area)) for mm, often in possible]
    total = sum(weight for _, weight in weights)
    return sorted(((mm, w / total) for mm, w in weights), key=lambda reading: -reading[1])


def _plausible(mm_per_px: float, area: PictureArea) -> float:
    """How well width and depth of the picture agree with probes that exist, up to 1 (ours)."""
    depth_mm = mm_per_px * area.size_px[1]
    width_mm = mm_per_px * area.size_px[0]
    if area.shape is AreaShape.CURVED:
        return _ramp(depth_mm, (15, 40, 250, 400))
    return _ramp(width_mm, (12, 24, 62, 80)) * _ramp(depth_mm, (8, 15, 120, 250))


def _ramp(value: float, corners: tuple[float, float, float, float]) -> float:
    """1 between the inner corners, nearly 0 outside the outer ones, falling between."""
    outer_low, low, high, outer_high = corners
    rising = (value - outer_low) / (low - outer_low)
    falling = (outer_high - value) / (outer_high - high)
    return max(UNHEARD_OF, min(1.0, rising, falling) ** 3 if min(rising, falling) > 0 else 0.0)


def _majors(row: Row, lifted: ImageU8) -> tuple[int, int]:
    """Every how many marks one is longer across, and the index of the first; 1, 0 if alike."""
    sizes = np.array([_size(lifted, row, along) for along in row.along])
    every, offset = _period(row.index, sizes, LARGER)
    if every == 5:
        major = row.index % every == offset
        twice, second = _period(row.index[major] // every, sizes[major], SLIGHTLY_LARGER)
        if twice == 2:
            return TENTHS, offset + every * second
    return every, offset


def _period(index: Floats, sizes: Floats, ratio: float) -> tuple[int, int]:
    """Period and offset of the larger ones, where exactly these are larger; else 1 and 0."""
    if len(sizes) < FEWEST_FOR_PERIOD:
        return 1, 0
    ordered = np.sort(sizes)
    clear = (ordered[1:] >= ratio * ordered[:-1]) & (ordered[1:] >= ordered[:-1] + 2)
    splits = ordered[:-1][clear]
    best, agreement = (1, 0), AGREEMENT
    for larger in (sizes > split for split in splits):
        for every, offset in ((e, o) for e in (2, 4, 5, 10) for o in range(e)):
            expected = index % every == offset
            agrees = (larger & expected).sum() / (larger | expected).sum()
            if expected.sum() >= 2 and agrees > agreement:
                best, agreement = (every, offset), float(agrees)
    return best


def _size(lifted: ImageU8, row: Row, along: float) -> float:
    """How far a mark reaches across at its place, at most three times what all marks do."""
    y, x = round(along), round((row.low_px + row.high_px) / 2)
    reach = round(1.5 * (row.high_px - row.low_px + 1)) + 4
    left = max(0, x - reach)
    strip = lifted[max(0, y - 1) : y + 2, left : x + reach + 1].max(axis=0) > CONTRAST
    ends = np.flatnonzero(~strip)
    middle = x - left
    low = ends[ends < middle].max(initial=-1)
    high = ends[ends > middle].min(initial=len(strip))
    return float(high - low - 1)
