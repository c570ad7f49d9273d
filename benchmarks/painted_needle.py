"""Needles painted on real pictures: a line that swells and fades, its reverberation, its glow.

Nothing of it is physics; it stands in for needles in real tissue, of which there are none to fit
to. All sizes are parts of the height of the picture, and drawn over wide ranges.
"""

import math
from dataclasses import dataclass

import numpy as np
from needle_frames import Bools
from needle_scenes import Floats

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

LENGTH, STEEP_DEG, BEND = (0.3, 0.9), (6.0, 55.0), 0.03
ENTRY_ACROSS, ENTRY_DEPTH = (0.0, 0.45), (-0.05, 0.4)
THICK, GREY = (0.006, 0.016), (25.0, 110.0)
KNOTS = 8
"""Places along a needle whose brightness is drawn."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A bent line."""

    entry: Floats
    along: Floats
    length: float
    bend: float

    @property
    def below(self) -> Floats:
        across = np.array([-self.along[1], self.along[0]])
        return across if across[1] > 0 else -across

    def points(self) -> Floats:
        """(points, 2), a pixel apart."""
        gone = np.arange(0.0, self.length)
        straight = self.entry + gone[:, None] * self.along
        return np.asarray(straight + self._off(gone)[:, None] * self.below)

    def around(self, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
        """Of each pixel: how far along it lies, and how far below it."""
        y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
        x, y = x - self.entry[0], y - self.entry[1]
        along = x * self.along[0] + y * self.along[1]
        return along, x * self.below[0] + y * self.below[1] - self._off(along)

    def _off(self, along: Floats) -> Floats:
        return self.bend * self.length * (np.clip(along / self.length, 0.0, 1.0)) ** 2


def painted(grey: ImageU8, inside: Bools, rng: np.random.Generator) -> tuple[ImageU8, Floats]:
    """The picture with a needle on it, and the points of its shaft a pixel apart."""
    height, way = grey.shape[0], _way(grey.shape, rng)
    along, below = way.around(grey.shape)
    thick = rng.uniform(*THICK) * height
    shape = np.exp(-0.5 * (below / thick) ** 2)
    if rng.random() < 0.5:
        shape += _reverberation(below, thick, rng)
    if rng.random() < 0.5:
        shape += _glow(below, thick, rng)
    blurred = cv2.GaussianBlur(
        _along(along, way.length, rng) * shape, (0, 0), rng.uniform(0.8, 3.0), sigmaY=0.8
    )
    echo = rng.uniform(*GREY) * blurred * _grain(grey.shape, rng)
    return (np.clip(grey + echo, 0, 255) * inside).astype(np.uint8), way.points()


def _way(shape: tuple[int, ...], rng: np.random.Generator) -> _Way:
    """From the left or the right side down into the picture."""
    rows, columns = shape
    steep, from_left = math.radians(rng.uniform(*STEEP_DEG)), rng.random() < 0.5
    across, depth = rng.uniform(*ENTRY_ACROSS), rng.uniform(*ENTRY_DEPTH)
    entry = np.array([(across if from_left else 1.0 - across) * columns, depth * rows])
    along = np.array([math.cos(steep) * (1.0 if from_left else -1.0), math.sin(steep)])
    return _Way(entry, along, rng.uniform(*LENGTH) * rows, rng.normal(0.0, BEND))


def _along(along: Floats, length: float, rng: np.random.Generator) -> Floats:
    """Brightness along the needle, 0 before and behind it."""
    knots = np.clip(rng.normal(1.0, 0.35, KNOTS), 0.1, 2.0)
    bright = np.interp(along, np.linspace(0.0, length, KNOTS), knots)
    return np.where((along > 0) & (along < length), bright, 0.0)


def _reverberation(below: Floats, thick: float, rng: np.random.Generator) -> Floats:
    """Up to four weaker copies at equal steps."""
    steps = thick * rng.uniform(2.5, 4.0) * np.arange(1, rng.integers(3, 6))
    copies = [0.5**n * np.exp(-0.5 * ((below - s) / thick) ** 2) for n, s in enumerate(steps, 1)]
    return np.asarray(np.sum(copies, axis=0))


def _glow(below: Floats, thick: float, rng: np.random.Generator) -> Floats:
    """A veil that fades downwards."""
    fades = np.exp(-np.clip(below, 0.0, None) / (rng.uniform(3.0, 12.0) * thick))
    return np.asarray(rng.uniform(0.1, 0.5) * np.where(below > 0, fades, 0.0))


def _grain(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    noise = cv2.GaussianBlur(rng.normal(0.0, 1.0, shape), (0, 0), 2.0)
    return np.clip(1.0 + 2.0 * np.asarray(noise), 0.1, 2.0)
