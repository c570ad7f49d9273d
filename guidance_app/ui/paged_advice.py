"""Pieces of advice at their full size, on as many pages as they need: none is ever cut."""

from collections.abc import Sequence

from PyQt6.QtCore import QRect, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.advice_view import AdviceLine
from guidance_app.presentation.view import Tone
from guidance_app.ui.lettering import RIGHT, FittedText, text_height
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
HEAD_CAPS = 2.4
"""Height of a piece's first line, in heights of a capital."""
WORDS_SHARE = 1.1


class PagedAdvice(QWidget):
    """As many pieces as fit, one below the other; the others on further pages."""

    turned = pyqtSignal(int, int)
    """Which page is shown, from 1, and how many there are."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[AdvicePiece] = []
        """Those on the page that is shown, from top to bottom."""
        self._lines: tuple[AdviceLine, ...] = ()
        self._pages: list[range] = [range(0)]
        self._page = 0
        self._sizes: Sizes | None = None

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._sizes = sizes
        self._arrange()

    def render_lines(self, lines: tuple[AdviceLine, ...]) -> None:
        """Show other pieces, from the first on."""
        if lines != self._lines:
            self._lines, self._page = lines, 0
            self._arrange()

    def turn(self) -> None:
        """Show the next page; the first behind the last."""
        self._page = (self._page + 1) % len(self._pages)
        self._show_page()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Fill the pages anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if self._sizes is None:
            return
        heights = [self._height_of(line, self._sizes) for line in self._lines]
        self._pages = fill_pages(heights, self.height(), self._sizes.grid)
        self._page = min(self._page, len(self._pages) - 1)
        self._show_page()

    def _height_of(self, line: AdviceLine, sizes: Sizes) -> int:
        words = text_height(line.text, self.width(), sizes.hand_cap * WORDS_SHARE)
        return round(sizes.hand_cap * HEAD_CAPS) + words + 2

    def _show_page(self) -> None:
        if self._sizes is None:
            return
        for piece in self.pieces:
            piece.hide()
            piece.deleteLater()
        self.pieces = [self._piece(self._lines[n], self._sizes) for n in self._pages[self._page]]
        top = 0
        for piece, number in zip(self.pieces, self._pages[self._page], strict=True):
            height = self._height_of(self._lines[number], self._sizes)
            piece.setGeometry(QRect(0, top, self.width(), min(height, self.height() - top)))
            piece.show()
            top += height + self._sizes.grid
        self.turned.emit(self._page + 1, len(self._pages))

    def _piece(self, line: AdviceLine, sizes: Sizes) -> "AdvicePiece":
        piece = AdvicePiece(self)
        piece.apply(sizes)
        piece.render_line(line)
        return piece


class AdvicePiece(QWidget):
    """A word and a source in one line, and below it what is advised."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.word = FittedText(bold=True)
        self.source = FittedText(tone=Tone.MUTED, align=RIGHT)
        self.words = FittedText(align=TOP)
        self._head = QHBoxLayout()
        self._head.addWidget(self.word)
        self._head.addWidget(self.source)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self.words, 1)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.word.set_cap(sizes.hand_cap * 1.1)
        self.words.set_cap(sizes.hand_cap * WORDS_SHARE)
        self.source.set_cap(sizes.hand_cap)
        for text in (self.word, self.source):
            text.setFixedHeight(round(sizes.hand_cap * HEAD_CAPS))

    def render_line(self, line: AdviceLine) -> None:
        """Show one piece."""
        self.word.render_text(line.word)
        self.words.say(line.text)
        self.source.say(line.source)
        self.source.explain(line.details)
        self._head.setStretch(0, len(line.word.text) + 2)
        self._head.setStretch(1, len(line.source))


class PageTurner(TouchButton):
    """Says which page of the advice is shown, and turns it."""

    def __init__(self, advice: PagedAdvice) -> None:
        super().__init__("page-next-outline", "Next page", beside=True)
        keeps_its_place = self.sizePolicy()
        keeps_its_place.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keeps_its_place)
        self.clicked.connect(advice.turn)
        advice.turned.connect(self._say_page)
        self._say_page(1, 1)

    def _say_page(self, page: int, pages: int) -> None:
        self.set_word(f"{page} of {pages}: next")
        self.setVisible(pages > 1)


def fill_pages(heights: Sequence[int], room: int, gap: int) -> list[range]:
    """Which pieces stand on which page, in order; one that is higher than a page has its own."""
    pages, first, used = [], 0, 0
    for number, height in enumerate(heights):
        if number > first and used + height > room:
            pages.append(range(first, number))
            first, used = number, 0
        used += height + gap
    return [*pages, range(first, len(heights))]
