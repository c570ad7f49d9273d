"""What differs between the engines that can hold the records."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from guidance_app.records.errors import RecordsError


class Engine(Protocol):
    """One database; every connection of it is in AUTOCOMMIT, transactions are begun by hand."""

    @property
    def shown(self) -> str:
        """How it is named to people; without a password."""

    @property
    def begin(self) -> str:
        """The statement that begins a transaction that writes."""

    @property
    def begin_snapshot(self) -> str:
        """The statement that begins one that reads the database as it stood at one moment."""

    def connect(self) -> Connection:
        """A connection that is ready for use; raises RecordsError for a database that is not."""

    def found_format(self, connection: Connection) -> int:
        """The format of what is there, 0 for nothing; raises RecordsError for a newer one."""

    def keep_copy(self, found: int, now: datetime) -> None:
        """Copy what is there in format `found`, before it is migrated."""

    def note_format(self, connection: Connection) -> None:
        """Write down that it has the newest format."""

    def lock_chain(self, connection: Connection) -> None:
        """Wait until nobody else appends to the audit chain, and let nobody until the commit."""

    def in_transaction(self, connection: Connection) -> bool:
        """Whether there is one to be rolled back."""

    def check_whole(self, connection: Connection) -> None:
        """Raises RecordsError where the database itself finds its storage damaged."""

    def lenient(self, connection: Connection) -> AbstractContextManager[None]:
        """Meanwhile text that is no UTF-8 can be read, with each such byte as a surrogate."""

    def error(self, error: DBAPIError, kept: str) -> RecordsError:
        """The error for what the database reported; `kept` says what became of the data."""
