"""The writing thread: in order, patient with a lock, and never silent about a loss."""

import queue
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hurried_clock import HurriedClock

from drivers.api.clock import ManualClock, SystemClock
from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.records import worker
from guidance_app.records.database import Records
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.worker import RecordsWriter

ROOT = Path(__file__).resolve().parents[3]
TOLD_WITHIN_S = 30.0
JOURNAL = "kept in the session's journal"


class Told:
    """Collects the sentences and can be waited on."""

    def __init__(self) -> None:
        self._sentences: queue.Queue[str] = queue.Queue()

    def __call__(self, sentence: str) -> None:
        self._sentences.put(sentence)

    def next(self) -> str:
        return self._sentences.get(timeout=TOLD_WITHIN_S)

    def rest(self) -> list[str]:
        return [self._sentences.get_nowait() for _ in range(self._sentences.qsize())]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def writer(path: Path, told: Told) -> RecordsWriter:
    return RecordsWriter(path, HurriedClock(), told)


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def stored(path: Path) -> tuple[ChecklistEntry, ...]:
    with closing(Records.open(path)) as records:
        return records.entries("p-1")


def test_everything_is_stored_in_order_before_stop_returns(
    path: Path,
    told: Told,
    writer: RecordsWriter,
    procedure: ProcedureRecord,
    entries: list[ChecklistEntry],
) -> None:
    writer.start_procedure(procedure)
    writer.start()
    for entry in entries:
        writer.add_entry(procedure.id, entry)
    writer.finish_procedure(procedure.id, "2025-03-01T09:30:00+00:00", counts=True)
    writer.stop()
    assert stored(path) == tuple(entries)
    with closing(Records.open(path)) as records:
        assert records.procedures()[0].ended_utc == "2025-03-01T09:30:00+00:00"
    assert told.rest() == []


def test_a_lock_that_lasts_is_told_once_and_the_entries_come_later(
    path: Path,
    told: Told,
    writer: RecordsWriter,
    procedure: ProcedureRecord,
    entries: list[ChecklistEntry],
) -> None:
    with closing(Records.open(path)) as records:
        records.start_procedure(procedure)
    with held_by_another(path):
        writer.start()
        writer.add_entry(procedure.id, entries[0])
        assert "in use by another program" in told.next()
        writer.add_entry(procedure.id, entries[1])
    writer.add_entry(procedure.id, entries[2])
    writer.stop()
    assert stored(path) == tuple(entries[:3])
    assert told.rest() == []


def test_a_lock_that_ends_in_time_is_not_told(
    path: Path, told: Told, procedure: ProcedureRecord
) -> None:
    released = threading.Event()

    class ReleasingClock(ManualClock):
        def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
            released.set()
            return super().wait_until(deadline_ns, interrupted)

    Records.open(path).close()
    writer = RecordsWriter(path, ReleasingClock(), told)
    writer.start_procedure(procedure)
    with held_by_another(path):
        writer.start()
        assert released.wait(TOLD_WITHIN_S)
    writer.stop()
    assert told.rest() == []
    with closing(Records.open(path)) as records:
        assert records.procedures() == [procedure]


def test_stopping_ends_the_patience_and_tells_what_was_not_stored(
    path: Path, told: Told, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    Records.open(path).close()
    writer = RecordsWriter(path, SystemClock(), told)
    writer.start_procedure(procedure)
    writer.add_entry(procedure.id, entries[0])
    with held_by_another(path):
        writer.start()
        writer.stop()
    assert "in use by another program" in told.next()
    assert told.rest() == [f"Not stored in the records database: 2 entries. They are {JOURNAL}."]


def test_an_entry_that_can_never_be_stored_is_told_and_holds_up_nothing(
    path: Path,
    told: Told,
    writer: RecordsWriter,
    procedure: ProcedureRecord,
    entries: list[ChecklistEntry],
) -> None:
    writer.add_entry("no such procedure", entries[0])
    writer.start_procedure(procedure)
    writer.start_procedure(replace(procedure, patient="P-0418"))
    writer.add_entry(procedure.id, entries[1])
    writer.start()
    writer.stop()
    assert stored(path) == (entries[1],)
    assert ["refused an entry" in sentence for sentence in told.rest()] == [True, True]


def test_a_damaged_database_is_told_at_start_and_tried_again_with_the_next_job(
    path: Path, told: Told, writer: RecordsWriter, procedure: ProcedureRecord
) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage " * 1000)
    writer.start()
    assert "damaged" in told.next()
    path.unlink()
    writer.start_procedure(procedure)
    writer.stop()
    assert told.rest() == []
    with closing(Records.open(path)) as records:
        assert records.procedures() == [procedure]


def test_what_cannot_even_wait_is_told(
    told: Told,
    writer: RecordsWriter,
    procedure: ProcedureRecord,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "JOBS_LIMIT", 1)
    writer.start_procedure(procedure)
    writer.finish_procedure(procedure.id, "2025-03-01T09:30:00+00:00", counts=True)
    assert "does not keep up" in told.next()
    writer.start()
    writer.stop()
    writer.start_procedure(procedure)
    assert JOURNAL in told.next()
    assert told.rest() == []


def test_the_writer_can_be_imported_without_the_database_library() -> None:
    code = "import sys, guidance_app.records.worker; print('sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
