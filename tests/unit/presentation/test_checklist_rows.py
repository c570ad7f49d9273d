"""The checklist in words: what an item is and asks, what was noted, and what waits for whom."""

from dataclasses import replace
from functools import partial

import pytest

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistTemplate,
    Emergency,
    Level,
    Mark,
    Phase,
    Proof,
    mark_item,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan
from guidance_app.domain.sign_off import add_signatures, close_record, sign_phase
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import checklist_template
from guidance_app.knowledge.wording import describe_trace
from guidance_app.presentation.checklist_rows import (
    awaited_point,
    checklist_view,
    describe_with,
    open_record,
)
from guidance_app.presentation.view import ChecklistRow, ChecklistView, PlanPoint, Signing

OPERATOR, ASSISTANT = Person("OP-01", Role.OPERATOR), Person("AS-01", Role.ASSISTANT)
PEOPLE = (OPERATOR, ASSISTANT)
VOLUME = EvidenceField("volume", "Volume", EvidenceKind.NUMBER, "ml", 0, 500, required=True)
NOTED = (Evidence("volume", "4"),)
EARLY, LATE = "2026-11-26T09:14:00+00:00", "2026-11-26T09:15:00+00:00"


def item(id_: str, *roles: Role, **changes: object) -> ChecklistItem:
    plain = ChecklistItem(id_, Phase.POST, id_, "O", ("OURS",), Level.SOFT, "note", roles)
    return replace(plain, **changes)


ITEMS = (
    item("volume", Role.OPERATOR, level=Level.HARD, fields=(VOLUME,)),
    item("labels", Role.ASSISTANT),
    item("left", Role.OPERATOR, Role.ASSISTANT),
)
TEMPLATE = ChecklistTemplate("knee", "Knee injection", "1", "0" * 64, ITEMS)
EMPTY = Checklist(TEMPLATE, procedure_id="p-1")


def view(checklist: Checklist, *people: Person, phase: Phase = Phase.POST) -> ChecklistView:
    return checklist_view(checklist, phase, people, lambda item: f"all of {item.id}")


def row(checklist: Checklist, id_: str) -> ChecklistRow:
    return next(row for row in view(checklist, *PEOPLE).rows if row.item == id_)


def marked(
    checklist: Checklist, id_: str, mark: Mark, person: Person, *noted: Evidence
) -> Checklist:
    return mark_item(checklist, ChecklistEntry(id_, mark, person, EARLY, "seen", noted))


def complete() -> Checklist:
    checklist = marked(EMPTY, "volume", Mark.DONE, OPERATOR, *NOTED)
    checklist = marked(checklist, "labels", Mark.DONE, ASSISTANT)
    checklist = marked(checklist, "left", Mark.DONE, ASSISTANT)
    for person in PEOPLE:
        checklist = add_signatures(checklist, sign_phase(checklist, Phase.POST, person, LATE))
    return checklist


def test_a_marked_item_shows_its_values_and_a_reopened_one_keeps_them_to_be_changed() -> None:
    done = marked(EMPTY, "volume", Mark.DONE, OPERATOR, *NOTED)
    shown = row(done, "volume")
    assert (shown.note, shown.noted) == ("4 ml\nOP-01 09:14: seen", NOTED)
    reopened = row(marked(done, "volume", Mark.REOPENED, OPERATOR), "volume")
    assert (reopened.note, reopened.mark, reopened.noted) == ("", "open", NOTED)
    assert row(EMPTY, "volume").noted == ()


def test_a_row_leaves_out_the_labels_of_what_explains_itself() -> None:
    fields = (
        EvidenceField("drug", "Drug", EvidenceKind.TEXT),
        EvidenceField("passes", "Needle passes", EvidenceKind.NUMBER),
        EvidenceField("side", "Side", EvidenceKind.CHOICE, choices=("left", "right")),
        EvidenceField("worn", "Apron worn", EvidenceKind.TICK),
        EvidenceField("left", "Left at", EvidenceKind.TIME),
    )
    values = (("drug", "saline"), ("passes", "2"), ("side", "left"), ("worn", "yes"))
    noted = tuple(Evidence(*pair) for pair in (*values, ("left", "09:05")))
    items = (item("all", Role.OPERATOR, fields=fields),)
    checklist = marked(
        Checklist(replace(TEMPLATE, items=items)), "all", Mark.DONE, OPERATOR, *noted
    )
    assert row(checklist, "all").note == (
        "saline · Needle passes: 2 · left · Apron worn · Left at: 09:05\nOP-01 09:14: seen"
    )


def test_the_sheet_says_level_signers_origin_and_the_whole_item() -> None:
    assert row(EMPTY, "volume").explanation == (
        "volume  volume",
        "Required: it cannot be skipped, and it is signed.",
        "Ticked by the operator, signed by the operator.",
        "O: a proposal of this project, no source states it.",
        "all of volume",
        "To note: note.",
        "Who ticks and signs, and how strictly it holds: a proposal of this project.",
    )
    soft = row(EMPTY, "left").explanation
    assert "Reason to skip: it is done, or gone on without for a typed reason." in soft
    assert "Ticked by the operator or assistant." in soft


def test_the_sheet_of_a_marked_item_says_what_was_noted() -> None:
    done = marked(EMPTY, "volume", Mark.DONE, OPERATOR, *NOTED)
    assert row(done, "volume").explanation[1:3] == (
        "Marked done: OP-01 09:14: seen",
        "Volume: 4 ml",
    )


def test_every_shipped_item_is_explained_with_its_origin_and_its_sources() -> None:
    knowledge = shipped_knowledge()
    checklist = Checklist(checklist_template("knee-injection"))
    for phase in Phase:
        shown = checklist_view(checklist, phase, PEOPLE, partial(describe_with, knowledge))
        for one, drawn in zip(checklist.items(phase), shown.rows, strict=True):
            assert [line[0] for line in drawn.explanation if line[1:3] == ": "] == list(one.origin)
            assert set(describe_trace(one.trace).splitlines()) <= set(drawn.explanation)


def test_an_item_that_this_computer_does_not_know_still_names_its_sources() -> None:
    said = describe_with(shipped_knowledge(), item("S-99", Role.OPERATOR, trace=("POL-7",)))
    assert "S-99" in said
    assert "POL-7" in said


def test_next_ticks_what_the_person_who_acts_may_tick() -> None:
    assert view(EMPTY, OPERATOR, ASSISTANT).current == "volume"
    assert view(EMPTY, ASSISTANT, OPERATOR).current == "labels"


def test_what_is_left_for_somebody_else_is_handed_over() -> None:
    checklist = marked(EMPTY, "volume", Mark.DONE, OPERATOR, *NOTED)
    checklist = marked(checklist, "left", Mark.DONE, OPERATOR)
    assert view(checklist, OPERATOR, ASSISTANT).hand_over
    assert not view(checklist, ASSISTANT, OPERATOR).hand_over
    assert not view(checklist, OPERATOR).hand_over
    assert not view(EMPTY, OPERATOR, ASSISTANT).hand_over


def test_the_last_phase_leads_to_closing_once_all_have_signed_it() -> None:
    checklist = complete()
    assert view(checklist, OPERATOR).signing is Signing.CLOSING
    assert view(checklist, OPERATOR, phase=Phase.PRE).signing is not Signing.CLOSING
    assert not view(checklist, OPERATOR).closed
    assert view(close_record(complete_emergency()), OPERATOR).closed


def complete_emergency() -> Checklist:
    return replace(complete(), emergency=Emergency(OPERATOR, EARLY, "bleeding"))


@pytest.mark.parametrize(
    ("checklist", "words"),
    [
        (None, ""),
        (EMPTY, "The record stays open: 3 items open, next volume “volume”."),
        (complete_emergency(), "The record is complete and not closed."),
        (close_record(complete_emergency()), ""),
    ],
)
def test_who_leaves_an_open_record_is_told_what_is_missing(
    checklist: Checklist | None, words: str
) -> None:
    assert open_record(checklist) == words


PLAN_ITEM = item("plan", Role.OPERATOR, phase=Phase.TIME_OUT, proven_by=Proof.PLAN_ON_LIVE_PICTURE)
PLANNED = Checklist(
    replace(TEMPLATE, items=(item("pre", Role.OPERATOR, phase=Phase.PRE), PLAN_ITEM))
)
TARGET = Plan(target_px=(3.0, 4.0))


def awaited(checklist: Checklist, plan: Plan) -> PlanPoint | None:
    return awaited_point(view(checklist, OPERATOR), plan)


def test_target_and_entry_are_waited_for_while_the_time_out_lacks_a_plan() -> None:
    assert awaited_point(None, Plan()) is None
    assert awaited(PLANNED, Plan()) is None, "the part before is not done"
    at_time_out = marked(PLANNED, "pre", Mark.DONE, OPERATOR)
    assert awaited(at_time_out, Plan()) is PlanPoint.TARGET
    assert awaited(at_time_out, TARGET) is PlanPoint.ENTRY
    assert awaited(at_time_out, replace(TARGET, entry_px=(0.0, 0.0))) is None
    settled = marked(at_time_out, "plan", Mark.OVERRIDDEN, OPERATOR)
    assert awaited(settled, Plan()) is None
    assert awaited(marked(settled, "plan", Mark.REOPENED, OPERATOR), Plan()) is not None
