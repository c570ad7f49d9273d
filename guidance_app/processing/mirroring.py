"""Whether the picture was mirrored or turned over from one frame to another (decision 0018).

A picture is the sum of a part that stays the same when it is mirrored and of one that changes its
sign. Mirroring keeps the first and turns the sign of the second; whatever else happens to a picture
keeps that sign, or leaves nothing alike. So both parts of two frames are compared.
"""

import math
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8, PictureGeometry
from drivers.opencv import cv2
from guidance_app.domain.picture_area import PictureArea

SAMPLED = (256, 192)
"""Columns and rows of pixels that are taken from a frame, whatever its size."""
COMPARED = (64, 48)
"""Columns and rows that the picture in it is then brought to: coarser than speckle."""
TURNED, KEPT = -0.5, 0.6
"""Correlation of the part that changes its sign, at most, and of the one that stays, at least."""
LOPSIDED_LEVELS, LOPSIDED_SHARE = 1.5, 0.2
"""Where less of the picture has a part that changes its sign, it is symmetrical or nearly empty."""
CHANGED_LEVELS, CHANGED_SHARE = 16, 0.1
"""A row or column has changed when more of it differs by more grey levels."""
SMALLEST_SIDE = 0.25
"""Of the frame; what changes within less is not the whole picture."""


class Turn(Enum):
    """How a picture was turned over; the value is what OpenCV calls it."""

    LEFT_RIGHT = 1
    UPSIDE_DOWN = 0
    HALF_CIRCLE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the picture lies in the samples of a frame; `right` and `bottom` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int
    mask: NDArray[np.float32]
    """1 for what counts once it is brought to its size, the same however it is turned; else 0."""


def sampled(pixels: ImageU8) -> ImageU8:
    """A frame's brightness at evenly spread pixels; takes the same time for every content."""
    small = cv2.resize(pixels, SAMPLED, interpolation=cv2.INTER_NEAREST)
    grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8)


def turn_between(before: ImageU8, now: ImageU8, place: Place | None) -> Turn | None:
    """How the picture was turned over between the samples of two frames; None where it was not.

    Without a place the picture is taken to be where the two differ.
    """
    where = place or _where_changed(before, now)
    if where is None:
        return None
    a, b = _brought(before, where), _brought(now, where)
    turned = {turn: _turned(a, b, where, turn) for turn in Turn}
    turn = min(turned, key=turned.__getitem__)
    return turn if turned[turn] < TURNED else None


@lru_cache(maxsize=4)
def place_of(area: PictureArea, geometry: PictureGeometry) -> Place:
    """Where an area of a frame of this geometry lies in its samples."""
    columns, rows = SAMPLED
    scale = np.array([columns / geometry.width_px, rows / geometry.height_px])
    outline = np.clip(np.array(area.outline_px) * scale, 0, [columns - 1, rows - 1])
    filled = np.zeros((rows, columns), np.uint8)
    cv2.fillPoly(filled, [np.round(outline).astype(np.int32)], 255)
    left, top, width, height = cv2.boundingRect(filled)
    inside = filled[top : top + height, left : left + width]
    mask = np.asarray(cv2.resize(inside, COMPARED, interpolation=cv2.INTER_AREA))
    for turn in Turn:
        mask = np.minimum(mask, cv2.flip(mask, turn.value))
    return Place(left, top, left + width, top + height, (mask > 200).astype(np.float32))


@cache
def _everywhere() -> NDArray[np.float32]:
    return np.ones(COMPARED[::-1], np.float32)


def _where_changed(before: ImageU8, now: ImageU8) -> Place | None:
    """The rectangle in which a good part of the rows and columns differs."""
    _, large = cv2.threshold(cv2.absdiff(before, now), CHANGED_LEVELS, 1, cv2.THRESH_BINARY)
    columns, rows = SAMPLED
    across = np.flatnonzero(large.sum(axis=0, dtype=np.int32) > CHANGED_SHARE * rows)
    down = np.flatnonzero(large.sum(axis=1, dtype=np.int32) > CHANGED_SHARE * columns)
    if not (across.size and down.size):
        return None
    left, right, top, bottom = across[0], across[-1] + 1, down[0], down[-1] + 1
    if right - left < SMALLEST_SIDE * columns or bottom - top < SMALLEST_SIDE * rows:
        return None
    return Place(int(left), int(top), int(right), int(bottom), _everywhere())


def _brought(samples: ImageU8, place: Place) -> NDArray[np.float32]:
    """The picture alone, in the size to compare, with the mean 0 and nothing outside."""
    part = samples[place.top : place.bottom, place.left : place.right]
    picture = cv2.resize(part, COMPARED, interpolation=cv2.INTER_AREA) * place.mask
    mean = picture.sum() / max(1.0, float(place.mask.sum()))
    return np.asarray((picture - mean) * place.mask, np.float32)


def _turned(
    before: NDArray[np.float32], now: NDArray[np.float32], place: Place, turn: Turn
) -> float:
    """Correlation of the parts that this turn gives another sign; 0 where it was another thing.

    A part is half of the picture with its mirror image, or without it; so the products of two
    parts are sums and differences of those of the pictures, which cost less.
    """
    image_before, image = _mirror_image(before, turn), _mirror_image(now, turn)
    straight, across = _product(before, now), _product(before, image)
    whole = _product(before, before), _product(now, now)
    alike = _product(before, image_before), _product(now, image)
    kept = _correlation(straight + across, whole[0] + alike[0], whole[1] + alike[1])
    turned = _correlation(straight - across, whole[0] - alike[0], whole[1] - alike[1])
    if kept <= KEPT or turned >= TURNED:
        return 0.0
    lopsided = np.count_nonzero(np.abs(now - image) > 2 * LOPSIDED_LEVELS)
    return turned if lopsided > LOPSIDED_SHARE * np.count_nonzero(place.mask) else 0.0


def _mirror_image(picture: NDArray[np.float32], turn: Turn) -> NDArray[np.float32]:
    return np.asarray(cv2.flip(picture, turn.value), np.float32)


def _product(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(np.vdot(a, b))


def _correlation(product: float, square: float, other_square: float) -> float:
    """Of two parts by their product and their own squares; 0 where one of them is nothing."""
    length = math.sqrt(max(square, 0.0) * max(other_square, 0.0))
    return product / length if length else 0.0
