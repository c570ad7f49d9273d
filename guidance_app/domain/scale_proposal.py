"""A scale that the program read off a console's screen, and that a person may confirm."""

from dataclasses import dataclass, replace

from drivers.api.samples import PictureGeometry, ScaledRegion
from guidance_app.domain.calibration import PixelScale, is_plausible
from guidance_app.domain.picture_area import PictureArea


@dataclass(frozen=True, slots=True)
class ScaleProposal:
    """One reading of the ruler; nothing is shown in millimetres before somebody confirms it."""

    mm_per_px: float
    sigma_percent: float
    how: str
    """What it rests on, a few words: "ruler found", "confirmed on 2026-11-20 by OP-1"."""

    def __post_init__(self) -> None:
        """Raise ValueError for a reading that no picture has, also in a record read from a file."""
        sound = is_plausible(self.mm_per_px) and 0 <= self.sigma_percent <= 100
        if not (sound and self.how):
            raise ValueError("a proposed scale is out of range")

    def depth_mm(self, area: PictureArea) -> float:
        """How deep the picture is if this is right, which a person can compare with the console."""
        return (area.bottom_px - area.top_px + 1) * self.mm_per_px


def confirmed_scale(
    proposal: ScaleProposal, area: PictureArea, geometry: PictureGeometry
) -> PixelScale:
    """The scale of the picture inside `area`, from a proposal that a person found right."""
    mm_per_px = proposal.mm_per_px
    scale = PixelScale(mm_per_px, mm_per_px, proposal.sigma_percent, geometry, "ruler")
    return inside_area(scale, area)


def inside_area(scale: PixelScale, area: PictureArea) -> PixelScale:
    """The scale, holding for the ultrasound picture only and not for the console around it."""
    region = ScaledRegion(
        area.left_px,
        area.top_px,
        area.right_px,
        area.bottom_px,
        scale.mm_per_px_x,
        scale.mm_per_px_y,
    )
    return replace(scale, region=region)
