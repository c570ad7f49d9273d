"""Frozen records of what a screen shows; widgets only render them. All wording is made here."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.api.samples import PictureGeometry
from guidance_app.domain.evidence import Evidence, EvidenceField
from guidance_app.presentation.primitives import Primitive


class Tone(StrEnum):
    """How much a text wants: the theme gives it a colour. Alarm tones are for alarms alone."""

    NORMAL = "normal"
    MUTED = "muted"
    GOOD = "good"
    CAUTION = "caution"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Text:
    """A worded value and its tone."""

    text: str
    tone: Tone = Tone.NORMAL


NO_TEXT = Text("")


@dataclass(frozen=True, slots=True)
class StateStrip:
    """The strip on top, in the same place on every screen; empty texts leave their place empty."""

    state: Text
    """"LIVE", "LIVE · 5/s, not 30", or "NOT LIVE" with why: said in words, shape and colour."""
    age: Text
    """"8 ms" from arrival to screen while LIVE; else how old the picture is, "age 4 s"."""
    origin: Text
    """"SIMULATED", "REPLAY", "FILE", with "FAULT DRILL" where one is; empty for a device."""
    procedure: Text
    """"Knee R · P-0417"."""
    recording: Text
    """"REC 03:12 · 214 min", "REC 03:12 · 9 min left", or why nothing is recorded."""
    losses: Text
    """"60/s, 20 new · lost 2 · skipped 14": pictures a second, and losses if there are any."""
    details: str = ""
    """What the source delivers and what the delay means, line by line."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """How the picture is to be painted, apart from its pixels."""

    brightness: float
    """1.0 as it came; below 1 dimmed because it may not be believed."""
    banner: Text
    """The reason it may not be believed, large on the picture; empty when it may."""
    watermark: str
    """"SIMULATED", "REPLAY", "FAULT DRILL" along the border; empty for a device or a file."""
    primitives: tuple[Primitive, ...] = ()
    """The overlay; empty when nothing may be drawn."""
    guide: Text | None = None
    """What to do with the needle, on a line of its own below the picture; empty while that is not
    to be said, None where no needle is looked for, and then there is no such line."""
    live_until_ns: int | None = None
    """Host time after which it may not be painted as live; None where it does not claim to be."""


@dataclass(frozen=True, slots=True)
class ReadOut:
    """One key figure beside the picture: "to target", "24 mm", "± 1 mm"."""

    label: str
    value: Text
    uncertainty: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One item as shown."""

    item: str
    text: str
    level: str
    """"required", "reason to skip", "advisory"."""
    origin: str
    """Origin letters; `explanation` says what they mean."""
    evidence: str
    """What to note, in words."""
    mark: str
    """"open", "done", "overridden", "skipped"."""
    note: str
    """The values noted, who and when, and the reason or remark, once marked."""
    alone: bool = False
    """It is ticked on its own, and not with a page: the program looks for it itself."""
    mine: bool = True
    """The person who ticks now is entitled to it."""
    may_not_apply: bool = False
    """It may be marked as not applicable, with the reason."""
    fields: tuple[EvidenceField, ...] = ()
    """What to note, each with its kind and limits."""
    noted: tuple[Evidence, ...] = ()
    """What stands in the fields; of a reopened item what stood in them, to be changed."""
    explanation: tuple[str, ...] = ()
    """The whole item, what its level and origin mean, who signs it, and its sources."""


class Signing(StrEnum):
    """What a phase waits for once its items are marked."""

    DONE = "done"
    """Nothing: all have signed."""
    OWN = "own"
    """The person who ticks now has to sign."""
    OTHER = "other"
    """Somebody else who is present has to sign."""
    ABSENT = "absent"
    """Somebody has to sign who is not present."""
    CLOSING = "closing"
    """Nothing, and it is the last: the record can be closed, unless a phase before is open."""


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """The panel beside the picture: one phase."""

    phase: str
    """"BEFORE", "TIME-OUT", "DURING", "AFTER"."""
    progress: str
    """"5 of 7"."""
    rows: tuple[ChecklistRow, ...]
    current: str | None
    """Item id the Next key would tick: the first open one of the person who ticks, if any."""
    person: str
    """Who ticks now: "OP-01 operator"."""
    signing: Signing = Signing.DONE
    """What the phase waits for once its items are marked."""
    signs: bool = False
    """The person who ticks now signs this phase once its items are marked."""
    hand_over: bool = False
    """What is open here waits for somebody else who is present."""
    emergency: str = ""
    """Who declared one and why; empty where none was."""
    closed: bool = False
    """The record is closed: nothing can be marked any more."""
    wants_plan: bool = False
    """The time-out waits for target and entry on the live picture, whatever phase is shown."""


@dataclass(frozen=True, slots=True)
class GuidanceButton:
    """A button that the checklist can shut: its word, whether it may be pressed, and why not."""

    text: str
    """"Start guidance", "Stop guidance", "Confirm guidance", "Injection"."""
    enabled: bool
    reason: str
    on: bool = False
    """Guidance is switched on; the button shows it."""
    emergency: bool = False
    """An emergency could be declared: there is a checklist, and none was yet."""


@dataclass(frozen=True, slots=True)
class ScaleOffer:
    """A scale that the program found and a person has to confirm or refuse."""

    question: str
    """"The console's ruler says …": what to compare with the console."""
    answers: tuple[str, ...]
    """One a scale that it can be, worded by what a person can check; most likely first."""
    sketch: tuple[Primitive, ...]
    """What was found, drawn while the question is open."""


class PlanPoint(StrEnum):
    """A point that a plan cannot do without."""

    TARGET = "target"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class LiveView:
    """Everything the live screen shows, apart from the pixels of the picture."""

    strip: StateStrip
    picture: PictureView
    read_outs: tuple[ReadOut, ...]
    guidance: GuidanceButton
    checklist: ChecklistView | None = None
    injection: GuidanceButton | None = None
    """Marks that an injection begins; None while there is no checklist."""
    open_record: str = ""
    """Why the record cannot be left as closed; empty when it is closed, or there is none."""
    message: Text = Text("")
    """The last answer to something the person asked, one sentence."""
    held: bool = False
    """The picture is held for planning; the tool button says so."""
    layout: tuple[int, PictureGeometry | None] = (0, None)
    """What is placed now belongs to this layout; with another one a tool in hand is put back."""
    scale_offer: ScaleOffer | None = None
    """None while nothing was found or a scale holds already."""
    awaited: PlanPoint | None = None
    """A press on the picture places it, without its tool."""
