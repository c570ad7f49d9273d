"""The checklist as the panel shows it."""

from collections.abc import Callable, Sequence

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    Level,
    Phase,
    may_mark,
)
from guidance_app.domain.people import Person
from guidance_app.domain.sign_off import owed_parts, unsigned
from guidance_app.presentation.view import ChecklistRow, ChecklistView, Signing

PHASE_TITLES = {
    Phase.PRE: "BEFORE",
    Phase.TIME_OUT: "TIME-OUT",
    Phase.INTRA: "DURING",
    Phase.POST: "AFTER",
}
LEVEL_WORDS = {
    Level.HARD: "required",
    Level.SOFT: "reason to skip",
    Level.ADVISORY: "advisory",
}


def checklist_view(
    checklist: Checklist,
    phase: Phase,
    people: Sequence[Person],
    describe: Callable[[tuple[str, ...]], str],
) -> ChecklistView:
    """One phase as rows; the first of the people ticks now, `describe` words a trace's sources."""
    person = people[0]
    items = checklist.items(phase)
    done = sum(checklist.status(item.id) is not None for item in items)
    current = next((item.id for item in items if checklist.status(item.id) is None), None)
    return ChecklistView(
        phase=PHASE_TITLES[phase],
        progress=f"{done} of {len(items)}",
        rows=tuple(
            _row(item, checklist.status(item.id), may_mark(checklist, item, person), describe)
            for item in items
        ),
        current=current,
        person=f"{person.code} · {person.role.name.lower()}",
        signing=_signing(checklist, phase, people),
        signs=bool(owed_parts(checklist, phase, person)),
        emergency=_emergency(checklist),
    )


def _emergency(checklist: Checklist) -> str:
    declared = checklist.emergency
    return f"{declared.person.code}: {declared.reason}" if declared else ""


def _signing(checklist: Checklist, phase: Phase, people: Sequence[Person]) -> Signing:
    if not unsigned(checklist, phase):
        return Signing.DONE
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


def _row(
    item: ChecklistItem,
    entry: ChecklistEntry | None,
    mine: bool,
    describe: Callable[[tuple[str, ...]], str],
) -> ChecklistRow:
    return ChecklistRow(
        item=item.id,
        text=item.text,
        level=LEVEL_WORDS[item.level],
        origin=item.origin,
        source=describe(item.trace),
        sign=", ".join(role.name.lower() for role in item.sign),
        evidence=item.evidence,
        mark=entry.mark.value if entry else "open",
        note=_note(entry) if entry else "",
        mine=mine,
        may_not_apply=item.level is not Level.HARD or item.may_not_apply,
    )


def _note(entry: ChecklistEntry) -> str:
    time = entry.time_utc[11:16]
    return f"{entry.person.code} {time}" + (f": {entry.note}" if entry.note else "")
