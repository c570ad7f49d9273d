"""What a debrief says, worded and without names; pages only lay it out."""

from dataclasses import dataclass

from guidance_app.debriefing.events import Event
from guidance_app.debriefing.lanes import Lane


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table of figures."""

    words: str
    value: str
    """A number without its unit; "-" where it has no meaning."""
    unit: str
    version: int
    """Of its definition."""
    pairing: str
    """How poses were paired in time; of pictures alone there is nothing to pair."""


@dataclass(frozen=True, slots=True)
class RatingTable:
    """One filled form."""

    title: str
    rater: str
    rows: tuple[tuple[str, int], ...]
    remark: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the checklist."""

    item: str
    text: str
    level: str
    """Origin and level: "PC, required"."""
    sources: str
    """What it rests on."""
    mark: str
    """"done", "gone on without", "open" …"""
    stands_out: bool
    """It was left out, or is open."""
    at_s: float | None
    who: str
    noted: tuple[str, ...]
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseRows:
    """The items of one phase."""

    title: str
    rows: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One signature, and what it is worth."""

    part: str
    who: str
    meaning: str
    worth: str


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One piece of advice as it was shown."""

    asks: str
    text: str
    source: str
    followed: str


@dataclass(frozen=True, slots=True)
class ProcedureRecord:
    """What was done by the checklist."""

    title: str
    side: str
    people: str
    technique: str
    glance: str
    """How many items were done, left out, are open."""
    closed: bool
    emergency: str
    phases: tuple[PhaseRows, ...]
    signatures: tuple[SignatureRow, ...]
    advice: tuple[AdviceRow, ...]
    procedures: int
    """How many were started in the session; this is the last."""


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """What stood on the screen at a moment."""

    at_s: float
    caption: str
    jpeg: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Debrief:
    """Everything a debrief says."""

    code: str
    """The session's own number, of random digits; empty where it is none."""
    simulated: bool
    drill: bool
    """Faults were put into the pictures on purpose."""
    length_s: float
    facts: tuple[tuple[str, str], ...]
    """What the recording was worth."""
    certainty: tuple[tuple[str, str], ...]
    """How sure the figures on the picture are."""
    procedure: ProcedureRecord | None
    lanes: tuple[Lane, ...]
    events: tuple[Event, ...]
    """Those worth a line of their own, without the marks of the checklist."""
    trainer: tuple[Event, ...]
    figures: tuple[Figure, ...]
    figures_note: str
    ratings: tuple[RatingTable, ...]
    pictures: tuple[KeyPicture, ...]
    missing: tuple[str, ...]
    """What of the recording is not there, sentences."""
    privacy: tuple[str, ...]
    """What was left out and filled, sentences."""
