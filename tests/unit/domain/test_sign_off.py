"""Who signs what, what a signature is worth after a change, and what stays shut without it."""

from dataclasses import replace

import pytest

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistRefused,
    ChecklistTemplate,
    Emergency,
    Level,
    Mark,
    Phase,
    declare_emergency,
    mark_item,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.people import Person, Role
from guidance_app.domain.sign_off import (
    GATE_PHASES,
    add_signatures,
    close_record,
    closing_refusal,
    guidance_refusal,
    injection_refusal,
    sign_phase,
    unsigned,
)
from guidance_app.domain.signature import Meaning

OPERATOR = Person("OP-01", Role.OPERATOR)
ASSISTANT = Person("AS-01", Role.ASSISTANT)
SUPERVISOR = Person("SU-01", Role.SUPERVISOR)
DOUBLE = Person("OP-01", Role.ASSISTANT)
"""The operator under another hat."""
PEOPLE = (OPERATOR, ASSISTANT, SUPERVISOR, DOUBLE)
OP, AS, SU = Role.OPERATOR, Role.ASSISTANT, Role.SUPERVISOR


def item(
    id_: str, phase: Phase, level: Level, *sign: Role, before_injection: bool = False
) -> ChecklistItem:
    return ChecklistItem(id_, phase, f"Do {id_}", "O", ("OURS",), level, "", sign, before_injection)


ITEMS = (
    item("skill", Phase.PRE, Level.HARD, OP, SU),
    item("allergies", Phase.PRE, Level.HARD, AS),
    item("room", Phase.PRE, Level.SOFT, OP, AS),
    item("identity", Phase.TIME_OUT, Level.HARD, OP, AS),
    item("gel", Phase.TIME_OUT, Level.SOFT, AS),
    item("tip", Phase.INTRA, Level.SOFT, OP, before_injection=True),
    item("note", Phase.POST, Level.HARD, OP),
    item("closed", Phase.POST, Level.HARD, OP, AS),
)
TEMPLATE = ChecklistTemplate("knee", "Knee injection", "1", "0" * 64, ITEMS)
EMPTY = Checklist(TEMPLATE, procedure_id="p-1")
ALONE = replace(EMPTY, working_alone=True)


def at(second: int) -> str:
    return f"2026-11-26T09:{second // 60:02d}:{second % 60:02d}+00:00"


def done(checklist: Checklist, *phases: Phase) -> Checklist:
    """With every item of these phases marked, by somebody entitled to it."""
    for one in (one for phase in phases for one in checklist.items(phase)):
        person = OPERATOR if OP in one.sign or checklist.working_alone else ASSISTANT
        checklist = mark_item(checklist, ChecklistEntry(one.id, Mark.DONE, person, at(1)))
    return checklist


def signed(checklist: Checklist, phase: Phase, *people: Person) -> Checklist:
    for person in people:
        checklist = add_signatures(checklist, sign_phase(checklist, phase, person, at(2)))
    return checklist


def through_time_out(checklist: Checklist = EMPTY) -> Checklist:
    checklist = done(checklist, *GATE_PHASES)
    people = (OPERATOR,) if checklist.working_alone else (OPERATOR, ASSISTANT)
    for phase in GATE_PHASES:
        checklist = signed(checklist, phase, *people)
    return checklist


def test_guidance_waits_for_each_signature_in_turn() -> None:
    checklist = done(EMPTY, *GATE_PHASES)
    assert guidance_refusal(checklist) == (
        "Guidance stays off: the part before is not signed by the operator."
    )
    checklist = signed(checklist, Phase.PRE, OPERATOR)
    assert "the part before is not signed by the assistant" in str(guidance_refusal(checklist))
    checklist = signed(checklist, Phase.PRE, ASSISTANT)
    checklist = signed(checklist, Phase.TIME_OUT, OPERATOR)
    assert "the time-out is not signed by the assistant" in str(guidance_refusal(checklist))
    assert guidance_refusal(signed(checklist, Phase.TIME_OUT, ASSISTANT)) is None


def test_one_act_signs_the_required_items_and_the_phase() -> None:
    checklist = done(EMPTY, *GATE_PHASES)
    signatures = sign_phase(checklist, Phase.PRE, OPERATOR, at(2))
    assert [s.subject.part for s in signatures] == ["skill", "PRE"]
    assert {s.meaning for s in signatures} == {Meaning.DONE}
    (verified,) = {s.meaning for s in sign_phase(checklist, Phase.TIME_OUT, ASSISTANT, at(2))}
    assert verified is Meaning.VERIFIED


def test_nobody_signs_before_the_items_are_done() -> None:
    with pytest.raises(ChecklistRefused, match=r"3 items open, next skill .*before you sign"):
        sign_phase(EMPTY, Phase.PRE, OPERATOR, at(2))


def test_nobody_signs_twice_for_two() -> None:
    checklist = done(EMPTY, *GATE_PHASES)
    checklist = signed(checklist, Phase.TIME_OUT, OPERATOR)
    with pytest.raises(ChecklistRefused, match="OP-01, assistant: nothing to sign"):
        sign_phase(checklist, Phase.TIME_OUT, DOUBLE, at(3))
    forged = tuple(
        replace(s, person=DOUBLE) for s in sign_phase(checklist, Phase.TIME_OUT, ASSISTANT, at(3))
    )
    with pytest.raises(ChecklistRefused, match="OP-01 has signed identity already"):
        add_signatures(checklist, forged)


def test_working_alone_one_person_signs_for_all() -> None:
    checklist = through_time_out(ALONE)
    assert guidance_refusal(checklist) is None


def test_a_trainee_needs_the_supervisor() -> None:
    checklist = through_time_out(replace(EMPTY, trainee=True))
    assert "not signed by the supervisor" in str(guidance_refusal(checklist))
    checklist = signed(checklist, Phase.PRE, SUPERVISOR)
    assert guidance_refusal(checklist) is None
    assert checklist.signatures[-1].meaning is Meaning.SUPERVISED


def test_a_change_after_the_signature_makes_it_invalid_until_it_is_signed_again() -> None:
    checklist = through_time_out()
    reopened = mark_item(checklist, ChecklistEntry("gel", Mark.REOPENED, ASSISTANT, at(5)))
    assert "1 item open" in str(guidance_refusal(reopened))
    again = mark_item(reopened, ChecklistEntry("gel", Mark.DONE, ASSISTANT, at(6)))
    assert "the time-out is not signed by the operator" in str(guidance_refusal(again))
    assert [part for part, _ in unsigned(again, Phase.TIME_OUT)] == ["TO"]
    for person in (OPERATOR, ASSISTANT):
        again = add_signatures(again, sign_phase(again, Phase.TIME_OUT, person, at(7)))
    assert guidance_refusal(again) is None


def test_a_signature_of_another_record_is_worth_nothing() -> None:
    signatures = through_time_out().signatures
    other = done(replace(EMPTY, procedure_id="p-2"), *GATE_PHASES)
    with pytest.raises(ChecklistRefused, match="belongs to another record"):
        add_signatures(other, signatures)


def test_a_signature_under_other_content_is_refused() -> None:
    checklist = done(EMPTY, *GATE_PHASES)
    early = sign_phase(checklist, Phase.PRE, OPERATOR, at(2))
    changed = mark_item(checklist, ChecklistEntry("skill", Mark.DONE, OPERATOR, at(3), "level 2"))
    with pytest.raises(ChecklistRefused, match="What OP-01 signed in skill has changed"):
        add_signatures(changed, early)


def test_a_clock_that_was_set_back_is_noticed() -> None:
    checklist = done(EMPTY, *GATE_PHASES)
    with pytest.raises(ChecklistRefused, match="clock of this computer was set back"):
        add_signatures(checklist, sign_phase(checklist, Phase.PRE, OPERATOR, at(0)))


def test_an_injection_waits_for_what_comes_before_it() -> None:
    checklist = through_time_out()
    assert injection_refusal(checklist) == "Not before tip “Do tip” is settled."
    without = ChecklistEntry("tip", Mark.OVERRIDDEN, OPERATOR, at(3), "spread seen instead")
    assert injection_refusal(mark_item(checklist, without)) is None
    assert "Guidance stays off" in str(injection_refusal(done(EMPTY, Phase.INTRA)))


def test_the_record_is_closed_by_two() -> None:
    checklist = done(through_time_out(), Phase.INTRA, Phase.POST)
    checklist = signed(checklist, Phase.INTRA, OPERATOR)
    checklist = signed(checklist, Phase.POST, OPERATOR)
    assert closing_refusal(checklist) == (
        "The record stays open: the part after is not signed by the assistant."
    )
    assert closing_refusal(signed(checklist, Phase.POST, ASSISTANT)) is None


@pytest.mark.parametrize(("reason", "name"), [("", "OP-01"), ("  ", "OP-01"), ("bleeding", "")])
def test_an_emergency_needs_a_reason_and_a_name(reason: str, name: str) -> None:
    emergency = Emergency(Person(name, Role.OPERATOR), at(1), reason)
    with pytest.raises(ChecklistRefused, match="needs a typed reason and the name"):
        declare_emergency(EMPTY, emergency)


def test_an_emergency_opens_the_gates_and_the_end_is_signed_all_the_same() -> None:
    checklist = declare_emergency(EMPTY, Emergency(OPERATOR, at(1), "vasovagal collapse"))
    assert guidance_refusal(checklist) is None
    assert injection_refusal(checklist) is None
    assert "2 items open" in str(closing_refusal(checklist))
    checklist = signed(done(checklist, Phase.POST), Phase.POST, OPERATOR, ASSISTANT)
    assert closing_refusal(checklist) is None


def test_a_record_of_before_there_were_signatures_needs_none() -> None:
    assert guidance_refusal(done(replace(EMPTY, procedure_id=""), *GATE_PHASES)) is None


def test_an_item_that_does_not_apply_says_why_and_required_ones_apply() -> None:
    entry = ChecklistEntry("room", Mark.NOT_APPLICABLE, OPERATOR, at(1), "the patient sits")
    assert mark_item(EMPTY, entry).status("room") is entry
    with pytest.raises(ChecklistRefused, match="say why it does not apply"):
        mark_item(EMPTY, replace(entry, note=" "))
    with pytest.raises(ChecklistRefused, match="required and always applies"):
        mark_item(EMPTY, replace(entry, item="skill"))
    relevant = tuple(replace(one, may_not_apply=one.id == "skill") for one in ITEMS)
    checklist = replace(EMPTY, template=replace(TEMPLATE, items=relevant))
    assert mark_item(checklist, replace(entry, item="skill")).status("skill")


def test_a_closed_record_takes_nothing_more_and_keeps_its_gates_shut() -> None:
    emergency = Emergency(OPERATOR, at(1), "vasovagal collapse")
    checklist = declare_emergency(EMPTY, emergency)
    with pytest.raises(ChecklistRefused, match="The record stays open: 2 items open"):
        close_record(checklist)
    checklist = close_record(signed(done(checklist, Phase.POST), Phase.POST, OPERATOR, ASSISTANT))
    assert guidance_refusal(checklist) == "The record is closed. Start the next procedure."
    assert injection_refusal(checklist) == guidance_refusal(checklist)
    entry = ChecklistEntry("room", Mark.REOPENED, OPERATOR, at(9))
    for change in (
        lambda: mark_item(checklist, entry),
        lambda: add_signatures(checklist, checklist.signatures),
        lambda: declare_emergency(checklist, emergency),
        lambda: close_record(checklist),
    ):
        with pytest.raises(ChecklistRefused, match="The record is closed"):
            change()


def test_an_item_is_not_done_without_the_evidence_it_asks_for() -> None:
    volume = EvidenceField("volume", "Volume", EvidenceKind.NUMBER, "ml", 0, 100, required=True)
    template = replace(EMPTY.template, items=tuple(replace(one, fields=(volume,)) for one in ITEMS))
    checklist = replace(EMPTY, template=template)
    entry = ChecklistEntry("room", Mark.DONE, OPERATOR, at(1))
    with pytest.raises(ChecklistRefused, match="room: Volume is asked for"):
        mark_item(checklist, entry)
    with pytest.raises(ChecklistRefused, match="room: Volume: type a number from 0 to 100 ml"):
        mark_item(checklist, replace(entry, evidence=(Evidence("volume", "101"),)))
    noted = mark_item(checklist, replace(entry, evidence=(Evidence("volume", "4"),)))
    assert noted.status("room").evidence == (Evidence("volume", "4"),)
    left_out = replace(entry, mark=Mark.NOT_APPLICABLE, note="no injection")
    assert mark_item(checklist, left_out).status("room") is left_out
    with pytest.raises(ChecklistRefused, match="room: values are noted only when it is done"):
        mark_item(checklist, replace(left_out, evidence=(Evidence("volume", "4"),)))


def test_the_side_that_is_noted_is_the_side_that_was_set_up() -> None:
    side = EvidenceField("side", "Side", EvidenceKind.CHOICE, choices=("left", "right", "no side"))
    template = replace(EMPTY.template, items=tuple(replace(one, fields=(side,)) for one in ITEMS))
    for set_up, noted in (("right", "right"), ("midline", "no side"), ("", "left")):
        checklist = replace(EMPTY, template=template, side=set_up)
        entry = ChecklistEntry("room", Mark.DONE, OPERATOR, at(1), "", (Evidence("side", noted),))
        assert mark_item(checklist, entry).status("room") is entry
    checklist = replace(EMPTY, template=template, side="right")
    wrong = ChecklistEntry("room", Mark.DONE, OPERATOR, at(1), "", (Evidence("side", "left"),))
    with pytest.raises(ChecklistRefused, match=r"room: set up is right, not left\. Look at the"):
        mark_item(checklist, wrong)
