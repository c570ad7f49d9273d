"""What could be a needle in one picture: stretches on a fine and a coarse version of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.needle.features import features
from guidance_app.processing.needle.ranking import ranking
from guidance_app.processing.needle.ridges import Mask, Real, find_ridges
from guidance_app.processing.needle.segments import (
    ALL_DEG,
    NEAR_DEG,
    SAME_DEG,
    SAME_PX,
    STEP_DEG,
    Segment,
    SegmentSearch,
)
from guidance_app.processing.needle.strips import straightened

FINE_ROWS, COARSE_ROWS = 240, 120
"""A thin needle in a deep picture shows on the first, a thick one in a shallow one on the other."""
RATIO = FINE_ROWS / COARSE_ROWS


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A stretch, in pixels of the picture, and what speaks for its being a needle."""

    segment: Segment
    evidence: float
    """Logarithm of the odds."""
    told: Real
    """Its features, by their NAMES."""


class Scan:
    """One picture, prepared for being searched."""

    def __init__(self, grey: ImageU8, inside: Mask) -> None:
        """A grey picture (rows, columns), and where it is one."""
        self.rows = grey.shape[0]
        self._per_px = grey.shape[0] / FINE_ROWS
        self.ridges = find_ridges(*_reduced(grey, inside, FINE_ROWS))
        self._coarse = find_ridges(*_reduced(grey, inside, COARSE_ROWS))

    def fine(self, segment: Segment) -> Segment:
        """A stretch of the picture, in pixels of its ridges."""
        return segment.scaled(1 / self._per_px)

    def everywhere(self) -> list[Candidate]:
        """All that could be a needle, the likeliest first."""
        fine = SegmentSearch(self.ridges)
        coarse = SegmentSearch(self._coarse)
        found = fine.candidates()
        found += [s for s in (s.scaled(RATIO) for s in coarse.candidates()) if _is_new(s, found)]
        scores = [s.score for s in coarse.near([s.scaled(1 / RATIO) for s in found])]
        return self._ranked(found, scores)

    def near(self, segments: Sequence[Segment]) -> list[Candidate]:
        """The best stretch near each of these, in their order."""
        fine, scores = [], []
        for segment in map(self.fine, segments):
            angles = _angles_near(segment)
            fine += SegmentSearch(self.ridges, angles).near([segment])
            smaller = fine[-1].scaled(1 / RATIO)
            scores += [s.score for s in SegmentSearch(self._coarse, angles).near([smaller])]
        return self._weighed(fine, scores)

    def _ranked(self, found: list[Segment], coarse: list[float]) -> list[Candidate]:
        return sorted(self._weighed(found, coarse), key=lambda candidate: -candidate.evidence)

    def _weighed(self, found: list[Segment], coarse: list[float]) -> list[Candidate]:
        if not found:
            return []
        found = straightened(found, self.ridges.even)
        told = features(found, np.array(coarse) * RATIO, self.ridges)
        evidence = ranking().evidence(told).tolist()
        larger = [segment.scaled(self._per_px) for segment in found]
        return [Candidate(*parts) for parts in zip(larger, evidence, told, strict=True)]


def is_same(segment: Segment, other: Segment, within_px: float) -> bool:
    """Whether the middle of the one lies on the other, and both point the same way."""
    if abs(segment.angle_deg - other.angle_deg) >= SAME_DEG:
        return False
    c, s = math.cos(math.radians(other.angle_deg)), math.sin(math.radians(other.angle_deg))
    x, y = segment.middle[0] - other.start[0], segment.middle[1] - other.start[1]
    length = math.dist(other.start, other.end)
    return abs(c * y - s * x) < within_px and 0.0 <= c * x + s * y <= length


def _is_new(segment: Segment, others: Sequence[Segment]) -> bool:
    return not any(is_same(segment, other, SAME_PX) for other in others)


def _angles_near(segment: Segment) -> range:
    middle = ALL_DEG.start + STEP_DEG * round((segment.angle_deg - ALL_DEG.start) / STEP_DEG)
    return range(middle - NEAR_DEG, middle + NEAR_DEG + 1, STEP_DEG)


def _reduced(grey: ImageU8, inside: Mask, rows: int) -> tuple[ImageU8, Mask]:
    size = max(8, round(grey.shape[1] * rows / grey.shape[0])), rows
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(small, np.uint8), np.asarray(mask > 0)
