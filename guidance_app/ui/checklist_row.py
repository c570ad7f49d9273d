"""One item of the checklist: its mark and its level each as a shape and a word."""

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen

from guidance_app.presentation.view import ChecklistRow
from guidance_app.ui import theme
from guidance_app.ui.icons import icon_pixmap
from guidance_app.ui.lettering import draw_text, is_shown_whole
from guidance_app.ui.touch_button import PressButton

MARK_SHAPES = {
    "open": "checkbox-blank-outline",
    "done": "check-bold",
    "overridden": "arrow-right-bold-box-outline",
    "skipped": "skip-next",
    "not applicable": "cancel",
}
LEVEL_SHAPES = {
    "required": "rhombus",
    "reason to skip": "rhombus-outline",
    "advisory": "circle-outline",
}
SIDE_SHARE = 0.32
"""Of the width, for level and origin, or for who marked it and when."""


class ChecklistRowButton(PressButton):
    """A row that can be pressed to choose its item; drawn empty without one."""

    def __init__(self) -> None:
        super().__init__()
        self.row: ChecklistRow | None = None
        self._current = False
        self._cap_px = 10.0

    def set_cap(self, cap_px: float) -> None:
        """Cap height of the item's text."""
        self._cap_px = cap_px
        self.update()

    def show_row(self, row: ChecklistRow | None, current: bool) -> None:
        """Show an item, highlighted when it is the one that Next would tick."""
        self.row, self._current = row, current
        self.setEnabled(row is not None)
        if row is not None:
            self.setText(row.text)
            self.setToolTip(f"{row.item} {row.text}\n{row.note}".strip())
            where = "current, " if current else ""
            self.setAccessibleName(f"{row.item} {row.text}, {where}{row.level}, {row.mark}")
        self.update()

    def is_whole(self) -> bool:
        """Whether the item's text is shown without shortening at the present size."""
        return self.row is None or is_shown_whole(self.row.text, self._text_box(), self._cap_px)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw plate, mark, text and level."""
        if self.row is None:
            return
        painter = QPainter(self)
        self._paint_plate(painter)
        pending = self.row.mark == "open"
        colour = theme.TEXT if pending else theme.MUTED
        mark_colour = theme.GOOD if self.row.mark == "done" else colour
        side = self._mark_side()
        mark = icon_pixmap(MARK_SHAPES[self.row.mark], mark_colour, side, self.devicePixelRatioF())
        painter.drawPixmap(side // 2, (self.height() - side) // 2, mark)
        draw_text(painter, self._text_box(), self.row.text, self._cap_px, colour)
        self._paint_side(painter, self.row, pending)

    def _paint_plate(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(theme.RAISED if self._current else theme.SURFACE))
        if self._current:
            painter.fillRect(0, 0, 4, self.height(), QColor(theme.FOCUS))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.FOCUS), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_side(self, painter: QPainter, row: ChecklistRow, pending: bool) -> None:
        box = self._side_box()
        side = round(self._cap_px * 1.3)
        shape = icon_pixmap(LEVEL_SHAPES[row.level], theme.MUTED, side, self.devicePixelRatioF())
        painter.drawPixmap(round(box.left()), round(box.center().y() - side / 2), shape)
        words = f"{row.level}\n{row.origin}" if pending else row.note or row.mark
        inner = box.adjusted(side * 1.4, 0, 0, 0)
        draw_text(painter, inner, words, self._cap_px * 0.85, theme.MUTED)

    def _mark_side(self) -> int:
        return round(self._cap_px * 1.7)

    def _text_box(self) -> QRectF:
        left, right = 2 * self._mark_side(), self.width() * SIDE_SHARE + 12
        return QRectF(self.rect()).adjusted(left, 1, -right, -1)

    def _side_box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(self.width() * (1 - SIDE_SHARE), 1, -4, -1)
