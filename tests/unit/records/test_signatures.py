"""Signatures: all or none, by two people, of what is stored; on both engines."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import (
    ASSISTANT,
    OPERATOR,
    PHASE_ITEMS,
    TIME_UTC,
    pair,
    register_both,
    request,
)

from guidance_app.domain.checklist import ChecklistEntry, Mark
from guidance_app.domain.competence import StaffRole
from guidance_app.domain.people import Person, Role
from guidance_app.domain.signature import RECORD, Meaning, is_valid
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsRefused
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.signatures import SignatureRequest, signed_entries
from guidance_app.records.staff import StaffMember

NONE = "No signature was stored."


@pytest.fixture
def begun(records: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]) -> Records:
    """Two people are registered, and a procedure has its entries."""
    register_both(records)
    records.start_procedure(procedure)
    for entry in entries:
        records.add_entry(procedure.id, entry)
    return records


def test_a_pair_comes_back_with_what_it_was_signed_for(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    before = begun.verify_audit().head
    both = pair(procedure, entries)
    begun.sign("p-1", both)
    stored = begun.signatures("p-1")
    assert [one.signature for one in stored] == [one.signature for one in both]
    assert [one.phase_items for one in stored] == [PHASE_ITEMS] * 2
    assert [one.head for one in stored] == [before] * 2
    assert begun.holds(before)
    assert begun.verify_audit().entries == before.seq + 1
    assert begun.signatures("another") == ()
    for one in stored:
        content = signed_entries(one.signature.subject, one.phase_items, begun.entries("p-1"))
        assert is_valid(one.signature, content)


@pytest.mark.parametrize(
    ("part", "items", "positions"),
    [
        ("K-01", (), [0, 2, 3]),
        ("K-11", (), [1]),
        ("K-99", (), []),
        ("PRE", ("K-11", "K-99"), [1]),
        ("K-44", (), [4]),
        (RECORD, (), [0, 1, 2, 3, 4]),
    ],
)
def test_each_kind_of_subject_has_its_own_entries(
    begun: Records,
    procedure: ProcedureRecord,
    entries: list[ChecklistEntry],
    part: str,
    items: tuple[str, ...],
    positions: list[int],
) -> None:
    chosen = request(procedure, [entries[n] for n in positions], OPERATOR, part=part)
    exactly = request(procedure, entries, OPERATOR, part=part, phase_items=items)
    assert (chosen.signature.content_sha256 == exactly.signature.content_sha256) or items
    begun.sign("p-1", [exactly])
    assert begun.signatures("p-1")[0].signature == exactly.signature
    wrong = replace(exactly.signature, meaning=Meaning.VERIFIED, content_sha256="0" * 64)
    with pytest.raises(RecordsRefused, match="has changed since OP-01 saw it"):
        begun.sign("p-1", [SignatureRequest(wrong, items)])


def test_what_was_noted_is_part_of_what_is_signed(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    drug, volume, passes = entries[4].evidence
    for other in (
        (drug, replace(volume, value="12.5"), passes),
        (replace(drug, field="dose"), volume, passes),
        (volume, drug, passes),
        (drug, volume),
        (),
    ):
        changed = replace(entries[4], evidence=other)
        with pytest.raises(RecordsRefused, match="has changed since OP-01 saw it"):
            begun.sign(
                "p-1", [request(procedure, [changed], OPERATOR, part="K-44", phase_items=())]
            )
    whole = request(procedure, entries, OPERATOR, part="K-44", phase_items=())
    begun.sign("p-1", [whole])
    (stored,) = begun.signatures("p-1")
    content = signed_entries(stored.signature.subject, (), begun.entries("p-1"))
    assert is_valid(stored.signature, content)


Change = Callable[[SignatureRequest], SignatureRequest]


def with_person(code: str, role: Role) -> Change:
    return lambda asked: replace(
        asked, signature=replace(asked.signature, person=Person(code, role))
    )


def with_subject(**fields: str) -> Change:
    return lambda asked: replace(
        asked,
        signature=replace(asked.signature, subject=replace(asked.signature.subject, **fields)),
    )


REFUSED: dict[str, tuple[Change, str]] = {
    "unknown": (with_person("XX-01", Role.ASSISTANT), "registered here under the code XX-01"),
    "no such role": (with_person("AS-01", Role.OPERATOR), "AS-01 is not registered as operator"),
    "a patient": (with_person("AS-01", Role.PATIENT), "AS-01 is not registered as patient"),
    "one as two": (with_person("OP-01", Role.ASSISTANT), "Another person must sign as the second"),
    "other procedure": (with_subject(procedure_id="p-2"), "another procedure, p-2"),
    "other checklist": (with_subject(template_digest="1" * 64), "another version"),
    "other part": (with_subject(part="PRE"), "has changed since AS-01 saw it"),
    "an item with items": (with_subject(part="K-01"), "are not given as they must"),
    "a phase without items": (lambda asked: replace(asked, phase_items=()), "are not given"),
    "other items": (
        lambda asked: replace(asked, phase_items=("K-01",)),
        "has changed since AS-01 saw it",
    ),
    "other content": (
        lambda asked: replace(asked, signature=replace(asked.signature, content_sha256="f" * 64)),
        "has changed since AS-01 saw it",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_of_a_pair_both_are_stored_or_none(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry], what: str
) -> None:
    change, words = REFUSED[what]
    first, second = pair(procedure, entries)
    entries_before = begun.verify_audit().entries
    for order in ([first, change(second)], [change(second), first]):
        with pytest.raises(RecordsRefused) as caught:
            begun.sign("p-1", order)
        assert NONE in str(caught.value)
    if what != "one as two":  # whichever of the two comes second is refused
        assert words in str(caught.value)
    with pytest.raises(RecordsRefused, match=words):
        begun.sign("p-1", [first, change(second)])
    assert begun.signatures("p-1") == ()
    assert begun.verify_audit().entries == entries_before


def test_nothing_and_an_unknown_procedure_cannot_be_signed(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    with pytest.raises(RecordsRefused, match="nothing to sign"):
        begun.sign("p-1", [])
    unknown = replace(procedure, id="p-9")
    with pytest.raises(RecordsRefused, match="no procedure p-9"):
        begun.sign("p-9", pair(unknown, entries))


def test_whoever_has_left_or_lost_the_role_signs_no_more(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    begun.set_roles("AS-01", {StaffRole.RADIOGRAPHER})
    with pytest.raises(RecordsRefused, match="AS-01 is not registered as assistant"):
        begun.sign("p-1", pair(procedure, entries))
    begun.set_roles("AS-01", {StaffRole.ASSISTANT})
    begun.set_active("AS-01", False)
    with pytest.raises(RecordsRefused, match="Nobody who may sign"):
        begun.sign("p-1", pair(procedure, entries))
    assert begun.signatures("p-1") == ()


def test_the_second_may_come_later_but_is_another_person(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    first, second = pair(procedure, entries)
    begun.sign("p-1", [first])
    alone = request(procedure, entries, Person("OP-01", Role.ASSISTANT), Meaning.VERIFIED)
    with pytest.raises(RecordsRefused, match="Another person must sign"):
        begun.sign("p-1", [alone])
    with pytest.raises(RecordsRefused, match="OP-01 has signed this"):
        begun.sign("p-1", [first])
    begun.sign("p-1", [second])
    assert len(begun.signatures("p-1")) == 2


def test_what_has_changed_is_signed_again(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    begun.sign("p-1", pair(procedure, entries))
    begun.add_entry("p-1", entries[2])
    with pytest.raises(RecordsRefused, match="has changed since OP-01 saw it"):
        begun.sign("p-1", pair(procedure, entries))
    begun.sign("p-1", pair(procedure, [*entries, entries[2]]))
    assert len(begun.signatures("p-1")) == 4


def test_whoever_did_it_may_close_the_record(
    begun: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    done = request(procedure, entries, OPERATOR, part=RECORD, phase_items=())
    closed = request(procedure, entries, OPERATOR, Meaning.CLOSED, RECORD, ())
    begun.sign("p-1", [done, closed])
    with pytest.raises(RecordsRefused, match="has signed this"):
        begun.sign("p-1", [closed])
    assert len(begun.signatures("p-1")) == 2


def test_working_alone_one_person_signs_both(
    records: Records, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    alone = replace(procedure, working_alone=True)
    register_both(records)
    records.start_procedure(alone)
    as_second = Person("OP-01", Role.ASSISTANT)
    first = request(alone, (), OPERATOR)
    second = request(alone, (), as_second, Meaning.VERIFIED)
    records.sign("p-1", [first, second])
    with pytest.raises(RecordsRefused, match="has signed this"):
        records.sign("p-1", [first])


PERSONS = [OPERATOR, ASSISTANT, Person("OP-01", Role.ASSISTANT), Person("SU-01", Role.SUPERVISOR)]
STEPS = st.lists(
    st.one_of(
        st.sampled_from(["K-01", "K-02"]),
        st.lists(
            st.tuples(
                st.sampled_from(PERSONS),
                st.sampled_from(list(Meaning)),
                st.sampled_from(["TO", "K-01", RECORD]),
                st.booleans(),
            ),
            min_size=1,
            max_size=3,
        ),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with three people on the staff."""
    path = tmp_path_factory.mktemp("signatures") / "staffed.sqlite"
    with closing(Records.open(path)) as records:
        register_both(records)
        records.add_person(StaffMember("SU-01", "Sue"))
        records.set_roles("SU-01", {StaffRole.SUPERVISOR})
    return path


@settings(max_examples=60)
@given(alone=st.booleans(), steps=STEPS)
def test_no_two_signatures_of_a_pair_are_of_one_person(
    staffed: Path, alone: bool, steps: list
) -> None:
    base = ProcedureRecord("p-1", "s", "knee", "P", "R", "1", "0", TIME_UTC, (OPERATOR,), alone)
    path = Path(shutil.copy(staffed, staffed.with_name("example.sqlite")))
    with closing(Records.open(path)) as records:
        records.start_procedure(base)
        for step in steps:
            take(records, base, step)
        stored = [one.signature for one in records.signatures(base.id)]
        assert records.verify_audit().problem is None
    people = [(s.subject, s.content_sha256, s.person.code, s.meaning) for s in stored]
    assert len(people) == len(set(people))
    halves = [key[:3] for key in people if key[3] is not Meaning.CLOSED]
    assert alone or len(halves) == len(set(halves))


def take(records: Records, base: ProcedureRecord, step: str | list) -> None:
    """Mark an item, or sign: what is refused leaves everything as it was."""
    if isinstance(step, str):
        records.add_entry(base.id, ChecklistEntry(step, Mark.DONE, OPERATOR, TIME_UTC))
        return
    entries, before = records.entries(base.id), records.signatures(base.id)
    asked = [
        request(
            base,
            entries if current else (),
            person,
            meaning,
            part,
            ("K-01",) if part == "TO" else (),
        )
        for person, meaning, part, current in step
    ]
    try:
        records.sign(base.id, asked)
    except RecordsRefused:
        assert records.signatures(base.id) == before
    else:
        assert len(records.signatures(base.id)) == len(before) + len(asked)
