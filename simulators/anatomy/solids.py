"""Distances from solids, point by point: a picture asks for thousands of them at a time.

Points are (3, n), mm; each function gives signed distances (n,), negative inside.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.compiled import compiled, inlined

Flat: TypeAlias = NDArray[np.floating]
Three: TypeAlias = tuple[float, float, float]
Turn: TypeAlias = tuple[float, float, float, float]
"""Cosine and sine of a turn about z, and of one about y before it."""
MIDDLE = 1e-6
"""So near the middle of an egg, as a share of its size, that no direction is known."""


def turns(about_z_rad: float, about_y_rad: float) -> Turn:
    """What the solids take for two angles."""
    z, y = about_z_rad, about_y_rad
    return math.cos(z), math.sin(z), math.cos(y), math.sin(y)


@compiled
def block_mm(points: Flat, centre: Three, half_mm: Three, round_mm: float, turn: Turn) -> Flat:
    """From a block with rounded edges."""
    apart = np.empty(points.shape[1], points.dtype)
    for n in range(points.shape[1]):
        x, y, z = _turned(points, n, centre, turn)
        x = abs(x) - half_mm[0] + round_mm
        y = abs(y) - half_mm[1] + round_mm
        z = abs(z) - half_mm[2] + round_mm
        ox, oy, oz = max(x, 0.0), max(y, 0.0), max(z, 0.0)
        outside = math.sqrt(ox * ox + oy * oy + oz * oz)
        apart[n] = outside + min(max(x, y, z), 0.0) - round_mm
    return apart


@compiled
def egg_mm(points: Flat, centre: Three, radii_mm: Three, turn: Turn) -> Flat:
    """From an ellipsoid; exact at its surface."""
    rx, ry, rz = radii_mm
    least = MIDDLE * min(rx, ry, rz)
    apart = np.empty(points.shape[1], points.dtype)
    for n in range(points.shape[1]):
        x, y, z = _turned(points, n, centre, turn)
        x, y, z = x / rx, y / ry, z / rz
        scaled = math.sqrt(x * x + y * y + z * z)
        x, y, z = x / rx, y / ry, z / rz
        slope = math.sqrt(x * x + y * y + z * z)
        apart[n] = max(scaled, least) / max(slope, MIDDLE) * (scaled - 1.0)
    return apart


@compiled
def cord_mm(points: Flat, pieces: NDArray[np.float64], flat: float) -> Flat:
    """From a cord along a path whose pieces are rows: both ends, and the radius at each.

    What is `flat` is so many times as high as wide, and the path is given as if it were round.
    """
    apart = np.empty(points.shape[1], points.dtype)
    for n in range(points.shape[1]):
        x, y, z = points[0, n], points[1, n], points[2, n] / flat
        nearest = np.inf
        for k in range(pieces.shape[0]):
            nearest = min(nearest, _from_piece(x, y, z, pieces[k]))
        apart[n] = nearest * min(flat, 1.0)
    return apart


@compiled
def nearest_mm(points: Flat, middles: tuple[tuple[float, float], ...]) -> Flat:
    """Distance over x and y from the nearest of some (x, y)."""
    apart = np.empty(points.shape[1], points.dtype)
    for n in range(points.shape[1]):
        square = np.inf
        for x, y in middles:
            square = min(square, (points[0, n] - x) ** 2 + (points[1, n] - y) ** 2)
        apart[n] = math.sqrt(square)
    return apart


@inlined
def _turned(points: Flat, n: int, centre: Three, turn: Turn) -> Three:
    """A point as seen from the solid's own axes."""
    x, y, z = points[0, n] - centre[0], points[1, n] - centre[1], points[2, n] - centre[2]
    across, y = turn[0] * x + turn[1] * y, turn[0] * y - turn[1] * x
    return turn[2] * across + turn[3] * z, y, turn[2] * z - turn[3] * across


@inlined
def _from_piece(x: float, y: float, z: float, piece: NDArray[np.float64]) -> float:
    wx, wy, wz = piece[3] - piece[0], piece[4] - piece[1], piece[5] - piece[2]
    x, y, z = x - piece[0], y - piece[1], z - piece[2]
    square = max(wx * wx + wy * wy + wz * wz, 1e-9)
    share = min(max((x * wx + y * wy + z * wz) / square, 0.0), 1.0)
    x, y, z = x - share * wx, y - share * wy, z - share * wz
    apart = math.sqrt(x * x + y * y + z * z)
    return float(apart - (piece[6] + share * (piece[7] - piece[6])))
