"""Where the ultrasound picture lies in the frames of one recording, and its scale. Pure."""

import math
from collections import deque
from dataclasses import dataclass

from drivers.api.samples import ImageU8
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.dual_view import shows_second
from guidance_app.processing.layout import layout_changed
from guidance_app.processing.layout_finding import FoundLayout, find_layout

SAMPLES = 6
SAMPLE_EVERY = 10
"""Frames; six samples are two seconds at 30 a second, as on a live picture."""
SAME_AREA = 0.9
"""Overlap of two areas, of what both cover, above which the kept one still fits."""


@dataclass(frozen=True, slots=True)
class AreaNow:
    """The area in a frame; None where there is no ultrasound picture."""

    area: PictureArea | None
    mm_per_px: float | None
    """Where the ruler can be read in one way only."""
    ambiguous: bool = False
    """There is a ruler that can be read in more ways than one."""
    dual: bool = False
    """There is another picture beside it."""
    again: bool = False
    """Found anew in this frame: the layout is another than in the frame before."""


class FollowedArea:
    """Keeps the area that was found as long as it fits; frames of one size, one thread."""

    def __init__(self) -> None:
        self._found: FoundLayout | None = None
        self._dual = False
        self._samples: deque[ImageU8] = deque(maxlen=SAMPLES)
        self._frames = 0

    def follow(self, pixels: ImageU8) -> AreaNow:
        """The area in the next frame."""
        lost = self._found is not None and layout_changed(self._found.layout, pixels)
        if lost or self._found is None:
            self._begin(pixels)
        elif self._frames % SAMPLE_EVERY == 0:
            self._sample(pixels)
        self._frames += 1
        return _now(self._found, self._dual, lost)

    def _begin(self, pixels: ImageU8) -> None:
        self._samples.clear()
        self._samples.append(pixels)
        self._frames = 0
        self._found = find_layout([pixels], tuple)
        self._dual = self._found is not None and shows_second(pixels, self._found.area)

    def _sample(self, pixels: ImageU8) -> None:
        """Search anew once there are enough samples: what was dark before may be lit now."""
        self._samples.append(pixels)
        if len(self._samples) == SAMPLES and self._frames % (SAMPLES * SAMPLE_EVERY) == 0:
            found = find_layout(list(self._samples), tuple)
            if found is not None and self._found is not None and not _fits(self._found, found):
                self._found = found
                self._dual = shows_second(pixels, found.area)


def _now(found: FoundLayout | None, dual: bool, again: bool) -> AreaNow:
    if found is None:
        return AreaNow(None, None, again=again)
    readings = found.proposals
    mm_per_px = readings[0].mm_per_px if len(readings) == 1 else None
    return AreaNow(found.area, mm_per_px, len(readings) > 1, dual, again)


def _fits(kept: FoundLayout, found: FoundLayout) -> bool:
    """Whether the two areas are nearly the same, and the scale is not better known now."""
    better = len(found.proposals) == 1 != len(kept.proposals)
    return not better and overlap(kept.area, found.area) > SAME_AREA


def overlap(a: PictureArea, b: PictureArea) -> float:
    """What two areas share of what both cover, by their rectangles; 0 to 1."""
    width = min(a.right_px, b.right_px) - max(a.left_px, b.left_px) + 1
    height = min(a.bottom_px, b.bottom_px) - max(a.top_px, b.top_px) + 1
    shared = max(0, width) * max(0, height)
    return shared / (math.prod(a.size_px) + math.prod(b.size_px) - shared)
