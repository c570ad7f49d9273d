"""The checklist gates guidance: what may be marked, by whom, and what stays open."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistRefused,
    ChecklistTemplate,
    Level,
    Mark,
    Phase,
    Proof,
    mark_item,
    may_mark,
)
from guidance_app.domain.people import DEVICE, Person, Role
from guidance_app.domain.sign_off import guidance_refusal

OPERATOR = Person("OP-01", Role.OPERATOR)
ASSISTANT = Person("AS-01", Role.ASSISTANT)
SUPERVISOR = Person("SU-01", Role.SUPERVISOR)
BOTH = (Role.OPERATOR, Role.ASSISTANT)


def item(
    id_: str, phase: Phase, level: Level, sign: tuple[Role, ...] = (Role.OPERATOR,)
) -> ChecklistItem:
    return ChecklistItem(id_, phase, f"Do {id_}", "O", ("OURS",), level, "tick", sign)


ITEMS = (
    item("pre-hard", Phase.PRE, Level.HARD),
    item("pre-soft", Phase.PRE, Level.SOFT),
    item("pre-adv", Phase.PRE, Level.ADVISORY),
    item("to-hard", Phase.TIME_OUT, Level.HARD, BOTH),
    item("to-assistant", Phase.TIME_OUT, Level.SOFT, (Role.ASSISTANT,)),
    item("intra-hard", Phase.INTRA, Level.HARD),
    item("post-supervisor", Phase.POST, Level.HARD, (Role.SUPERVISOR,)),
)
TEMPLATE = ChecklistTemplate("knee", "Knee injection", "1", "0" * 64, ITEMS)
EMPTY = Checklist(TEMPLATE)


def entry(id_: str, mark: Mark, person: Person = OPERATOR, note: str = "") -> ChecklistEntry:
    return ChecklistEntry(id_, mark, person, "2025-03-01T09:00:00+00:00", note)


def done(checklist: Checklist, *ids: str, person: Person = OPERATOR) -> Checklist:
    for id_ in ids:
        checklist = mark_item(checklist, entry(id_, Mark.DONE, person))
    return checklist


@pytest.mark.parametrize("proof", [Proof.IMAGING_SKILL_ON_RECORD, Proof.PROCEDURE_SKILL_ON_RECORD])
def test_a_trainee_does_not_confirm_the_own_skill(proof: Proof) -> None:
    skill = replace(ITEMS[0], sign=(Role.OPERATOR, Role.SUPERVISOR), proven_by=proof)
    alone = Checklist(replace(TEMPLATE, items=(skill,)))
    assert may_mark(alone, skill, OPERATOR)
    supervised = replace(alone, trainee=True)
    assert not may_mark(supervised, skill, OPERATOR)
    assert may_mark(supervised, skill, SUPERVISOR) and may_mark(supervised, skill, DEVICE)
    with pytest.raises(ChecklistRefused, match="ticked by the supervisor, not by the operator"):
        done(supervised, skill.id)


def test_a_fresh_checklist_refuses_guidance_and_names_what_is_open() -> None:
    refusal = guidance_refusal(EMPTY)
    assert refusal == ("Guidance stays off: 4 items open before it, next pre-hard “Do pre-hard”.")


def test_the_gate_opens_when_before_and_time_out_are_complete() -> None:
    checklist = done(EMPTY, "pre-hard", "pre-soft", "to-hard")
    assert guidance_refusal(checklist) == (
        "Guidance stays off: 1 item open before it, next to-assistant “Do to-assistant”."
    )
    checklist = done(checklist, "to-assistant", person=ASSISTANT)
    assert guidance_refusal(checklist) is None
    assert [open_.id for open_ in checklist.open_items(*Phase)] == ["intra-hard", "post-supervisor"]


def test_a_required_item_cannot_be_overridden_or_skipped() -> None:
    for mark in (Mark.OVERRIDDEN, Mark.SKIPPED):
        with pytest.raises(ChecklistRefused, match="pre-hard"):
            mark_item(EMPTY, entry("pre-hard", mark, note="no time"))


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_an_override_without_a_reason_is_refused(note: str) -> None:
    with pytest.raises(ChecklistRefused, match="pre-soft needs a typed reason"):
        mark_item(EMPTY, entry("pre-soft", Mark.OVERRIDDEN, note=note))


def test_an_override_with_a_reason_closes_the_item_and_keeps_the_reason() -> None:
    checklist = mark_item(EMPTY, entry("pre-soft", Mark.OVERRIDDEN, note="leaflet out of stock"))
    counts = checklist.status("pre-soft")
    assert counts is not None
    assert counts.note == "leaflet out of stock"
    assert "pre-soft" not in {open_.id for open_ in checklist.open_items(Phase.PRE)}


def test_only_an_advisory_item_may_be_skipped() -> None:
    with pytest.raises(ChecklistRefused, match="not advisory"):
        mark_item(EMPTY, entry("pre-soft", Mark.SKIPPED))
    skipped = mark_item(EMPTY, entry("pre-adv", Mark.SKIPPED))
    assert skipped.status("pre-adv") == entry("pre-adv", Mark.SKIPPED)


def test_reopening_closes_the_gate_again_and_erases_nothing() -> None:
    checklist = done(
        done(EMPTY, "pre-hard", "pre-soft", "to-hard"), "to-assistant", person=ASSISTANT
    )
    reopened = mark_item(checklist, entry("pre-hard", Mark.REOPENED))
    assert guidance_refusal(reopened) == (
        "Guidance stays off: 1 item open before it, next pre-hard “Do pre-hard”."
    )
    assert reopened.entries[:-1] == checklist.entries
    assert guidance_refusal(done(reopened, "pre-hard")) is None


def test_the_wrong_role_is_refused_with_the_right_one() -> None:
    with pytest.raises(ChecklistRefused, match="by the operator, not by the assistant"):
        mark_item(EMPTY, entry("pre-hard", Mark.DONE, ASSISTANT))
    with pytest.raises(ChecklistRefused, match="by the operator or assistant, not by the superv"):
        mark_item(EMPTY, entry("to-hard", Mark.DONE, SUPERVISOR))


def test_an_operator_alone_stands_in_for_the_assistant_and_for_nobody_else() -> None:
    alone = Checklist(TEMPLATE, working_alone=True)
    assert done(alone, "to-assistant").status("to-assistant") is not None
    with pytest.raises(ChecklistRefused, match="supervisor"):
        done(alone, "post-supervisor")
    with pytest.raises(ChecklistRefused, match="assistant"):
        done(EMPTY, "to-assistant")


def test_an_item_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ChecklistRefused, match="no item K-99 in Knee injection"):
        done(EMPTY, "K-99")


def test_items_of_a_phase_keep_their_order() -> None:
    assert [i.id for i in EMPTY.items(Phase.TIME_OUT)] == ["to-hard", "to-assistant"]


attempts = st.lists(
    st.builds(
        entry,
        st.sampled_from([i.id for i in ITEMS]),
        st.sampled_from(Mark),
        st.sampled_from([OPERATOR, ASSISTANT, SUPERVISOR]),
        st.sampled_from(["", "reason"]),
    ),
    max_size=30,
)


@given(attempts)
def test_no_sequence_of_marks_passes_the_gate_with_a_required_item_undone(
    tried: list[ChecklistEntry],
) -> None:
    checklist = EMPTY
    for attempt in tried:
        try:
            checklist = mark_item(checklist, attempt)
        except ChecklistRefused:
            continue
    if guidance_refusal(checklist) is None:
        for id_ in ("pre-hard", "to-hard"):
            last = [e for e in checklist.entries if e.item == id_][-1]
            assert last.mark is Mark.DONE
    assert all(e in tried for e in checklist.entries)
