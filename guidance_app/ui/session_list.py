"""The list of recorded sessions to review."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from guidance_app.presentation.sessions import SessionRow
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui import theme
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.page_sizes import size_page
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton, bind_key

COLUMNS = ("When", "Procedure", "Operator", "Length", "Record", "Recording")
LONG_COLUMNS = (COLUMNS.index("Procedure"), COLUMNS.index("Recording"))
NONE_YET = "No session recorded yet. Guide a procedure or practise on a simulator first."


class SessionList(QWidget):
    """A table, newest first as given; the chosen session is replayed, or its report written."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._rows: tuple[SessionRow, ...] = ()
        self.title = FittedText(bold=True)
        self.hint = FittedText(tone=Tone.MUTED)
        self.table = QTableWidget(0, len(COLUMNS))
        self.replay = TouchButton("movie-play-outline", "Replay", "Enter", beside=True)
        self.report = TouchButton(
            "file-document-outline", "Report", "R", "Write the report and open it", beside=True
        )
        self.back = TouchButton("arrow-left-bold", "Back", "Esc", beside=True)
        self.title.say("Review sessions")
        self._set_up_table()
        self._lay_out()
        self._connect()

    def _set_up_table(self) -> None:
        self.table.setAccessibleName("Recorded sessions")
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        rows, columns = self.table.verticalHeader(), self.table.horizontalHeader()
        if rows is not None and columns is not None:
            rows.hide()
            columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            for column in LONG_COLUMNS:
                columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.back, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.report, 1)
        buttons.addWidget(self.replay, 2)
        self._column = QVBoxLayout(self)
        for widget in (self.title, self.table, self.hint):
            self._column.addWidget(widget)
        self._column.addLayout(buttons)

    def _connect(self) -> None:
        self.table.itemSelectionChanged.connect(self._show_choice)
        self.table.itemActivated.connect(lambda _: self.replay.click())
        self.replay.clicked.connect(self._replay)
        self.report.clicked.connect(self._report)
        bind_key("R", self.report, self)
        self.back.clicked.connect(self._intents.back_asked)
        bind_key("Esc", self.back, self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        size_page(self._column, self.title, sizes)
        self.hint.setFixedHeight(round(sizes.hand_cap * 3))
        self.hint.set_cap(sizes.hand_cap)
        for button in (self.replay, self.report, self.back):
            button.setFixedHeight(sizes.touch)
            button.set_cap(sizes.hand_cap * 1.2)
        rows = self.table.verticalHeader()
        if rows is not None:
            rows.setDefaultSectionSize(round(sizes.touch * 0.8))

    def render_view(self, rows: tuple[SessionRow, ...]) -> None:
        """Show the sessions."""
        self._rows = rows
        self.table.setRowCount(len(rows))
        for index, row in enumerate(rows):
            plain = map(Text, (row.when, row.procedure, row.person, row.length))
            for column, text in enumerate((*plain, row.record, row.state)):
                item = QTableWidgetItem(text.text)
                item.setToolTip(text.text)
                item.setForeground(QColor(theme.TONE_COLOURS[text.tone]))
                self.table.setItem(index, column, item)
        self.hint.say("" if rows else NONE_YET)
        self._show_choice()

    def _show_choice(self) -> None:
        chosen = self._chosen()
        self.replay.setEnabled(chosen is not None)
        self.report.setEnabled(chosen is not None and bool(chosen.record.text))

    def _chosen(self) -> SessionRow | None:
        index = self.table.currentRow()
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def _replay(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._intents.replay_chosen.emit(chosen.path)

    def _report(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._intents.report_asked.emit(chosen.path)
