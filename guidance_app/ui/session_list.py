"""The library of recorded sessions: searched, sorted, and one of them replayed or reported."""

from PyQt6.QtCore import pyqtBoundSignal
from PyQt6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.catalogue_view import (
    COLUMNS,
    LibraryEntry,
    LibraryRow,
    LibraryView,
)
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import RIGHT, FittedText
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.session_filters import SessionFilters
from guidance_app.ui.session_table import SessionTable
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

NO_ENTRY = LibraryEntry()


class SessionList(QWidget):
    """Filters above a table; the chosen session is replayed, or its report written.

    `/` goes to the search, Enter and the arrow from there to the table, a number sorts by that
    column, Esc asks for everything again and then leaves.
    """

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._view = LibraryView()
        self._sizes: Sizes | None = None
        self.title = FittedText(bold=True)
        self.count = FittedText()
        self.progress = FittedText(align=RIGHT, tone=Tone.MUTED)
        self.filters = SessionFilters()
        self.table = SessionTable()
        self.hint = FittedText(tone=Tone.MUTED)
        self.replay = TouchButton("movie-play-outline", "Replay", "Enter", beside=True)
        self.report = TouchButton(
            "file-document-outline", "Report", "R", "Write the report and open it", beside=True
        )
        self.debrief = TouchButton(
            "briefcase-outline", "Debrief", "D", "A page to take away, without names", beside=True
        )
        self.curve = TouchButton(
            "chart-line", "Learning curve", "C", "Of who operated in this session", beside=True
        )
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self.title.say("Review sessions")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        above, buttons = QHBoxLayout(), QHBoxLayout()
        for text, share in ((self.title, 2), (self.count, 2), (self.progress, 2)):
            above.addWidget(text, share)
        buttons.addWidget(self.back, 1)
        buttons.addWidget(self.curve, 1)
        buttons.addWidget(self.debrief, 1)
        buttons.addWidget(self.report, 1)
        buttons.addWidget(self.replay, 2)
        self._column = QVBoxLayout(self)
        self._column.addLayout(above)
        for widget in (self.filters, self.table, self.hint):
            self._column.addWidget(widget)
        self._column.addLayout(buttons)

    def _connect(self) -> None:
        selection = self.table.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._show_choice())
        self.table.activated.connect(lambda _: self.replay.click())
        self.filters.changed.connect(self._ask)
        self.filters.words.left_downwards.connect(self.table.enter)
        self.replay.clicked.connect(lambda: self._emit(self._intents.replay_chosen))
        self.report.clicked.connect(lambda: self._emit(self._intents.report_asked))
        self.debrief.clicked.connect(lambda: self._emit(self._intents.debrief_asked))
        self.curve.clicked.connect(lambda: self._emit(self._intents.curve_asked))
        self.back.clicked.connect(self._intents.back_asked)
        bind_key("R", self.report, self)
        bind_key("C", self.curve, self)
        bind_key("D", self.debrief, self)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self._escape)
        QShortcut(QKeySequence("/"), self).activated.connect(self.filters.words.setFocus)
        for column in range(len(COLUMNS)):
            key = QShortcut(QKeySequence(str(column + 1)), self)
            key.activated.connect(lambda c=column: self.table.sort_by(c))

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._sizes = sizes
        size_page(self._column, self.title, sizes)
        side = sizes.panel_width // 6
        self._column.setContentsMargins(side, 2 * sizes.grid, side, 2 * sizes.grid)
        self.filters.apply(sizes)
        self.hint.setFixedHeight(round(sizes.hand_cap * 3))
        for text in (self.hint, self.count, self.progress):
            text.set_cap(sizes.hand_cap * 1.1)
        for button in (self.replay, self.report, self.debrief, self.curve, self.back):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.2)
        self._size_table()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """The columns share the width."""
        super().resizeEvent(event)
        self._size_table()

    def render_view(self, view: LibraryView) -> None:
        """Show the sessions, and what there is to ask for."""
        self._view = view
        self.filters.offer(view.procedures, view.people)
        self.table.render_rows(view.rows)
        self.count.render_text(view.count)
        self._show_choice()

    def show_progress(self, words: Text) -> None:
        """How far the library is read."""
        self.progress.render_text(words)

    def entry(self) -> LibraryEntry:
        """What is asked for."""
        return self.filters.entry()

    def _size_table(self) -> None:
        if self._sizes is not None:
            margins = self._column.contentsMargins()
            taken = margins.left() + margins.right() + 4 * self._sizes.grid
            self.table.apply(self._sizes, self.width() - taken)

    def _show_choice(self) -> None:
        chosen = self.table.chosen()
        for button in (self.replay, self.debrief):
            button.setEnabled(chosen is not None and chosen.can_replay)
        for button in (self.report, self.curve):
            button.setEnabled(chosen is not None and chosen.can_report)
        said = self._view.hint
        self.hint.render_text(said if said.text or chosen is None else chosen.detail)

    def _ask(self) -> None:
        self._intents.catalogue_asked.emit(self.entry())

    def _escape(self) -> None:
        if self.entry() == NO_ENTRY:
            self.back.click()
        else:
            self.filters.clear()
            self.table.enter()

    def _emit(self, signal: pyqtBoundSignal) -> None:
        chosen: LibraryRow | None = self.table.chosen()
        if chosen is not None:
            signal.emit(chosen.path)
