"""What the pipeline believes at one moment: truth of the picture, plan, figures, guidance."""

from dataclasses import dataclass, field
from enum import StrEnum

from drivers.api.samples import Origin, PictureGeometry, ScaledRegion, Stamp
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.plan import Plan
from guidance_app.domain.trajectory import PlanMeasures


class TruthState(StrEnum):
    """Whether the newest picture may be believed to show what happens now."""

    LIVE = "LIVE"
    LATE = "LATE"
    """The next frame is overdue."""
    REPEATED = "REPEATED"
    """Frames come, but their content repeats longer than this source's rhythm explains."""
    FROZEN = "FROZEN"
    """Frames come, and nothing in them changes."""
    LOST = "LOST"
    """No frames come."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The state of the picture, with the ages it was judged by, in nanoseconds."""

    state: TruthState
    reason: str
    """Why it is not LIVE, a short plain sentence; empty when it is."""
    frame_age_ns: int | None = None
    content_age_ns: int | None = None
    period_ns: int | None = None
    unique_period_ns: int | None = None
    ended: bool = False
    """LOST because a file or recording is over; nothing is wrong."""


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """Everything about a frame except its pixels; recorded for every frame offered."""

    number: int
    """Counts the frames offered in one recording from 0, across re-openings of the source."""
    stamp: Stamp
    geometry: PictureGeometry
    origin: Origin
    regions: tuple[ScaledRegion, ...]
    changed: bool
    """Its content differs from the frame before it."""


class GuidanceMode(StrEnum):
    """Whether guidance is drawn, and if not, what it waits for."""

    OFF = "off"
    ON = "on"
    HIDDEN = "hidden"
    """Switched on, and not drawn because the picture is not live; returns by itself."""
    CONFIRM = "confirm"
    """The picture was frozen or lost: a person must confirm that plan and picture still fit."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """The mode and, unless ON, why."""

    mode: GuidanceMode
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GuidanceSnapshot:
    """One evaluation of the pipeline. The same inputs give an equal snapshot."""

    index: int
    """Counts evaluations of one session from 0."""
    evaluated_ns: int
    valid_until_ns: int
    """After this moment nothing of it may be drawn as live."""
    frames_seen: int
    """How many frames had been offered when it was made."""
    truth: Truth
    guidance: Guidance
    frame: FrameFacts | None = None
    """The frame it belongs to; it is never drawn over another."""
    held: bool = False
    """The operator holds this picture for planning."""
    plan_shown: bool = False
    """Plan and figures may be drawn on this picture."""
    scale: PixelScale | None = None
    plan: Plan = field(default_factory=Plan)
    measures: PlanMeasures | None = None
