"""Key figures beside the picture: large digits, small unit, and how sure they are."""

import re

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from guidance_app.presentation.view import ReadOut, Text
from guidance_app.ui import theme
from guidance_app.ui.lettering import draw_text
from guidance_app.ui.theme import Sizes

PLACES = 6
COLUMNS = 2
NUMBER_SHARE = 0.62
"""Of a place's width, at most, for the digits."""
FIGURE = re.compile(r"([<>+\-−]? ?\d[\d.]*°?) ?(.*)")
"""Digits and what follows them: "24 mm", "< 0.5 mm", "31°", "-3 mm PAST"."""
NO_FIGURE = ReadOut("", Text(""))


class ReadOutCell(QWidget):
    """One figure: label on top, "24" large below, "mm" and "± 1 mm" small beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = NO_FIGURE
        self._key_cap = 30.0
        self._small_cap = 10.0

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._key_cap = sizes.key_cap
        self._small_cap = sizes.hand_cap
        self.setFixedHeight(round(sizes.key_cap * 1.25 + sizes.hand_cap * 2.0))
        self.update()

    def show_figure(self, read_out: ReadOut) -> None:
        """Show another figure; an empty one leaves the place empty."""
        if read_out != self._shown:
            self._shown = read_out
            spoken = f"{read_out.label} {read_out.value.text} {read_out.uncertainty}".strip()
            self.setAccessibleName(spoken)
            self.setToolTip(spoken)
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw label and figure; a value that is no number is written smaller, in words."""
        painter = QPainter(self)
        label_height = self._small_cap * 1.9
        top = QRectF(0, 0, self.width(), label_height)
        draw_text(painter, top, self._shown.label, self._small_cap, theme.MUTED)
        below = QRectF(0, label_height, self.width(), self.height() - label_height)
        figure = FIGURE.fullmatch(self._shown.value.text)
        if figure is not None:
            self._paint_number(painter, below, *figure.groups())
        else:
            colour = theme.TONE_COLOURS[self._shown.value.tone]
            draw_text(painter, below, self._shown.value.text, self._key_cap * 0.5, colour)

    def _paint_number(self, painter: QPainter, box: QRectF, number: str, unit: str) -> None:
        colour = theme.TONE_COLOURS[self._shown.value.tone]
        font = self._number_font(number)
        baseline = box.top() + self._key_cap * 1.1
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QPointF(box.left(), baseline), number)
        left = box.left() + QFontMetricsF(font).horizontalAdvance(number) + self._small_cap * 0.6
        beside = QRectF(left, baseline - self._key_cap, box.right() - left, self._key_cap)
        half = beside.height() / 2
        upper, lower = beside.adjusted(0, -2, 0, -half), beside.adjusted(0, half - 2, 0, 4)
        draw_text(painter, upper, self._shown.uncertainty, self._small_cap, theme.MUTED)
        draw_text(painter, lower, unit, self._small_cap * 1.4, colour)

    def _number_font(self, number: str) -> QFont:
        """The key size, or smaller where a long number would leave no room for its unit."""
        font = theme.font_of(theme.pixel_size(self._key_cap))
        wide = QFontMetricsF(font).horizontalAdvance(number) / (NUMBER_SHARE * self.width())
        if wide > 1.0:
            font.setPixelSize(int(font.pixelSize() / wide))
        return font


class ReadOuts(QWidget):
    """Six places in two columns, filled from the top left; more figures are not shown."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = [ReadOutCell() for _ in range(PLACES)]
        self.setAccessibleName("Figures of the plan")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for index, cell in enumerate(self.cells):
            grid.addWidget(cell, index // COLUMNS, index % COLUMNS)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        for cell in self.cells:
            cell.apply(sizes)

    def render_view(self, read_outs: tuple[ReadOut, ...]) -> None:
        """Show the figures."""
        for index, cell in enumerate(self.cells):
            cell.show_figure(read_outs[index] if index < len(read_outs) else NO_FIGURE)
