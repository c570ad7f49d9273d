"""Whoever supervises signs in with the PIN before a trainee's procedure starts."""

from collections.abc import Callable
from concurrent.futures import Future

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.presentation.view import Tone
from guidance_app.ui.checklist_hand import CheckPin
from guidance_app.ui.message_line import Answer, MessageLine

QUESTION = "{}, you supervise: type your PIN to sign in:"
AGAIN = "That is not the right PIN, {}. Type it again, or leave with Escape:"


class SignIn(QObject):
    """Asks in the last line, and goes on once the PIN is right; GUI thread."""

    _checked = pyqtSignal(object)
    """The answer to a PIN, from the thread that looked it up."""

    def __init__(
        self, line: MessageLine, check_pin: CheckPin, say: Callable[[str, Tone], None]
    ) -> None:
        """`say` tells how it went."""
        super().__init__()
        self._line = line
        self._say = say
        self._check_pin = check_pin
        self._code = ""
        self._go_on: Callable[[], None] | None = None
        """What waits for the PIN; None while nothing does."""
        line.answered.connect(self._take_pin)
        line.escaped.connect(self.leave)
        self._checked.connect(self._take_answer)

    def ask(self, code: str, go_on: Callable[[], None]) -> None:
        """Let the person with this code type the PIN; `go_on` is called when it is right."""
        self._code, self._go_on = code, go_on
        self._put(QUESTION)

    def leave(self) -> None:
        """Nobody signs in."""
        if self._go_on is not None:
            self._end("", Tone.NORMAL)

    def _put(self, question: str) -> None:
        self._line.ask_secret(question.format(self._code), Answer("Sign in", "login"))

    def _take_pin(self, pin: str) -> None:
        """The field stays where it is meanwhile: what is typed on goes nowhere else."""
        if self._go_on is not None:
            self._check_pin(self._code, pin).add_done_callback(self._checked.emit)

    def _take_answer(self, answer: Future[bool]) -> None:
        go_on, error = self._go_on, answer.exception()
        if go_on is None:
            return
        if error is not None:
            self._end(str(error), Tone.CAUTION)
        elif not answer.result():
            self._put(AGAIN)
        else:
            self._end(f"{self._code} has signed in.", Tone.NORMAL)
            go_on()

    def _end(self, sentence: str, tone: Tone) -> None:
        self._go_on = None
        self._line.setFocus()  # no field of the page gets the keys that come late
        self._line.close_question()
        self._say(sentence, tone)
