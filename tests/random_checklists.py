"""Checklists that hypothesis fills in, through the same gates as a person does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistRefused,
    ChecklistTemplate,
    Mark,
    Phase,
    mark_item,
    may_mark,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.people import DEVICE, Person, Role
from guidance_app.domain.sign_off import add_signatures, owed_parts, sign_phase
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template

OPERATOR = Person("OP-01", Role.OPERATOR)
ASSISTANT = Person("AS-01", Role.ASSISTANT)
SUPERVISOR = Person("SU-01", Role.SUPERVISOR)
RADIOGRAPHER = Person("RX-01", Role.RADIOGRAPHER)
PATIENT = Person("P-1", Role.PATIENT)
PEOPLE = (OPERATOR, ASSISTANT, SUPERVISOR, RADIOGRAPHER, PATIENT, DEVICE)
BEGAN = datetime(2026, 11, 26, 9, tzinfo=UTC)

KINDS = (
    ("knee-injection", Plan.ULTRASOUND),
    ("hip-injection", Plan.FLUOROSCOPY),
    ("caudal-epidural-injection", Plan.CT),
    ("wrist-synovial-biopsy", Plan.ULTRASOUND),
    ("rotator-cuff-barbotage", Plan.FUSION),
)
CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"))
NOTES = st.text(CHARACTERS, max_size=12)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=12).filter(str.strip) | st.sampled_from(
    ['O\'Neil "Bó" \\ <b>', "\u202eאבג\u202c عربي", "👩🏽‍⚕️ 🩺", "12.50", "yes", " x "]
)
EXAMPLES = {
    EvidenceKind.TICK: "yes",
    EvidenceKind.TEXT: 'O\'Neil "Bó" אבג 👩🏽‍⚕️',
    EvidenceKind.NUMBER: "12.50",
    EvidenceKind.DATE: "2024-02-29",
    EvidenceKind.TIME: "14:05",
}


def at(second: int) -> str:
    """A time of the procedure, as the program writes it."""
    return (BEGAN + timedelta(seconds=second)).isoformat(timespec="milliseconds")


def example(field: EvidenceField) -> Evidence:
    """A value that a field takes."""
    value = field.choices[-1] if field.choices else EXAMPLES[field.kind]
    return Evidence(field.id, value)


def examples(fields: Sequence[EvidenceField]) -> tuple[Evidence, ...]:
    """A value for every field."""
    return tuple(map(example, fields))


def values(field: EvidenceField) -> st.SearchStrategy[str]:
    """Whatever a field takes, numbers to any digit."""
    match field.kind:
        case EvidenceKind.CHOICE:
            return st.sampled_from(field.choices)
        case EvidenceKind.TEXT:
            return TEXTS
        case EvidenceKind.NUMBER:
            least, most = field.least or 0, field.most or 10**12
            places = st.integers(0, 9)
            return places.flatmap(lambda n: st.decimals(least, most, places=n)).map(plain)
        case EvidenceKind.DATE:
            return st.dates().map(str)
        case EvidenceKind.TIME:
            return st.times().map(lambda time: f"{time:%H:%M}")
        case EvidenceKind.TICK:
            return st.just("yes")


def plain(number: Decimal) -> str:
    """Without an exponent, and without a sign before nothing."""
    return f"{number.copy_abs():f}"


@st.composite
def evidences(draw: st.DrawFn, fields: Sequence[EvidenceField]) -> tuple[Evidence, ...]:
    """Values for some of the fields, in any order."""
    some = draw(st.permutations(fields))[: draw(st.integers(0, len(fields)))]
    needed = [one for one in fields if one.required and one not in some and draw(st.booleans())]
    return tuple(Evidence(one.id, draw(values(one))) for one in (*some, *needed))


@st.composite
def templates(draw: st.DrawFn) -> ChecklistTemplate:
    procedure, plan = draw(st.sampled_from(KINDS))
    complex_, trainee = draw(st.booleans()), draw(st.booleans())
    return build_template(shipped_knowledge(), procedure, plan, complex_, trainee)


@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    """Marks of every kind, most by somebody entitled to them; what is refused is left out."""
    template = draw(templates())
    checklist = Checklist(template, working_alone=draw(st.booleans()), procedure_id="p-1")
    ids = st.sampled_from([item.id for item in template.items])
    few = st.sampled_from(draw(st.lists(ids, min_size=1, max_size=9)))
    marks = st.tuples(few, st.sampled_from(list(Mark)), st.sampled_from(PEOPLE), NOTES)
    for second, (item_id, mark, person, note) in enumerate(draw(st.lists(marks, max_size=40))):
        item = checklist.item(item_id)
        entitled = [one for one in PEOPLE if may_mark(checklist, item, one)]
        who = person if person in entitled else entitled[0]
        noted = draw(evidences(item.fields)) if mark is Mark.DONE else ()
        entry = ChecklistEntry(item.id, mark, who, at(second // 2), note, noted)
        try:
            checklist = mark_item(checklist, entry)
        except ChecklistRefused:
            continue
    return checklist


def signed(checklist: Checklist) -> Checklist:
    """With every item marked by somebody entitled to it, and signed by all who owe it."""
    for item in checklist.template.items:
        person = next(p for p in PEOPLE if p.role in item.sign)
        noted = examples(item.fields)
        entry = ChecklistEntry(item.id, Mark.DONE, person, at(100), "", noted)
        checklist = mark_item(checklist, entry)
    for phase in Phase:
        for person in PEOPLE:
            if owed_parts(checklist, phase, person):
                checklist = add_signatures(checklist, sign_phase(checklist, phase, person, at(200)))
    return checklist
