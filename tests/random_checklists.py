"""Checklists that hypothesis fills in, through the same gates as a person does."""

from datetime import UTC, datetime, timedelta

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
NOTES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


def at(second: int) -> str:
    """A time of the procedure, as the program writes it."""
    return (BEGAN + timedelta(seconds=second)).isoformat(timespec="milliseconds")


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
    few = st.sampled_from(draw(st.lists(st.sampled_from(template.items), min_size=1, max_size=9)))
    marks = st.tuples(few, st.sampled_from(list(Mark)), st.sampled_from(PEOPLE), NOTES)
    for second, (item, mark, person, note) in enumerate(draw(st.lists(marks, max_size=40))):
        entitled = [one for one in PEOPLE if may_mark(checklist, item, one)]
        who = person if person in entitled else entitled[0]
        entry = ChecklistEntry(item.id, mark, who, at(second // 2), note)
        try:
            checklist = mark_item(checklist, entry)
        except ChecklistRefused:
            continue
    return checklist


def signed(checklist: Checklist) -> Checklist:
    """With every item marked by somebody entitled to it, and signed by all who owe it."""
    for item in checklist.template.items:
        person = next(p for p in PEOPLE if p.role in item.sign)
        checklist = mark_item(checklist, ChecklistEntry(item.id, Mark.DONE, person, at(100)))
    for phase in Phase:
        for person in PEOPLE:
            if owed_parts(checklist, phase, person):
                checklist = add_signatures(checklist, sign_phase(checklist, phase, person, at(200)))
    return checklist
