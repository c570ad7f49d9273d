"""A procedure's checklist: items, who ticked what and when, and what still gates guidance.

Enforcement levels are a design of ours (no society assigns them): HARD cannot be passed,
SOFT takes a typed reason, ADV may be skipped. A site may raise a level, never lower HARD.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from guidance_app.domain.evidence import Evidence, EvidenceField, evidence_refusal
from guidance_app.domain.people import Person, Role
from guidance_app.domain.signature import Signature


class Phase(StrEnum):
    """When an item belongs: before, at the time-out, during, after."""

    PRE = "PRE"
    TIME_OUT = "TO"
    INTRA = "INTRA"
    POST = "POST"


class Level(StrEnum):
    """How strictly an item holds."""

    HARD = "HARD"
    SOFT = "SOFT"
    ADVISORY = "ADV"


MIDLINE, NO_SIDE, SIDE_FIELD = "midline", "no side", "side"
"""A side as it is set up, what an item calls it, and the field in which items note sides."""

FROM_MILD_TO_STRICT = (Level.ADVISORY, Level.SOFT, Level.HARD)


class Mark(StrEnum):
    """What was done with an item; REOPENED takes the last mark back, nothing is erased."""

    DONE = "done"
    OVERRIDDEN = "overridden"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not applicable"
    REOPENED = "reopened"


class Proof(StrEnum):
    """What shows that an item is done without anybody saying so."""

    TARGET_SET = "target set"
    """Site, side, targeted and complex were entered when the procedure was set up."""
    TECHNIQUE_CHOSEN = "technique chosen"
    """How the needle is guided was chosen there, with the reason where one was due."""
    SUPERVISOR_SIGNED_IN = "supervisor signed in"
    """Whoever supervises a trainee gave the PIN before the procedure started."""
    IMAGING_SKILL_ON_RECORD = "imaging skill on record"
    """Those who are registered hold what the technique asks of its operator."""
    PROCEDURE_SKILL_ON_RECORD = "procedure skill on record"
    """The log book holds the supervised procedures that the site asks for."""
    RADIATION_TRAINING_ON_RECORD = "radiation training on record"
    """The operator's training in radiation protection is registered and current."""
    ASSISTANT_NAMED = "assistant named"
    """Somebody other than the operator was entered as the assistant."""
    PLAN_ON_LIVE_PICTURE = "plan on live picture"
    """Target, entry and scale stand on the live picture."""
    TIP_SEEN = "tip seen"
    """The needle tip was marked on the live picture while guidance was on."""
    IMAGES_STORED = "images stored"
    """A picture before the needle came, and one with it or its spread, are in the recording."""
    DOSE_RECEIVED = "dose received"
    """The source has stated a dose."""


OWN_SKILL = frozenset({Proof.IMAGING_SKILL_ON_RECORD, Proof.PROCEDURE_SKILL_ON_RECORD})
"""What a trainee does not say of himself or herself: the supervisor does."""


class Contradiction(StrEnum):
    """What shows that an item is not done any more, whoever marked it."""

    PLAN_GONE = "plan or scale gone"
    """Target, entry and scale stood on the live picture, and one of them does not any more."""
    PICTURE_MIRRORED = "picture mirrored"
    """The console has mirrored the picture, or turned it over."""


class ChecklistRefused(ValueError):
    """An entry is not allowed; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of a checklist, with its origin and trace."""

    id: str
    phase: Phase
    text: str
    origin: str
    """"P" from the points to consider, "C" from a companion source, "O" ours; may be several."""
    trace: tuple[str, ...]
    level: Level
    evidence: str
    """What to note when it is ticked, in words."""
    sign: tuple[Role, ...]
    before_injection: bool = False
    """It must be settled before an injection is marked."""
    may_not_apply: bool = False
    """Though required, it may be marked as not applicable, with the reason."""
    proven_by: Proof | None = None
    """What this program can see of it by itself."""
    contradicted_by: Contradiction | None = None
    """What this program sees that takes a mark back."""
    after: tuple[str, ...] = ()
    """Ids of items that must be settled first."""
    fields: tuple[EvidenceField, ...] = ()
    """The same as `evidence`, each thing with its kind and limits."""


@dataclass(frozen=True, slots=True)
class ChecklistTemplate:
    """The items of one procedure, pinned by a digest of their content."""

    procedure: str
    title: str
    version: str
    digest: str
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True)
class ChecklistEntry:
    """One mark on one item, by whom, in which role, when."""

    item: str
    mark: Mark
    person: Person
    time_utc: str
    """ISO 8601 with offset."""
    note: str = ""
    """The reason for an override, or a remark; typed by the person."""
    evidence: tuple[Evidence, ...] = ()
    """What was noted in the item's fields."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """Why, and on whose word, a procedure goes on without what its gates ask for."""

    person: Person
    time_utc: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """A template and everything marked on it so far, oldest first."""

    template: ChecklistTemplate
    entries: tuple[ChecklistEntry, ...] = ()
    working_alone: bool = False
    """No assistant: the operator may tick the assistant's items, and this is recorded."""
    trainee: bool = False
    """The operator is one: a supervisor signs as well."""
    procedure_id: str = ""
    """What its signatures are bound to."""
    signatures: tuple[Signature, ...] = ()
    """All that were ever made, oldest first; some may not be valid any more."""
    emergency: Emergency | None = None
    """Declared when there was no time for what the gates ask."""
    side: str = ""
    """"left", "right" or "midline", as it was set up; empty where that is not known."""
    closed: bool = False
    """The record is complete and signed: nothing is marked in it any more."""

    def status(self, item_id: str) -> ChecklistEntry | None:
        """The entry that counts for an item; None while the item is open."""
        last = next((e for e in reversed(self.entries) if e.item == item_id), None)
        return None if last is None or last.mark is Mark.REOPENED else last

    def open_items(self, *phases: Phase) -> tuple[ChecklistItem, ...]:
        """Items of the phases that still keep their phase from being complete."""
        return tuple(
            item
            for item in self.template.items
            if item.phase in phases
            and item.level is not Level.ADVISORY
            and not self.status(item.id)
        )

    def items(self, phase: Phase) -> tuple[ChecklistItem, ...]:
        """All items of one phase, in order."""
        return tuple(item for item in self.template.items if item.phase is phase)

    def item(self, item_id: str) -> ChecklistItem:
        """The item with this id; raises ChecklistRefused when the template has none."""
        for item in self.template.items:
            if item.id == item_id:
                return item
        raise ChecklistRefused(f"There is no item {item_id} in {self.template.title}.")


def mark_item(checklist: Checklist, entry: ChecklistEntry) -> Checklist:
    """The checklist with one entry more; raises ChecklistRefused when it is not allowed."""
    item = checklist.item(entry.item)
    check_open(checklist)
    _check_role(checklist, item, entry.person)
    _check_device(item, entry)
    _check_order(checklist, item, entry)
    if entry.mark is Mark.OVERRIDDEN and item.level is Level.HARD:
        raise ChecklistRefused(f"{item.id} is required and cannot be overridden. Do it first.")
    if entry.mark is Mark.OVERRIDDEN and not entry.note.strip():
        raise ChecklistRefused(f"{item.id} needs a typed reason to go on without it.")
    if entry.mark is Mark.NOT_APPLICABLE:
        _check_not_applicable(item, entry)
    if entry.mark is Mark.DONE:
        _check_evidence(item, entry)
        _check_side(checklist, entry)
    elif entry.evidence:
        raise ChecklistRefused(f"{item.id}: values are noted only when it is done.")
    if entry.mark is Mark.SKIPPED and item.level is not Level.ADVISORY:
        raise ChecklistRefused(f"{item.id} is not advisory and cannot be skipped.")
    return replace(checklist, entries=(*checklist.entries, entry))


def check_open(checklist: Checklist) -> None:
    """Raise ChecklistRefused when the record is closed."""
    if checklist.closed:
        raise ChecklistRefused("The record is closed: nothing in it changes any more.")


def declare_emergency(checklist: Checklist, emergency: Emergency) -> Checklist:
    """The checklist with its gates open; raises ChecklistRefused without a reason or a name."""
    check_open(checklist)
    if not (emergency.reason.strip() and emergency.person.code.strip()):
        raise ChecklistRefused("An emergency needs a typed reason and the name of who declares it.")
    if checklist.emergency is not None:
        raise ChecklistRefused("The emergency is declared already.")
    return replace(checklist, emergency=emergency)


def _check_order(checklist: Checklist, item: ChecklistItem, entry: ChecklistEntry) -> None:
    """What an item waits for may not be on this checklist; then it waits for nothing."""
    known = {one.id for one in checklist.template.items}
    before = [id_ for id_ in item.after if id_ in known and not checklist.status(id_)]
    if before and entry.mark is not Mark.REOPENED:
        raise ChecklistRefused(f"{item.id} comes after {before[0]}. Settle that first.")


def _check_evidence(item: ChecklistItem, entry: ChecklistEntry) -> None:
    refusal = evidence_refusal(item.fields, entry.evidence)
    if refusal is not None:
        raise ChecklistRefused(f"{item.id}: {refusal}")


def _check_side(checklist: Checklist, entry: ChecklistEntry) -> None:
    """The side that is noted is that of the procedure: another one is another procedure."""
    expected = NO_SIDE if checklist.side == MIDLINE else checklist.side
    noted = [evidence.value for evidence in entry.evidence if evidence.field == SIDE_FIELD]
    if expected and noted and noted[0] != expected:
        raise ChecklistRefused(
            f"{entry.item}: set up is {checklist.side}, not {noted[0]}. Look at the patient; "
            "if the set-up is wrong, quit and set it up again."
        )


def _check_not_applicable(item: ChecklistItem, entry: ChecklistEntry) -> None:
    if item.level is Level.HARD and not item.may_not_apply:
        raise ChecklistRefused(f"{item.id} is required and always applies. Do it first.")
    if not entry.note.strip():
        raise ChecklistRefused(f"{item.id}: say why it does not apply.")


def markers(checklist: Checklist, item: ChecklistItem) -> tuple[Role, ...]:
    """In which roles people mark the item; who works alone stands in for the assistant."""
    if checklist.trainee and item.proven_by in OWN_SKILL:
        return tuple(role for role in item.sign if role is not Role.OPERATOR)
    if checklist.working_alone and Role.ASSISTANT in item.sign:
        return tuple(dict.fromkeys((*item.sign, Role.OPERATOR)))
    return item.sign


def may_mark(checklist: Checklist, item: ChecklistItem, person: Person) -> bool:
    """Whether this person, or the device, is entitled to mark the item."""
    if person.role is Role.DEVICE:
        return item.proven_by is not None or item.contradicted_by is not None
    return person.role in markers(checklist, item)


def _check_role(checklist: Checklist, item: ChecklistItem, person: Person) -> None:
    if not may_mark(checklist, item, person):
        who = " or ".join(role.name.lower() for role in markers(checklist, item))
        raise ChecklistRefused(
            f"{item.id} is ticked by the {who}, not by the {person.role.name.lower()}."
        )


def _check_device(item: ChecklistItem, entry: ChecklistEntry) -> None:
    """What is only contradicted by this program is never done by it."""
    by_device = entry.person.role is Role.DEVICE and entry.mark is not Mark.REOPENED
    if by_device and item.proven_by is None:
        raise ChecklistRefused(f"{item.id} is done by people. The device can only reopen it.")
