"""Looks for one needle in the pictures of one source, from each picture to the next."""

import math
from dataclasses import dataclass, replace

from drivers.api.samples import ImageU8
from guidance_app.domain.calibration import Point
from guidance_app.domain.needle import MOST_COASTED, NeedleSight, SeenNeedle
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.needle.candidates import Scan
from guidance_app.processing.needle.following import Follower, Line, likeliest
from guidance_app.processing.needle.found_tip import Tip
from guidance_app.processing.needle.place import Place, place_of
from guidance_app.processing.needle.shaft import refine_shaft
from guidance_app.processing.needle.suitable import why_no_area, why_unsuitable
from guidance_app.processing.needle.tip import find_tip

NOT_FOUND = "No needle is found."

FOLLOWED_SHARE = 0.95
"""Of lines that were taken for a needle over more than one picture, those that are one: 98 % in
19 simulated insertions of needles as faint as real ones."""
LINE_SURE, LINE_BY_EVIDENCE = 1.96, 1.09
"""Log odds that the likeliest line of a picture is a needle; fitted to 2600 simulated pictures."""
CHECKED_EVERY = 8
"""Pictures from one that is checked for being B-mode to the next, while a needle is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A picture to look at, and what is known about it."""

    pixels: ImageU8
    """Grey (rows, columns) or BGR (rows, columns, 3)."""
    area: PictureArea | None
    """Where the ultrasound picture lies; None: nothing is searched."""
    number: int
    """Of the frame; frames in between were not looked at."""
    fresh: bool = True
    """Its content differs from the frame before; one that repeats is no new evidence."""
    alone: bool = False
    """It stands for itself: no picture before or after it shows the same."""
    mm_per_px: float | None = None
    path_px: tuple[Point, Point] | None = None
    """Planned entry and target, Image space."""


class NeedleSearch:
    """Remembers the needle, and what stands still around it; one thread."""

    def __init__(self) -> None:
        self._place: Place | None = None
        self._follower = Follower()
        self._last = NeedleSight(None, NOT_FOUND)
        self._looks = 0

    def look(self, looked: Looked) -> NeedleSight:
        """The needle in this picture, or why none is given."""
        if looked.area is None:
            return self._forget(why_no_area(looked.pixels))
        if self._place is None or not self._place.is_that_of(looked.area, looked.pixels.shape):
            self._forget(NOT_FOUND)
            self._place = place_of(looked.area, looked.pixels.shape)
        elif not looked.fresh:
            return self._last
        unsuitable = self._why_unsuitable(looked.pixels, looked.area)
        if unsuitable:
            return self._forget(unsuitable)
        self._last = self._search(self._place.cut(looked.pixels), self._place, looked.alone)
        return self._last

    def _why_unsuitable(self, pixels: ImageU8, area: PictureArea) -> str:
        """Why this picture cannot be searched; seldom asked while a needle is seen."""
        self._looks += 1
        if self._last.needle is not None and self._looks % CHECKED_EVERY:
            return ""
        return why_unsuitable(pixels, area)

    def _forget(self, reason: str) -> NeedleSight:
        self._place, self._follower = None, Follower()
        self._last = NeedleSight(None, reason)
        return self._last

    def _search(self, grey: ImageU8, place: Place, alone: bool) -> NeedleSight:
        scan = Scan(grey, place.inside)
        line = likeliest(scan) if alone else self._follower.needle(scan)
        if line is None:
            return NeedleSight(None, NOT_FOUND)
        if line.missed:
            return self._carried_on(line)
        shaft = refine_shaft(grey, place.inside, line.segment.start, line.segment.end)
        tip = find_tip(grey, place.inside, shaft) if shaft else None
        tip = find_tip(grey, place.inside, tip.shaft) if tip else None
        return NeedleSight(_seen(tip, line, place)) if tip else NeedleSight(None, NOT_FOUND)

    def _carried_on(self, line: Line) -> NeedleSight:
        last = self._last.needle
        if last is None or line.missed > MOST_COASTED:
            return NeedleSight(None, NOT_FOUND)
        return NeedleSight(replace(last, coasted=line.missed))


def _needle_share(line: Line) -> float:
    """How many of all lines like this one are needles."""
    share = 1.0 / (1.0 + math.exp(-(LINE_SURE + LINE_BY_EVIDENCE * line.believed)))
    return max(share, FOLLOWED_SHARE) if line.seen > 1 else share


def _seen(tip: Tip, line: Line, place: Place) -> SeenNeedle:
    return SeenNeedle(
        tip_px=place.in_frame(tip.tip_px),
        far_px=place.in_frame(tip.far_px),
        angle_rad=tip.angle_rad,
        sigma_along_px=tip.sigma_along_px,
        sigma_across_px=tip.shaft.sigma_end_px,
        sigma_angle_rad=tip.shaft.sigma_end_angle_rad,
        confidence=_needle_share(line) * (tip.certainty if tip.visible else 1.0),
        tip_visible=tip.visible,
    )
