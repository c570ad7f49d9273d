"""What tells a needle from a layer of tissue, measured on stretches; nothing here has a unit.

Lengths are parts of the height of the picture, brightness is counted in standard deviations of
its surroundings, so that neither depth nor gain nor the size of a pixel matters.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drivers.opencv import cv2
from guidance_app.processing.needle.ridges import CLIP, Floats, Ints, Mask, Real, Ridges
from guidance_app.processing.needle.segments import Segment

NAMES = (
    "score",
    "mean response",
    "length",
    "steepness",
    "way to the border above",
    "way to the border below",
    "goes on below",
    "goes on above",
    "lies along the layers",
    "bend",
    "roughness",
    "contrast",
    "brighter below than above",
    "brightness",
    "evenness",
    "coarse score",
    "angle is common",
    "share of the best score",
    "darker far below",
    "depth of the way in",
)
ALONG, OVERHANG = 48, 0.35
"""Samples along a stretch, and how far a strip reaches beyond it at both ends, of its length."""
ACROSS_PX = 9
SHADOW_PX = 10.0, 45.0
"""From a stretch to the bands that are compared."""
NEAR_BORDER = 0.5
"""A border farther away than this part of the height does not matter."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Stretches as arrays (stretches, 2), from the upper end to the lower one."""

    upper: Real
    lower: Real
    along: Real
    """Unit vectors downwards."""
    below: Real
    """Unit vectors across, downwards."""
    length: Real

    def at(self, part: Real) -> Real:
        """(stretches, parts, 2): points at these parts of the length."""
        return np.asarray(
            self.upper[:, None] + (part * self.length[:, None])[..., None] * self.along[:, None]
        )


def features(segments: Sequence[Segment], coarse: Real, ridges: Ridges) -> Real:
    """(stretches, NAMES) of each stretch; `coarse` is its score on the coarse ridges."""
    lines, height = _lines(segments), float(ridges.xx.shape[0])
    scores = np.array([segment.score for segment in segments], np.float32)
    angles = np.radians([segment.angle_deg for segment in segments])
    overhang = np.clip(OVERHANG * lines.length, 10.0, 30.0) / lines.length
    strips = _strips(lines, ridges.even)
    columns = [
        scores / height,
        _response(ridges, lines, angles, np.linspace(0.0, 1.0, 40)[None]),
        lines.length / height,
        np.abs(angles),
        _way_out(ridges, lines.upper, -lines.along, NEAR_BORDER) / height,
        _way_out(ridges, lines.lower, lines.along, NEAR_BORDER) / height,
        _response(ridges, lines, angles, 1.0 + _steps(overhang, lines)),
        _response(ridges, lines, angles, -_steps(overhang, lines)),
        _along_layers(ridges, lines, angles),
        *_course(strips),
        *_profile(strips),
        _brightness(ridges, lines),
        _evenness(strips),
        coarse / height,
        _commonness(ridges, angles),
        scores / max(float(scores.max(initial=0.0)), 1.0),
        _shadow(ridges, lines),
        _depth_of_entry(ridges, lines),
    ]
    return np.stack(columns, 1).astype(np.float32)


def _lines(segments: Sequence[Segment]) -> _Lines:
    ends = np.array([(s.start, s.end) for s in segments], np.float32).reshape(-1, 2, 2)
    falls = ends[:, 0, 1] <= ends[:, 1, 1]
    upper = np.where(falls[:, None], ends[:, 0], ends[:, 1])
    lower = np.where(falls[:, None], ends[:, 1], ends[:, 0])
    way = lower - upper
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1.0)
    along = way / length[:, None]
    below = np.stack([-along[:, 1], along[:, 0]], 1)
    below = np.where(below[:, 1:] < 0, -below, below)
    return _Lines(upper, lower, along, below, length)


def _steps(overhang: Real, lines: _Lines) -> Real:
    """Parts of the length from three pixels beyond an end on."""
    return np.asarray(3.0 / lines.length[:, None] + np.linspace(0, 1, 12) * overhang[:, None])


def _strips(lines: _Lines, even: Floats) -> Real:
    """(stretches, along, across): brightness of each stretch, its upper side first."""
    along = lines.at(np.linspace(0.0, 1.0, ALONG)[None])
    across = np.arange(-ACROSS_PX, ACROSS_PX + 1, dtype=np.float32)
    places = along[:, :, None] + across[:, None] * lines.below[:, None, None]
    return _sampled(np.asarray(cv2.GaussianBlur(even, (0, 0), 0.8), np.float32), places)


def _sampled(values: Floats, places: Real) -> Real:
    flat = places.reshape(-1, places.shape[-2], 2).astype(np.float32)
    x, y = np.ascontiguousarray(flat[..., 0]), np.ascontiguousarray(flat[..., 1])
    taken = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken.reshape(places.shape[:-1]), np.float32)


def _cells(ridges: Ridges, places: Real) -> tuple[Ints, Ints, Mask]:
    """Column and row of the pixel at each place, and whether it lies in the picture."""
    rows, columns = ridges.inside.shape
    x, y = np.rint(places[..., 0]).astype(int), np.rint(places[..., 1]).astype(int)
    within = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    x, y = np.clip(x, 0, columns - 1), np.clip(y, 0, rows - 1)
    return x, y, within & ridges.inside[y, x]


def _response(ridges: Ridges, lines: _Lines, angles: Real, parts: Real) -> Real:
    """Mean response at the line's angle; 0 where less than half lies in the picture."""
    x, y, within = _cells(ridges, lines.at(parts))
    xx, xy, yy = ridges.weights(angles).T
    found = xx[:, None] * ridges.xx[y, x] + xy[:, None] * ridges.xy[y, x]
    found += yy[:, None] * ridges.yy[y, x]
    total = (np.clip(found, -CLIP, CLIP) * within).sum(1) / np.maximum(within.sum(1), 1)
    return np.asarray(np.where(within.mean(1) >= 0.5, total, 0.0))


def _way_out(ridges: Ridges, ends: Real, directions: Real, most_heights: float) -> Real:
    """Pixels from each end straight on to the border, at most so many heights of the picture."""
    most = most_heights * ridges.inside.shape[0]
    steps = np.arange(0.0, most, 2.0)
    _, _, within = _cells(ridges, ends[:, None] + steps[:, None] * directions[:, None])
    outside = np.argmin(within, axis=1)
    return np.asarray(np.where(within.all(1), most, steps[outside]))


def _along_layers(ridges: Ridges, lines: _Lines, angles: Real) -> Real:
    """1 along the layers of its surroundings, -1 across them, 0 where there are none."""
    x, y, _ = _cells(ridges, lines.at(np.array([[0.15, 0.5, 0.85]])))
    xx, xy, yy = ridges.layers[y, x].mean(1).T
    total = xx + yy + 1e-6
    coherence = np.hypot(xx - yy, 2 * xy) / total
    layers = 0.5 * np.arctan2(2 * xy, xx - yy) + math.pi / 2
    return np.asarray(coherence * np.cos(2 * (angles - layers)))


def _course(strips: Real) -> tuple[Real, Real]:
    """How far the brightest course bends, and strays from a bend, in pixels."""
    middle = strips[:, :, 5:14]
    floor = np.minimum(strips[:, :, 5], strips[:, :, 13])[..., None]
    weight = np.clip(middle - floor, 0.0, None) + 1e-3
    centre = (weight * np.arange(-4.0, 5.0)).sum(2) / weight.sum(2)
    powers = np.vander(np.linspace(-1.0, 1.0, ALONG), 3)
    fitted = np.linalg.lstsq(powers, centre.T, rcond=None)[0]
    strayed = np.abs(centre.T - powers @ fitted).mean(0)
    return np.abs(fitted[0]), strayed


def _profile(strips: Real) -> tuple[Real, Real]:
    """Contrast against both sides, and how much brighter it is below than above."""
    profile = strips.mean(1)
    spread = np.maximum(strips.std((1, 2)), 0.15)
    flanks = 0.5 * (profile[:, 3:6].mean(1) + profile[:, 13:16].mean(1))
    contrast = (profile[:, 8:11].max(1) - flanks) / spread
    return contrast, strips[:, :, 11:].mean((1, 2)) - strips[:, :, :8].mean((1, 2))


def _brightness(ridges: Ridges, lines: _Lines) -> Real:
    x, y, _ = _cells(ridges, lines.at(np.linspace(0.0, 1.0, 40)[None]))
    return np.asarray(ridges.grey[y, x].mean(1) / 255.0)


def _shadow(ridges: Ridges, lines: _Lines) -> Real:
    """How much darker a broad band below is than one above: 1 black, 0 no difference."""
    away = np.linspace(*SHADOW_PX, 8)
    along = lines.at(np.linspace(0.05, 0.95, 12)[None])[:, :, None]
    above, below = (
        _mean_grey(ridges, along + side * away[:, None] * lines.below[:, None, None])
        for side in (-1.0, 1.0)
    )
    return np.asarray((above - below) / (above + below + 8.0))


def _mean_grey(ridges: Ridges, places: Real) -> Real:
    x, y, within = _cells(ridges, places)
    return np.asarray((ridges.grey[y, x] * within).sum((1, 2)) / np.maximum(within.sum((1, 2)), 1))


def _depth_of_entry(ridges: Ridges, lines: _Lines) -> Real:
    """Where the line comes into the picture: 0 at its top, 1 at the bottom."""
    way = _way_out(ridges, lines.upper, -lines.along, 2.0)
    return np.asarray((lines.upper[:, 1] - way * lines.along[:, 1]) / ridges.inside.shape[0])


def _evenness(strips: Real) -> Real:
    """Share of a stretch that is brighter than its sides."""
    flanks = 0.5 * (strips[:, :, 4:6].mean(2) + strips[:, :, 13:15].mean(2))
    return np.asarray((strips[:, :, 8:11].mean(2) - flanks > 0.1).mean(1))


def _commonness(ridges: Ridges, angles: Real) -> Real:
    """How strongly the picture is lined in this direction, against its strongest."""
    every = ridges.spread(np.radians(np.arange(-80.0, 81.0, 4.0)))
    return np.asarray(ridges.spread(angles) / every.max())
