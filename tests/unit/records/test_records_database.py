"""What is stored comes back, stays as it is, and is on the disk."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsRefused
from guidance_app.records.procedures import ProcedureRecord

Place = Path | str


@pytest.fixture
def stored(address: Place, procedure: ProcedureRecord, entries: list[ChecklistEntry]) -> Place:
    """A closed database with one procedure and its entries."""
    return fill(address, procedure, entries)


def fill(address: Place, procedure: ProcedureRecord, entries: list[ChecklistEntry]) -> Place:
    with closing(Records.open(address)) as records:
        records.start_procedure(procedure)
        for entry in entries:
            records.add_entry(procedure.id, entry)
    return address


def test_everything_comes_back_after_reopening(
    stored: Place, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    with closing(Records.open(stored)) as records:
        assert records.procedures() == [procedure]
        assert records.entries(procedure.id) == tuple(entries)
        assert records.entries("another") == ()


def test_an_end_is_noted_once(stored: Place, procedure: ProcedureRecord) -> None:
    ended = "2025-03-01T09:30:00+00:00"
    with closing(Records.open(stored)) as records:
        records.finish_procedure(procedure.id, ended, counts=True)
        assert records.procedures() == [replace(procedure, ended_utc=ended)]
        for id_ in (procedure.id, "another"):
            with pytest.raises(RecordsRefused, match=f"No procedure {id_} goes on"):
                records.finish_procedure(id_, "2025-03-01T10:00:00+00:00", counts=True)
        assert records.procedures() == [replace(procedure, ended_utc=ended)]


def test_entries_can_follow_the_end(
    stored: Place, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    with closing(Records.open(stored)) as records:
        records.finish_procedure(procedure.id, "2025-03-01T09:30:00+00:00", counts=True)
        records.add_entry(procedure.id, entries[0])
        assert records.entries(procedure.id) == (*entries, entries[0])


def test_procedures_come_oldest_first(stored: Place, procedure: ProcedureRecord) -> None:
    earlier = replace(procedure, id="p-0", started_utc="2025-02-01T09:00:00+00:00", people=())
    with closing(Records.open(stored)) as records:
        records.start_procedure(earlier)
        assert records.procedures() == [earlier, procedure]


def test_a_procedure_is_stored_whole_or_not_at_all(
    stored: Place, procedure: ProcedureRecord
) -> None:
    with closing(Records.open(stored)) as records:
        with pytest.raises(RecordsRefused):
            records.start_procedure(replace(procedure, patient="P-0418"))
        assert records.procedures() == [procedure]


def test_an_entry_without_procedure_is_refused(
    stored: Place, entries: list[ChecklistEntry]
) -> None:
    with closing(Records.open(stored)) as records:
        with pytest.raises(RecordsRefused, match="refused an entry"):
            records.add_entry("another", entries[0])
        assert records.entries("another") == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checklist_entries SET note = 'changed'",
        "UPDATE OR REPLACE checklist_entries SET position = 0 WHERE position = 1",
        "DELETE FROM checklist_entries",
        "DELETE FROM checklist_entries WHERE position = 3",
        "INSERT OR REPLACE INTO checklist_entries SELECT procedure_id, position, item, mark, "
        "person_code, role, time_utc, 'changed' FROM checklist_entries WHERE position = 1",
    ],
)
def test_another_program_cannot_change_an_entry(
    path: Path, procedure: ProcedureRecord, entries: list[ChecklistEntry], statement: str
) -> None:
    fill(path, procedure, entries)
    with (
        closing(sqlite3.connect(path)) as other,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        other.execute(statement)
    with closing(Records.open(path)) as records:
        assert records.entries(procedure.id) == tuple(entries)


def test_what_is_acknowledged_is_written_through(path: Path) -> None:
    """WAL (2 is FULL): SQLite then waits for the disk with every commit."""
    with closing(Records.open(path)) as records:
        connection = records._connection
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]
    assert found == ["wal", 2, 1, 250]
