"""Looks for one needle in the pictures of one source, from each picture to the next."""

import math
from dataclasses import dataclass, replace

from drivers.api.samples import ImageU8
from guidance_app.domain.calibration import Point
from guidance_app.domain.needle import MOST_COASTED, NeedleSight, SeenNeedle
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.needle.candidates import Scan
from guidance_app.processing.needle.fading import Fading
from guidance_app.processing.needle.following import Follower, Known, Line, likeliest
from guidance_app.processing.needle.found_tip import Tip
from guidance_app.processing.needle.place import Place, place_of
from guidance_app.processing.needle.planned import PlannedPath
from guidance_app.processing.needle.segments import Segment, straight_between
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
SCANNED_EVERY = 3
"""Pictures from one that is scanned for lines to the next, while the needle is where it was."""
AS_WELL, AS_LONG = 0.7, 0.7
"""Parts of the contrast and of the length in the last scanned picture from which on a needle is
seen as it was."""


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
        self._scanned: Tip | None = None
        self._fading = Fading()

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
        self._last = self._search(looked, self._place)
        return self._last

    def _why_unsuitable(self, pixels: ImageU8, area: PictureArea) -> str:
        """Why this picture cannot be searched; seldom asked while a needle is seen."""
        self._looks += 1
        if self._last.needle is not None and self._looks % CHECKED_EVERY:
            return ""
        return why_unsuitable(pixels, area)

    def _forget(self, reason: str) -> NeedleSight:
        self._place, self._follower, self._fading = None, Follower(), Fading()
        self._last = NeedleSight(None, reason)
        return self._last

    def _search(self, looked: Looked, place: Place) -> NeedleSight:
        picture = _Picture(place.cut(looked.pixels), place, _known(looked, place))
        tip, line = self._where_it_was(picture), self._follower.settled
        if tip is None or line is None:
            line = self._scan(picture, looked.alone)
            if line is not None and line.missed:
                return self._carried_on(line)
            tip = self._scanned = picture.tip(line.segment) if line else None
        if tip is None or line is None:
            self._fading = Fading()
            return NeedleSight(None, NOT_FOUND)
        return NeedleSight(_seen(tip, line, place, self._fading.after(tip)))

    def _scan(self, picture: "_Picture", alone: bool) -> Line | None:
        scan = Scan(picture.grey, picture.place.inside)
        return (
            likeliest(scan, picture.known) if alone else self._follower.needle(scan, picture.known)
        )

    def _where_it_was(self, picture: "_Picture") -> Tip | None:
        """The needle that is followed, if it is seen as it was in the last scanned picture."""
        line, before = self._follower.settled, self._scanned
        if line is None or before is None or self._looks % SCANNED_EVERY == 0:
            return None
        tip = picture.tip(line.segment)
        if tip is None or not _is_as_before(tip, before):
            return None
        self._follower.keep(straight_between(tip.tip_px, tip.far_px))
        return tip

    def _carried_on(self, line: Line) -> NeedleSight:
        last = self._last.needle
        if last is None or line.missed > MOST_COASTED:
            return NeedleSight(None, NOT_FOUND)
        return NeedleSight(replace(last, coasted=line.missed))


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """What is searched."""

    grey: ImageU8
    place: Place
    known: Known

    def tip(self, segment: Segment) -> Tip | None:
        """Of the needle that lies along a stretch."""
        grey, inside = self.grey, self.place.inside
        planned = self.known.path.heading if self.known.path else None
        shaft = refine_shaft(grey, inside, segment.start, segment.end)
        tip = find_tip(grey, inside, shaft, planned) if shaft else None
        return find_tip(grey, inside, tip.shaft, planned) if tip else None


def _known(looked: Looked, place: Place) -> Known:
    if looked.path_px is None:
        return Known(looked.mm_per_px)
    entry, target = (place.in_cut(point) for point in looked.path_px)
    return Known(looked.mm_per_px, PlannedPath(entry, target))


def _is_as_before(tip: Tip, before: Tip) -> bool:
    now_px, then_px = (one.shaft.course.length_px for one in (tip, before))
    return tip.contrast >= AS_WELL * before.contrast and now_px >= AS_LONG * then_px


def _needle_share(line: Line) -> float:
    """How many of all lines like this one are needles."""
    share = 1.0 / (1.0 + math.exp(-(LINE_SURE + LINE_BY_EVIDENCE * line.believed)))
    return max(share, FOLLOWED_SHARE) if line.seen > 1 else share


def _seen(tip: Tip, line: Line, place: Place, fading: bool) -> SeenNeedle:
    return SeenNeedle(
        tip_px=place.in_frame(tip.tip_px),
        far_px=place.in_frame(tip.far_px),
        angle_rad=tip.angle_rad,
        sigma_along_px=tip.sigma_along_px,
        sigma_across_px=tip.shaft.sigma_end_px,
        sigma_angle_rad=tip.shaft.sigma_end_angle_rad,
        confidence=_needle_share(line) * (tip.certainty if tip.visible else 1.0),
        tip_visible=tip.visible,
        fading=fading,
    )
