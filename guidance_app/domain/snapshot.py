"""What the pipeline believes at one moment: truth of the picture, plan, figures, guidance."""

from dataclasses import dataclass, field
from enum import StrEnum

from drivers.api.samples import Origin, PictureGeometry, ScaledRegion, Stamp
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.guided_needle import GuidedNeedle
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


class Cause(StrEnum):
    """What the state alone does not say; the screen then shows this instead."""

    NONE = ""
    NO_IMAGE = "NO IMAGE"
    """LATE or LOST: frames come, and they are black or one even colour."""
    LAST_IMAGE_HOLD = "LAST IMAGE HOLD"
    """FROZEN: the exposure has ended, and its last picture stays."""


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
    cause: Cause = Cause.NONE
    caution: str = ""
    """What is wrong with a picture that may be LIVE all the same, in a few words."""
    rate_hz: float | None = None
    """Frames a second, measured over the last half second; None until that is known."""
    unique_rate_hz: float | None = None
    """Frames with new content a second, likewise."""
    doubtful_times: int = 0
    """How many frames so far bore a device time that cannot be right."""


GRID_COLUMNS, GRID_ROWS = 16, 12
"""A picture is watched in so many cells; measured in decision 0009."""


@dataclass(frozen=True, slots=True)
class PictureContent:
    """What was measured on a frame's pixels, in grey levels; colour counts by its brightness."""

    mean: float
    spread: float
    """Standard deviation."""
    darkest: int
    brightest: int
    changed_rows: tuple[int, ...]
    """The cells that differ from the frame before: a number for each row of the grid from the
    top, whose bit n stands for the nth column from the left. All of them in a first frame."""


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
    content: PictureContent | None = None
    """None in sessions of format 1, which did not measure it."""


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
    dropped: str = ""
    """Why scale and plan that stood here are gone, until one of them is set again."""
    scale: PixelScale | None = None
    plan: Plan = field(default_factory=Plan)
    measures: PlanMeasures | None = None
    needle: GuidedNeedle | None = None
    """None while guidance is OFF, or where none was looked for. While guidance waits it is one of
    state NONE, with the reason."""
