"""Sentences below each other, each whole, with a shape for its tone; scrolled by hand or keys."""

from PyQt6.QtCore import QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QIcon
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QScroller,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from guidance_app.presentation.view import Text, Tone
from guidance_app.ui import theme
from guidance_app.ui.icons import icon_pixmap
from guidance_app.ui.theme import Sizes

SHAPES = {
    Tone.NORMAL: "circle-small",
    Tone.MUTED: "circle-small",
    Tone.GOOD: "check-circle-outline",
    Tone.CAUTION: "alert",
    Tone.ALARM: "alert-octagon",
}
_WRAP = int(Qt.TextFlag.TextWordWrap)


class LineList(QListWidget):
    """Read only; every line wraps at its words."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._lines: tuple[Text, ...] = ()
        self._rows = _WrappedRow(self)
        self.setItemDelegate(self._rows)
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        scroll_by_hand(self)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        side = round(sizes.hand_cap * 1.6)
        self._rows.padding = sizes.grid
        if self.iconSize().width() != side:
            self.setIconSize(QSize(side, side))
            lines, self._lines = self._lines, ()
            self.render_lines(lines)

    def render_lines(self, lines: tuple[Text, ...]) -> None:
        """Show these; what is shown already keeps its place."""
        if lines == self._lines:
            return
        self._lines = lines
        self.clear()
        for line in lines:
            self.addItem(self._item(line))

    def _item(self, line: Text) -> QListWidgetItem:
        shape, colour = SHAPES[line.tone], theme.TONE_COLOURS[line.tone]
        pixmap = icon_pixmap(shape, colour, self.iconSize().width(), self.devicePixelRatioF())
        item = QListWidgetItem(QIcon(pixmap), line.text)
        item.setForeground(QColor(theme.MUTED if line.tone is Tone.MUTED else theme.TEXT))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item


class _WrappedRow(QStyledItemDelegate):
    """As high as its text needs: Qt forgets the padding of the style sheet when it measures."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view
        self.padding = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802
        """The room that all lines of the text take."""
        bar = self._view.verticalScrollBar()
        width = self._view.width() - (bar.sizeHint().width() if bar is not None else 0)
        taken = self._view.iconSize().width() + 5 * self.padding
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        metrics = QFontMetrics(self._view.font())
        box = metrics.boundingRect(QRect(0, 0, width - taken, 10_000), _WRAP, text)
        return QSize(0, box.height() + 2 * self.padding)


def scroll_by_hand(view: QAbstractItemView) -> None:
    """A finger pushes the rows up and down."""
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    QScroller.grabGesture(view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
