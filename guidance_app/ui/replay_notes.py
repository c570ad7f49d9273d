"""What a trainer notes while looking at a recording; written as soon as it is typed."""

from datetime import UTC, datetime
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.presentation.view import Tone
from guidance_app.session.errors import SessionError
from guidance_app.session.review import (
    Entry,
    Mark,
    MarkWithdrawn,
    Review,
    add_to_review,
    read_review,
)
from guidance_app.ui.noted_list import MarkList

TRAINER = "trainer"
"""Who notes, as long as nobody has said who it is."""


class ReplayNotes(QObject):
    """The review of one recording; GUI thread."""

    changed = pyqtSignal()
    """There is more to show, or less."""
    said = pyqtSignal(str, object)
    """A sentence for the last line, and its tone."""

    def __init__(self, notes: MarkList) -> None:
        super().__init__()
        self.review = Review()
        self._path = Path()
        self._span_ns = (0, 0)
        notes.written.connect(self._write)
        notes.withdrawn.connect(self._withdraw)

    def open(self, path: Path) -> None:
        """Read what was noted about another recording; what cannot be read is said."""
        self._path = path
        self._read()

    def begin(self, begin_ns: int, end_ns: int) -> None:
        """What is typed next is about this moment, or this stretch."""
        self._span_ns = (begin_ns, end_ns)

    def add(self, entry: Entry) -> None:
        """Keep one more record, and say where that fails."""
        try:
            add_to_review(self._path, entry)
        except SessionError as error:
            self.said.emit(str(error), Tone.ALARM)
        self._read()
        self.changed.emit()

    def _write(self, words: str) -> None:
        begin_ns, end_ns = self._span_ns
        number = self.review.marks_made
        self.add(Mark(number, begin_ns, end_ns, words, TRAINER, _now_utc()))
        self.said.emit("Noted.", Tone.NORMAL)

    def _withdraw(self, number: int) -> None:
        self.add(MarkWithdrawn(number, TRAINER, _now_utc()))
        self.said.emit("The note is not shown any more.", Tone.NORMAL)

    def _read(self) -> None:
        try:
            self.review = read_review(self._path)
        except SessionError as error:
            self.review = Review()
            self.said.emit(str(error), Tone.CAUTION)


def _now_utc() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
