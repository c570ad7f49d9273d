"""What tells a needle from a layer of tissue, measured on stretches; nothing here has a unit.

Lengths are parts of the height of the picture, brightness is counted in standard deviations of
its surroundings, so that neither depth nor gain nor the size of a pixel matters.
"""

import math
from collections.abc import Sequence

import numpy as np

from guidance_app.processing.needle.ridges import CLIP, Ints, Mask, Real, Ridges
from guidance_app.processing.needle.segments import Segment
from guidance_app.processing.needle.strips import ALONG, Lines, course, lines_of, strips_of

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
OVERHANG = 0.35
"""How far beyond its ends a stretch is looked at, as a part of its length."""
SHADOW_PX = 10.0, 45.0
"""From a stretch to the bands that are compared."""
NEAR_BORDER = 0.5
"""A border farther away than this part of the height does not matter."""


def features(segments: Sequence[Segment], coarse: Real, ridges: Ridges) -> Real:
    """(stretches, NAMES) of each stretch; `coarse` is its score on the coarse ridges."""
    lines, height = lines_of(segments), float(ridges.xx.shape[0])
    scores = np.array([segment.score for segment in segments], np.float32)
    angles = np.radians([segment.angle_deg for segment in segments])
    overhang = np.clip(OVERHANG * lines.length, 10.0, 30.0) / lines.length
    strips = strips_of(lines, ridges.even)
    columns = [
        scores / height,
        response(ridges, lines, angles, np.linspace(0.0, 1.0, 40)[None]),
        lines.length / height,
        np.abs(angles),
        _way_out(ridges, lines.upper, -lines.along, NEAR_BORDER) / height,
        _way_out(ridges, lines.lower, lines.along, NEAR_BORDER) / height,
        response(ridges, lines, angles, 1.0 + _steps(overhang, lines)),
        response(ridges, lines, angles, -_steps(overhang, lines)),
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


def _steps(overhang: Real, lines: Lines) -> Real:
    """Parts of the length from three pixels beyond an end on."""
    return np.asarray(3.0 / lines.length[:, None] + np.linspace(0, 1, 12) * overhang[:, None])


def _cells(ridges: Ridges, places: Real) -> tuple[Ints, Ints, Mask]:
    """Column and row of the pixel at each place, and whether it lies in the picture."""
    rows, columns = ridges.inside.shape
    x, y = np.rint(places[..., 0]).astype(int), np.rint(places[..., 1]).astype(int)
    within = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    x, y = np.clip(x, 0, columns - 1), np.clip(y, 0, rows - 1)
    return x, y, within & ridges.inside[y, x]


def response(ridges: Ridges, lines: Lines, angles: Real, parts: Real) -> Real:
    """Mean response at each line's angle (rad) over these parts of its length, from 0 to 1.

    0 where less than half of them lie in the picture.
    """
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


def _along_layers(ridges: Ridges, lines: Lines, angles: Real) -> Real:
    """1 along the layers of its surroundings, -1 across them, 0 where there are none."""
    x, y, _ = _cells(ridges, lines.at(np.array([[0.15, 0.5, 0.85]])))
    xx, xy, yy = ridges.layers[y, x].mean(1).T
    total = xx + yy + 1e-6
    coherence = np.hypot(xx - yy, 2 * xy) / total
    layers = 0.5 * np.arctan2(2 * xy, xx - yy) + math.pi / 2
    return np.asarray(coherence * np.cos(2 * (angles - layers)))


def _course(strips: Real) -> tuple[Real, Real]:
    """How far the brightest course bends, and strays from a bend, in pixels."""
    centre = course(strips)[0].T
    powers = np.vander(np.linspace(-1.0, 1.0, ALONG), 3)
    fitted = np.linalg.lstsq(powers, centre, rcond=None)[0]
    return np.abs(fitted[0]), np.abs(centre - powers @ fitted).mean(0)


def _profile(strips: Real) -> tuple[Real, Real]:
    """Contrast against both sides, and how much brighter it is below than above."""
    profile = strips.mean(1)
    spread = np.maximum(strips.std((1, 2)), 0.15)
    flanks = 0.5 * (profile[:, 3:6].mean(1) + profile[:, 13:16].mean(1))
    contrast = (profile[:, 8:11].max(1) - flanks) / spread
    return contrast, strips[:, :, 11:].mean((1, 2)) - strips[:, :, :8].mean((1, 2))


def _brightness(ridges: Ridges, lines: Lines) -> Real:
    x, y, _ = _cells(ridges, lines.at(np.linspace(0.0, 1.0, 40)[None]))
    return np.asarray(ridges.grey[y, x].mean(1) / 255.0)


def _shadow(ridges: Ridges, lines: Lines) -> Real:
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


def _depth_of_entry(ridges: Ridges, lines: Lines) -> Real:
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
