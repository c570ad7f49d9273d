"""The records on a PostgreSQL server, for many stations."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

import psycopg
from sqlalchemy import URL, Connection, create_engine, inspect
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from guidance_app.records.errors import (
    FULL,
    IN_JOURNAL,
    OTHER,
    READ_ONLY,
    RecordsError,
    RecordsUnreachable,
    damaged,
    locked,
    newer_version,
    refused,
)
from guidance_app.records.schema import FORMAT

LOCK_TIMEOUT_MS = 4000
"""How long one try waits for its turn among all stations; the server serves them in order."""

CHAIN_LOCK = 7205021930
"""Number of the advisory lock: any that nobody else uses in this database."""

CONNECTION = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "client_encoding": "UTF8",
    "application_name": "guidance",
}
"""A server that is silently gone is noticed within some 10 s."""

SESSION = (
    f"SET lock_timeout = {LOCK_TIMEOUT_MS}",
    # What is acknowledged is on the server's disk, whatever the server's default; a stricter
    # default, which waits for a second server, stays.
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') IN ('off', 'local')",
)


class PostgresEngine:
    """One database of a server that this address names; psycopg 3."""

    begin = "BEGIN"
    begin_snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self.shown = shown(url)

    def connect(self) -> Connection:
        """Raises RecordsUnreachable where no server answers."""
        try:
            connection = _connect(self._url)
        except DBAPIError as error:
            raise self._no_connection(error) from None
        except ArgumentError:
            raise self._misnamed() from None
        try:
            self._set_up(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def found_format(self, connection: Connection) -> int:
        """As Alembic's table says."""
        tables = inspect(connection).get_table_names()
        if not tables:
            return 0
        if "alembic_version" not in tables:
            raise self._foreign()
        select = "SELECT version_num FROM alembic_version"
        revision = str(connection.exec_driver_sql(select).scalar_one_or_none())
        if not revision.isdecimal():
            raise self._foreign()
        if int(revision) > FORMAT:
            raise newer_version(self.shown, int(revision), FORMAT)
        return int(revision)

    def keep_copy(self, found: int, now: datetime) -> None:
        """Left to the server's own backup."""

    def note_format(self, connection: Connection) -> None:
        """Alembic has done so."""

    def lock_chain(self, connection: Connection) -> None:
        """A row cannot be locked for this: who waits for it would see the old newest entry."""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({CHAIN_LOCK})")

    def in_transaction(self, connection: Connection) -> bool:
        """None where the connection is gone: the server rolls back."""
        if connection.invalidated:
            return False
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        return raw.info.transaction_status not in _WITHOUT_TRANSACTION

    def check_whole(self, connection: Connection) -> None:
        """Left to the server, which tells of damage when it reads."""

    def lenient(self, connection: Connection) -> AbstractContextManager[None]:
        """The server holds valid UTF-8 only."""
        return nullcontext()

    def error(self, error: DBAPIError, kept: str) -> RecordsError:
        """By SQLSTATE; PostgreSQL manual, appendix A."""
        if error.connection_invalidated:
            return self._unreachable(kept)
        state = getattr(error.orig, "sqlstate", None) or ""
        if state in {"55P03", "40001", "40P01", "57014"}:
            return locked(self.shown, kept)
        if state[:2] in {"22", "23"} or isinstance(error.orig, psycopg.DataError):
            return refused(error.orig, kept)
        if state.startswith("XX"):
            return damaged(self.shown, kept)
        first_line = str(error.orig).partition("\n")[0]
        sentence = _SENTENCES.get(state, OTHER).format(
            shown=self.shown, cause=first_line, more=" to the user", where="the server"
        )
        return RecordsError(f"{sentence} {kept}")

    def _set_up(self, connection: Connection) -> None:
        try:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
            for statement in SESSION:
                connection.exec_driver_sql(statement)
        except DBAPIError as error:
            raise self.error(error, IN_JOURNAL) from None
        if encoding != "UTF8":
            raise RecordsError(
                f"The database {self.shown} cannot hold every name, because its encoding is "
                f"{encoding}. Name one with the encoding UTF8."
            )

    def _no_connection(self, error: DBAPIError) -> RecordsError:
        """The driver's own words stay out: they may repeat what was in the address."""
        if isinstance(error.orig, psycopg.ProgrammingError):
            return self._misnamed()
        said = str(error.orig)
        if "password" in said or "authentication" in said or "role " in said:
            return RecordsError(
                f"The server refuses the user or the password for the records database "
                f"{self.shown}. Check the address, and the password in libpq's password file. "
                f"{IN_JOURNAL}"
            )
        if "does not exist" in said:
            return RecordsError(
                f"The server has no database {self.shown}. Create it, or check the address. "
                f"{IN_JOURNAL}"
            )
        return self._unreachable(IN_JOURNAL)

    def _unreachable(self, kept: str) -> RecordsUnreachable:
        return RecordsUnreachable(
            f"The server of the records database {self.shown} cannot be reached. "
            f"Check the network and the server. {kept}"
        )

    def _misnamed(self) -> RecordsError:
        return RecordsError(
            f"The address of the records database {self.shown} cannot be used. {EXAMPLE}"
        )

    def _foreign(self) -> RecordsError:
        return RecordsError(
            f"The database {self.shown} holds something else than records, and was not changed. "
            "Name an empty database."
        )


EXAMPLE = "Write it like postgresql://user@server:5432/database."

_WITHOUT_TRANSACTION = {
    psycopg.pq.TransactionStatus.IDLE,
    psycopg.pq.TransactionStatus.UNKNOWN,
}

_SENTENCES = {"53100": FULL, "25006": READ_ONLY, "42501": READ_ONLY}


def shown(url: URL) -> str:
    """The address as it may be shown: without password and options."""
    server = url.host or ",".join(url.normalized_query.get("host", ()))
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{server}{port}/{url.database or ''}"


def _connect(url: URL) -> Connection:
    engine = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={name: value for name, value in CONNECTION.items() if name not in url.query},
    )
    return engine.connect()
