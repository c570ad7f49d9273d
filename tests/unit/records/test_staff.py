"""Who works here and what they may do, as stored, on both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from guidance_app.domain.competence import (
    RADIATION,
    Certificate,
    Course,
    LogCount,
    StaffRecord,
    StaffRole,
)
from guidance_app.domain.people import Person, Role
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsRefused
from guidance_app.records.procedures import LogBookEntry, ProcedureRecord
from guidance_app.records.staff import StaffMember

ENDED = "2025-03-01T09:30:00+00:00"

NAMES = [
    'O\'Brien; "DROP TABLE staff"; --',
    "\u0645\u062d\u0645\u062f \u200f\u0639\u0644\u064a",
    "שרה כהן",
    "Zoë \N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}\u200d\u2695\ufe0f 🩺",
    "%s %(x)s :name $1 \\",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_as_it_is(records: Records, name: str) -> None:
    records.add_person(StaffMember("OP-01", name))
    assert records.people() == (StaffMember("OP-01", name),)


def test_half_a_character_is_refused_in_a_sentence(records: Records) -> None:
    with pytest.raises(RecordsRefused, match="half of a character"):
        records.add_person(StaffMember("OP-01", "\ud83d"))
    assert records.people() == ()


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("", "Ada", "A code has 1 to 20 letters"),
        ("OP 1", "Ada", "A code has 1 to 20 letters"),
        ("OP-1\n", "Ada", "A code has 1 to 20 letters"),
        ("\u041eP-1", "Ada", "A code has 1 to 20 letters"),
        ("O" * 21, "Ada", "A code has 1 to 20 letters"),
        ("Device", "Ada", "The code device is the program's own"),
        ("op-01", "Ada", "Somebody is registered under OP-01"),
        ("OP-2", " ", "The name is empty"),
        ("OP-2", "A\u202eda", "one that turns the direction of the text"),
        ("OP-2", "A\x07da", "The name holds a control character"),
        ("OP-2", "A" * 121, "A name has 120 characters at most"),
    ],
)
def test_who_cannot_be_registered_is_refused(
    records: Records, code: str, name: str, words: str
) -> None:
    records.add_person(StaffMember("OP-01", "Ann"))
    with pytest.raises(RecordsRefused, match=words):
        records.add_person(StaffMember(code, name))
    assert [person.code for person in records.people()] == ["OP-01"]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (Certificate("EFSUMB", 0, "us", date(2024, 1, 1)), "whole number from 1 to 9"),
        (Certificate("EFSUMB", 10, "us", date(2024, 1, 1)), "whole number from 1 to 9"),
        (Certificate(" ", 2, "us", date(2024, 1, 1)), "The scheme of the certificate is empty"),
        (Certificate("EFSUMB", 2, "sonar", date(2024, 1, 1)), "no technique called “sonar”"),
        (Certificate("EFSUMB", 2, "us", date(2024, 1, 2), date(2024, 1, 1)), "expire before"),
        (Course("sonar", date(2024, 1, 1)), "There are: .*us, .*mri, .*radiation protection"),
        (Course("us", date(2024, 1, 2), date(2024, 1, 1)), "expire before it begins"),
    ],
)
def test_what_nobody_can_hold_is_refused(
    records: Records, held: Certificate | Course, words: str
) -> None:
    records.add_person(StaffMember("OP-01", "Ann"))
    with pytest.raises(RecordsRefused, match=words):
        if isinstance(held, Course):
            records.add_course("OP-01", held)
        else:
            records.add_certificate("OP-01", held)
    assert records.staff_record("OP-01") == StaffRecord("OP-01", frozenset())


def test_people_come_by_code_and_a_code_is_given_once(records: Records) -> None:
    people = (StaffMember("B", "One"), StaffMember("a", "Two"), StaffMember("b-2", "Three", False))
    for person in reversed(people):
        records.add_person(person)
    with pytest.raises(RecordsRefused, match="Somebody is registered under a"):
        records.add_person(StaffMember("a", "Another"))
    assert records.people() == people


def test_what_is_asked_of_an_unknown_person_is_refused(records: Records) -> None:
    day = date(2024, 1, 1)
    for action in (
        lambda: records.set_roles("X", {StaffRole.OPERATOR}),
        lambda: records.set_active("X", False),
        lambda: records.add_certificate("X", Certificate("EULAR", 1, "us", day)),
        lambda: records.add_course("X", Course("us", day)),
        lambda: records.set_pin("X", "1234"),
        lambda: records.check_pin("X", "1234"),
    ):
        with pytest.raises(RecordsRefused, match="Nobody is registered here under the code X"):
            action()
    assert records.staff_record("X") is None
    assert records.verify_audit().entries == 0


def test_a_staff_record_holds_all_that_was_added(records: Records) -> None:
    certificates = (
        Certificate("EFSUMB", 2, "us", date(2023, 5, 1), date(2028, 5, 1)),
        Certificate("EULAR", 1, "us", date(2022, 1, 31)),
    )
    courses = (
        Course(RADIATION, date(2024, 2, 29)),
        Course("us", date(2021, 1, 1), date(2026, 1, 1)),
    )
    records.add_person(StaffMember("OP-01", "Ann"))
    assert records.staff_record("OP-01") == StaffRecord("OP-01", frozenset())
    records.set_roles("OP-01", {StaffRole.TRAINER, StaffRole.OPERATOR})
    for certificate in certificates:
        records.add_certificate("OP-01", certificate)
    for course in courses:
        records.add_course("OP-01", course)
    roles = frozenset({StaffRole.TRAINER, StaffRole.OPERATOR})
    assert records.staff_record("OP-01") == StaffRecord("OP-01", roles, certificates, courses)


def test_the_roles_that_were_set_last_count(
    records: Records, register: Callable[..., None]
) -> None:
    register("OP-01", StaffRole.OPERATOR)
    for roles in ({StaffRole.ASSISTANT, StaffRole.ENGINEER}, set(), {StaffRole.RADIOGRAPHER}):
        records.set_roles("OP-01", roles)
        record = records.staff_record("OP-01")
        assert record is not None
        assert record.roles == roles


def test_whoever_is_not_active_has_no_role_until_they_come_back(
    records: Records, register: Callable[..., None]
) -> None:
    register("OP-01", StaffRole.OPERATOR)
    for active in (False, True):
        records.set_active("OP-01", active)
        record = records.staff_record("OP-01")
        assert record is not None
        assert record.roles == ({StaffRole.OPERATOR} if active else frozenset())
        assert records.people() == (StaffMember("OP-01", "Name of OP-01", active),)


def operated(procedure: ProcedureRecord, id_: str, family: str, *codes: str) -> ProcedureRecord:
    people = tuple(Person(code, Role.OPERATOR) for code in codes)
    return replace(procedure, id=id_, site_family=family, technique="us", people=people)


def test_a_log_book_is_written_when_a_record_was_closed(
    records: Records, procedure: ProcedureRecord
) -> None:
    alone = operated(procedure, "p-1", "knee", "OP-01")
    taught = replace(
        operated(procedure, "p-2", "knee", "SU-01", "OP-01"), supervisor_code="SU-01", complex=True
    )
    records.add_person(StaffMember("OP-01", "Ann"))
    for one in (alone, taught, replace(alone, id="p-3", site_family="hip")):
        records.start_procedure(one)
    assert records.log_book("OP-01") == ()
    for id_ in ("p-1", "p-2", "p-3"):
        records.finish_procedure(id_, ENDED, counts=True)
    day = "2025-03-01"
    first = LogBookEntry("p-1", "OP-01", "knee", "us", False, None, day)
    second = LogBookEntry("p-2", "OP-01", "knee", "us", True, "SU-01", day)
    assert records.log_book("OP-01") == (
        first,
        second,
        replace(first, procedure_id="p-3", family="hip"),
    )
    assert records.log_book("SU-01") == (replace(second, person_code="SU-01", supervised_by=None),)
    record = records.staff_record("OP-01")
    assert record is not None
    assert record.counts == (LogCount("hip", 0, 1), LogCount("knee", 1, 1))


def test_a_record_that_was_not_closed_counts_in_no_log_book(
    records: Records, procedure: ProcedureRecord
) -> None:
    records.add_person(StaffMember("OP-01", "Ann"))
    for id_, closed in (("p-1", False), ("p-2", True)):
        records.start_procedure(operated(procedure, id_, "knee", "OP-01"))
        records.finish_procedure(id_, ENDED, closed)
    assert [entry.procedure_id for entry in records.log_book("OP-01")] == ["p-2"]
    assert [one.ended_utc for one in records.procedures()] == [ENDED, ENDED]
    record = records.staff_record("OP-01")
    assert record is not None
    assert record.counts == (LogCount("knee", 0, 1),)
    kinds = records._connection.exec_driver_sql("SELECT kind FROM audit ORDER BY seq").scalars()
    assert [kind for kind in kinds if "procedure" in kind or "record" in kind] == [
        "procedure started", "procedure finished", "procedure started", "record closed",
    ]  # fmt: skip


def test_a_second_end_adds_nothing_to_a_log_book(
    records: Records, procedure: ProcedureRecord
) -> None:
    records.start_procedure(operated(procedure, "p-1", "knee", "OP-01", "OP-01"))
    records.finish_procedure("p-1", ENDED, counts=True)
    with pytest.raises(RecordsRefused, match="No procedure p-1 goes on"):
        records.finish_procedure("p-1", ENDED, counts=True)
    assert len(records.log_book("OP-01")) == 1
    assert records.verify_audit().problem is None


@pytest.mark.parametrize("supervisor", [None, "OP-01"])
def test_training_needs_somebody_else_who_supervises(
    records: Records, procedure: ProcedureRecord, supervisor: str | None
) -> None:
    with pytest.raises(RecordsRefused, match="needs a supervisor"):
        records.start_procedure(replace(procedure, trainee=True, supervisor_code=supervisor))
    assert records.procedures() == []
    taught = replace(procedure, trainee=True, supervisor_code="SU-01")
    records.start_procedure(taught)
    assert records.procedures() == [taught]
