"""What is asked for on the list of sessions: searched, shown, and read while the list is open."""

from concurrent.futures import Future
from datetime import date
from pathlib import Path
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.catalogue.background import LibraryAnswer, Tell
from guidance_app.catalogue.indexing import Progress
from guidance_app.presentation.catalogue_view import (
    LibraryEntry,
    LibraryView,
    library_view,
    progress_words,
    query_of,
)
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.records.catalogue import LibraryQuery
from guidance_app.records.errors import RecordsError, without_journal
from guidance_app.ui.main_window import MainWindow

LOOKING = LibraryView(hint=Text("The sessions are looked for …", Tone.MUTED))


class Library(Protocol):
    """Searches recorded sessions, and reads those that are new; never blocks."""

    folder: Path

    def open(self, tell: Tell) -> None:
        """Begin to read what is new; `tell` is called on another thread."""
        ...

    def find(self, wanted: LibraryQuery) -> Future[LibraryAnswer]:
        """What fits, as of now; fails with RecordsError."""
        ...

    def leave(self) -> None:
        """Nobody looks any more."""
        ...


class LibraryDesk(QObject):
    """Connects the list of sessions with the library; GUI thread."""

    _answered = pyqtSignal(object, object)
    """The Future of a search and what is shown of it, from its thread."""
    _progressed = pyqtSignal(object)
    """A `Progress`, from the reading thread."""

    def __init__(self, window: MainWindow, library: Library) -> None:
        super().__init__(window)  # what comes after the window has gone is nobody's
        self._window = window
        self._library = library
        self._entry = LibraryEntry()
        self._asked: Future[LibraryAnswer] | None = None
        """What the list waits for; an older answer is nobody's."""
        self._again = False
        """More has been read since that was asked."""
        self._answered.connect(self._take)
        self._progressed.connect(self._note_progress)
        window.intents.review_asked.connect(self.show)
        window.intents.catalogue_asked.connect(self._ask)
        window.intents.catalogue_left.connect(self._leave)

    def show(self) -> None:
        """Bring the list to the front as it was left, and look for what is new."""
        self._window.sessions.show_progress(NO_TEXT)
        self._window.show_sessions(LOOKING)
        self._library.open(self._progressed.emit)
        self._ask(self._window.sessions.entry())

    def _leave(self) -> None:
        self._asked = None
        self._library.leave()

    def _ask(self, entry: LibraryEntry) -> None:
        """Search for this; what was typed before is not waited for any more."""
        self._entry, self._again = entry, False
        if self._asked is not None:
            self._asked.cancel()
        self._asked = self._library.find(query_of(entry, date.today()))
        self._asked.add_done_callback(self._word)

    def _word(self, answer: Future[LibraryAnswer]) -> None:
        """On the searching thread: of a thousand sessions it takes a tenth of a second."""
        if not answer.cancelled():
            self._answered.emit(answer, self._view(answer))

    def _take(self, answer: Future[LibraryAnswer], view: LibraryView) -> None:
        if answer is not self._asked:
            return
        self._asked = None
        self._window.sessions.render_view(view)
        if self._again:
            self._ask(self._entry)

    def _view(self, answer: Future[LibraryAnswer]) -> LibraryView:
        try:
            one = answer.result()
        except RecordsError as error:
            return LibraryView(hint=Text(without_journal(error), Tone.ALARM))
        return library_view(one.found, one.contents, self._library.folder, one.fault)

    def _note_progress(self, progress: Progress) -> None:
        self._window.sessions.show_progress(progress_words(progress))
        if not self._window.sessions.isVisible():
            return
        self._again = self._asked is not None
        if not self._again:
            self._ask(self._entry)
