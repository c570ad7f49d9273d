"""Where in a console's whole screen the ultrasound picture lies."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.api.samples import ScaledRegion
from guidance_app.domain.calibration import Point

LARGEST_PX = 8192
FEWEST_CORNERS, MOST_CORNERS = 3, 1000


class AreaShape(StrEnum):
    """The outline that the probe gives the picture."""

    LINEAR = "linear"
    """A rectangle or parallelogram."""
    CURVED = "curved"
    """A fan between two arcs."""


@dataclass(frozen=True, slots=True)
class PictureArea:
    """The ultrasound picture inside a frame; Image space, whole pixels, edges inclusive."""

    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    shape: AreaShape
    outline_px: tuple[Point, ...]
    """Corners of the polygon that encloses it, in order; its mask is the polygon filled."""

    def __post_init__(self) -> None:
        """Raise ValueError for an area that no picture has, also in a record read from a file."""
        across = 0 <= self.left_px < self.right_px <= LARGEST_PX
        down = 0 <= self.top_px < self.bottom_px <= LARGEST_PX
        enclosed = FEWEST_CORNERS <= len(self.outline_px) <= MOST_CORNERS
        if not (across and down and enclosed):
            raise ValueError("an area is out of range")
        if not all(abs(value) <= 2 * LARGEST_PX for corner in self.outline_px for value in corner):
            raise ValueError("the outline of an area is out of range")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the rectangle around it."""
        return self.right_px - self.left_px + 1, self.bottom_px - self.top_px + 1


def area_of_region(region: ScaledRegion) -> PictureArea:
    """The whole rectangle for which a source states its scale."""
    return rectangle(region.left_px, region.top_px, region.right_px, region.bottom_px)


def rectangle(left_px: int, top_px: int, right_px: int, bottom_px: int) -> PictureArea:
    """An area that fills its rectangle; edges inclusive."""
    left, top, right, bottom = (float(edge) for edge in (left_px, top_px, right_px, bottom_px))
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return PictureArea(left_px, top_px, right_px, bottom_px, AreaShape.LINEAR, corners)
