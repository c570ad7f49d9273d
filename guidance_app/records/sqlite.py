"""The records in an SQLite file: durable when acknowledged, one writer at a time."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from guidance_app.records.errors import (
    FULL,
    IN_JOURNAL,
    NOT_STORED,
    OTHER,
    READ_ONLY,
    RecordsError,
    damaged,
    locked,
    newer_version,
    refused,
)
from guidance_app.records.schema import FORMAT

BUSY_TIMEOUT_S = 0.25
"""How long one try waits for a lock; who wants to wait longer tries again."""


class SqliteEngine:
    """One file, on a disk of this computer."""

    begin = "BEGIN IMMEDIATE"
    """Holds the lock for writing from the start, and so the audit chain's."""
    begin_snapshot = "BEGIN"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.shown = str(path)

    def connect(self) -> Connection:
        """Open the file, or create it where there is none; never overwrites one."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connect(self._path)
        except OSError as error:
            raise sqlite_error(error, self._path, IN_JOURNAL) from None
        except DBAPIError as error:
            raise self.error(error, IN_JOURNAL) from None
        try:
            self._set_up(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def found_format(self, connection: Connection) -> int:
        """As PRAGMA user_version says."""
        found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        if found > FORMAT:
            raise newer_version(self.shown, found, FORMAT)
        return found

    def keep_copy(self, found: int, now: datetime) -> None:
        """Beside the file, through a second connection: the first holds the lock for writing."""
        if found == 0:
            return
        name = f"{self._path.stem}.format-{found}.{now:%Y%m%dT%H%M%SZ}{self._path.suffix}"
        copy = self._path.with_name(name)
        try:
            copy.touch(exist_ok=False)
            _back_up(self._path, copy)
        except (OSError, sqlite3.Error) as error:
            raise sqlite_error(error, copy, NOT_STORED) from None

    def note_format(self, connection: Connection) -> None:
        """Written every time: SQLite lets a read-only file begin a transaction without a word."""
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")

    def lock_chain(self, connection: Connection) -> None:
        """The transaction holds it already."""

    def in_transaction(self, connection: Connection) -> bool:
        """SQLite has rolled back by itself after some failures."""
        raw = connection.connection.driver_connection
        return raw is not None and bool(raw.in_transaction)

    def check_whole(self, connection: Connection) -> None:
        """Every page and every index."""
        if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one() != "ok":
            raise damaged(self.shown, NOT_STORED)

    @contextmanager
    def lenient(self, connection: Connection) -> Iterator[None]:
        """A setting of the connection."""
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.text_factory = lambda content: content.decode(errors="surrogateescape")
        try:
            yield
        finally:
            raw.text_factory = str

    def error(self, error: DBAPIError, kept: str) -> RecordsError:
        """By SQLite's primary result code."""
        return sqlite_error(error.orig, self._path, kept)

    def _set_up(self, connection: Connection) -> None:
        try:
            self._check(connection)
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("PRAGMA synchronous = FULL")
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        except UnicodeDecodeError:  # in what SQLite says of it
            raise damaged(self.shown, IN_JOURNAL) from None
        except DBAPIError as error:
            raise self.error(error, IN_JOURNAL) from None

    def _check(self, connection: Connection) -> None:
        found = self.found_format(connection)
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if sound != "ok" or (found <= 0 and tables > 0):
            raise damaged(self.shown, IN_JOURNAL)


def sqlite_error(cause: BaseException | None, path: Path, kept: str) -> RecordsError:
    """The error for what SQLite reported; primary result codes of sqlite.org/rescode.html."""
    unless_sqlite = sqlite3.SQLITE_CANTOPEN if isinstance(cause, OSError) else sqlite3.SQLITE_ERROR
    code = getattr(cause, "sqlite_errorcode", unless_sqlite) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return locked(str(path), kept)
    if code == sqlite3.SQLITE_CONSTRAINT:
        return refused(cause, kept)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(str(path), kept)
    sentence = _SENTENCES.get(code, OTHER).format(
        shown=path, cause=cause, more=" and to its folder", where="the file and its disk"
    )
    return RecordsError(f"{sentence} {kept}")


_SENTENCES = {
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: (
        "The records database {shown} cannot be opened. Check that its folder exists and may be "
        "written to."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk with the records database {shown} cannot be read or written ({cause}). "
        "Check the disk."
    ),
}


def _connect(path: Path) -> Connection:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_S},
    )
    return engine.connect()


def _back_up(path: Path, copy: Path) -> None:
    """Whole, or not at all."""
    try:
        shutil.copymode(path, copy)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
