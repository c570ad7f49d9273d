"""What narrows the list of sessions: words, a procedure, a person, a time, what happened."""

from collections.abc import Iterable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from guidance_app.presentation.catalogue_view import (
    HAPPENING_OPTIONS,
    PERIOD_OPTIONS,
    LibraryEntry,
    Option,
)
from guidance_app.ui.theme import Sizes

SEARCH = "Search (/): patient, operator …"
SEARCHED = "Words, or a figure that is compared, like tip_seen_share<80 (/)"
DOWN = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SearchLine(QLineEdit):
    """A line to type in, from which Enter and the arrow go on to what was found."""

    left_downwards = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """These keys are a signal, everything else is typed."""
        if event is not None and event.key() in DOWN:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)


class OptionList(QComboBox):
    """One of several, of which the first asks nothing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setMinimumContentsLength(6)
        self._options: tuple[Option, ...] = ()

    def offer(self, options: tuple[Option, ...]) -> None:
        """Offer these; what is chosen stays so while it is among them."""
        if options == self._options:
            return
        before = self.value()
        self._options = options
        self.blockSignals(True)
        self.clear()
        for option in options:
            self.addItem(option.title, option.id)
        self.setCurrentIndex(max(0, self.findData(before)))
        self.blockSignals(False)

    def value(self) -> str:
        """The id of what is chosen."""
        return str(self.currentData() or "")


class SessionFilters(QWidget):
    """One row; `changed` says that something else is asked for."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.words = SearchLine()
        self.words.setAccessibleName("Search")
        self.words.setToolTip(SEARCHED)
        self.words.setPlaceholderText(SEARCH)
        self.words.setClearButtonEnabled(True)
        self.procedure, self.person = OptionList("Procedure"), OptionList("Who took part")
        self.period, self.happened = OptionList("When"), OptionList("What happened")
        self.period.offer(PERIOD_OPTIONS)
        self.happened.offer(HAPPENING_OPTIONS)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget, share in ((self.words, 5), *((one, 3) for one in self._lists())):
            self._row.addWidget(widget, share)
        self.words.textChanged.connect(lambda _: self.changed.emit())
        for one in self._lists():
            one.currentIndexChanged.connect(lambda _: self.changed.emit())

    def _lists(self) -> Iterable[OptionList]:
        return self.procedure, self.person, self.period, self.happened

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._row.setSpacing(sizes.grid)
        for widget in (self.words, *self._lists()):
            widget.setFixedHeight(round(sizes.touch * 0.9))

    def offer(self, procedures: tuple[Option, ...], people: tuple[Option, ...]) -> None:
        """What there is in the library."""
        self.procedure.offer(procedures)
        self.person.offer(people)

    def entry(self) -> LibraryEntry:
        """What is asked for."""
        return LibraryEntry(self.words.text(), *(one.value() for one in self._lists()))

    def clear(self) -> None:
        """Ask for nothing."""
        self.blockSignals(True)
        self.words.clear()
        for one in self._lists():
            one.setCurrentIndex(0)
        self.blockSignals(False)
        self.changed.emit()
