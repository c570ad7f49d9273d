"""The library as a window uses it: searched and read on threads of their own, while it is open."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from guidance_app.catalogue.indexing import Progress, read_on_cores, update_index
from guidance_app.catalogue.place import index_at, usable_place
from guidance_app.records.catalogue import FoundSession, LibraryContents, LibraryQuery
from guidance_app.records.catalogue_index import LibraryIndex
from guidance_app.records.errors import RecordsError, without_journal
from guidance_app.runtime.worker import Worker

Tell = Callable[[Progress], None]

ALL_READ = Progress(0, 0)


@dataclass(frozen=True, slots=True)
class LibraryAnswer:
    """What a search has found, and what there is to search for."""

    found: tuple[FoundSession, ...] = ()
    contents: LibraryContents = field(default_factory=LibraryContents)
    fault: str = ""
    """What is wrong with the records, a sentence; empty while nothing is."""


class SessionLibrary:
    """The sessions of one folder, which may not exist yet; the GUI's thread asks, and never waits.

    One thread searches, another reads what is new: what a search finds grows meanwhile.
    """

    def __init__(self, place: Path | str, folder: Path) -> None:
        """`place` is that of the records, which hold the index."""
        self.folder = folder
        self._place = place
        self._searching = ThreadPoolExecutor(1, "library search")
        self._usable: Future[Path | str] = Future()
        self._index: LibraryIndex | None = None
        self._held = ExitStack()
        self._stop: Future[None] = Future()
        self._reader: Worker | None = None
        self._fault = ""

    def open(self, tell: Tell) -> None:
        """Begin to read what is new; `tell` is called on another thread, ALL_READ at last."""
        self.leave()
        self._usable = self._searching.submit(self._open)
        self._stop = stop = Future[None]()
        usable = self._usable

        def read(_: threading.Event) -> None:
            self._read(usable.result(), tell, stop)

        self._reader = Worker("library reader", read, self._note_fault)
        self._reader.start()

    def find(self, wanted: LibraryQuery) -> Future[LibraryAnswer]:
        """What fits, as of now; fails with RecordsError. After open()."""
        return self._searching.submit(self._find, wanted)

    def leave(self) -> None:
        """Nobody looks any more: reading ends, and goes on when the list is opened again."""
        if not self._stop.done():
            self._stop.set_result(None)
            self._searching.submit(self._close)

    def stop(self) -> None:
        """End both threads."""
        self.leave()
        if self._reader is not None:
            self._reader.stop()
        self._searching.shutdown()

    def _open(self) -> Path | str:
        self._fault = ""
        place = self._held.enter_context(usable_place(self._place, self._note_fault))
        self._index = self._held.enter_context(index_at(place, self.folder))
        return place

    def _close(self) -> None:
        self._index = None
        self._held.close()

    def _find(self, wanted: LibraryQuery) -> LibraryAnswer:
        if self._index is None:
            return LibraryAnswer(fault=self._fault)
        found, contents = self._index.find(wanted), self._index.contents()
        return LibraryAnswer(found, contents, self._fault)

    def _read(self, place: Path | str, tell: Tell, stop: Future[None]) -> None:
        read = partial(read_on_cores, stop=stop)
        try:
            with index_at(place, self.folder) as index:
                update_index(index, self.folder, read, tell, stop.done)
        except RecordsError as error:
            self._note_fault(f"Not all sessions are in the list. {without_journal(error)}")
        if not stop.done():
            tell(ALL_READ)

    def _note_fault(self, sentence: str) -> None:
        self._fault = sentence
