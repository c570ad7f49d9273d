"""What the recommendations say of the present choices, beside them."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.advice_view import AdviceLine, AdviceView
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.lettering import RIGHT, FittedText
from guidance_app.ui.theme import Sizes

MOST_LINES = 4
"""No case has more; a test counts them."""
TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
NOTHING_YET = "Choose the procedure, and how the needle is guided: what is advised stands here."


class AdvicePanel(QWidget):
    """Up to four pieces of advice, the strictest first, each in a place of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.title = FittedText(bold=True)
        self.title.say("What is advised")
        self.pieces = [_Piece() for _ in range(MOST_LINES)]
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.title)
        for piece in self.pieces:
            self._column.addWidget(piece, 1)
        self.render_view(AdviceView())

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._column.setSpacing(sizes.grid)
        self.title.set_cap(sizes.hand_cap * 1.2)
        self.title.setFixedHeight(round(sizes.hand_cap * 3))
        for piece in self.pieces:
            piece.apply(sizes)

    def render_view(self, view: AdviceView) -> None:
        """Show the record."""
        nothing = AdviceLine(Text("", Tone.MUTED), "", "", "")
        lines = [*view.lines, *[nothing] * MOST_LINES][:MOST_LINES]
        if not view.lines:
            lines[0] = AdviceLine(Text("", Tone.MUTED), NOTHING_YET, "", "")
        for piece, line in zip(self.pieces, lines, strict=True):
            piece.render_line(line)


class _Piece(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.word = FittedText(bold=True)
        self.source = FittedText(tone=Tone.MUTED, align=RIGHT)
        self.words = FittedText(align=TOP)
        head = QHBoxLayout()
        head.addWidget(self.word, 2)
        head.addWidget(self.source, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.words, 1)

    def apply(self, sizes: Sizes) -> None:
        self.word.set_cap(sizes.hand_cap * 1.1)
        self.words.set_cap(sizes.hand_cap * 1.1)
        self.source.set_cap(sizes.hand_cap)
        for text in (self.word, self.source):
            text.setFixedHeight(round(sizes.hand_cap * 2.4))

    def render_line(self, line: AdviceLine) -> None:
        self.word.render_text(line.word)
        self.words.say(line.text)
        self.source.say(line.source)
        self.source.explain(line.details)
