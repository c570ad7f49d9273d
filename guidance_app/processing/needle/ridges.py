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

SHAFT_SIGMA_PX, NEIGHBOURHOOD_PX = 1.4, 33
"""Of the blur, and the side of the square in which brightness is made even."""
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
    def layers(self) -> Floats:
        """(rows, columns, 3): mean products xx, xy, yy of the slopes around each pixel."""
        even = cv2.GaussianBlur(self.even, (0, 0), 0.8)
        x, y = (cv2.Sobel(even, cv2.CV_32F, *order, ksize=3) for order in ((1, 0), (0, 1)))
        products = np.stack([x * x, x * y, y * y], -1)
        return np.asarray(cv2.blur(cv2.blur(products, (33, 33)), (33, 33)), np.float32)

    def spread(self, angles_rad: Real) -> Real:
        """Standard deviations of the whole picture's responses to lines at these angles."""
        parts = _parts(angles_rad)
        squared = ((parts @ self.moments) * parts).sum(1)
        return np.asarray(np.sqrt(np.maximum(squared, 1e-12)))

    def weights(self, angles_rad: Real) -> Real:
        """(angles, 3): of xx, xy and yy in the response to lines that fall to the right so."""
        return np.asarray(_parts(angles_rad) / self.spread(angles_rad)[:, None])

    def planes(self, angles_rad: Real) -> Plane:
        """(angles, rows, columns): responses, clipped, in steps of 1 / UNIT standard deviation."""
        filled = np.empty((angles_rad.size, *self.xx.shape), np.int8)
        weights = (self.weights(angles_rad) * UNIT).astype(np.float32)
        _respond(self.xx, self.xy, self.yy, weights, np.float32(UNIT * CLIP), filled)
        return filled


def find_ridges(grey: ImageU8, inside: Mask) -> Ridges:
    """The ridges of a grey picture (rows, columns) where `inside` says that it is one."""
    even = _evened(grey, inside)
    blurred = np.asarray(cv2.GaussianBlur(even, (0, 0), SHAFT_SIGMA_PX), np.float32)
    core = _core(inside)
    xx, xy, yy = (_derived(blurred, order, core) for order in ((2, 0), (1, 1), (0, 2)))
    flat = np.stack([xx[core], xy[core], yy[core]]).astype(np.float64)
    return Ridges(xx, xy, yy, even, core, flat @ flat.T / max(flat.shape[1], 1), grey)


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
def _respond(
    xx: Floats, xy: Floats, yy: Floats, weights: Floats, clip: np.float32, filled: Plane
) -> None:
    for angle in range(weights.shape[0]):
        kxx, kxy, kyy = weights[angle, 0], weights[angle, 1], weights[angle, 2]
        for i in range(xx.shape[0]):
            for j in range(xx.shape[1]):
                value = kxx * xx[i, j] + kxy * xy[i, j] + kyy * yy[i, j]
                filled[angle, i, j] = np.int8(min(max(value, -clip), clip))
