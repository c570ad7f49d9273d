"""What is asked of a patient with (possible) rheumatoid arthritis, and what may help with it."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from guidance_app.knowledge.facts import Question
from guidance_app.presentation.advice_view import AdviceLine
from guidance_app.presentation.setup_choices import QUESTIONS
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.paged_advice import PagedAdvice, PageTurner
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

LOOKS = {
    Question.DOUBTFUL_DIAGNOSIS: ("help-circle-outline", "Doubtful diagnosis"),
    Question.EARLY_DISEASE: ("weather-sunset-up", "Early disease"),
    Question.ACTIVITY: ("fire", "Activity"),
    Question.TREATMENT: ("pill", "Treatment"),
    Question.DAMAGE: ("bone", "Damage"),
    Question.NECK: ("head-outline", "Neck"),
    Question.REMISSION: ("sleep", "Remission"),
}
"""Icon and word of each question."""
IN_A_ROW = 4
TARGET_ONLY = (
    "These recommendations may justify the target. None of them says how the needle is guided."
)
NOTHING_YET = AdviceLine(
    Text("", Tone.MUTED), "Tap what is asked of this patient; what may help stands here.", "", ""
)


class ArthritisPanel(QWidget):
    """Seven questions to tap; below them the recommendations that fit, on pages."""

    changed = pyqtSignal()
    """Another question is asked, or one less."""

    def __init__(self) -> None:
        super().__init__()
        self.title = FittedText(bold=True)
        self.title.say("Rheumatoid arthritis: what is asked?")
        self.lines = PagedAdvice()
        self.turner = PageTurner(self.lines)
        self.back = TouchButton("arrow-left-bold", "Back to the advice", beside=True)
        self.target_only = FittedText(tone=Tone.MUTED)
        self.target_only.say(TARGET_ONLY)
        self.questions = {one: TouchButton(*LOOKS[one], beside=True) for one in QUESTIONS}
        self._lay_out()
        self.render_lines(())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 4)
        head.addWidget(self.turner, 3)
        head.addWidget(self.back, 5)
        self._grid = QGridLayout()
        for place, button in enumerate(self.questions.values()):
            button.setCheckable(True)
            button.clicked.connect(self.changed)
            self._grid.addWidget(button, *divmod(place, IN_A_ROW))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        self._column.addLayout(self._grid)
        self._column.addWidget(self.target_only)
        self._column.addWidget(self.lines, 1)

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self._column.setSpacing(sizes.grid)
        self._grid.setSpacing(sizes.grid)
        self.title.set_cap(sizes.hand_cap * 1.2)
        self.target_only.set_cap(sizes.hand_cap * 1.1)
        self.target_only.setFixedHeight(round(sizes.hand_cap * 4.2))
        for button in (*self.questions.values(), self.turner, self.back):
            button.setFixedHeight(round(sizes.touch * 0.9))
            button.set_cap(sizes.hand_cap * 1.1)
        self.lines.apply(sizes)

    def render_lines(self, lines: tuple[AdviceLine, ...]) -> None:
        """Show the recommendations that fit."""
        self.lines.render_lines(lines or (NOTHING_YET,))

    def asked(self) -> tuple[Question, ...]:
        """The questions that are tapped."""
        return tuple(one for one, button in self.questions.items() if button.isChecked())

    def clear(self) -> None:
        """Ask nothing any more."""
        for button in self.questions.values():
            button.setChecked(False)
