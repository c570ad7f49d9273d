"""How much a picture looks like a bright line in each direction, at each of its pixels.

A needle's shaft is a thin ridge. Second derivatives of the picture, blurred to the width of a
shaft, tell for any direction how bright a pixel is against its two sides. They are measured in
standard deviations of the whole picture in that direction, so that layered tissue, whose ridges
lie flat, has to be more than layered to stand out. Pure; any thread.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.compiled import compiled
from drivers.opencv import cv2

Floats: TypeAlias = NDArray[np.float32]
Real: TypeAlias = NDArray[np.floating[Any]]
Ints: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Plane: TypeAlias = NDArray[np.int8]

SHAFT_SIGMA_PX, SOFT_SIGMA_PX, NEIGHBOURHOOD_PX = 1.4, 0.8, 33
"""Of the blurs, and the side of the square in which brightness is made even."""
_ONCE = np.full(NEIGHBOURHOOD_PX, 1.0 / NEIGHBOURHOOD_PX)
_NEAR = np.convolve(_ONCE, _ONCE).astype(np.float32)
"""Weights of rows and of columns in the mean over a neighbourhood, twice."""
LEAST_SPREAD = 6.0
"""Grey levels: below this a neighbourhood is taken to be empty."""
RIM_PX = 3
"""Along the border of the picture nothing is a ridge."""
CLIP = 2.0
"""Standard deviations: brighter counts no more, so that brightness does not win over length."""
UNIT = 32
"""Steps of a plane in one standard deviation."""


@dataclass(frozen=True, eq=False)
class Ridges:
    """Second derivatives of a picture, positive on a bright line; 0 beside the picture."""

    xx: Floats
    xy: Floats
    yy: Floats
    even: Floats
    """The picture made even: 0 on average, 1 standard deviation of its neighbourhood."""
    inside: Mask
    moments: NDArray[np.float64]
    """(3, 3): mean products of xx, xy and yy inside."""
    grey: ImageU8

    @cached_property
    def soft(self) -> Floats:
        """The even picture, blurred to half of the width of a shaft."""
        return np.asarray(cv2.GaussianBlur(self.even, (0, 0), SOFT_SIGMA_PX), np.float32)

    def layers(self, x: Ints, y: Ints) -> Floats:
        """(places, 3): mean products xx, xy, yy of the slopes around these pixels."""
        found = np.empty((x.size, 3), np.float32)
        _mean_products(*self._slopes, x, y, _NEAR, found)
        return found

    @cached_property
    def _slopes(self) -> tuple[Floats, Floats]:
        """Along rows and columns, in a frame as wide as half of `_NEAR`."""
        wide, mirrored = _NEAR.size // 2, cv2.BORDER_REFLECT_101
        slopes = (cv2.Sobel(self.soft, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
        x, y = (cv2.copyMakeBorder(slope, wide, wide, wide, wide, mirrored) for slope in slopes)
        return np.asarray(x, np.float32), np.asarray(y, np.float32)

    def spread(self, angles_rad: Real) -> Real:
        """Standard deviations of the whole picture's responses to lines at these angles."""
        parts = _parts(angles_rad)
        squared = ((parts @ self.moments) * parts).sum(1)
        return np.asarray(np.sqrt(np.maximum(squared, 1e-12)))

    def weights(self, angles_rad: Real) -> Real:
        """(angles, 3): of xx, xy and yy in the response to lines that fall to the right so."""
        return np.asarray(_parts(angles_rad) / self.spread(angles_rad)[:, None])


class Planes:
    """Responses at some angles, each made when it is first asked for."""

    def __init__(self, ridges: Ridges, angles_rad: Real) -> None:
        self._ridges = ridges
        self._weights = (ridges.weights(angles_rad) * UNIT).astype(np.float32)
        self._made = np.zeros(angles_rad.size, np.bool_)
        self._planes = np.empty((angles_rad.size, *ridges.xx.shape), np.int8)

    def at(self, angles: Ints) -> Plane:
        """(angles, rows, columns): clipped, in steps of 1 / UNIT standard deviation.

        What is not among the `angles` asked for, by their number, may be anything.
        """
        wanted = np.zeros_like(self._made)
        wanted[angles] = True
        missing = np.flatnonzero(wanted & ~self._made)
        of, most = self._ridges, np.float32(UNIT * CLIP)
        _respond(of.xx, of.xy, of.yy, self._weights, missing, most, self._planes)
        self._made |= wanted
        return self._planes


def find_ridges(grey: ImageU8, inside: Mask) -> Ridges:
    """The ridges of a grey picture (rows, columns) where `inside` says that it is one."""
    even = _evened(grey, inside)
    blurred = np.asarray(cv2.GaussianBlur(even, (0, 0), SHAFT_SIGMA_PX), np.float32)
    core = _core(inside)
    xx, xy, yy = (_derived(blurred, order, core) for order in ((2, 0), (1, 1), (0, 2)))
    flat = np.array([xx, xy, yy], np.float64).reshape(3, -1)
    moments = flat @ flat.T / max(int(np.count_nonzero(core)), 1)
    return Ridges(xx, xy, yy, even, core, moments, grey)


def _parts(angles_rad: Real) -> Real:
    """(angles, 3): of the second derivatives in the one across lines at these angles."""
    c, s = np.cos(angles_rad), np.sin(angles_rad)
    return np.stack([s * s, -2.0 * s * c, c * c], 1)


def _evened(grey: ImageU8, inside: Mask) -> Floats:
    weight = inside.astype(np.float32)
    share = _local(weight) + np.float32(1e-3)
    apart = (grey - _local(grey * weight) / share) * weight
    squared = np.maximum(_local(apart * apart), 0.0)
    spread = np.sqrt(squared / share) + np.float32(LEAST_SPREAD)
    return np.asarray(apart / spread, np.float32)


def _local(values: Floats) -> Floats:
    """Mean over the neighbourhood, twice, which is nearly a bell."""
    size = NEIGHBOURHOOD_PX, NEIGHBOURHOOD_PX
    return np.asarray(cv2.blur(cv2.blur(values, size), size), np.float32)


def _core(inside: Mask) -> Mask:
    framed = cv2.copyMakeBorder(inside.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    side = 2 * RIM_PX + 1
    return np.asarray(cv2.erode(framed, np.ones((side, side), np.uint8))[1:-1, 1:-1] > 0)


def _derived(blurred: Floats, order: tuple[int, int], core: Mask) -> Floats:
    return np.asarray(-cv2.Sobel(blurred, cv2.CV_32F, *order, ksize=3) * core, np.float32)


@compiled
def _mean_products(
    across: Floats, down: Floats, x: Ints, y: Ints, weights: Floats, filled: Floats
) -> None:
    """Fill `filled` (places, 3) with the weighted means around each place of framed pictures."""
    size = weights.size
    for place in range(x.size):
        total = np.zeros((3, size), np.float32)
        xx, xy, yy = total[0], total[1], total[2]
        for i in range(size):
            a = across[y[place] + i, x[place] : x[place] + size]
            b = down[y[place] + i, x[place] : x[place] + size]
            for j in range(size):
                xx[j] += weights[i] * a[j] * a[j]
                xy[j] += weights[i] * a[j] * b[j]
                yy[j] += weights[i] * b[j] * b[j]
        filled[place] = (total * weights).sum(1)


@compiled
def _respond(
    xx: Floats,
    xy: Floats,
    yy: Floats,
    weights: Floats,
    angles: Ints,
    clip: np.float32,
    filled: Plane,
) -> None:
    for i in range(xx.shape[0]):
        row_xx, row_xy, row_yy = xx[i], xy[i], yy[i]
        for angle in angles:
            kxx, kxy, kyy = weights[angle, 0], weights[angle, 1], weights[angle, 2]
            row = filled[angle, i]
            for j in range(row.size):
                value = kxx * row_xx[j] + kxy * row_xy[j] + kyy * row_yy[j]
                row[j] = np.int8(np.int32(min(max(value, -clip), clip)))
