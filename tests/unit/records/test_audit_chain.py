"""Whatever is changed, taken or added behind the application's back is found and named."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filled import content
from postgres_server import PostgresServer
from sqlalchemy import Boolean, Connection, Table, text
from sqlalchemy.exc import DBAPIError

from guidance_app.records.audited import GENESIS, AuditProblem, link_sha256
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsError
from guidance_app.records.schema import AUDIT, AUDITED
from guidance_app.records.verification import KEYS

TABLES = (*AUDITED, AUDIT)


@pytest.fixture
def kept(filled_address: Path | str) -> Iterator[Records]:
    """A database with something in every table, as the application leaves it."""
    with closing(Records.open(filled_address)) as records:
        yield records


@pytest.fixture
def file(filled_file: Path, tmp_path: Path) -> Path:
    """A closed database file with something in every table."""
    return Path(shutil.copy(filled_file, tmp_path / "filled.sqlite"))


@pytest.fixture
def opened(kept: Records) -> Records:
    """The same without what protects the rows: the triggers and foreign keys."""
    connection = kept._connection
    if connection.dialect.name == "sqlite":
        select = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.exec_driver_sql(select).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    else:
        for table in TABLES:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        connection.exec_driver_sql("SET session_replication_role = replica")
    return kept


def problem(records: Records) -> AuditProblem:
    found = records.verify_audit().problem
    assert found is not None
    return found


def test_what_the_application_wrote_is_sound(kept: Records) -> None:
    report = kept.verify_audit()
    assert report.problem is None
    assert report.entries == report.head.seq > 15
    assert kept.holds(report.head)
    for table in AUDITED:
        count = kept._connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
        assert count > 0, table.name


def test_an_empty_chain_is_sound(records: Records) -> None:
    report = records.verify_audit()
    assert (report.entries, report.head, report.problem) == (0, GENESIS, None)


def first_row(connection: Connection, table: Table) -> dict[str, Any]:
    order = ", ".join(KEYS[table.name])
    row = connection.execute(text(f"SELECT * FROM {table.name} ORDER BY {order} LIMIT 1"))
    return dict(row.mappings().one())


def altered(value: object, is_boolean: bool) -> object:
    """Another value of the same kind; of a text one letter is another."""
    if value is None:
        return "2025-01-01"
    if is_boolean:
        return not value
    return f"{value[:-1]}\u00e9" if isinstance(value, str) else value + 1000


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_any_changed_column_is_found_and_named(opened: Records, table: Table) -> None:
    connection = opened._connection
    row = first_row(connection, table)
    keys = " AND ".join(f"{key} = :{key}" for key in KEYS[table.name])
    for column in table.columns:
        if column.name in KEYS[table.name]:
            continue
        change = text(f"UPDATE {table.name} SET {column.name} = :to WHERE {keys}")
        where = {key: row[key] for key in KEYS[table.name]}
        other = altered(row[column.name], isinstance(column.type, Boolean))
        assert connection.execute(change, where | {"to": other}).rowcount == 1
        found = problem(opened)
        assert found.table == table.name
        assert found.seq is not None
        if table is AUDIT:
            assert (found.seq, opened.verify_audit().entries) == (1, 0)
        else:
            named = "hash_sha256" if column.name == "hash" else column.name
            name = "/".join(str(row[key]) for key in KEYS[table.name])
            assert found.what == f"row {name} differs in {named}"
        connection.execute(change, where | {"to": row[column.name]})
    assert opened.verify_audit().problem is None


@pytest.mark.parametrize("table", AUDITED, ids=lambda table: table.name)
def test_a_row_that_is_taken_is_found(opened: Records, table: Table) -> None:
    row = first_row(opened._connection, table)
    delete(opened, table, row)
    found = problem(opened)
    name = "/".join(str(row[key]) for key in KEYS[table.name])
    assert (found.table, found.what) == (table.name, f"row {name} is missing")
    assert found.seq is not None


@pytest.mark.parametrize("table", AUDITED, ids=lambda table: table.name)
def test_a_row_that_is_added_is_found(opened: Records, table: Table) -> None:
    row = first_row(opened._connection, table) | {KEYS[table.name][0]: "added"}
    if table.name == "signatures":
        row |= {
            "audit_seq": 1,
            "audit_sha256": opened._connection.execute(
                text("SELECT sha256 FROM audit WHERE seq = 1")
            ).scalar_one(),
        }
    insert(opened, table, row)
    name = "/".join(str(row[key]) for key in KEYS[table.name])
    assert problem(opened) == AuditProblem(None, table.name, f"row {name} was added")
    assert str(problem(opened)) == f"no entry, table {table.name}: row {name} was added"


def test_a_word_that_was_never_written_is_told_when_it_is_read(opened: Records) -> None:
    opened._connection.execute(text("UPDATE procedure_people SET role = 'XX'"))
    with pytest.raises(RecordsError, match="is damaged"):
        opened.procedures()


def delete(records: Records, table: Table, row: dict[str, Any]) -> None:
    keys = " AND ".join(f"{key} = :{key}" for key in KEYS[table.name])
    records._connection.execute(text(f"DELETE FROM {table.name} WHERE {keys}"), row)


def insert(records: Records, table: Table, row: dict[str, Any]) -> None:
    names = ", ".join(f":{name}" for name in row)
    records._connection.execute(
        text(f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({names})"), row
    )


def test_a_missing_entry_is_told_by_its_number(opened: Records) -> None:
    opened._connection.execute(text("DELETE FROM audit WHERE seq = 3"))
    assert problem(opened) == AuditProblem(3, "audit", "it is missing; the next one there is 4")


@pytest.mark.parametrize("kept_after_the_head", [0, 1])
def test_a_cut_off_tail_is_told_where_a_signature_came_later(
    opened: Records, kept_after_the_head: int
) -> None:
    """Also where the signature's own entry is the first that is gone."""
    head = opened.signatures("p-2")[-1].head.seq
    first = head + kept_after_the_head
    opened._connection.execute(text("DELETE FROM audit WHERE seq >= :first"), {"first": first})
    words = f"it is missing, cut off; row p-2/0 of signatures came after {head}"
    assert problem(opened) == AuditProblem(first, "audit", words)


def rewrite(records: Records, first: int) -> None:
    """The chain from one entry on, with digests that fit."""
    select = text("SELECT * FROM audit ORDER BY seq")
    previous = GENESIS.sha256
    for row in records._connection.execute(select).mappings().all():
        content = [row[name] for name in ("seq", "time_utc", "kind", "payload")]
        digest = link_sha256(*content, previous) if row["seq"] >= first else row["sha256"]
        set_ = "UPDATE audit SET sha256 = :digest, previous_sha256 = :previous WHERE seq = :seq"
        values = {"digest": digest, "previous": previous, "seq": row["seq"]}
        records._connection.execute(text(set_), values)
        previous = digest


def test_a_link_that_does_not_join_on_is_told(opened: Records) -> None:
    rewrite(opened, first=1)
    assert opened.verify_audit().problem is None
    set_ = "UPDATE audit SET kind = 'other', sha256 = :digest WHERE seq = 5"
    row = dict(
        opened._connection.execute(text("SELECT * FROM audit WHERE seq = 5")).mappings().one()
    )
    digest = link_sha256(5, row["time_utc"], "other", row["payload"], row["previous_sha256"])
    opened._connection.execute(text(set_), {"digest": digest})
    assert problem(opened) == AuditProblem(6, "audit", "it does not join on to the entry before")


def test_a_chain_that_is_written_anew_is_told_by_the_signatures(opened: Records) -> None:
    opened._connection.execute(text("UPDATE audit SET kind = 'other' WHERE seq = 2"))
    rewrite(opened, first=2)
    seen = opened.signatures("p-1")[0].head.seq
    assert problem(opened) == AuditProblem(
        seen, "audit", "a signature has seen another entry in this place"
    )


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("no JSON", "this application writes nothing like it"),
        ("{}x", "this application writes nothing like it"),
        ('[{"row":{},"table":"theirs"}]', "this application writes nothing like it"),
        ('[{"row":{"procedure_id":"p-1"},"table":"signatures"}]', "writes nothing like it"),
        ('["x"]', "this application writes nothing like it"),
        (
            '[{"row":{"procedure_id":"p-1","position":1,"note":"x"},"table":"checklist_entries"}]',
            "it changes row p-1/1 of checklist_entries, which never changes",
        ),
    ],
)
def test_an_entry_that_the_application_would_not_write_is_told(
    kept: Records, payload: str, words: str
) -> None:
    """Also where whoever adds it knows how to make its digest."""
    head = kept.verify_audit().head
    seq, digest = head.seq + 1, link_sha256(head.seq + 1, "t", "k", payload, head.sha256)
    values = (seq, "t", "k", payload, head.sha256, digest)
    insert(kept, AUDIT, dict(zip(AUDIT.columns.keys(), values, strict=True)))
    found = problem(kept)
    assert (found.seq, found.table) == (seq, "audit")
    assert words in found.what


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = 7777"])
def test_another_program_cannot_change_what_is_stored(
    kept: Records, table: Table, statement: str
) -> None:
    key = KEYS[table.name][0]
    with pytest.raises(DBAPIError, match="never changed"):
        kept._connection.exec_driver_sql(statement.format(table.name, key))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_of_a_row_only_what_the_application_changes_can_be_changed(
    kept: Records, table: Table
) -> None:
    allowed = {"staff": {"name", "active"}, "pins": {"hash", "failures", "locked_until_utc"}}
    for column in table.columns:
        if column.name in allowed.get(table.name, {"ended_utc"}) | set(KEYS[table.name]):
            continue
        value = altered(first_row(kept._connection, table)[column.name], False)
        change = text(f"UPDATE {table.name} SET {column.name} = :to")
        value = not value if isinstance(column.type, Boolean) else value
        with pytest.raises(DBAPIError, match="never changed"):
            kept._connection.execute(change, {"to": value})
    if table.name == "procedures":
        for ended in ("NULL", "'2026-01-01T00:00:00+00:00'"):
            with pytest.raises(DBAPIError, match="never changed"):
                kept._connection.exec_driver_sql(
                    f"UPDATE procedures SET ended_utc = {ended} WHERE id = 'p-1'"
                )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_sqlite_does_not_replace_a_row(file: Path, table: Table) -> None:
    with closing(Records.open(file)) as records:
        again = f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}"
        with pytest.raises(DBAPIError, match="never changed"):
            records._connection.exec_driver_sql(again)


def test_sqlite_replaces_no_procedure_by_its_rowid(file: Path) -> None:
    names = "session_id, procedure, patient, side, template_version, template_digest"
    with closing(Records.open(file)) as records:
        again = (
            f"INSERT OR REPLACE INTO procedures (rowid, id, {names}, working_alone, started_utc) "
            f"SELECT rowid, 'other', {names}, working_alone, started_utc FROM procedures"
        )
        with pytest.raises(DBAPIError, match="never changed"):
            records._connection.exec_driver_sql(again)


def test_postgresql_empties_no_table(server: PostgresServer, filled_database: str) -> None:
    with closing(Records.open(server.new_database(server.name_of(filled_database)))) as records:
        for table in TABLES:
            with pytest.raises(DBAPIError, match="never changed"):
                records._connection.exec_driver_sql(f"TRUNCATE {table.name} CASCADE")


def flip(content: bytes, position: int, bit: int) -> bytes:
    flipped = bytearray(content)
    flipped[position] ^= 1 << bit
    return bytes(flipped)


def test_any_flipped_bit_of_a_text_is_found(file: Path) -> None:
    """Also where it is no text any more."""
    pick = random.Random(1)
    with closing(Records.open(file)) as records:
        names = records._connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        for (name,) in names.all():
            records._connection.exec_driver_sql(f"DROP TRIGGER {name}")
        raw: Any = records._connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        for table in TABLES:
            for column in table.columns:
                if column.name not in KEYS[table.name]:
                    flip_some(records, raw, table.name, column.name, pick)
        assert records.verify_audit().problem is None


def flip_some(
    records: Records, raw: sqlite3.Connection, table: str, column: str, pick: random.Random
) -> None:
    select = f"SELECT DISTINCT CAST({column} AS BLOB) FROM {table} WHERE typeof({column}) = 'text'"
    for (value,) in raw.execute(select).fetchall():
        if not value:
            continue
        changed = flip(value, pick.randrange(len(value)), pick.randrange(8))
        change = f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE CAST({column} AS BLOB) = ?"
        raw.execute(change, (changed, value))
        assert problem(records).table in {table, "audit"}
        raw.execute(change, (value, changed))


def test_an_index_that_leads_elsewhere_is_told(file: Path) -> None:
    """No row is wrong, but a search would not find it."""
    with closing(sqlite3.connect(file)) as other:
        select = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_procedures_patient'"
        (page,) = other.execute(select).fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    sound = file.read_bytes()
    first, after = size * (page - 1), size * page
    index = sound[first:after].replace(b"P-0417", b"P-0418")
    file.write_bytes(sound[:first] + index + sound[after:])
    with closing(Records.open(file)) as records, pytest.raises(RecordsError, match="damaged"):
        records.verify_audit()


FLIPS = 250


def test_a_flipped_bit_of_the_file_is_told_or_changes_nothing(file: Path, tmp_path: Path) -> None:
    pick = random.Random(2)
    sound = file.read_bytes()
    with closing(Records.open(file)) as records:
        before = content(records)
    outcomes = [
        told_or_the_same(
            tmp_path / "flipped", flip(sound, pick.randrange(len(sound)), n % 8), before
        )
        for n in range(FLIPS)
    ]
    assert len(set(outcomes)) == 3, "each way of telling it should have been seen"


def told_or_the_same(folder: Path, flipped: bytes, before: list[object]) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / "records.sqlite"
    path.write_bytes(flipped)
    try:
        with closing(Records.open(path)) as records:
            if records.verify_audit().problem is not None:
                return "chain"
            assert content(records) == before
            return "the same"
    except RecordsError:
        return "database"
