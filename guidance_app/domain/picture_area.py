"""Where in a console's whole screen the ultrasound picture lies."""

from dataclasses import dataclass
from enum import StrEnum

from guidance_app.domain.calibration import Point


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
