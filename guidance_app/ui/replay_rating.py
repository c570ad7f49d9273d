"""Rating beside the replay: the panel opens and closes, and what it hides is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.presentation.view import Tone
from guidance_app.session.errors import SessionError
from guidance_app.training.form_files import Forms
from guidance_app.ui.intents import Intents
from guidance_app.ui.rating_desk import RatingDesk
from guidance_app.ui.rating_page import RatingPage

NOT_SAVED = "This rating is not saved. Press again to drop it, or Ctrl+Enter to save."


class ReplayRating(QObject):
    """The rating panel of the workspace; GUI thread."""

    changed = pyqtSignal()
    """It is open, closed, or the blind was lifted."""
    said = pyqtSignal(str, object)
    """A sentence for the last line, and its tone."""

    def __init__(self, page: RatingPage, intents: Intents, forms: Callable[[], Forms]) -> None:
        """`forms` are those that may be filled."""
        super().__init__()
        self._page, self._forms = page, forms
        self._desk = RatingDesk(page, intents, lambda: datetime.now(UTC))
        self.is_open = False
        self._asked = False
        """It was said that something is not saved."""
        page.hide()
        intents.rating_given.connect(self._forget_asking)
        intents.blind_lifted.connect(self.changed)
        intents.rating_saved.connect(self.changed)

    @property
    def blinded(self) -> bool:
        """Names and scores are to be hidden."""
        return self.is_open and self._desk.blinded

    def open(self, session: Path) -> None:
        """Begin to rate a session, blinded; says why where that cannot be."""
        try:
            self._desk.open(session, self._forms())
        except SessionError as error:
            self.said.emit(str(error), Tone.CAUTION)
            return
        self.is_open, self._asked = True, False
        self._page.show()
        self._page.take_keyboard()
        self.said.emit("", Tone.NORMAL)  # the last line may name somebody
        self.changed.emit()

    def leave(self) -> None:
        """Rate no more: asked twice where something is not saved."""
        if self._desk.is_unsaved and not self._asked:
            self._asked = True
            self.said.emit(NOT_SAVED, Tone.CAUTION)
        else:
            self.close()

    def close(self) -> None:
        """Rate no more; what was not saved is dropped. Idempotent."""
        if self.is_open:
            self.is_open = False
            self._page.hide()
            self.changed.emit()

    def _forget_asking(self) -> None:
        self._asked = False
