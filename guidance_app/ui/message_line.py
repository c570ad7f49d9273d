"""The line under every screen: what to do next, a short question, and what this program is for."""

from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from guidance_app import PURPOSE
from guidance_app.presentation.view import Text, Tone
from guidance_app.ui.lettering import RIGHT, FittedText
from guidance_app.ui.theme import Sizes
from guidance_app.ui.touch_button import TouchButton

MAX_ANSWERS = 4


class EscapableLine(QLineEdit):
    """A line to type in that says when Escape was pressed in it."""

    escaped = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Escape is a signal, everything else is typed."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer a question."""

    word: str
    icon: str


class MessageLine(QWidget):
    """Message on the left, the purpose on the right, between them a field when one is asked."""

    answered = pyqtSignal(str, str)
    """The typed text and the word of the button that ended it."""
    escaped = pyqtSignal()
    """The question was left without an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.message = FittedText()
        self.purpose = FittedText(tone=Tone.MUTED, align=RIGHT)
        self.purpose.say(PURPOSE)
        self.field = EscapableLine()
        self.buttons = [TouchButton("check-bold", "", beside=True) for _ in range(MAX_ANSWERS)]
        self._only_one = True
        self.is_asking = False
        """A question is open: other sentences wait until it is closed."""
        self._connect()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.message, 50)
        row.addWidget(self.field)
        for button in self.buttons:
            row.addWidget(button)
        row.addWidget(self.purpose, 40)
        self.close_question()

    def _connect(self) -> None:
        self.field.setAccessibleName("Answer")
        self.field.escaped.connect(self.escaped)
        self.field.returnPressed.connect(self._enter)
        for button in self.buttons:
            button.clicked.connect(lambda _=False, b=button: self._answer(b))

    def _answer(self, button: TouchButton) -> None:
        self.answered.emit(self.field.text(), button.text())

    def apply(self, sizes: Sizes) -> None:
        """Take sizes for the present window and screen."""
        self.setFixedHeight(sizes.footer_height)
        self.field.setFixedWidth(round(sizes.hand_cap * 10))
        for button in self.buttons:
            button.setFixedWidth(round(sizes.hand_cap * 11))
            button.set_cap(sizes.hand_cap)
        self.message.set_cap(sizes.hand_cap * 1.2)
        self.purpose.set_cap(sizes.hand_cap)

    def say(self, message: Text) -> None:
        """Show a sentence."""
        self.message.render_text(message)

    def ask_secret(self, question: str, answer: Answer) -> None:
        """Show a question whose answer is not shown while it is typed."""
        self.ask(question, "", (answer,))
        self.field.setEchoMode(QLineEdit.EchoMode.Password)

    def ask(self, question: str, example: str, answers: tuple[Answer, ...]) -> None:
        """Show a question with a field and a button for each way to answer it.

        Enter gives the answer where there is one way only, else it goes to the first button.
        """
        self._only_one = len(answers) == 1
        self._offer(question, answers)
        self.field.setPlaceholderText(example)
        self.field.setAccessibleName(question)
        self.field.clear()
        self.field.show()
        self.field.setFocus()

    def choose(self, question: str, answers: tuple[Answer, ...]) -> None:
        """Show a question that one of the buttons answers, with nothing to type."""
        self._offer(question, answers)
        self.buttons[0].setFocus()

    def _offer(self, question: str, answers: tuple[Answer, ...]) -> None:
        self.is_asking = True
        self.say(Text(question))
        for button, answer in zip(self.buttons, answers, strict=False):
            button.set_word(answer.word, answer.icon)
            button.show()

    def _enter(self) -> None:
        if self._only_one:
            self.buttons[0].click()
        else:
            self.buttons[0].setFocus()

    def close_question(self) -> None:
        """Put the field and its buttons away."""
        self.is_asking = False
        self.field.hide()
        self.field.clear()
        self.field.setEchoMode(QLineEdit.EchoMode.Normal)
        for button in self.buttons:
            button.hide()
