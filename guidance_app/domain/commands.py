"""What may be asked of the engine: by a person, by the source, by a replay. All are recorded."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.api.ports import SourceInfo
from drivers.api.samples import DoseReading, PictureGeometry
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.checklist import ChecklistEntry, ChecklistTemplate, Emergency
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.modality import Modality
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.people import Person
from guidance_app.domain.picture_area import PictureArea
from guidance_app.domain.plan import Plan
from guidance_app.domain.scale_proposal import ScaleProposal
from guidance_app.domain.signature import Signature


@dataclass(frozen=True, slots=True)
class SourceOpened:
    """A source was opened, for the first time or again."""

    info: SourceInfo


@dataclass(frozen=True, slots=True)
class SourceFailed:
    """A source failed or ended; the sentence says what and what to do."""

    sentence: str
    ended: bool = False
    """A file or recording is over; nothing is wrong."""


@dataclass(frozen=True, slots=True)
class ProcedureStarted:
    """A procedure on one patient begins, with its checklist and the people present."""

    procedure: str
    patient: str
    """Pseudonym."""
    side: str
    template: ChecklistTemplate
    people: tuple[Person, ...]
    working_alone: bool
    technique: str = ""
    """How the needle is guided, "us"; empty in records that did not hold it."""
    reason: str = ""
    """Why, where the advice asks for a reason."""
    procedure_id: str = ""
    """What signatures are bound to; empty in records of before there were any."""
    trainee: bool = False
    """The operator is one."""
    advice: tuple[GivenAdvice, ...] = ()
    """What was advised on the set-up page when it was started, the strictest first."""
    questions: tuple[str, ...] = ()
    """What was asked of a patient with (possible) rheumatoid arthritis."""
    judged: bool | None = None
    """People are registered: their competence was judged, and who signs gives a PIN; None in
    records that do not say."""


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """The plan as it now stands."""

    plan: Plan
    layout_number: int | None = None
    """The layout of the console that it was placed on; None where that is not known."""


@dataclass(frozen=True, slots=True)
class ScaleSet:
    """A scale given by a person; None drops it."""

    scale: PixelScale | None
    person: Person
    layout_number: int | None = None
    """The layout of the console that it was measured on; None where that is not known."""


@dataclass(frozen=True, slots=True)
class LayoutFound:
    """Where the ultrasound picture lies in a console's screen, and what its ruler may mean.

    The program's own finding; one that comes too late for the picture shown is ignored.
    """

    number: int
    """`PipelineState.layout_number` when the search began."""
    area: PictureArea
    geometry: PictureGeometry
    """Of the frames it was found in."""
    proposals: tuple[ScaleProposal, ...] = ()
    """The likeliest first; empty where no ruler was found."""


@dataclass(frozen=True, slots=True)
class LayoutLost:
    """The console shows another depth or layout: scale and plan belong to the one before."""

    number: int
    """`PipelineState.layout_number` of the layout that is no longer shown."""


@dataclass(frozen=True, slots=True)
class PictureMirrored:
    """The console mirrors the picture from this frame on: the plan lies on the wrong side.

    The program's own finding, in the newest frame.
    """

    upside_down: bool = False
    """Up and down are swapped, and not left and right alone."""


@dataclass(frozen=True, slots=True)
class NeedleSought:
    """A frame was searched for the needle: the program's own finding, in that frame alone."""

    sequence: int
    """Of the frame's stamp, which a replay keeps."""
    sight: NeedleSight
    searched: bool = True
    """False: it could not be, and is no evidence of anything; the sight says why."""


@dataclass(frozen=True, slots=True)
class DoseReceived:
    """The source states what dose there was."""

    reading: DoseReading


@dataclass(frozen=True, slots=True)
class ModalitySet:
    """How the pictures of this source are made."""

    modality: Modality


@dataclass(frozen=True, slots=True)
class PictureHeld:
    """Hold the newest picture for planning, or follow the source again."""

    held: bool


@dataclass(frozen=True, slots=True)
class GuidanceSwitched:
    """Guidance asked on or off by a person."""

    on: bool
    person: Person


@dataclass(frozen=True, slots=True)
class OverlayHidden:
    """A person keeps the overlay away, or lets it come back; nothing else depends on it."""

    hidden: bool


@dataclass(frozen=True, slots=True)
class GuidanceConfirmed:
    """A person confirms that plan and picture still fit after the picture had gone."""

    person: Person


@dataclass(frozen=True, slots=True)
class ItemMarked:
    """One mark on one item of the checklist."""

    entry: ChecklistEntry


@dataclass(frozen=True, slots=True)
class PhaseSigned:
    """One person has signed a phase and the required items in it."""

    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class EmergencyDeclared:
    """There is no time for what the gates ask; they open, and every record shows it."""

    emergency: Emergency


class MomentKind(StrEnum):
    """What happens at a moment that is marked."""

    MARK = "mark"
    """Nothing in particular: a person wants to find it again."""
    IMAGE = "image"
    """The picture is stored for the report: refused unless it is live, or was when it was held."""
    INJECTION = "injection"
    """The injection begins: refused while what must come before it is not settled."""


@dataclass(frozen=True, slots=True)
class MomentMarked:
    """A moment worth finding again: "image stored", "injection", "trainer's mark"."""

    label: str
    person: Person
    kind: MomentKind = MomentKind.MARK


@dataclass(frozen=True, slots=True)
class RecordClosed:
    """A person closes the record of the procedure: refused while anything in it is open."""

    person: Person
    time_utc: str
    """ISO 8601 with offset."""


Command = (
    SourceOpened
    | SourceFailed
    | ProcedureStarted
    | PlanChanged
    | ScaleSet
    | LayoutFound
    | LayoutLost
    | PictureMirrored
    | NeedleSought
    | DoseReceived
    | ModalitySet
    | PictureHeld
    | GuidanceSwitched
    | GuidanceConfirmed
    | OverlayHidden
    | ItemMarked
    | PhaseSigned
    | EmergencyDeclared
    | MomentMarked
    | RecordClosed
)


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """A command, when it was handled, and why it was refused if it was."""

    index: int
    """Shares one count with the snapshots, so that both can be put in order."""
    time_ns: int
    frames_seen: int
    """How many frames had been offered when it was handled."""
    command: Command
    refusal: str | None = None
