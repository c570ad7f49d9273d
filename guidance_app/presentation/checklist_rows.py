"""The checklist as the panel shows it."""

from collections.abc import Callable, Iterator, Sequence

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    Level,
    Mark,
    Phase,
    Proof,
    markers,
    may_mark,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind, evidence_words
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan
from guidance_app.domain.sign_off import closing_refusal, item_signers, owed_parts, unsigned
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.facts import KnowledgeError
from guidance_app.knowledge.wording import describe_item
from guidance_app.presentation.view import ChecklistRow, ChecklistView, PlanPoint, Signing

PHASE_TITLES = {
    Phase.PRE: "BEFORE",
    Phase.TIME_OUT: "TIME-OUT",
    Phase.INTRA: "DURING",
    Phase.POST: "AFTER",
}
LOOKED_FOR = frozenset(
    {Proof.PLAN_ON_LIVE_PICTURE, Proof.TIP_SEEN, Proof.IMAGES_STORED, Proof.DOSE_RECEIVED}
)
"""What the program has not seen of these, nobody ticks by the way."""
LEVEL_WORDS = {
    Level.HARD: "required",
    Level.SOFT: "reason to skip",
    Level.ADVISORY: "advisory",
}
LEVEL_MEANINGS = {
    Level.HARD: "Required: it cannot be skipped, and it is signed",
    Level.SOFT: "Reason to skip: it is done, or gone on without for a typed reason",
    Level.ADVISORY: "Advisory: it may be skipped without a reason",
}
ORIGIN_MEANINGS = {
    "P": "P: from the points to consider.",
    "C": "C: from a companion source.",
    "O": "O: a proposal of this project, no source states it.",
}
SELF_EXPLAINING = (EvidenceKind.TEXT, EvidenceKind.CHOICE)
OURS = "Who ticks and signs, and how strictly it holds: a proposal of this project."

Describe = Callable[[ChecklistItem], str]
"""The whole item with its hedges, and each of its sources with how surely it was read."""


def describe_with(knowledge: Knowledge, item: ChecklistItem) -> str:
    """In the words of this knowledge; a recording may hold an item that it does not know."""
    try:
        return describe_item(item.id, knowledge)
    except KnowledgeError as unknown:
        return f"{unknown} Sources: {', '.join(item.trace)}."


def checklist_view(
    checklist: Checklist, phase: Phase, people: Sequence[Person], describe: Describe
) -> ChecklistView:
    """One phase as rows; the first of the people ticks now."""
    person = people[0]
    items = checklist.items(phase)
    done = sum(checklist.status(item.id) is not None for item in items)
    still_open = [item for item in items if checklist.status(item.id) is None]
    mine = [item for item in still_open if may_mark(checklist, item, person)]
    return ChecklistView(
        phase=PHASE_TITLES[phase],
        progress=f"{done} of {len(items)}",
        rows=tuple(_row(checklist, item, person, describe) for item in items),
        current=next((item.id for item in (*mine, *still_open)), None),
        person=f"{person.code} · {person.role.name.lower()}",
        signing=_signing(checklist, phase, people),
        signs=bool(owed_parts(checklist, phase, person)),
        hand_over=not mine and _wait_for_others(checklist, still_open, people[1:]),
        emergency=_emergency(checklist),
        closed=checklist.closed,
        wants_plan=_wants_plan(checklist),
    )


def open_record(checklist: Checklist | None) -> str:
    """Why the record cannot be closed, or that it only has to be; empty when it is closed."""
    if checklist is None or checklist.closed:
        return ""
    return closing_refusal(checklist) or "The record is complete and not closed."


def _wait_for_others(
    checklist: Checklist, items: Sequence[ChecklistItem], others: Sequence[Person]
) -> bool:
    return any(may_mark(checklist, item, other) for item in items for other in others)


def _emergency(checklist: Checklist) -> str:
    declared = checklist.emergency
    return f"{declared.person.code}: {declared.reason}" if declared else ""


def _signing(checklist: Checklist, phase: Phase, people: Sequence[Person]) -> Signing:
    if not unsigned(checklist, phase):
        return Signing.CLOSING if phase is Phase.POST else Signing.DONE
    owing = [bool(owed_parts(checklist, phase, person)) for person in people]
    if owing[0]:
        return Signing.OWN
    return Signing.OTHER if any(owing) else Signing.ABSENT


def first_unfinished(checklist: Checklist) -> Phase:
    """The first phase with something to mark or to sign; the last phase when there is none."""
    for phase in Phase:
        marked = all(checklist.status(item.id) for item in checklist.items(phase))
        if not marked or unsigned(checklist, phase):
            return phase
    return Phase.POST


def awaited_point(checklist: ChecklistView | None, plan: Plan) -> PlanPoint | None:
    """What the plan lacks while the time-out waits for one; None once nothing more is missing."""
    if checklist is None or not checklist.wants_plan:
        return None
    if plan.target_px is None:
        return PlanPoint.TARGET
    return PlanPoint.ENTRY if plan.entry_px is None else None


def _wants_plan(checklist: Checklist) -> bool:
    waiting = checklist.open_items(Phase.TIME_OUT)
    asked = any(item.proven_by is Proof.PLAN_ON_LIVE_PICTURE for item in waiting)
    return asked and first_unfinished(checklist) is Phase.TIME_OUT


def _row(
    checklist: Checklist, item: ChecklistItem, person: Person, describe: Describe
) -> ChecklistRow:
    entry = checklist.status(item.id)
    noted = entry.evidence if entry else _noted_before(checklist, item)
    return ChecklistRow(
        item=item.id,
        text=item.text,
        level=LEVEL_WORDS[item.level],
        origin=item.origin,
        evidence=item.evidence,
        mark=entry.mark.value if entry else "open",
        note=_row_note(item, entry) if entry else "",
        mine=may_mark(checklist, item, person),
        alone=item.proven_by in LOOKED_FOR,
        may_not_apply=item.level is not Level.HARD or item.may_not_apply,
        fields=item.fields,
        noted=noted,
        explanation=tuple(_explain(checklist, item, entry, describe)),
    )


def _noted_before(checklist: Checklist, item: ChecklistItem) -> tuple[Evidence, ...]:
    """What was noted when the item was done the last time, before that was taken back."""
    marks = (entry for entry in reversed(checklist.entries) if entry.item == item.id)
    return next((entry.evidence for entry in marks if entry.mark is Mark.DONE), ())


def _note(entry: ChecklistEntry) -> str:
    time = entry.time_utc[11:16]
    return f"{entry.person.code} {time}" + (f": {entry.note}" if entry.note else "")


def _row_note(item: ChecklistItem, entry: ChecklistEntry) -> str:
    """The values first: where there is no room for all of it, its end is left out."""
    values = " · ".join(_short_values(item.fields, entry.evidence))
    return f"{values}\n{_note(entry)}".strip()


def _short_values(fields: Sequence[EvidenceField], given: Sequence[Evidence]) -> Iterator[str]:
    """Without the labels of what explains itself, as a row has little room."""
    plain = {field.id: field for field in fields if field.unit or field.kind in SELF_EXPLAINING}
    for one in given:
        if one.field in plain:
            yield f"{one.value} {plain[one.field].unit}".rstrip()
        else:
            yield from evidence_words(fields, (one,))


def _explain(
    checklist: Checklist, item: ChecklistItem, entry: ChecklistEntry | None, describe: Describe
) -> Iterator[str]:
    yield f"{item.id}  {item.text}"
    if entry is not None:
        yield f"Marked {entry.mark.value}: {_note(entry)}"
        yield from evidence_words(item.fields, entry.evidence)
    yield f"{LEVEL_MEANINGS[item.level]}."
    yield f"Ticked by the {_roles(markers(checklist, item))}{_signers(checklist, item)}."
    yield from (ORIGIN_MEANINGS.get(letter, f"{letter}: not known.") for letter in item.origin)
    yield from describe(item).splitlines()
    yield f"To note: {item.evidence}."
    yield OURS


def _signers(checklist: Checklist, item: ChecklistItem) -> str:
    """Who signs a required item; every other one is signed with its phase alone."""
    if item.level is not Level.HARD:
        return ""
    each = (_roles(sorted(roles)) for roles in item_signers(checklist, item))
    return f", signed by the {' and the '.join(each)}"


def _roles(roles: Sequence[Role]) -> str:
    return " or ".join(role.name.lower() for role in roles)
