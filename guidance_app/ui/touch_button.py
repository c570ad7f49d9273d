"""The one button of the application: icon and word, its key shown, a focus ring, large enough."""

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from guidance_app.ui import theme
from guidance_app.ui.icons import icon_pixmap
from guidance_app.ui.lettering import CENTRE, LEFT, draw_text, is_shown_whole

RADIUS_PX = 6.0


class PressButton(QAbstractButton):
    """A button that Enter presses and the space bar does not; its layout gives it its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:  # noqa: N802
        """No wish of its own."""
        return QSize(0, 0)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Enter presses the button that has the focus; the space bar belongs to the checklist."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event is not None:
            event.ignore()


class TouchButton(PressButton):
    """An icon above or before a word; `checked` and `down` are told apart by fill and border."""

    def __init__(
        self, icon: str, word: str, key: str = "", hint: str = "", *, beside: bool = False
    ) -> None:
        super().__init__()
        self._icon = icon
        self._key = key
        self._hint = hint
        self._beside = beside
        self._cap_px = 10.0
        self.set_word(word)

    def set_word(self, word: str, icon: str | None = None) -> None:
        """Another verb, and another icon where it has one; the button keeps its place."""
        if (word, icon or self._icon) == (self.text(), self._icon):
            return  # asked with every frame, and painting a button takes as long as a picture
        self._icon = icon or self._icon
        self.setText(word)
        key = f" ({self._key})" if self._key else ""
        self.setToolTip(f"{self._hint or word}{key}")
        self.setAccessibleName(word)
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def set_cap(self, cap_px: float) -> None:
        """Cap height of the word, where it fits."""
        self._cap_px = cap_px
        self.update()

    def is_whole(self) -> bool:
        """Whether the word is shown without shortening at the present size."""
        return is_shown_whole(self.text(), self._word_box(), self._cap_px)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the plate, the icon, the word and the key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_plate(painter)
        colour = theme.TEXT if self.isEnabled() else theme.MUTED
        self._paint_icon(painter, colour)
        align = LEFT if self._beside else CENTRE
        draw_text(painter, self._word_box(), self.text(), self._cap_px, colour, align=align)

    def _paint_plate(self, painter: QPainter) -> None:
        fill = theme.RAISED if self.isEnabled() else theme.GROUND
        if self.isDown() or self.isChecked():
            fill = theme.LINE
        ring = self.hasFocus() or self.isChecked()
        painter.setPen(QPen(QColor(theme.FOCUS if ring else theme.LINE), 2.0))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_PX, RADIUS_PX)
        if self.isChecked():
            bar = QRectF(RADIUS_PX, self.height() - 6, self.width() - 2 * RADIUS_PX, 4)
            painter.fillRect(bar, QColor(theme.FOCUS))

    def _paint_icon(self, painter: QPainter, colour: str) -> None:
        side = self._icon_side()
        pixmap = icon_pixmap(self._icon, colour, side, self.devicePixelRatioF())
        if self._beside:
            painter.drawPixmap(self._pad(), (self.height() - side) // 2, pixmap)
        else:
            painter.drawPixmap((self.width() - side) // 2, self._icon_top(), pixmap)

    def _icon_side(self) -> int:
        room = self.height() - 2 * self._pad() - (0 if self._beside else 1.7 * self._cap_px)
        return max(12, round(min(self.height() * 0.5, room, 4.5 * self._cap_px)))

    def _icon_top(self) -> int:
        words = min(self.height() - self._icon_side(), 3.4 * self._cap_px)
        return max(self._pad(), round((self.height() - self._icon_side() - words) / 2))

    def _pad(self) -> int:
        return max(4, round(0.5 * self._cap_px))

    def _word_box(self) -> QRectF:
        pad, side = self._pad(), self._icon_side()
        inner = QRectF(self.rect()).adjusted(pad, pad, -pad, -pad)
        if self._beside:
            return inner.adjusted(side + pad, 0, 0, 0)
        top = self._icon_top() + side
        return QRectF(inner.left(), top, inner.width(), min(inner.bottom() - top, 4 * self._cap_px))


def bind_key(key: str, button: QAbstractButton, where: QWidget) -> None:
    """Let a key press a button while both are on screen; holding the key presses it once."""
    shortcut = QShortcut(QKeySequence(key), where)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(lambda: _press(button, where))


def _press(button: QAbstractButton, where: QWidget) -> None:
    if button.isVisibleTo(where):
        button.click()
