"""From the envelope to grey values, and from beams to the pixels of a picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.imaging.beams import Beams, Line
from simulators.imaging.march import Floats
from simulators.imaging.passes import calm
from simulators.imaging.settings import Settings
from simulators.imaging.tiles import another_part

Point: TypeAlias = tuple[float, float]
Map: TypeAlias = NDArray[np.integer | np.floating]
Band: TypeAlias = tuple[tuple[slice, slice], Map, Map]
"""Rows and columns of a picture, and the maps of what they show."""
BAND_ROWS = 48
NOWHERE = -9.0
"""Line and sample that there is not."""


@dataclass(frozen=True, slots=True)
class PixelGrid:
    """Where a picture of so many pixels lies in the image plane: as large as it fits, centred."""

    width_px: int
    height_px: int
    mm_per_px: float
    top_mm: float
    """z of the picture's upper border."""

    def to_mm(self, point_px: Point) -> Point:
        """A point of the picture (pixel centres at whole numbers) in mm of probe space, (x, z)."""
        x = (point_px[0] + 0.5 - 0.5 * self.width_px) * self.mm_per_px
        return x, self.top_mm + (point_px[1] + 0.5) * self.mm_per_px

    def to_px(self, point_mm: Point) -> Point:
        """The inverse."""
        u = point_mm[0] / self.mm_per_px + 0.5 * self.width_px - 0.5
        return u, (point_mm[1] - self.top_mm) / self.mm_per_px - 0.5


def fit_grid(beams: Beams, width_px: int, height_px: int) -> PixelGrid:
    """The largest picture of these beams in so many pixels."""
    top_mm = beams.top_mm()
    across = beams.width_mm() / width_px
    down = (beams.depth_mm - top_mm) / height_px
    return PixelGrid(width_px, height_px, max(across, down), top_mm)


Share: TypeAlias = NDArray[np.float32]
"""Of a look in each pixel of the picture."""
SPECKLE = np.float32(math.pi**2 / 24.0)
"""Variance of the logarithm of fully developed speckle."""
CALM_WINDOW = (7, 3)
"""Samples and lines over which a console looks whether more than speckle is there."""
GRAIN, GRAIN_ONE, GRAIN_SPARE = 4.0, 128, 64
"""Noise of the pixels, in parts of so many of their value; rows and columns of it beyond a
picture's."""
KEPT = np.float32(0.4)
"""Share of speckle's variation that it leaves."""
FADING_LINES = 16.0
"""Over which a tilted look fades towards its sides, so that they do not show."""


class Display:
    """Draws the picture of one probe at one size."""

    def __init__(self, beams: Beams, settings: Settings, grid: PixelGrid) -> None:
        self._settings = settings
        line, sample = _places(beams, grid)
        self.inside = beams.holds(line, sample)
        """Pixels that beams reach."""
        self.weight = _weight(beams, line) * self.inside
        """How much each pixel is to be believed; straight beams all alike."""
        self._grain = _grain(grid)
        self._bands = _bands(*_maps(beams, line, sample, self.inside), self.inside)

    def draw(self, envelope: Floats, number: int) -> ImageU8:
        """Grey values, 0 beside the beams; `number` picks the grain."""
        grey = compress(envelope, self._settings)
        rows, columns = self.inside.shape
        picture = np.zeros((rows, columns), np.uint8)
        for place, first, second in self._bands:
            cv2.remap(grey, first, second, cv2.INTER_LINEAR, dst=picture[place])
        grain = another_part(self._grain, rows, columns, number)
        return np.asarray(cv2.multiply(picture, grain, scale=1.0 / GRAIN_ONE), np.uint8)


def _grain(grid: PixelGrid) -> ImageU8:
    rng = np.random.default_rng(8)
    shape = grid.height_px + GRAIN_SPARE, grid.width_px + GRAIN_SPARE
    return np.asarray(GRAIN_ONE + GRAIN * rng.standard_normal(shape, np.float32), np.uint8)


def compress(envelope: Floats, settings: Settings) -> ImageU8:
    """Grey values of an envelope, black at the lower end of the range."""
    floor = np.float32(10.0 ** ((-settings.range_db - settings.gain_db) / 20.0))
    above = np.maximum(envelope, floor) * (np.float32(1.0) / floor)
    levels = _calmed(np.asarray(cv2.log(above), np.float32))
    scale = 255.0 * 20.0 / (math.log(10.0) * settings.range_db)
    return np.asarray(cv2.LUT(cv2.convertScaleAbs(levels, alpha=scale), _CURVE), np.uint8)


def _calmed(levels: Floats) -> Floats:
    """Less of what varies no more than speckle does, all of what varies more (Lee 1980)."""
    mean, power = _mean(levels), _mean(levels * levels)
    calm(levels, mean, power, SPECKLE, KEPT)
    return levels


def _mean(levels: Floats) -> Floats:
    return np.asarray(cv2.blur(levels, CALM_WINDOW), np.float32)


def shares(displays: Sequence[Display]) -> list[Share]:
    """What each look, the straight one first, gives of each pixel that the straight one reaches."""
    total = np.maximum(sum(one.weight for one in displays), 1.0)
    return [(one.weight * displays[0].inside / total).astype(np.float32) for one in displays]


def average(pictures: Sequence[ImageU8], shares: Sequence[Share]) -> ImageU8:
    """The mean of looks, each pixel by its shares."""
    if len(pictures) == 1:
        return pictures[0]
    mean = np.zeros(pictures[0].shape, np.float32)
    for picture, share in zip(pictures, shares, strict=True):
        cv2.accumulateProduct(picture.astype(np.float32), share, mean)
    return np.asarray(cv2.convertScaleAbs(mean), np.uint8)


def _places(beams: Beams, grid: PixelGrid) -> tuple[Line, Line]:
    """Line and sample of each pixel, as fractions."""
    u, v = np.arange(grid.width_px, dtype=float), np.arange(grid.height_px, dtype=float)
    x_mm: Line = (u + 0.5 - 0.5 * grid.width_px) * grid.mm_per_px
    z_mm: Line = grid.top_mm + (v + 0.5) * grid.mm_per_px
    return beams.locate(*np.meshgrid(x_mm, z_mm))


def _weight(beams: Beams, line: Line) -> Line:
    if beams.steer_rad == 0.0:
        return np.ones_like(line)
    from_side = np.minimum(line + 0.5, beams.lines - 0.5 - line)
    return np.asarray(np.clip(from_side / FADING_LINES, 0.0, 1.0))


def _maps(beams: Beams, line: Line, sample: Line, inside: NDArray[np.bool_]) -> tuple[Map, Map]:
    """For each pixel the sample and line it shows, in the form that remap is fastest with.

    Beside the beams they are NOWHERE, which remap paints black.
    """
    across, down = np.clip(line, 0, beams.lines - 1), np.clip(sample, 0, beams.samples - 1)
    first, second = cv2.convertMaps(
        np.where(inside, down, NOWHERE).astype(np.float32),
        np.where(inside, across, NOWHERE).astype(np.float32),
        cv2.CV_16SC2,
    )
    return np.asarray(first), np.asarray(second)


def _bands(first: Map, second: Map, inside: NDArray[np.bool_]) -> list[Band]:
    """The maps in bands as wide as what beams reach of them: beside a fan nothing is looked up."""
    bands: list[Band] = []
    for top in range(0, inside.shape[0], BAND_ROWS):
        rows = slice(top, top + BAND_ROWS)
        reached = np.flatnonzero(inside[rows].any(axis=0))
        if reached.size:
            place = rows, slice(reached[0], reached[-1] + 1)
            bands.append((place, first[place].copy(), second[place].copy()))
    return bands


def _grey_curve() -> ImageU8:
    """A gentle S: dark stays dark, tissue spreads over the middle greys."""
    grey = np.arange(256) / 255.0
    return np.round(255.0 * (grey**1.1)).astype(np.uint8)


_CURVE = _grey_curve()
