"""Whoever supervises signs in with the PIN before a trainee's procedure starts."""

from collections.abc import Callable
from concurrent.futures import Future

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.presentation.view import Tone
from guidance_app.ui.checklist_hand import CheckPin
from guidance_app.ui.message_line import Answer, MessageLine

WRONG = "That is not the right PIN. The procedure has not started: press Start again."


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
        question = f"{code}, you supervise: type your PIN to sign in:"
        self._line.ask_secret(question, Answer("Sign in", "login"))

    def leave(self) -> None:
        """Nobody signs in."""
        if self._go_on is not None:
            self._go_on = None
            self._line.close_question()
            self._say("", Tone.NORMAL)

    def _take_pin(self, pin: str) -> None:
        if self._go_on is not None:
            self._line.close_question()
            self._check_pin(self._code, pin).add_done_callback(self._checked.emit)

    def _take_answer(self, answer: Future[bool]) -> None:
        go_on, self._go_on = self._go_on, None
        error = answer.exception()
        if error is not None:
            self._say(str(error), Tone.CAUTION)
        elif not answer.result():
            self._say(WRONG, Tone.CAUTION)
        elif go_on is not None:
            self._say(f"{self._code} has signed in.", Tone.NORMAL)
            go_on()
