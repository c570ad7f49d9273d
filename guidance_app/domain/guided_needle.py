"""A needle as guidance shows it on one frame, whether it was seen or tracked."""

from dataclasses import dataclass
from enum import StrEnum

from guidance_app.domain.correction import Correction
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.prediction import PredictedPath


class NeedleSource(StrEnum):
    """Who says where the needle is."""

    PICTURE = "picture"
    TRACKER = "tracker"


class NeedleState(StrEnum):
    """What is known of it."""

    SEEN = "seen"
    TIP_NOT_VISIBLE = "tip not visible"
    """The shaft is seen, and its end need not be the tip."""
    CARRIED_ON = "carried on"
    """This frame does not show it; it was there at most MOST_COASTED frames ago."""
    NONE = "none"


class PlaneState(StrEnum):
    """How it lies to the image plane."""

    NEAR = "near"
    """The picture shows it, and so it is near."""
    FADING = "fading"
    """It may be leaving the plane: a cue, no proof."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GuidedNeedle:
    """Of one frame, and drawn on no other; figures in millimetres only where there is a scale."""

    source: NeedleSource
    state: NeedleState
    reason: str = ""
    """Why there is none, a short plain sentence; empty where there is one."""
    needle: SeenNeedle | None = None
    """Where it is, and how surely; Image space, pixels."""
    plane: PlaneState = PlaneState.UNKNOWN
    sigma_along_mm: float | None = None
    sigma_across_mm: float | None = None
    """Of the tip, 1 sigma along the shaft and across it."""
    path: PredictedPath | None = None
    to_plan_rad: float | None = None
    """From the planned path to the needle, clockwise on the picture, in (-pi, pi]."""
    correction: Correction | None = None
    advances_unseen: bool = False
    """It went on while its tip was not visible: the operator is to stop and find it."""

    @property
    def has_tip(self) -> bool:
        """Whether a tip may be drawn and measured from."""
        return self.state in (NeedleState.SEEN, NeedleState.CARRIED_ON)
