"""Looks for one needle in the pictures of one source, from each picture to the next."""

from dataclasses import dataclass

from drivers.api.samples import ImageU8
from guidance_app.domain.calibration import Point
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.picture_area import PictureArea

NOT_FOUND = "No needle is found."


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
    mm_per_px: float | None = None
    path_px: tuple[Point, Point] | None = None
    """Planned entry and target, Image space."""


class NeedleSearch:
    """Remembers the needle, and what stands still around it; one thread."""

    def look(self, looked: Looked) -> NeedleSight:
        """The needle in this picture, or why none is given."""
        return NeedleSight(None, NOT_FOUND)
