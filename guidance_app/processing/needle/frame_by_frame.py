"""Looks for the needle in the pictures of a recording, one after another. Pure but for a clock."""

import math
from dataclasses import dataclass

import numpy as np

from drivers.api.ports import Clock
from drivers.api.samples import ImageU8, PictureGeometry, ScaledRegion, VideoFrame
from drivers.opencv import cv2
from guidance_app.domain.calibration import largest_region, region_at
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.picture_area import AreaShape, PictureArea
from guidance_app.processing.change import content_changed, thumbnail
from guidance_app.processing.followed_area import AreaNow, FollowedArea, overlap
from guidance_app.processing.needle.search import Looked, NeedleSearch
from guidance_app.processing.needle.suitable import DUAL, why_no_area, why_unsuitable
from guidance_app.processing.sector import find_area

OUTSIDE = "The place that was given does not lie within this picture."
DUAL_SHARE = 0.5
"""Size of a second region, as a part of the largest, from which it is a picture of its own."""
REGION_SHARE = 0.5
"""Overlap from which what is found is the region that the source states, in its true outline."""
COARSE_PX = (32, 24)
SAME_SCENE = 0.95
"""Correlation of two pictures in a row, made coarse, below which they are of different scenes.

Measured: 0.986 and more in recordings and simulated scans, also with every tenth picture of
30 a second; at most 0.90 between any two of 40 pictures of the same region of different people.
"""

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """What was found in one picture, and where it was looked for."""

    sight: NeedleSight
    place: AreaNow
    fresh: bool
    """Its content differs from the picture before."""
    search_ns: int = 0
    """What the search for the needle took, without finding the area."""


class FrameByFrame:
    """Remembers area and needle from each picture to the next; one thread.

    A cut to another scene, layout or size ends what is remembered.
    """

    def __init__(self, clock: Clock, box: Box | None, mm_per_px: float | None) -> None:
        """`box` takes the place of the area that is found, `mm_per_px` that of any other scale."""
        self._clock = clock
        self._box = box
        self._mm_per_px = mm_per_px
        self._geometry: PictureGeometry | None = None
        self._thumbnail: ImageU8 | None = None
        self._forget()

    def look(self, frame: VideoFrame, number: int) -> LookedAt:
        """The needle in the next picture, or why none is given."""
        small = thumbnail(frame.pixels)
        fresh = content_changed(self._thumbnail, small)
        if frame.geometry != self._geometry or (fresh and self._is_cut(small)):
            self._forget()
        self._geometry, self._thumbnail = frame.geometry, small
        place, problem = self._place(frame)
        if place.area is not None:
            problem = why_unsuitable(frame.pixels, place.area)
        if place.again:
            self._search = NeedleSearch()
        mm_per_px = self._mm_per_px or place.mm_per_px
        place = AreaNow(place.area, mm_per_px, place.ambiguous and self._mm_per_px is None)
        if place.area is None or problem:
            return LookedAt(NeedleSight(None, problem), place, fresh)
        began_ns = self._clock.now_ns()
        looked = Looked(frame.pixels, place.area, number, fresh, mm_per_px)
        sight = self._search.look(looked)
        return LookedAt(sight, place, fresh, self._clock.now_ns() - began_ns)

    def _forget(self) -> None:
        self._area = FollowedArea()
        self._outline: PictureArea | None = None
        self._search = NeedleSearch()

    def _is_cut(self, small: ImageU8) -> bool:
        before = self._thumbnail
        return before is not None and likeness(before, small) < SAME_SCENE

    def _place(self, frame: VideoFrame) -> tuple[AreaNow, str]:
        """Where to look; why not, where that is nowhere."""
        box = self._box
        if box is not None and not lies_within(box, frame.geometry):
            return AreaNow(None, None), OUTSIDE
        if frame.regions:
            return self._in_region(frame, box)
        place = self._area.follow(frame.pixels)
        if box is not None:
            place = AreaNow(box_area(box), place.mm_per_px, place.ambiguous)
        return place, why_no_area(frame.pixels) if place.area is None else ""

    def _in_region(self, frame: VideoFrame, box: Box | None) -> tuple[AreaNow, str]:
        """The region that the source states; of a dual view the one in which the box lies."""
        if box is not None:
            region = region_at(frame.regions, (box[0] + box[2] / 2, box[1] + box[3] / 2))
            return AreaNow(box_area(box), region.mm_per_px_y), ""
        if _is_dual(frame.regions):
            return AreaNow(None, None), DUAL
        region = largest_region(frame.regions)
        if self._outline is None:
            self._outline = _outlined(frame.pixels, region)
        return AreaNow(self._outline, region.mm_per_px_y), ""


def likeness(before: ImageU8, now: ImageU8) -> float:
    """Correlation of two pictures of one size, made coarse; 0 where one shows nothing."""
    values = []
    for picture in (before, now):
        coarse = np.asarray(cv2.resize(picture, COARSE_PX, interpolation=cv2.INTER_AREA))
        values.append(coarse.astype(np.float64) - coarse.mean())
    length = math.sqrt(float((values[0] ** 2).sum() * (values[1] ** 2).sum()))
    return float((values[0] * values[1]).sum()) / length if length else 0.0


def lies_within(box: Box, geometry: PictureGeometry) -> bool:
    """Whether all of the box lies in pictures of this size."""
    left, top, width, height = box
    return left + width <= geometry.width_px and top + height <= geometry.height_px


def box_area(box: Box) -> PictureArea:
    """A rectangle as the area of a picture."""
    left, top, width, height = box
    return _rectangle(left, top, left + width - 1, top + height - 1)


def _rectangle(left: int, top: int, right: int, bottom: int) -> PictureArea:
    x0, y0, x1, y1 = float(left), float(top), float(right), float(bottom)
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return PictureArea(left, top, right, bottom, AreaShape.LINEAR, corners)


def _is_dual(regions: tuple[ScaledRegion, ...]) -> bool:
    sizes = sorted(math.prod(region.size_px) for region in regions)
    return len(sizes) > 1 and sizes[-2] >= DUAL_SHARE * sizes[-1]


def _outlined(pixels: ImageU8, region: ScaledRegion) -> PictureArea:
    """The picture's own outline where it is found in the region, else the region."""
    stated = _rectangle(region.left_px, region.top_px, region.right_px, region.bottom_px)
    found = find_area(pixels)
    return found if found is not None and overlap(found, stated) >= REGION_SHARE else stated
