"""Earlier formats become the newest one, with a copy kept; the tables are as they are described."""

import errno
import re
import shutil
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from samples import ENTRIES, PROCEDURE
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from guidance_app.domain.people import Person, Role
from guidance_app.domain.signature import is_valid
from guidance_app.records.address import engine_at
from guidance_app.records.catalogue_tables import LIBRARY_METADATA
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsError
from guidance_app.records.migrations import upgrade
from guidance_app.records.schema import METADATA
from guidance_app.records.signatures import signed_entries

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
COPY = "records #1?.format-1.20260102T030405Z.sqlite"
COPY_OF_2 = "records #1?.format-2.20260102T030405Z.sqlite"
STATEMENTS = (Path(__file__).parent / "format_1.sql").read_text(encoding="utf-8")
STATEMENTS_OF_2 = (Path(__file__).parent / "format_2.sql").read_text(encoding="utf-8")

OLD_PROCEDURES = [
    replace(
        PROCEDURE,
        people=(Person("OP-01", Role.OPERATOR), Person("AS-01", Role.ASSISTANT)),
        ended_utc="2025-03-01T09:30:00+00:00",
    ),
    replace(
        PROCEDURE,
        id="p-2",
        session_id="",
        patient="P-0418",
        side="left",
        started_utc="2025-03-02T09:00:00+00:00",
        people=(Person("OP-01", Role.OPERATOR),),
        working_alone=True,
    ),
]


@pytest.fixture
def old(path: Path) -> Path:
    """A database of format 1, as an application that was closed properly leaves it."""
    return made(path, STATEMENTS)


def made(path: Path, statements: str) -> Path:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statements)
        connection.execute("PRAGMA journal_mode = WAL")
    return path


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()
        return [*connection.iterdump(), f"user_version {version}"]


def opened(path: Path) -> Records:
    return Records.open(path, lambda: NOW)


def test_format_1_is_taken_over_whole_into_the_chain(old: Path) -> None:
    with closing(opened(old)) as records:
        assert records.procedures() == OLD_PROCEDURES
        assert records.entries("p-1") == ENTRIES[:2]
        assert records.entries("p-2") == ()
        report = records.verify_audit()
        assert (report.entries, report.problem) == (2, None)
        records.add_entry("p-2", ENTRIES[0])
        records.finish_procedure("p-2", "2025-03-02T09:30:00+00:00", counts=True)
        assert records.verify_audit().problem is None
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (4,)
        connection.execute("DROP TRIGGER entries_keep_update")
        connection.execute("UPDATE checklist_entries SET note = '' WHERE item = 'K-11'")
        connection.commit()
    with closing(opened(old)) as records:
        assert str(records.verify_audit().problem) == (
            "entry 1, table checklist_entries: row p-1/1 differs in note"
        )


def test_format_2_stays_as_it_is_with_its_chain_and_its_signatures(path: Path) -> None:
    before = dump(made(path, STATEMENTS_OF_2))
    with closing(opened(path)) as records:
        report = records.verify_audit()
        assert (report.entries, report.problem) == (20, None)
        assert records.entries("p-1") == records.entries("p-2") == ENTRIES[:4]
        for id_ in ("p-1", "p-2"):
            for one in records.signatures(id_):
                subject, items = one.signature.subject, one.phase_items
                content = signed_entries(subject, items, records.entries(id_))
                assert is_valid(one.signature, content)
        assert [entry.family for entry in records.log_book("OP-01")] == ["knee"]
        records.add_entry("p-2", ENTRIES[4])
        assert records.entries("p-2") == ENTRIES
        assert records.verify_audit().problem is None
    assert dump(path.with_name(COPY_OF_2)) == before
    added = [line for line in dump(path) if line not in before]
    new = ("entry_evidence", "library_", "K-44", "0004")
    assert all(any(one in line for one in new) for line in added[:-1])
    assert added[-1] == "user_version (4,)"


def test_format_2_becomes_the_newest_on_each_engine(address: Path | str) -> None:
    engine = engine_at(address)
    with engine.connect() as connection:
        connection.exec_driver_sql(engine.begin)
        upgrade.upgrade(connection, 0, NOW.isoformat(), "0002")
        connection.exec_driver_sql("COMMIT")
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA user_version = 2")
    with closing(Records.open(address)) as records:
        records.start_procedure(PROCEDURE)
        records.add_entry("p-1", ENTRIES[4])
        assert records.entries("p-1") == (ENTRIES[4],)
        assert records.verify_audit().problem is None
        for statement in ("DELETE FROM {}", "UPDATE {} SET value = '1'"):
            with pytest.raises(DBAPIError, match="entry_evidence: what is stored is never changed"):
                records._connection.exec_driver_sql(statement.format("entry_evidence"))


def test_a_copy_of_format_1_stays_beside_it(old: Path) -> None:
    old.chmod(0o640)
    before = dump(old)
    opened(old).close()
    copy = old.with_name(COPY)
    assert dump(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o640
    opened(old).close()
    assert sorted(old.parent.iterdir()) == sorted([old, copy])


def test_the_copy_holds_what_stands_in_the_log_alone(old: Path) -> None:
    """As after a kill: not everything is in the main file."""
    with closing(sqlite3.connect(old)) as other:
        other.execute("INSERT INTO people VALUES ('p-2', 1, 'AS-07', 'As')")
        other.commit()
        opened(old).close()
    with closing(sqlite3.connect(old.with_name(COPY))) as copy:
        assert copy.execute("SELECT count(*) FROM people WHERE code = 'AS-07'").fetchone() == (1,)


def test_without_a_copy_nothing_is_migrated(old: Path) -> None:
    before = dump(old)
    old.with_name(COPY).touch()
    with pytest.raises(RecordsError, match="cannot be opened"):
        opened(old)
    assert dump(old) == before


def test_half_a_copy_does_not_stay(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(old)

    def fail(*paths: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copymode", fail)
    with pytest.raises(RecordsError, match=r"format-1.*cannot be opened"):
        opened(old)
    assert dump(old) == before
    assert list(old.parent.iterdir()) == [old]


def test_a_migration_that_fails_leaves_everything_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(old)

    class Failed(Exception):
        pass

    def fail(connection: object, found: int, now_utc: str) -> None:
        original(connection, found, now_utc)
        raise Failed

    original = upgrade.upgrade
    monkeypatch.setattr(upgrade, "upgrade", fail)
    with pytest.raises(Failed):
        opened(old)
    assert dump(old) == before
    monkeypatch.undo()
    old.with_name(COPY).unlink()
    opened(old).close()


def test_a_new_database_needs_no_copy(path: Path) -> None:
    opened(path).close()
    assert list(path.parent.iterdir()) == [path]


def test_the_first_migration_makes_exactly_format_1(tmp_path: Path) -> None:
    made = re.findall(r"^CREATE .*?;$", STATEMENTS, re.MULTILINE | re.DOTALL)
    engine = create_engine(f"sqlite:///{tmp_path / 'first.sqlite'}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        upgrade.upgrade(connection, 0, "", "0001")
        select = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        found = [f"{sql.strip()};" for (sql,) in connection.exec_driver_sql(select)]
    engine.dispose()
    assert found == made


def test_the_tables_are_as_they_are_described(records: Records) -> None:
    context = MigrationContext.configure(records._connection, opts={"compare_type": True})
    found = compare_metadata(context, [METADATA, LIBRARY_METADATA])
    assert [one for one in found if not is_alembics_own(one)] == []


def is_alembics_own(difference: object) -> bool:
    return "alembic_version" in str(difference)


def test_constraints_have_names(records: Records) -> None:
    """Of what format 2 adds; format 1 on SQLite had none."""
    connection = records._connection
    if connection.dialect.name == "sqlite":
        select = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        of_format_1 = {"procedures", "procedure_people", "checklist_entries"}
        for name, sql in connection.exec_driver_sql(select).all():
            if name not in of_format_1:
                assert len(re.findall("PRIMARY KEY|FOREIGN KEY", sql)) == sql.count("CONSTRAINT ")
