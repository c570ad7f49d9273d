"""Brightness on both sides of straight stretches, sampled along and across them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from drivers.opencv import cv2
from guidance_app.processing.needle.ridges import Floats, Real
from guidance_app.processing.needle.segments import Segment, straight_between

ALONG, ACROSS_PX = 48, 9
"""Samples along a stretch, and pixels to both sides of it."""
COURSE_PX = 4
"""The brightest course is searched for so near to a stretch."""
FLANK_PX = 3
"""A course is brighter than what lies so far to both sides of it; a step of brightness is not."""
TIMES_STRAIGHTENED = 2


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
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


def lines_of(segments: Sequence[Segment]) -> Lines:
    """The stretches as arrays."""
    ends = np.array([(s.start, s.end) for s in segments], np.float32).reshape(-1, 2, 2)
    falls = ends[:, 0, 1] <= ends[:, 1, 1]
    upper = np.where(falls[:, None], ends[:, 0], ends[:, 1])
    lower = np.where(falls[:, None], ends[:, 1], ends[:, 0])
    way = lower - upper
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1.0)
    along = way / length[:, None]
    below = np.stack([-along[:, 1], along[:, 0]], 1)
    below = np.where(below[:, 1:] < 0, -below, below)
    return Lines(upper, lower, along, below, length)


def strips_of(lines: Lines, soft: Floats) -> Real:
    """(stretches, along, across): brightness of each stretch, its upper side first."""
    along = lines.at(np.linspace(0.0, 1.0, ALONG)[None])
    across = np.arange(-ACROSS_PX, ACROSS_PX + 1, dtype=np.float32)
    places = along[:, :, None] + across[:, None] * lines.below[:, None, None]
    return _sampled(soft, places)


def _sampled(values: Floats, places: Real) -> Real:
    flat = places.reshape(-1, places.shape[-2], 2).astype(np.float32)
    x, y = np.ascontiguousarray(flat[..., 0]), np.ascontiguousarray(flat[..., 1])
    taken = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken.reshape(places.shape[:-1]), np.float32)


def course(strips: Real) -> tuple[Real, Real]:
    """(stretches, along): pixels from the middle down to the brightest course, and its weight."""
    bend = 2.0 * strips[:, :, FLANK_PX:-FLANK_PX] - strips[:, :, 2 * FLANK_PX :]
    bend -= strips[:, :, : -2 * FLANK_PX]
    middle = ACROSS_PX - FLANK_PX
    weight = np.clip(bend[:, :, middle - COURSE_PX : middle + COURSE_PX + 1], 0.0, None) + 1e-3
    total = weight.sum(2)
    return (weight * np.arange(-COURSE_PX, COURSE_PX + 1.0)).sum(2) / total, total


def straightened(segments: Sequence[Segment], soft: Floats) -> list[Segment]:
    """The stretches laid along their brightest course, to a part of a degree and of a pixel."""
    for _ in range(TIMES_STRAIGHTENED if segments else 0):
        lines = lines_of(segments)
        centre, weight = course(strips_of(lines, soft))
        at_ends = _fitted(centre, weight)[..., None] * lines.below[:, None]
        upper, lower = lines.upper + at_ends[:, 0], lines.lower + at_ends[:, 1]
        segments = [_moved(*parts) for parts in zip(segments, upper, lower, strict=True)]
    return list(segments)


def _fitted(centre: Real, weight: Real) -> Real:
    """(stretches, 2): values at both ends of the straight lines through the weighted centres."""
    at = np.linspace(-1.0, 1.0, ALONG)
    share = weight / weight.sum(1, keepdims=True)
    mean, mean_at = (share * centre).sum(1), (share * at).sum(1)
    apart = at - mean_at[:, None]
    slope = (share * apart * centre).sum(1) / np.maximum((share * apart * apart).sum(1), 1e-3)
    ends = mean[:, None] + slope[:, None] * (np.array([-1.0, 1.0]) - mean_at[:, None])
    return np.asarray(np.clip(ends, -COURSE_PX, COURSE_PX))


def _moved(segment: Segment, upper: Real, lower: Real) -> Segment:
    moved = straight_between(tuple(upper.tolist()), tuple(lower.tolist()))
    return replace(moved, score=segment.score)
