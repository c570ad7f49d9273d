"""A needle as it is seen in one picture, without a tracker: where, and how surely."""

from dataclasses import dataclass

from guidance_app.domain.calibration import Point

MOST_COASTED = 3
"""Frames without evidence over which a needle is carried on; then it is not known where it is."""


@dataclass(frozen=True, slots=True)
class SeenNeedle:
    """A needle found in the picture. Image space, pixels; all sigmas are 1 sigma."""

    tip_px: Point
    """Where the tip is seen; where the visible shaft ends if `tip_visible` is False."""
    far_px: Point
    """The visible end of the shaft away from the tip."""
    angle_rad: float
    """Of the shaft at the tip, in (-pi/2, pi/2]; positive when it falls to the right."""
    sigma_along_px: float
    """Of the tip, along the shaft."""
    sigma_across_px: float
    """Of the tip, at right angles to it."""
    sigma_angle_rad: float
    confidence: float
    """Share of such findings that are a needle, in [0, 1]."""
    tip_visible: bool = True
    """False: the shaft is seen, and its end need not be the tip."""
    coasted: int = 0
    """Frames since it was seen last, at most MOST_COASTED; 0 in the frame that shows it."""
    fading: bool = False
    """Shaft weaker or shorter than before: it may be leaving the image plane. A cue, no proof."""


@dataclass(frozen=True, slots=True)
class NeedleSight:
    """What a search of one picture gave: a needle, or why none."""

    needle: SeenNeedle | None
    reason: str = ""
    """Why there is none, a short plain sentence; empty where there is one."""
