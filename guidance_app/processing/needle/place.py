"""The part of a frame that is searched for a needle."""

from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.calibration import Point
from guidance_app.domain.picture_area import PictureArea
from guidance_app.processing.needle.ridges import Mask
from guidance_app.processing.sector import area_mask


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the ultrasound picture lies in frames of one size."""

    area: PictureArea
    frame_shape: tuple[int, ...]
    rows: slice
    columns: slice
    inside: Mask
    """(rows, columns) of what is cut out: where it shows the ultrasound picture."""

    def is_that_of(self, area: PictureArea, frame_shape: tuple[int, ...]) -> bool:
        """Whether it is the place of this area in frames of this shape."""
        return (area, frame_shape) == (self.area, self.frame_shape)

    def cut(self, pixels: ImageU8) -> ImageU8:
        """The ultrasound picture of a frame, in grey (rows, columns)."""
        part = pixels[self.rows, self.columns]
        grey = part if part.ndim == 2 else cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
        return np.ascontiguousarray(grey, np.uint8)

    def in_frame(self, point: Point) -> Point:
        """A point of what is cut out, in Image space."""
        return point[0] + self.columns.start, point[1] + self.rows.start

    def in_cut(self, point: Point) -> Point:
        """A point of Image space, in what is cut out."""
        return point[0] - self.columns.start, point[1] - self.rows.start


def place_of(area: PictureArea, frame_shape: tuple[int, ...]) -> Place:
    """The place of an area in frames of this shape; the area may reach beyond the frame."""
    mask = area_mask(area, frame_shape[:2])
    across, down = (np.flatnonzero((mask > 0).any(axis)) for axis in (0, 1))
    if across.size == 0:
        return Place(area, frame_shape, slice(0, 0), slice(0, 0), np.zeros((0, 0), np.bool_))
    rows = slice(int(down[0]), int(down[-1]) + 1)
    columns = slice(int(across[0]), int(across[-1]) + 1)
    return Place(area, frame_shape, rows, columns, np.asarray(mask[rows, columns] > 0))
