"""Procedures, the people on them, their entries and the log book, as rows."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from guidance_app.domain.checklist import ChecklistEntry, Mark
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person, Role
from guidance_app.records.chain import Change
from guidance_app.records.errors import RecordsRefused
from guidance_app.records.procedures import LogBookEntry, ProcedureRecord, ProcedureSearch
from guidance_app.records.schema import (
    ENTRIES,
    ENTRY_EVIDENCE,
    LOG_BOOK,
    PROCEDURE_PEOPLE,
    PROCEDURES,
)
from guidance_app.records.store import Writing

Condition = ColumnElement[bool]


def start_procedure(writing: Writing, record: ProcedureRecord) -> None:
    """A procedure and its people; raises RecordsRefused for a trainee whom nobody supervises."""
    if record.trainee and record.supervisor_code in {None, _operator(record)}:
        raise RecordsRefused(
            f"The procedure {record.id} is done in training, so it needs a supervisor. Name one."
        )
    procedure = Change(PROCEDURES, _procedure_row(record))
    writing.write("procedure started", procedure, *_people_changes(record))


def add_entry(writing: Writing, procedure_id: str, entry: ChecklistEntry) -> None:
    """The next entry of a procedure."""
    so_far = select(func.count()).where(ENTRIES.c.procedure_id == procedure_id)
    position = writing.connection.execute(so_far).scalar_one()
    row = _entry_row(entry) | {"procedure_id": procedure_id, "position": position}
    place = {"procedure_id": procedure_id, "entry": position}
    noted = (
        Change(ENTRY_EVIDENCE, place | {"position": n, "field": one.field, "value": one.value})
        for n, one in enumerate(entry.evidence)
    )
    writing.write("entry added", Change(ENTRIES, row), *noted)


def finish_procedure(writing: Writing, procedure_id: str, ended_utc: str, counts: bool) -> None:
    """The end of a procedure that goes on; where it counts, its record was closed."""
    goes_on = (PROCEDURES.c.id == procedure_id) & PROCEDURES.c.ended_utc.is_(None)
    found = read_procedures(writing.connection, select(PROCEDURES).where(goes_on))
    if not found:
        raise RecordsRefused(f"No procedure {procedure_id} goes on, so it cannot be ended.")
    ended = _procedure_row(found[0]) | {"ended_utc": ended_utc}
    counted = _log_changes(found[0]) if counts else ()
    kind = "record closed" if counts else "procedure finished"
    writing.write(kind, Change(PROCEDURES, ended, is_new=False), *counted)


def find_procedures(
    connection: Connection, wanted: ProcedureSearch, limit: int
) -> list[ProcedureRecord]:
    """Newest first."""
    chosen = select(PROCEDURES).where(*_conditions(wanted))
    return read_procedures(connection, chosen.order_by(PROCEDURES.c.started_utc.desc()), limit)


def read_procedures(
    connection: Connection, chosen: Select[Any], limit: int | None = None
) -> list[ProcedureRecord]:
    """The procedures that are chosen, in that order."""
    rows = connection.execute(chosen.limit(limit)).all()
    people = _read_people(connection, [row.id for row in rows])
    return [_procedure(row, tuple(people.get(row.id, ()))) for row in rows]


def read_entries(connection: Connection, procedure_id: str) -> tuple[ChecklistEntry, ...]:
    """All marks of one procedure in the order they were made."""
    chosen = select(ENTRIES).where(ENTRIES.c.procedure_id == procedure_id)
    rows = connection.execute(chosen.order_by(ENTRIES.c.position)).all()
    noted = _read_evidence(connection, procedure_id)
    return tuple(_entry(row, tuple(noted.get(row.position, ()))) for row in rows)


def read_log_book(connection: Connection, person_code: str) -> tuple[LogBookEntry, ...]:
    """What one person has done, oldest first."""
    chosen = select(LOG_BOOK).where(LOG_BOOK.c.person_code == person_code)
    ordered = chosen.order_by(LOG_BOOK.c.date_utc, LOG_BOOK.c.procedure_id)
    return tuple(LogBookEntry(**row._mapping) for row in connection.execute(ordered))


def _conditions(wanted: ProcedureSearch) -> Iterable[Condition]:
    if wanted.patient is not None:
        yield PROCEDURES.c.patient == wanted.patient
    if wanted.procedure is not None:
        yield PROCEDURES.c.procedure == wanted.procedure
    if wanted.person_code is not None:
        yield _with_person(wanted.person_code)
    if wanted.since is not None:
        yield PROCEDURES.c.started_utc >= _bound(wanted.since)
    if wanted.until is not None:
        yield PROCEDURES.c.started_utc < _bound(wanted.until)


def _bound(moment: datetime) -> str:
    """The shortest text of a time: of texts, all that are not before it are not less."""
    utc = moment.astimezone(UTC)
    fraction = f".{utc.microsecond:06}".rstrip("0").rstrip(".")
    return f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}+00:00"


def _with_person(code: str) -> Condition:
    taking_part = select(PROCEDURE_PEOPLE.c.procedure_id).where(PROCEDURE_PEOPLE.c.code == code)
    return or_(PROCEDURES.c.id.in_(taking_part), PROCEDURES.c.supervisor_code == code)


AT_ONCE = 500
"""Procedures whose people one statement asks for; the engines limit its length."""


def _read_people(connection: Connection, procedure_ids: list[str]) -> dict[str, list[Person]]:
    people: dict[str, list[Person]] = {}
    for first in range(0, len(procedure_ids), AT_ONCE):
        these = PROCEDURE_PEOPLE.c.procedure_id.in_(procedure_ids[first : first + AT_ONCE])
        chosen = select(PROCEDURE_PEOPLE).where(these).order_by(PROCEDURE_PEOPLE.c.position)
        for row in connection.execute(chosen):
            people.setdefault(row.procedure_id, []).append(Person(row.code, Role(row.role)))
    return people


def _read_evidence(connection: Connection, procedure_id: str) -> dict[int, list[Evidence]]:
    """What was noted, by the position of its entry."""
    chosen = select(ENTRY_EVIDENCE).where(ENTRY_EVIDENCE.c.procedure_id == procedure_id)
    noted: dict[int, list[Evidence]] = {}
    for row in connection.execute(chosen.order_by(ENTRY_EVIDENCE.c.position)):
        noted.setdefault(row.entry, []).append(Evidence(row.field, row.value))
    return noted


def _operator(record: ProcedureRecord) -> str | None:
    return next((who.code for who in record.people if who.role is Role.OPERATOR), None)


def _log_changes(record: ProcedureRecord) -> Iterable[Change]:
    """One for each operator; nobody supervises themselves."""
    operators = {who.code: None for who in record.people if who.role is Role.OPERATOR}
    for code in operators:
        supervisor = record.supervisor_code if record.supervisor_code != code else None
        row = {
            "procedure_id": record.id,
            "person_code": code,
            "family": record.site_family,
            "technique": record.technique,
            "complex": record.complex,
            "supervised_by": supervisor,
            "date_utc": record.started_utc[:10],
        }
        yield Change(LOG_BOOK, row)


def _procedure_row(record: ProcedureRecord) -> dict[str, object]:
    return {column.name: getattr(record, column.name) for column in PROCEDURES.columns}


def _people_changes(record: ProcedureRecord) -> Iterable[Change]:
    for position, who in enumerate(record.people):
        row = {"procedure_id": record.id, "position": position}
        yield Change(PROCEDURE_PEOPLE, row | {"code": who.code, "role": who.role.value})


def _entry_row(entry: ChecklistEntry) -> dict[str, object]:
    return {
        "item": entry.item,
        "mark": entry.mark.value,
        "person_code": entry.person.code,
        "role": entry.person.role.value,
        "time_utc": entry.time_utc,
        "note": entry.note,
    }


def _procedure(row: Row[Any], people: tuple[Person, ...]) -> ProcedureRecord:
    return ProcedureRecord(people=people, **row._mapping)


def _entry(row: Row[Any], evidence: tuple[Evidence, ...]) -> ChecklistEntry:
    person = Person(row.person_code, Role(row.role))
    return ChecklistEntry(row.item, Mark(row.mark), person, row.time_utc, row.note, evidence)
