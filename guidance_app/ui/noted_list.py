"""The figures of a recording, and what was noted about it, beside the picture."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from guidance_app.presentation.replay_view import MarkRow
from guidance_app.presentation.score_view import ScoreRow
from guidance_app.ui.theme import Sizes

WHAT_TO_NOTE = "Note what you see here, then Enter (Esc: nothing)"


class WordedTable(QTableWidget):
    """Two columns of words, each row as high as its words need at the present width."""

    def __init__(self, name: str) -> None:
        super().__init__(0, 2)
        self.setAccessibleName(name)
        _set_up(self)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Another width needs other heights."""
        super().resizeEvent(event)
        self.resizeRowsToContents()


class FigureTable(WordedTable):
    """A line for each figure of the whole session."""

    def __init__(self) -> None:
        super().__init__("Figures of the session")

    def render_view(self, rows: tuple[ScoreRow, ...]) -> None:
        """Show the figures."""
        self.setRowCount(len(rows))
        for line, row in enumerate(rows):
            self.setItem(line, 0, _item(row.value.text, Qt.AlignmentFlag.AlignRight))
            self.setItem(line, 1, _item(row.words))
        self.resizeRowsToContents()


class MarkList(QWidget):
    """Notes in order of time; one that is chosen is gone to. A new one is typed below."""

    chosen = pyqtSignal(object)
    """The MarkRow to go to."""
    written = pyqtSignal(str)
    """The words of a new note."""
    given_up = pyqtSignal()
    withdrawn = pyqtSignal(int)
    """The number of a note that is not to be shown any more."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[MarkRow, ...] = ()
        self.table = WordedTable("Notes")
        self.line = QLineEdit()
        self.line.setPlaceholderText(WHAT_TO_NOTE)
        self.line.setAccessibleName(WHAT_TO_NOTE)
        self.line.hide()
        self.line.returnPressed.connect(self._write)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addWidget(self.line)
        self.table.cellClicked.connect(lambda row, _: self.chosen.emit(self._rows[row]))
        self.table.cellActivated.connect(lambda row, _: self.chosen.emit(self._rows[row]))

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window."""
        self.line.setFixedHeight(round(sizes.touch * 0.6))

    def render_view(self, rows: tuple[MarkRow, ...]) -> None:
        """Show the notes."""
        self._rows = rows
        self.table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            self.table.setItem(line, 0, _item(row.when, Qt.AlignmentFlag.AlignRight))
            self.table.setItem(line, 1, _item(f"{row.text} · {row.author}"))
        self.table.resizeRowsToContents()

    def begin(self) -> None:
        """Take the keyboard for a new note."""
        self.line.clear()
        self.line.show()
        self.line.setFocus()

    def end(self) -> None:
        """No note is typed any more."""
        self.line.hide()

    def withdraw_chosen(self) -> None:
        """Ask that the chosen note is not shown any more."""
        row = self.table.currentRow()
        if 0 <= row < len(self._rows):
            self.withdrawn.emit(self._rows[row].number)

    def _write(self) -> None:
        words = self.line.text().strip()
        self.end()
        if words:
            self.written.emit(words)
        else:
            self.given_up.emit()


def _set_up(table: QTableWidget) -> None:
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(True)
    table.setTabKeyNavigation(False)
    table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    rows, columns = table.verticalHeader(), table.horizontalHeader()
    if rows is not None and columns is not None:
        rows.hide()
        columns.hide()
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        columns.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)


def _item(words: str, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> QTableWidgetItem:
    item = QTableWidgetItem(words)
    item.setToolTip(words)
    item.setTextAlignment(align | Qt.AlignmentFlag.AlignVCenter)
    return item
