"""Whether a picture can be searched for a needle at all: plain B-mode of tissue, and one picture.

A beam is wider than its pulse is long, so that the grains of speckle lie across the beam. The
noise of an X-ray detector and the texture of photographs have no such direction. Pure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.change import measure, thumbnail
from guidance_app.processing.sector import area_mask
from guidance_app.processing.truth import is_blank

TOO_SMALL = "The picture is too small."
BLANK = "The picture is black or of one even colour."
NO_AREA = "No ultrasound picture is found in it."
COLOURED = "Colour covers a part of the picture; only plain B-mode is searched."
DUAL = "Two pictures are shown side by side; only one alone is searched."
NO_SPECKLE = "This does not look like ultrasound: its grain has no direction."

SMALLEST_PX = 64
"""Shorter side of what is searched."""
WORKING_PX = 600
"""Larger pictures are reduced until their longer side is about this."""
SPREAD, SATURATION = 40, 0.5
"""Difference of a pixel's colours, in levels and as a part of the brightest, that is colour.
Tinted grey scales stay below."""
COLOURED_SHARE = 0.002
"""Of the picture, after thin things are left out: text and drawn lines are no Doppler."""
LIT = (12, 240)
"""Local mean between which speckle is seen: neither black nor saturated."""
SEEN_SHARE = 0.15
"""An emptier picture shows too little grain to be judged, as a water tank."""
GRAIN, TILE_PX, LAG_PX = 9, 32, 2
DIRECTED = 0.17
"""Correlation of grain along the rows minus that along the columns, either sign: median over
the middle third.

Measured: 0.45 to 0.8 in linear pictures of seven machines, also turned by 90 degrees, 0.49 in a
curved one, 0.2 in one that is mostly noise; simulated scans 0.45 to 0.6. Grey photographs 0.15,
magnetic resonance and tomography 0.16 and less, computed X-ray pictures of 100 to 30,000 quanta
a pixel 0.08, noise 0.03.
"""
STEP = 8
"""Levels between two columns that are a step."""
SEAM, NO_SEAM = 0.6, 0.4
"""Part of the lit rows that step at a seam, and at the median column of a picture.

Measured: at most 0.32 in linear and curved pictures of seven machines, more in two of two halves.
"""
SEAM_ROWS = 0.3
"""Part of the rows that are lit at a seam at least."""
SEAM_BETWEEN = (0.25, 0.75)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Inside:
    """What lies in the area, at working size."""

    pixels: ImageU8
    grey: ImageU8
    mask: ImageU8
    """1 where the picture is."""


def why_no_area(pixels: ImageU8) -> str:
    """Why no ultrasound picture is found in this frame."""
    if min(pixels.shape[:2]) < SMALLEST_PX:
        return TOO_SMALL
    return BLANK if is_blank(measure(None, thumbnail(pixels))) else NO_AREA


def why_unsuitable(pixels: ImageU8, area: PictureArea) -> str:
    """Why this area of a GRAY8 or BGR24 frame cannot be searched, in a sentence; else empty."""
    if min(area.size_px) < SMALLEST_PX:
        return TOO_SMALL
    inside = _inside(pixels, area)
    if is_blank(measure(None, inside.grey)):
        return BLANK
    if _has_colour(inside):
        return COLOURED
    if not _has_directed_grain(inside):
        return NO_SPECKLE
    return DUAL if _has_seam(inside) else ""


def _inside(pixels: ImageU8, area: PictureArea) -> _Inside:
    rows, columns = (
        slice(area.top_px, area.bottom_px + 1),
        slice(area.left_px, area.right_px + 1),
    )
    cropped, mask = pixels[rows, columns], area_mask(area, pixels.shape)[rows, columns]
    reduction = max(1, round(max(cropped.shape[:2]) / WORKING_PX))
    if reduction > 1:
        size = cropped.shape[1] // reduction, cropped.shape[0] // reduction
        cropped = np.asarray(cv2.resize(cropped, size, interpolation=cv2.INTER_AREA))
        mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST))
    grey = cropped if cropped.ndim == 2 else cv2.cvtColor(cropped, cv2.COLOR_BGR2GRAY)
    return _Inside(cropped, np.asarray(grey, np.uint8), mask)


def _has_colour(inside: _Inside) -> bool:
    if inside.pixels.ndim == 2:
        return False
    blue, green, red = cv2.split(inside.pixels)
    highest = np.asarray(cv2.max(cv2.max(blue, green), red))
    spread = np.asarray(cv2.subtract(highest, cv2.min(cv2.min(blue, green), red)))
    coloured = (spread > SPREAD) & (spread > SATURATION * highest)
    patches = cv2.morphologyEx(
        coloured.astype(np.uint8) & inside.mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)
    )
    return bool(np.count_nonzero(patches) > COLOURED_SHARE * np.count_nonzero(inside.mask))


def _has_seam(inside: _Inside) -> bool:
    """Whether the picture ends and another begins at one column, on most of the lit rows."""
    brighter = np.asarray(cv2.max(inside.grey[:, 1:], inside.grey[:, :-1]))
    lit = brighter > LIT[0]
    steps = np.asarray(cv2.absdiff(inside.grey[:, 1:], inside.grey[:, :-1])) > STEP
    rows = np.maximum(lit.sum(axis=0), SEAM_ROWS * len(lit))
    share = (steps & lit).sum(axis=0) / rows
    first, last = (round(part * len(share)) for part in SEAM_BETWEEN)
    return bool(np.median(share) < NO_SEAM and share[first:last].max() > SEAM)


def _has_directed_grain(inside: _Inside) -> bool:
    """Whether grain is longer one way than the other, or too little is seen to say."""
    width = inside.grey.shape[1]
    middle = slice(width // 3, width - width // 3)
    direction = _directions(inside.grey[:, middle], inside.mask[:, middle])
    return direction is None or abs(direction) >= DIRECTED


def _directions(grey: ImageU8, mask: ImageU8) -> float | None:
    """Median over tiles of how much more grain agrees along rows than along columns."""
    mean = np.asarray(cv2.blur(grey, (GRAIN, GRAIN)))
    grain = grey.astype(np.float32) - mean
    seen = ((mean > LIT[0]) & (mean < LIT[1]) & (mask > 0)).astype(np.float32)
    tiles = [
        _tiles(part)
        for part in (
            seen[LAG_PX:, LAG_PX:],
            (grain * grain)[LAG_PX:, LAG_PX:],
            (grain[:, LAG_PX:] * grain[:, :-LAG_PX])[LAG_PX:],
            (grain[LAG_PX:] * grain[:-LAG_PX])[:, LAG_PX:],
        )
    ]
    share, power, rows, columns = tiles
    whole = (share > 0.8) & (power > 0)
    if np.count_nonzero(whole) < max(2, SEEN_SHARE * whole.size):
        return None
    return float(np.median((rows - columns)[whole] / power[whole]))


def _tiles(values: Floats) -> Floats:
    """Means of whole squares."""
    height, width = (max(1, side // TILE_PX) for side in values.shape)
    cropped = np.ascontiguousarray(values[: height * TILE_PX, : width * TILE_PX])
    return np.asarray(cv2.resize(cropped, (width, height), interpolation=cv2.INTER_AREA))
