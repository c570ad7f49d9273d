"""Locked, read-only, full, damaged, too new, killed: one sentence, and nothing is lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsError, RecordsLocked
from guidance_app.records.procedures import ProcedureRecord

ROOT = Path(__file__).resolve().parents[3]


def refusal(action: Callable[[], object], kind: type[RecordsError] = RecordsError) -> str:
    with pytest.raises(RecordsError) as caught:
        action()
    assert type(caught.value) is kind
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def records(path: Path, procedure: ProcedureRecord) -> Iterator[Records]:
    with closing(Records.open(path)) as records:
        records.start_procedure(procedure)
        yield records


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """A second program in the middle of writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_a_locked_database_says_so_and_works_afterwards(
    records: Records, path: Path, entries: list[ChecklistEntry]
) -> None:
    with held_by_another(path):
        sentence = refusal(lambda: records.add_entry("p-1", entries[0]), RecordsLocked)
        assert records.entries("p-1") == ()
    assert "in use by another program" in sentence
    assert "kept in the session's journal" in sentence
    records.add_entry("p-1", entries[1])
    assert records.entries("p-1") == (entries[1],)


def test_opening_a_locked_database_says_so(path: Path) -> None:
    Records.open(path).close()
    with held_by_another(path):
        refusal(lambda: Records.open(path), RecordsLocked)
    Records.open(path).close()


def test_a_full_disk_says_so_and_stores_nothing_of_the_entry(
    records: Records, entries: list[ChecklistEntry]
) -> None:
    """The limit on pages makes SQLite report the error of a full disk."""
    pages = records._connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    records._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    long = ChecklistEntry("K-01", entries[0].mark, entries[0].person, "t", "x" * 50_000)
    assert "is full. Free some space" in refusal(lambda: records.add_entry("p-1", long))
    assert records.entries("p-1") == ()
    records._connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    records.add_entry("p-1", long)
    assert records.entries("p-1") == (long,)


def test_a_garbage_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    garbage = tmp_path / "records.sqlite"
    garbage.write_bytes(b"not a database " * 500)
    assert "damaged" in refusal(lambda: Records.open(garbage))
    assert garbage.read_bytes() == b"not a database " * 500


def test_a_database_with_a_broken_page_is_refused(
    path: Path, procedure: ProcedureRecord, entries: list[ChecklistEntry]
) -> None:
    with closing(Records.open(path)) as records:
        records.start_procedure(procedure)
        for _ in range(200):
            records.add_entry("p-1", entries[0])
    broken = bytearray(path.read_bytes())
    broken[-6000:-2000] = bytes(4000)
    path.write_bytes(broken)
    assert "damaged" in refusal(lambda: Records.open(path))


def test_the_database_of_another_program_is_refused_and_not_added_to(tmp_path: Path) -> None:
    foreign = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE theirs (a)")
    before = foreign.read_bytes()
    assert "another kind of file" in refusal(lambda: Records.open(foreign))
    assert foreign.read_bytes() == before


def test_a_newer_database_is_refused(path: Path) -> None:
    Records.open(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 5")
    sentence = refusal(lambda: Records.open(path))
    assert "newer version of this application (format 5; this one knows 4)" in sentence


def test_a_format_below_all_is_refused(path: Path) -> None:
    Records.open(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = -2147483646")
    assert "damaged" in refusal(lambda: Records.open(path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    assert "cannot be opened" in refusal(lambda: Records.open(in_the_way / "records.sqlite"))
    assert "cannot be opened" in refusal(lambda: Records.open(tmp_path))


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Without the rights of the administrator, who may write to anything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_a_read_only_database_says_so(path: Path, folder_mode: int) -> None:
    Records.open(path).close()
    folder = Path(tempfile.mkdtemp())
    read_only = Path(shutil.copy(path, folder / "records.sqlite"))
    read_only.chmod(0o444)
    folder.chmod(folder_mode)
    try:
        with ordinary_user():
            sentence = refusal(lambda: Records.open(read_only))
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)
    assert "may only be read" in sentence


WRITER = """
import sys
from pathlib import Path
from guidance_app.domain.checklist import ChecklistEntry, Mark
from guidance_app.domain.people import Person, Role
from guidance_app.records.database import Records
from guidance_app.records.procedures import ProcedureRecord

operator = Person("OP-01", Role.OPERATOR)
records = Records.open(Path(sys.argv[1]))
records.start_procedure(
    ProcedureRecord("p-1", "s", "knee", "P", "R", "1", "0", "t", (operator,), True)
)
number = 0
while True:
    records.add_entry("p-1", ChecklistEntry("K-01", Mark.DONE, operator, "t", str(number)))
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("acknowledged", [1, 40])
def test_a_killed_writer_loses_no_acknowledged_entry(path: Path, acknowledged: int) -> None:
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(acknowledged)]
        writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout]
    with closing(Records.open(path)) as records:
        kept = [int(entry.note) for entry in records.entries("p-1")]
    assert kept[: len(said)] == said
    assert len(kept) <= len(said) + 1
