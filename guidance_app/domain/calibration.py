"""The scale of a picture: how many millimetres one pixel is, and how surely."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.api.samples import PictureGeometry, ScaledRegion

Point = tuple[float, float]
"""Image space, pixels: origin at the centre of the top-left pixel, x right, y down."""

POINTING_SIGMA_PX = 1.0
"""How exactly a person places a point, 1 sigma on each axis; a proposal of ours."""

SHORTEST_RULER_PX = 20.0
"""Below this two pointing errors exceed 7 % of the distance."""

PLAUSIBLE_MM_PER_PX = (0.005, 1.0)
"""From 5 um (high-frequency probe, zoomed) to 1 mm (whole abdomen on a small picture)."""


PLAUSIBLE_HEIGHT_MM = (10.0, 500.0)
"""What a whole picture can be high: catches centimetres typed as millimetres; ours."""


class ScaleRefused(ValueError):
    """The points or the distance give no usable scale; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class PixelScale:
    """Millimetres per pixel of pictures of one geometry, inside one rectangle of them."""

    mm_per_px_x: float
    mm_per_px_y: float
    sigma_percent: float
    geometry: PictureGeometry
    how: str
    """"source", "two clicks" or "ruler" (read by the program, confirmed by a person)."""
    region: ScaledRegion | None = None
    """Where it holds; None means the whole picture."""
    marks_px: tuple[Point, ...] = ()
    """The ruler marks it was read from by hand; with another depth they stand elsewhere."""

    def __post_init__(self) -> None:
        """Raise ScaleRefused for a pixel without a size, also in a scale read from a file."""
        if self.mm_per_px_x <= 0 or self.mm_per_px_y <= 0:
            raise ScaleRefused("A pixel must be more than 0 mm wide and high. Set the scale again.")

    def distance_mm(self, a: Point, b: Point) -> float:
        """Straight distance between two points of the picture, millimetres."""
        return math.hypot((b[0] - a[0]) * self.mm_per_px_x, (b[1] - a[1]) * self.mm_per_px_y)

    @property
    def height_mm(self) -> float:
        """Height in millimetres of where it holds, which a person can compare with the console."""
        r = self.region
        height_px = self.geometry.height_px if r is None else r.bottom_px - r.top_px + 1
        return height_px * self.mm_per_px_y

    def to_mm(self, point: Point) -> Point:
        """The point in millimetres from the centre of the top-left pixel."""
        return point[0] * self.mm_per_px_x, point[1] * self.mm_per_px_y

    def to_px(self, point_mm: Point) -> Point:
        """Inverse of `to_mm`."""
        return point_mm[0] / self.mm_per_px_x, point_mm[1] / self.mm_per_px_y

    def sigma_mm(self, distance_mm: float) -> float:
        """1 sigma of a distance between two placed points, from scale and pointing."""
        pointing_mm = math.sqrt(2.0) * POINTING_SIGMA_PX * max(self.mm_per_px_x, self.mm_per_px_y)
        return math.hypot(distance_mm * self.sigma_percent / 100.0, pointing_mm)

    def holds_at(self, point: Point) -> bool:
        """Whether the point lies where the scale is valid."""
        r = self.region
        return r is None or (
            r.left_px <= point[0] <= r.right_px and r.top_px <= point[1] <= r.bottom_px
        )


def scale_from_two_points(
    a: Point, b: Point, distance_mm: float, geometry: PictureGeometry
) -> PixelScale:
    """Scale from two points on the console's ruler and the distance typed, square pixels assumed.

    Raises ScaleRefused when the points are too close, the distance is not a positive
    number, or the result lies outside what ultrasound pictures have.
    """
    length_px = math.hypot(b[0] - a[0], b[1] - a[1])
    if length_px < SHORTEST_RULER_PX:
        raise ScaleRefused(
            f"The two points are only {length_px:.0f} px apart. "
            f"Choose two ruler marks at least {SHORTEST_RULER_PX:.0f} px apart."
        )
    if not math.isfinite(distance_mm) or distance_mm <= 0:
        raise ScaleRefused("The distance must be a number of millimetres above zero.")
    mm_per_px = distance_mm / length_px
    low, high = PLAUSIBLE_MM_PER_PX
    if not is_plausible(mm_per_px):
        raise ScaleRefused(
            f"This would make one pixel {mm_per_px:.4g} mm; pictures have {low} to {high} mm. "
            "Check the distance and the two points."
        )
    height_mm = mm_per_px * geometry.height_px
    lowest, highest = PLAUSIBLE_HEIGHT_MM
    if not lowest <= height_mm <= highest:
        raise ScaleRefused(
            f"This would make the whole picture {height_mm:.0f} mm high. "
            "Check the distance: 2 cm are 20 mm."
        )
    sigma_percent = 100.0 * math.sqrt(2.0) * POINTING_SIGMA_PX / length_px
    return PixelScale(mm_per_px, mm_per_px, sigma_percent, geometry, "two clicks", marks_px=(a, b))


def is_plausible(mm_per_px: float) -> bool:
    """Whether ultrasound pictures have such a scale."""
    low, high = PLAUSIBLE_MM_PER_PX
    return low <= mm_per_px <= high


def largest_region(regions: Sequence[ScaledRegion]) -> ScaledRegion:
    """The one that covers most of the picture."""
    return max(regions, key=lambda region: math.prod(region.size_px))


def region_at(regions: Sequence[ScaledRegion], point: Point | None) -> ScaledRegion:
    """The region that holds the point, or else the largest."""
    x, y = point or (math.inf, math.inf)
    for region in regions:
        if region.left_px <= x <= region.right_px and region.top_px <= y <= region.bottom_px:
            return region
    return largest_region(regions)


def scale_from_region(region: ScaledRegion, geometry: PictureGeometry) -> PixelScale:
    """Scale that the source itself states for one rectangle of its pictures."""
    return PixelScale(region.mm_per_px_x, region.mm_per_px_y, 0.0, geometry, "source", region)
