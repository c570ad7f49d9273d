"""What the recommendations say of the present choices, beside them."""

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.presentation.advice_view import AdviceLine, AdviceView
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.paged_advice import AdvicePiece, PagedAdvice, PageTurner
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

NOTHING_YET = AdviceLine(
    Text("", Tone.MUTED),
    "Tap the site on the picture and choose the procedure: what is advised stands here.",
    "",
    "",
)
ARTHRITIS = "Rheumatoid arthritis…"


class AdvicePanel(QWidget):
    """The strictest first, on as many pages as it takes; a button to what arthritis adds."""

    def __init__(self) -> None:
        super().__init__()
        self.title = FittedText(bold=True)
        self.title.say("What is advised")
        self.lines = PagedAdvice()
        self.turner = PageTurner(self.lines)
        self.arthritis = TouchButton("hand-back-left-outline", ARTHRITIS, beside=True)
        head = QHBoxLayout()
        head.addWidget(self.title, 4)
        head.addWidget(self.turner, 3)
        head.addWidget(self.arthritis, 5)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        self._column.addWidget(self.lines, 1)
        self.render_view(AdviceView())

    @property
    def pieces(self) -> list[AdvicePiece]:
        """Those on the page that is shown."""
        return self.lines.pieces

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._column.setSpacing(sizes.grid)
        self.title.set_cap(sizes.hand_cap * 1.2)
        for button in (self.turner, self.arthritis):
            button.setFixedHeight(round(sizes.touch * 0.9))
            button.set_cap(sizes.hand_cap * 1.1)
        self.lines.apply(sizes)

    def render_view(self, view: AdviceView) -> None:
        """Show the record."""
        self.lines.render_lines(view.lines or (NOTHING_YET,))

    def render_questions(self, count: int) -> None:
        """Say how many questions on rheumatoid arthritis are asked."""
        self.arthritis.set_word(f"{ARTHRITIS} ({count})" if count else ARTHRITIS)
