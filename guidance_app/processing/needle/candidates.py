"""What could be a needle in one picture: stretches on a fine and a coarse version of it."""

import math
from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.needle.features import features
from guidance_app.processing.needle.ridges import Floats, Mask, find_ridges
from guidance_app.processing.needle.segments import SAME_DEG, SAME_PX, Segment, SegmentSearch

FINE_ROWS, COARSE_ROWS = 240, 120
"""A thin needle in a deep picture shows on the first, a thick one in a shallow one on the other."""
LEAST_ROWS, LEAST_COLUMNS = 60, 60
"""Of the picture: below this there is no room for a needle."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Stretches in pixels of the picture, with the features of each; rows belong together."""

    segments: list[Segment]
    features: Floats


def find_candidates(grey: ImageU8, inside: Mask) -> Candidates:
    """All that could be a needle in a grey picture (rows, columns), where `inside` is True."""
    per_px = grey.shape[0] / FINE_ROWS
    ratio = FINE_ROWS / COARSE_ROWS
    ridges = find_ridges(*_reduced(grey, inside, FINE_ROWS))
    fine = SegmentSearch(ridges)
    coarse = SegmentSearch(find_ridges(*_reduced(grey, inside, COARSE_ROWS)))
    found = fine.candidates()
    found += [s for s in (s.scaled(ratio) for s in coarse.candidates()) if _is_new(s, found)]
    if not found:
        return Candidates([], np.zeros((0, 0), np.float32))
    scores = np.array([s.score for s in coarse.near([s.scaled(1 / ratio) for s in found])])
    told = features(found, scores * ratio, ridges)
    return Candidates([segment.scaled(per_px) for segment in found], told)


def _reduced(grey: ImageU8, inside: Mask, rows: int) -> tuple[ImageU8, Mask]:
    size = max(8, round(grey.shape[1] * rows / grey.shape[0])), rows
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(small, np.uint8), np.asarray(mask > 0)


def _is_new(segment: Segment, others: list[Segment]) -> bool:
    return not any(_is_same(segment, other) for other in others)


def _is_same(segment: Segment, other: Segment) -> bool:
    if abs(segment.angle_deg - other.angle_deg) >= SAME_DEG:
        return False
    c, s = math.cos(math.radians(other.angle_deg)), math.sin(math.radians(other.angle_deg))
    x, y = segment.middle[0] - other.start[0], segment.middle[1] - other.start[1]
    length = math.dist(other.start, other.end)
    return abs(c * y - s * x) < SAME_PX and 0.0 <= c * x + s * y <= length
