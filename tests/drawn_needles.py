"""Speckled pictures with one needle in them, drawn for tests: where it lies is known exactly.

Echoes of random scatterers and of the needle are blurred together by a point spread that is wider
along the rows, and shown in decibels, as a console does.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point

Field = NDArray[np.complex128]
GREY_PER_DB, TISSUE_GREY = 4.0, 90.0


@dataclass(frozen=True)
class DrawnNeedle:
    """A needle and the picture around it; pixels."""

    entry: Point = (60.0, 20.0)
    tip: Point = (420.0, 260.0)
    bend_px: float = 0.0
    """How far its ends lie to the right of its middle, seen towards the tip."""
    contrast_db: float = 14.0
    """Of the shaft over the tissue's mean power."""
    tip_glint: float = 0.5
    """Of the tip's own echo, in parts of the shaft's."""
    fades: bool = False
    """Its echo falls evenly to nothing at the tip."""
    fascia: tuple[float, ...] = ()
    """Parts of its length at which bright layers cross it."""
    seed: int = 1
    shape: tuple[int, int] = (480, 640)

    def points(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2): at these parts of its length."""
        entry, tip = np.array(self.entry), np.array(self.tip)
        c, s = (tip - entry) / math.dist(self.entry, self.tip)
        aside = self.bend_px * ((2.0 * share - 1.0) ** 2 - 1.0)
        return entry + np.outer(share, tip - entry) + np.outer(aside, (-s, c))

    @property
    def angle_at_tip_rad(self) -> float:
        """Its direction there."""
        near, end = self.points(np.array([0.999, 1.0]))
        return math.atan2(end[1] - near[1], end[0] - near[0])

    def without_tip(self) -> "DrawnNeedle":
        """Running on beyond the border of the picture."""
        entry, tip = np.array(self.entry), np.array(self.tip)
        x, y = (entry + 4.0 * (tip - entry)).tolist()
        return replace(self, tip=(x, y), tip_glint=0.0)


def draw(needle: DrawnNeedle) -> ImageU8:
    """The picture."""
    rng = np.random.default_rng(needle.seed)
    tissue = _blurred(rng.standard_normal(needle.shape) + 1j * rng.standard_normal(needle.shape))
    tissue /= np.sqrt((np.abs(tissue) ** 2).mean())
    shaft = _shaft(needle, rng)
    field = tissue + shaft + _layers(needle, rng)
    decibels = 20.0 * np.log10(np.maximum(np.abs(field), 1e-3))
    return np.clip(TISSUE_GREY + GREY_PER_DB * decibels, 0, 255).astype(np.uint8)


def _shaft(needle: DrawnNeedle, rng: np.random.Generator) -> Field:
    length = math.dist(needle.entry, needle.tip)
    share = np.linspace(0.0, 1.0, int(2 * length))
    knots = np.arange(0.0, length + 40.0, 40.0)
    uneven = np.exp(0.25 * np.interp(share * length, knots, rng.standard_normal(knots.size)))
    strength = uneven * (1.0 - share if needle.fades else 1.0)
    line = _blurred(_put(needle.shape, needle.points(share), strength))
    usual = np.abs(_blurred(_put(needle.shape, needle.points(share), np.ones_like(share)))).max()
    point = _blurred(_put(needle.shape, needle.points(np.ones(1)), np.ones(1)))
    glint = needle.tip_glint * point / max(np.abs(point).max(), 1e-12)
    return np.asarray(10.0 ** (needle.contrast_db / 20.0) * (line / usual + glint))


def _layers(needle: DrawnNeedle, rng: np.random.Generator) -> Field:
    field = np.zeros(needle.shape, np.complex128)
    for x, y in needle.points(np.array(needle.fascia)):
        across = np.linspace(-60.0, 60.0, 400)
        places = np.column_stack([x + across, y - 0.3 * across])
        layer = _blurred(_put(needle.shape, places, np.ones_like(across)))
        turn = np.exp(2j * np.pi * rng.random())
        field += 10.0 ** ((needle.contrast_db + 3.0) / 20.0) * turn * layer / np.abs(layer).max()
    return field


def _put(
    shape: tuple[int, int], places: NDArray[np.float64], strength: NDArray[np.float64]
) -> Field:
    """Echoes on the four pixels around each place."""
    field = np.zeros((shape[0] + 1, shape[1] + 1), np.complex128)
    within = (places >= 0).all(1) & (places[:, 0] < shape[1] - 1) & (places[:, 1] < shape[0] - 1)
    columns, rows = places[within].T
    left, top = columns.astype(int), rows.astype(int)
    for down in (0, 1):
        for right in (0, 1):
            share = np.abs(1 - down - (rows - top)) * np.abs(1 - right - (columns - left))
            np.add.at(field, (top + down, left + right), share * strength[within])
    return field[:-1, :-1]


def _blurred(field: Field) -> Field:
    parts = (np.ascontiguousarray(part) for part in (field.real, field.imag))
    real, imaginary = (cv2.GaussianBlur(part, (0, 0), 3.0, sigmaY=1.4) for part in parts)
    return np.asarray(real + 1j * imaginary)
