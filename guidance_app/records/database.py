"""The records database: SQLite, append-only checklist entries, durable when acknowledged.

Imports SQLAlchemy, so this module stays off the start-up path. One thread uses a `Records`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Row, create_engine, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from guidance_app.domain.checklist import (
    ChecklistEntry,
    Mark,
)
from guidance_app.domain.people import Person, Role
from guidance_app.records.errors import RecordsRefused, damaged, newer_version, records_error
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.schema import ENTRIES, FORMAT, METADATA, PEOPLE, PROCEDURES, TRIGGERS

BUSY_TIMEOUT_S = 0.25
"""How long one try waits for a lock; who wants to wait longer tries again."""


class Records:
    """An open records database. Every method that writes has written to disk when it returns.

    All raise RecordsError with a plain sentence; RecordsLocked when another try may help.
    """

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> "Records":
        """Open the database, or create it where there is no file; never overwrites one."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connect(path)
        except (DBAPIError, OSError) as error:
            raise records_error(getattr(error, "orig", error), path) from None
        records = cls(connection, path)
        try:
            records._prepare()
        except BaseException:
            connection.close()
            raise
        return records

    def close(self) -> None:
        """Let go of the file; nothing is pending."""
        self._connection.close()

    def start_procedure(self, record: ProcedureRecord) -> None:
        """Store a procedure and the people on it; raises RecordsRefused for a known id."""
        with self._writing() as connection:
            connection.execute(insert(PROCEDURES).values(_procedure_row(record)))
            if record.people:
                connection.execute(insert(PEOPLE), _people_rows(record))

    def add_entry(self, procedure_id: str, entry: ChecklistEntry) -> None:
        """Append one mark; raises RecordsRefused when there is no such procedure."""
        with self._writing() as connection:
            so_far = select(func.count()).where(ENTRIES.c.procedure_id == procedure_id)
            position = connection.execute(so_far).scalar_one()
            row = _entry_row(entry) | {"procedure_id": procedure_id, "position": position}
            connection.execute(insert(ENTRIES).values(row))

    def finish_procedure(self, procedure_id: str, ended_utc: str) -> None:
        """Note the end of a procedure that goes on; raises RecordsRefused when none does."""
        going_on = (PROCEDURES.c.id == procedure_id) & PROCEDURES.c.ended_utc.is_(None)
        with self._writing() as connection:
            done = connection.execute(
                update(PROCEDURES).where(going_on).values(ended_utc=ended_utc)
            )
            if done.rowcount != 1:
                raise RecordsRefused(f"No procedure {procedure_id} goes on, so it cannot be ended.")

    def procedures(self) -> list[ProcedureRecord]:
        """All procedures, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(select(PROCEDURES).order_by(PROCEDURES.c.started_utc)).all()
            return [_procedure(row, _read_people(connection, row.id)) for row in rows]

    def entries(self, procedure_id: str) -> tuple[ChecklistEntry, ...]:
        """All marks of one procedure in the order they were made."""
        chosen = select(ENTRIES).where(ENTRIES.c.procedure_id == procedure_id)
        with self._reading() as connection:
            rows = connection.execute(chosen.order_by(ENTRIES.c.position)).all()
            return tuple(_entry(row) for row in rows)

    def _prepare(self) -> None:
        with self._reading() as connection:
            self._check_format(connection)
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("PRAGMA synchronous = FULL")
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        with self._writing() as connection:
            if _user_version(connection) == 0:
                _create_tables(connection)
            # Written every time: SQLite lets a read-only file begin a transaction without a word.
            connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")

    def _check_format(self, connection: Connection) -> None:
        found = _user_version(connection)
        if found > FORMAT:
            raise newer_version(self._path, found, FORMAT)
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if sound != "ok" or (found == 0 and tables > 0):
            raise damaged(self._path)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            yield self._connection
        except DBAPIError as error:
            raise records_error(error.orig, self._path) from None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start; all of it or none."""
        with self._reading() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise


def _connect(path: Path) -> Connection:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": BUSY_TIMEOUT_S},
    )
    return engine.connect()


def _roll_back(connection: Connection) -> None:
    """SQLite has rolled back by itself after some failures; then there is nothing to do."""
    raw = connection.connection.driver_connection
    if raw is not None and raw.in_transaction:
        connection.exec_driver_sql("ROLLBACK")


def _user_version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _create_tables(connection: Connection) -> None:
    METADATA.create_all(connection)
    for trigger in TRIGGERS:
        connection.exec_driver_sql(trigger)


def _procedure_row(record: ProcedureRecord) -> dict[str, object]:
    return {column.name: getattr(record, column.name) for column in PROCEDURES.columns}


def _people_rows(record: ProcedureRecord) -> list[dict[str, object]]:
    return [
        {"procedure_id": record.id, "position": position, "code": who.code, "role": who.role.value}
        for position, who in enumerate(record.people)
    ]


def _entry_row(entry: ChecklistEntry) -> dict[str, object]:
    return {
        "item": entry.item,
        "mark": entry.mark.value,
        "person_code": entry.person.code,
        "role": entry.person.role.value,
        "time_utc": entry.time_utc,
        "note": entry.note,
    }


def _read_people(connection: Connection, procedure_id: str) -> tuple[Person, ...]:
    chosen = select(PEOPLE).where(PEOPLE.c.procedure_id == procedure_id)
    rows = connection.execute(chosen.order_by(PEOPLE.c.position)).all()
    return tuple(Person(row.code, Role(row.role)) for row in rows)


def _procedure(row: Row[Any], people: tuple[Person, ...]) -> ProcedureRecord:
    return ProcedureRecord(people=people, **row._mapping)


def _entry(row: Row[Any]) -> ChecklistEntry:
    person = Person(row.person_code, Role(row.role))
    return ChecklistEntry(row.item, Mark(row.mark), person, row.time_utc, row.note)
