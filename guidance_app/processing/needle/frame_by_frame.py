"""Looks for the needle in the pictures of a recording, one after another. Pure but for a clock."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drivers.api.ports import Clock
from drivers.api.samples import ImageU8, PictureGeometry, ScaledRegion, VideoFrame
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point, largest_region, region_at
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.picture_area import PictureArea, area_of_region, rectangle
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
SAME_SCENE, SAME_LEVELS = 0.95, 6.0
"""Two pictures in a row, made coarse, are of different scenes when their correlation is below
the first and their mean difference above the second.

Measured: 0.986 and more in recordings and simulated scans, also with every tenth picture of
30 a second; at most 0.90 between any two of 40 pictures of the same region of different people.
"""

OTHER_MODALITIES = frozenset(
    ("CR", "CT", "DX", "IO", "MG", "MR", "NM", "PT", "PX", "RF", "RG", "XA")
)
"""X-ray, tomography, magnetic resonance and nuclear medicine: DICOM PS3.3 C.7.3.1.1.1."""
MADE_OTHERWISE = "The file states that this is no ultrasound."

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


NOWHERE = AreaNow(None, None)


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

    def look(
        self, frame: VideoFrame, number: int, modality: str = "", alone: bool = False
    ) -> LookedAt:
        """The needle in the next picture, or why none is given.

        `modality` is what the source states of how its pictures are made, if it does; `alone`
        that no other picture shows the same.
        """
        fresh = self._compare(frame)
        place, problem = self._place(frame, modality)
        if place.area is None or problem:
            return LookedAt(NeedleSight(None, problem), place, fresh)
        looked = Looked(frame.pixels, place.area, number, fresh, alone, place.mm_per_px)
        began_ns = self._clock.now_ns()
        sight = self._search.look(looked)
        return LookedAt(sight, place, fresh, self._clock.now_ns() - began_ns)

    def _compare(self, frame: VideoFrame) -> bool:
        """Whether its content is new; of another scene nothing is kept."""
        before, now = self._thumbnail, thumbnail(frame.pixels)
        fresh = content_changed(before, now)
        other = frame.geometry != self._geometry
        if other or (fresh and before is not None and is_cut(before, now)):
            self._forget()
        self._geometry, self._thumbnail = frame.geometry, now
        return fresh

    def _forget(self) -> None:
        self._area = FollowedArea()
        self._outline: PictureArea | None = None
        self._search = NeedleSearch()

    def _place(self, frame: VideoFrame, modality: str) -> tuple[AreaNow, str]:
        """Where to look, and why not, where that is so."""
        if modality in OTHER_MODALITIES:
            return NOWHERE, MADE_OTHERWISE
        if self._box is not None and not lies_within(self._box, frame.geometry):
            return NOWHERE, OUTSIDE
        if self._box is None and _is_dual(frame.regions):
            return NOWHERE, DUAL
        place = self._stated(frame) if frame.regions else self._found(frame)
        if place.area is None:
            return place, why_no_area(frame.pixels)
        if place.dual and self._box is None:
            return NOWHERE, why_unsuitable(frame.pixels, place.area) or DUAL
        return place, ""

    def _stated(self, frame: VideoFrame) -> AreaNow:
        """In the largest region that the source states, or in that in which the box lies."""
        mm_per_px = self._mm_per_px
        if self._box is not None:
            region = region_at(frame.regions, _middle(self._box))
            return AreaNow(box_area(self._box), mm_per_px or region.mm_per_px_y)
        region = largest_region(frame.regions)
        if self._outline is None:
            self._outline = _outlined(frame.pixels, region)
        return AreaNow(self._outline, mm_per_px or region.mm_per_px_y)

    def _found(self, frame: VideoFrame) -> AreaNow:
        """Where the picture is found, or in the box."""
        if self._box is not None and self._mm_per_px is not None:
            return AreaNow(box_area(self._box), self._mm_per_px)
        place = self._area.follow(frame.pixels)
        if place.again:
            self._search = NeedleSearch()
        if self._box is not None:
            place = replace(place, area=box_area(self._box))
        if self._mm_per_px is not None:
            place = replace(place, mm_per_px=self._mm_per_px, ambiguous=False)
        return place


def is_cut(before: ImageU8, now: ImageU8) -> bool:
    """Whether two thumbnails of one size are of different scenes."""
    first, second = _coarse(before), _coarse(now)
    if np.abs(first - second).mean() <= SAME_LEVELS:
        return False
    first, second = first - first.mean(), second - second.mean()
    length = math.sqrt(float((first**2).sum() * (second**2).sum()))
    return length == 0 or float((first * second).sum()) / length < SAME_SCENE


def _coarse(picture: ImageU8) -> NDArray[np.float64]:
    return np.asarray(cv2.resize(picture, COARSE_PX, interpolation=cv2.INTER_AREA), np.float64)


def lies_within(box: Box, geometry: PictureGeometry) -> bool:
    """Whether all of the box lies in pictures of this size."""
    left, top, width, height = box
    return left + width <= geometry.width_px and top + height <= geometry.height_px


def box_area(box: Box) -> PictureArea:
    """A rectangle as the area of a picture."""
    left, top, width, height = box
    return rectangle(left, top, left + width - 1, top + height - 1)


def _middle(box: Box) -> Point:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def _is_dual(regions: tuple[ScaledRegion, ...]) -> bool:
    sizes = sorted(math.prod(region.size_px) for region in regions)
    return len(sizes) > 1 and sizes[-2] >= DUAL_SHARE * sizes[-1]


def _outlined(pixels: ImageU8, region: ScaledRegion) -> PictureArea:
    """The picture's own outline where it is found in the region, else the region."""
    stated = area_of_region(region)
    found = find_area(pixels)
    return found if found is not None and overlap(found, stated) >= REGION_SHARE else stated
