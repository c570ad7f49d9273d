"""Noise that is made once and looked up for ever: speckle's scatterers, patches and strands.

All tiles repeat without a seam in every direction. Values are whole numbers of 8 bits, so that they
stay in the processor's cache.
"""

from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Tile: TypeAlias = NDArray[np.int8]
Noise = TypeVar("Noise", NDArray[np.float32], NDArray[np.uint8])

GRAIN_SHAPE = (16, 512, 512)
"""Across the slice, along the face, in depth."""
GRAIN_UNIT = 30.0
"""Value of one standard deviation of each part of a scatterer."""
PATCH_SHAPE = (64, 128, 128)
PATCH_VOXELS = 5.0
"""1 sigma of a patch."""
PATCH_UNIT = 40.0
WIDE_MM = 9.0
"""Size of what changes slowly."""
STRAND_SHAPE = (128, 256, 128)
STRAND_VOXELS = 18.0
"""1 sigma of a strand along itself; across it is 1."""


class Tiles(NamedTuple):
    """The three of them."""

    grain: Tile
    """(y, x, z, 2): complex Gaussian scatterers, each on its own."""
    patches: Tile
    """(across, along, deep): smooth, mean 0, standard deviation PATCH_UNIT."""
    strands: Tile
    """(across, along, deep): short bright lines on nothing, either sign, 127 the brightest."""


def wide_changes(tiles: Tiles, place_mm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Slow changes of tissue at places (3, ...), in standard deviations, (1, ...)."""
    scale = np.float32(2.0 * PATCH_VOXELS / WIDE_MM)
    a, b, c = (
        np.floor(place_mm[axis] * scale).astype(np.int64) % size
        for axis, size in zip((1, 0, 2), PATCH_SHAPE, strict=True)
    )
    return np.asarray(tiles.patches[a, b, c][None] / np.float32(PATCH_UNIT), np.float32)


def another_part(noise: Noise, rows: int, columns: int, number: int) -> Noise:
    """So many rows and columns of noise that is larger, others for each number."""
    first = (number * 6_151) % (noise.shape[0] - rows)
    left = (number * 3_571) % (noise.shape[1] - columns - 1)
    return noise[first : first + rows, left : left + columns]


def make_tiles(seed: int) -> Tiles:
    """The tiles of a seed; takes half a second."""
    rng = np.random.default_rng([seed, 7])
    grain = rng.standard_normal((*GRAIN_SHAPE, 2), np.float32) * GRAIN_UNIT
    patches = _smooth(rng.standard_normal(PATCH_SHAPE, np.float32), (PATCH_VOXELS,) * 3)
    return Tiles(
        _whole(grain), _whole(patches * (PATCH_UNIT / patches.std())), _whole(_strands(rng))
    )


def _strands(rng: np.random.Generator) -> NDArray[np.float32]:
    """One voxel in three thousand holds a strand; few are bright."""
    hit = rng.random(STRAND_SHAPE, np.float32) < 1.0 / 3000.0
    strength = rng.exponential(0.3, STRAND_SHAPE) * np.sign(rng.random(STRAND_SHAPE) - 0.5)
    points = np.where(hit, strength, 0.0).astype(np.float32)
    lines = _smooth(points, (1.0, STRAND_VOXELS, 0.8))
    peak = 1.0 / (np.sqrt(2.0 * np.pi) ** 3 * STRAND_VOXELS * 0.8)
    return np.asarray(lines / peak * 127.0, np.float32)


def _smooth(field: NDArray[np.float32], sigma: tuple[float, ...]) -> NDArray[np.float32]:
    """Blurred by a Gaussian that goes on at the other side."""
    axes = range(field.ndim)
    spectrum = np.fft.rfftn(field)
    for axis, (count, width) in enumerate(zip(field.shape, sigma, strict=True)):
        last = axis == field.ndim - 1
        frequency = np.fft.rfftfreq(count) if last else np.fft.fftfreq(count)
        bell = np.exp(-2.0 * (np.pi * width * frequency) ** 2)
        spectrum *= bell.reshape([-1 if a == axis else 1 for a in range(field.ndim)])
    return np.asarray(np.fft.irfftn(spectrum, field.shape, axes), np.float32)


def _whole(values: NDArray[np.float32]) -> Tile:
    return np.clip(np.round(values), -127, 127).astype(np.int8)
