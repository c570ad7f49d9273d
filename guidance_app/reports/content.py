"""What the report of a procedure says, gathered and not yet worded."""

from dataclasses import dataclass

from guidance_app.domain.checklist import Checklist
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.people import Person


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in seconds since the recording began."""

    at_s: float
    label: str
    person: str


@dataclass(frozen=True, slots=True)
class StoredImage:
    """A picture that somebody stored, as it came from the source."""

    caption: str
    """"image 3, 12.4 s, frame 311, with needle"."""
    jpeg: bytes | None
    """At most 640 pixels wide; None where it is not shown."""
    width_px: int = 0
    height_px: int = 0
    missing: str = ""
    """Why it is not shown, a sentence."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed the record, and when."""

    person: Person
    time_utc: str
    """ISO 8601 with offset."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded, and what of it is not there."""

    session: str
    """The name of its folder."""
    source: str
    """Its address, without name and password."""
    simulated: bool
    duration_s: float
    states_s: dict[str, float]
    """Seconds in each truth state."""
    guidance_shown_s: float
    frames_offered: int
    frames_lost: int
    frames_missed: int = 0
    """That the source's own driver knows it did not deliver."""
    fault_plan: str = ""
    """Whose faults were put into the pictures; empty when there were none."""
    procedures: int = 1
    """How many were started in it; the report is on the last."""
    missing: tuple[str, ...] = ()
    """What is not there, and what the report cannot say because of it; sentences."""


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything a report says; all people and patients under pseudonyms."""

    recording: Recording
    started_utc: str
    """When the procedure was started; ISO 8601."""
    patient: str
    side: str
    people: tuple[Person, ...]
    checklist: Checklist
    closing: Closing | None
    """None while the record is open."""
    judged: bool | None = None
    """Competence was judged and PINs were asked for; None in recordings that do not say."""
    technique: str = ""
    """How the needle is guided; empty in recordings that do not say."""
    reason: str = ""
    """Why so, where somebody gave a reason."""
    advice: tuple[GivenAdvice, ...] = ()
    """The strictest first."""
    as_this_version_advises: bool = False
    """The recording does not hold what was shown: the advice is what would be said today."""
    questions: tuple[str, ...] = ()
    """Asked of a patient with (possible) rheumatoid arthritis."""
    recommendations: tuple[GivenAdvice, ...] = ()
    """Offered for these questions."""
    moments: tuple[Moment, ...] = ()
    images: tuple[StoredImage, ...] = ()
    guided_view_png: bytes | None = None
    """The guided view at the decisive moment, where somebody kept one."""


class NoProcedure(ValueError):
    """A session holds no procedure to report on; `str()` says so behind the session's name."""


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report as text, ready for a browser and for paper."""

    page: str
    """HTML."""
    title: str
    """What a page on paper is recognised by."""
    missing: tuple[str, ...]
    """What of the recording is not there, a sentence each."""
    losses: str
    """How many pictures are not in the recording, a sentence; empty when all are."""
