"""The recorded sessions as a table: thousands of rows, of which only those in view are drawn."""

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from guidance_app.presentation.catalogue_view import COLUMNS, LibraryRow
from guidance_app.ui import theme
from guidance_app.ui.line_list import scroll_by_hand
from guidance_app.ui.theme import Sizes

SHARES = (0.16, 0.21, 0.085, 0.12, 0.06, 0.2, 0.07, 0.095)
"""Of the table's width, for each column."""
NEWEST_FIRST = (0, Qt.SortOrder.DescendingOrder)
NOWHERE = QModelIndex()
Role = Qt.ItemDataRole


class SessionModel(QAbstractTableModel):
    """The rows in the order in which they are shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[LibraryRow, ...] = ()
        self._sorted_by = NEWEST_FIRST

    def set_rows(self, rows: tuple[LibraryRow, ...]) -> None:
        """Show these, in the order that was asked for last."""
        self.beginResetModel()
        self.rows = self._in_order(rows)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By what stands in a column, or stands for it."""
        self._sorted_by = (column, order)
        self.set_rows(self.rows)

    def rowCount(self, parent: QModelIndex = NOWHERE) -> int:  # noqa: N802
        """Of the table; its cells have none."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = NOWHERE) -> int:  # noqa: N802
        """Likewise."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> object:
        """The text of a cell in the colour of its tone; its tooltip says what has no room."""
        row = self.rows[index.row()]
        cell = row.cells[index.column()]
        if role == Role.ForegroundRole:
            return QColor(theme.TONE_COLOURS[cell.tone])
        if role == Role.ToolTipRole:
            return "\n".join(filter(None, (cell.text, row.detail.text)))
        return cell.text if role == Role.DisplayRole else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        """The name of a column, and the key that sorts by it."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.ToolTipRole:
            return f"Sort by “{COLUMNS[section]}” ({section + 1}); again for the other way round"
        return COLUMNS[section] if role == Role.DisplayRole else None

    def _in_order(self, rows: tuple[LibraryRow, ...]) -> tuple[LibraryRow, ...]:
        column, order = self._sorted_by
        backwards = order == Qt.SortOrder.DescendingOrder
        return tuple(sorted(rows, key=lambda row: row.order[column], reverse=backwards))


class SessionTable(QTableView):
    """One row is chosen, by mouse, finger or arrows, and stays chosen when others come."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions = SessionModel(self)
        self.setModel(self.sessions)
        self.setAccessibleName("Recorded sessions")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll_by_hand(self)
        rows, columns = self._headers()
        rows.hide()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setHighlightSections(False)
        columns.setStretchLastSection(True)
        columns.setSortIndicator(*NEWEST_FIRST)
        self.setSortingEnabled(True)

    def apply(self, sizes: Sizes, width: int) -> None:
        """Take sizes for the present window and screen, and this width."""
        rows, columns = self._headers()
        rows.setDefaultSectionSize(round(sizes.touch * 0.8))
        for column, share in enumerate(SHARES):
            columns.resizeSection(column, round(share * width))

    def render_rows(self, rows: tuple[LibraryRow, ...]) -> None:
        """Show these; who was chosen stays so while it is among them."""
        if rows == self.sessions.rows:
            return
        chosen = self.chosen()
        self.sessions.set_rows(rows)
        self._choose(chosen.path if chosen else "")

    def sort_by(self, column: int) -> None:
        """By this column, or the other way round where it is so already."""
        _, columns = self._headers()
        up = Qt.SortOrder.AscendingOrder
        again = columns.sortIndicatorSection() == column and columns.sortIndicatorOrder() == up
        chosen = self.chosen()
        self.sortByColumn(column, Qt.SortOrder.DescendingOrder if again else up)
        self._choose(chosen.path if chosen else "")

    def chosen(self) -> LibraryRow | None:
        """The row that is chosen; the one with the focus alone is not yet."""
        selection = self.selectionModel()
        chosen = selection.selectedRows() if selection is not None else []
        return self.sessions.rows[chosen[0].row()] if chosen else None

    def enter(self) -> None:
        """Take the keyboard, and choose the first row where none is chosen."""
        self.setFocus()
        if self.chosen() is None and self.sessions.rows:
            self.selectRow(0)

    def _choose(self, path: str) -> None:
        for place, row in enumerate(self.sessions.rows):
            if row.path == path:
                self.selectRow(place)

    def _headers(self) -> tuple[QHeaderView, QHeaderView]:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None and columns is not None
        return rows, columns
