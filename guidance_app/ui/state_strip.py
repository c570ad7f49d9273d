"""The strip on top of every screen: whether the picture may be believed, who, and recording."""

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from guidance_app.presentation.view import StateStrip, Text, Tone
from guidance_app.ui import theme
from guidance_app.ui.icons import icon_pixmap
from guidance_app.ui.lettering import LEFT, FittedText, draw_text, is_shown_whole
from guidance_app.ui.theme import Sizes

_EMPTY = Text("")
NOTHING = StateStrip(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)

SHAPES = {
    Tone.GOOD: "circle",
    Tone.CAUTION: "alert",
    Tone.ALARM: "alert-octagon",
    Tone.NORMAL: "minus-circle-outline",
    Tone.MUTED: "minus-circle-outline",
}
"""The state is said by shape as well as by word and colour."""

SHARES = {"age": 8, "origin": 13, "procedure": 21, "recording": 22, "losses": 19}
STATE_SHARE = 35


class StateSign(QWidget):
    """The state itself: a shape and a word, on a filled plate when it is an alarm."""

    def __init__(self) -> None:
        super().__init__()
        self._state = Text("")
        self._cap_px = 20.0

    def set_cap(self, cap_px: float) -> None:
        """Cap height of the word."""
        self._cap_px = cap_px
        self.update()

    def render_text(self, state: Text) -> None:
        """Show another state."""
        if state != self._state:
            self._state = state
            self.setAccessibleName(f"Picture: {state.text}")
            self.setToolTip(state.text)
            self.update()

    @property
    def text(self) -> str:
        """The state in words."""
        return self._state.text

    def is_whole(self) -> bool:
        """Whether the word is shown without shortening at the present size."""
        return is_shown_whole(self.text, self._word_box(), self._cap_px, bold=True)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw plate, shape and word."""
        if not self.text:
            return
        painter = QPainter(self)
        colour, tone = theme.TONE_COLOURS[self._state.tone], self._state.tone
        if tone in (Tone.ALARM, Tone.CAUTION):
            painter.fillRect(self.rect(), QColor(colour))
            colour = theme.HALO
        side = self._shape_side()
        shape = icon_pixmap(SHAPES[tone], colour, side, self.devicePixelRatioF())
        painter.drawPixmap(side // 2, (self.height() - side) // 2, shape)
        draw_text(painter, self._word_box(), self.text, self._cap_px, colour, bold=True, align=LEFT)

    def _shape_side(self) -> int:
        return round(0.9 * self._cap_px)

    def _word_box(self) -> QRectF:
        side = self._shape_side()
        return QRectF(self.rect()).adjusted(2 * side, 0, -side // 2, 0)


class StateStripBar(QWidget):
    """The strip: six places that never move, whatever stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.state = StateSign()
        self.fields = {name: FittedText() for name in SHARES}
        self.setAccessibleName("State of the picture")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 1)
        row.setSpacing(16)
        row.addWidget(self.state, STATE_SHARE)
        for name, share in SHARES.items():
            self.fields[name].setContentsMargins(0, 4, 0, 4)
            row.addWidget(self.fields[name], share)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.setFixedHeight(sizes.strip_height)
        self.state.set_cap(sizes.alarm_cap)
        for field in self.fields.values():
            field.set_cap(sizes.strip_cap)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the line that ends the strip."""
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.LINE))

    def render_view(self, view: StateStrip) -> None:
        """Show the record."""
        self.state.render_text(view.state)
        for name, field in self.fields.items():
            field.render_text(getattr(view, name))
        self.fields["age"].explain(view.details)
