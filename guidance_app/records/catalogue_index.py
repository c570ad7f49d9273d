"""The index of the library: what is known of recorded sessions, and searched. One thread.

A part of `Records`, with its errors; but nothing in it is audited, and deleting it loses nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from guidance_app.records import catalogue_rows, catalogue_search
from guidance_app.records.catalogue import (
    Figure,
    FoundSession,
    IndexedSession,
    LibraryContents,
    LibraryQuery,
)
from guidance_app.records.catalogue_rows import Known
from guidance_app.records.store import Store

NOT_INDEXED = "The list of sessions was not changed; the sessions are as they were."


class LibraryIndex:
    """The sessions of one library, which is named by `library_key`."""

    def __init__(self, store: Store, library: str) -> None:
        self._store = store
        self._library = library

    def known(self) -> dict[str, Known]:
        """Every session, also of those that are gone, by name."""
        with self._store.reading(NOT_INDEXED) as connection:
            return catalogue_rows.read_known(connection, self._library)

    def put(self, sessions: Iterable[IndexedSession]) -> None:
        """What was read now, in the place of what was known."""
        read = list(sessions)  # before others are kept from writing
        with self._store.writing(NOT_INDEXED, locked=False) as writing:
            catalogue_rows.put_sessions(writing.connection, self._library, read)

    def touch(self, stamps: Mapping[str, str]) -> None:
        """These sessions are there and hold what they held, under these stamps."""
        with self._store.writing(NOT_INDEXED, locked=False) as writing:
            catalogue_rows.touch(writing.connection, self._library, stamps)

    def mark_gone(self, names: Sequence[str]) -> None:
        """The folders of these sessions are not there any more."""
        with self._store.writing(NOT_INDEXED, locked=False) as writing:
            catalogue_rows.mark_gone(writing.connection, self._library, names)

    def put_figures(self, figures: Mapping[str, Sequence[Figure]]) -> None:
        """The scores of sessions, by name; of those that the index does not know none are kept."""
        with self._store.writing(NOT_INDEXED, locked=False) as writing:
            catalogue_rows.put_figures(writing.connection, self._library, figures)

    def forget(self) -> None:
        """Forget everything of this library, to read it anew."""
        with self._store.writing(NOT_INDEXED, locked=False) as writing:
            catalogue_rows.forget(writing.connection, self._library)

    def find(self, wanted: LibraryQuery) -> tuple[FoundSession, ...]:
        """The sessions that fit all that is asked, newest first."""
        with self._store.snapshot() as connection:
            return catalogue_search.find_sessions(connection, self._library, wanted)

    def contents(self) -> LibraryContents:
        """What there is to ask for."""
        with self._store.snapshot() as connection:
            return catalogue_search.read_contents(connection, self._library)
