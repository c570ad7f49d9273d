"""A moment shown as a pattern of cells that a camera can read back: written, and found again.

Four ArUco markers at the corners say where the pattern is and how it is tilted. Between them
stand 48 bits: 24 of time in milliseconds, 24 of CRC-32 over it. Each bit is a pair of cells,
black beside white or the reverse, so that uneven light and exposure cancel out. A picture that
caught two patterns, one fading into the other or cut by a rolling shutter, has pairs without
contrast or a wrong checksum: it is not read, never misread.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

TIME_BITS = 24
WRAP_MS = 1 << TIME_BITS
"""Times repeat after 4.6 hours."""

COLUMNS, ROWS = 12, 8
"""Of cells; a bit takes two neighbours in a row."""
MARKER = 6
"""Cells a side of a marker, its black border included."""
QUIET = 1
"""White cells around everything: without them a marker's border has no edge."""
GAP = 1
WIDTH = 2 * (QUIET + MARKER + GAP) + COLUMNS
HEIGHT = 2 * (QUIET + MARKER) + 2
"""The whole pattern, in cells."""

LEAST_CONTRAST = 0.35
"""Of a pair, as a share of the contrast between white and black paper beside it."""
SAMPLED = 8
"""Pixels a cell in the straightened picture; the inner half of each is looked at."""
LARGEST_SIDE_PX = 1280
"""Larger pictures are made smaller first: the cells are large, and finding takes time."""

_DICTIONARY = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
_LEFT, _TOP = QUIET + MARKER + GAP, (HEIGHT - ROWS) // 2
_MARKER_PLACES = {
    0: (QUIET, QUIET),
    1: (WIDTH - QUIET - MARKER, QUIET),
    2: (WIDTH - QUIET - MARKER, HEIGHT - QUIET - MARKER),
    3: (QUIET, HEIGHT - QUIET - MARKER),
}
"""Left and top of each marker, by its id."""


def draw_pattern(time_ms: int) -> ImageU8:
    """The pattern of a moment, one pixel a cell, (HEIGHT, WIDTH); enlarge it by repeating pixels.

    `time_ms` counts from any moment and is taken modulo WRAP_MS.
    """
    cells = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for number, (left, top) in _MARKER_PLACES.items():
        marker = cv2.aruco.generateImageMarker(_DICTIONARY, number, MARKER)
        cells[top : top + MARKER, left : left + MARKER] = marker
    bits = _bits_of(time_ms % WRAP_MS)
    pairs = np.stack([bits, ~bits], axis=-1).reshape(ROWS, COLUMNS)
    cells[_TOP : _TOP + ROWS, _LEFT : _LEFT + COLUMNS] = np.where(pairs, 255, 0)
    return cells


class PatternReader:
    """Finds the pattern in pictures; one thread at a time."""

    def __init__(self) -> None:
        parameters = cv2.aruco.DetectorParameters()
        parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
        self._detector = cv2.aruco.ArucoDetector(_DICTIONARY, parameters)

    def read(self, pixels: ImageU8) -> int | None:
        """The time in a picture, milliseconds modulo WRAP_MS; None when none can be read surely."""
        gray = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        largest = max(gray.shape)
        if largest > LARGEST_SIDE_PX:
            share = LARGEST_SIDE_PX / largest
            gray = cv2.resize(gray, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        straight = self._straighten(np.ascontiguousarray(gray, np.uint8))
        return None if straight is None else _read_cells(straight)

    def _straighten(self, gray: ImageU8) -> NDArray[np.float64] | None:
        """Mean grey of the inner part of every cell, (HEIGHT, WIDTH); None without the markers."""
        corners, ids, _ = self._detector.detectMarkers(gray)
        found = {} if ids is None else dict(zip(ids.ravel().tolist(), corners, strict=True))
        if not found.keys() >= _MARKER_PLACES.keys():
            return None
        seen = np.concatenate([found[number].reshape(4, 2) for number in _MARKER_PLACES])
        ideal = np.concatenate([_corners(*place) for place in _MARKER_PLACES.values()])
        homography, _ = cv2.findHomography(seen, ideal * SAMPLED - 0.5)
        if homography is None:
            return None
        size = (WIDTH * SAMPLED, HEIGHT * SAMPLED)
        flat = cv2.warpPerspective(gray, homography, size).astype(np.float64)
        edge = SAMPLED // 4
        inner = flat.reshape(HEIGHT, SAMPLED, WIDTH, SAMPLED)[:, edge:-edge, :, edge:-edge]
        means: NDArray[np.float64] = inner.mean(axis=(1, 3))
        return means


def _corners(left: int, top: int) -> NDArray[np.float64]:
    right, bottom = left + MARKER, top + MARKER
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def _read_cells(grey: NDArray[np.float64]) -> int | None:
    borders = [grey[top, left : left + MARKER] for left, top in _MARKER_PLACES.values()]
    black, white = float(np.mean(borders)), float(grey[_TOP : _TOP + ROWS, _LEFT - 1].mean())
    cells = grey[_TOP : _TOP + ROWS, _LEFT : _LEFT + COLUMNS].reshape(-1, 2)
    contrast = cells[:, 0] - cells[:, 1]
    if white <= black or np.abs(contrast).min() < LEAST_CONTRAST * (white - black):
        return None
    return _time_of(contrast > 0)


def _bits_of(time_ms: int) -> NDArray[np.bool_]:
    value = time_ms << TIME_BITS | _checksum(time_ms)
    shifts = np.arange(2 * TIME_BITS - 1, -1, -1)
    return np.array([value >> int(shift) & 1 for shift in shifts], np.bool_)


def _time_of(bits: NDArray[np.bool_]) -> int | None:
    value = int("".join("1" if bit else "0" for bit in bits), 2)
    time_ms, checksum = value >> TIME_BITS, value & (1 << TIME_BITS) - 1
    return time_ms if checksum == _checksum(time_ms) else None


def _checksum(time_ms: int) -> int:
    return zlib.crc32(time_ms.to_bytes(3, "big")) & (1 << TIME_BITS) - 1
