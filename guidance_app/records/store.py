"""One connection to the records, and transactions on it that happen whole or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from guidance_app.records import chain
from guidance_app.records.engine import Engine
from guidance_app.records.errors import (
    IN_DOUBT,
    NOT_STORED,
    AuditHead,
    RecordsInDoubt,
    RecordsRefused,
    RecordsUnreachable,
    damaged,
)


@dataclass(slots=True)
class Writing:
    """An open transaction that writes."""

    connection: Connection
    engine: Engine
    now: datetime
    locked: bool = False
    """Whether it holds the lock of the audit chain."""
    head: AuditHead | None = None
    """The newest entry of the chain that it has appended."""

    def lock(self) -> None:
        """Wait until nobody else writes to the chain."""
        if not self.locked:
            self.engine.lock_chain(self.connection)
        self.locked = True

    def write(self, kind: str, *changes: chain.Change) -> None:
        """Make the changes, and append the entry of the audit chain that holds them."""
        self.lock()
        self.head = chain.write(self.connection, kind, utc_text(self.now), changes)


class Store:
    """Everything raised by the database comes out of here as RecordsError."""

    def __init__(self, engine: Engine, now_utc: Callable[[], datetime]) -> None:
        self.engine = engine
        self._now_utc = now_utc
        self.connection = engine.connect()

    def close(self) -> None:
        """Let go of the database; nothing is pending."""
        self.connection.close()

    def now(self) -> datetime:
        """In UTC."""
        return self._now_utc().astimezone(UTC)

    @contextmanager
    def reading(self, kept: str = NOT_STORED) -> Iterator[Connection]:
        """The connection; `kept` is what an error says of the data."""
        try:
            yield self.connection
        except UnicodeEncodeError:
            raise RecordsRefused(
                f"The records cannot hold half of a character. Type the text again. {kept}"
            ) from None
        except ValueError:  # a word, number or time that this application never writes
            raise damaged(self.engine.shown, kept) from None
        except DBAPIError as error:
            raise self.engine.error(error, kept) from None

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Everything that is read meanwhile is of one moment."""
        with self.reading() as connection:
            connection.exec_driver_sql(self.engine.begin_snapshot)
            try:
                yield connection
            finally:
                self._roll_back()

    @contextmanager
    def writing(self, kept: str = NOT_STORED, locked: bool = True) -> Iterator[Writing]:
        """One transaction: all of it or none. With the chain's lock from the start, or later."""
        with self.reading(kept) as connection:
            connection.exec_driver_sql(self.engine.begin)
            writing = Writing(connection, self.engine, self.now())
            try:
                if locked:
                    writing.lock()
                yield writing
                self._commit(writing)
            except BaseException:
                self._roll_back()
                raise

    def _commit(self, writing: Writing) -> None:
        try:
            self.connection.exec_driver_sql("COMMIT")
        except DBAPIError as error:
            told = self.engine.error(error, IN_DOUBT)
            if isinstance(told, RecordsUnreachable) and writing.head is not None:
                raise RecordsInDoubt(str(told), writing.head) from None
            raise

    def _roll_back(self) -> None:
        """A connection that breaks now has nothing to roll back either."""
        if self.engine.in_transaction(self.connection):
            with suppress(DBAPIError):
                self.connection.exec_driver_sql("ROLLBACK")


def utc_text(moment: datetime) -> str:
    """ISO 8601 with offset, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
