"""Reads the sessions of a trainee on a thread of its own, and shows the learning curve of them."""

import threading
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.presentation.view import Tone
from guidance_app.runtime.worker import Worker
from guidance_app.session.errors import SessionError
from guidance_app.training.form_files import Forms
from guidance_app.training.past_attempts import (
    BETTER,
    Figure,
    PastAttempt,
    operator_of,
    read_past,
    sessions_of,
)
from guidance_app.training.trainee_curve import Rates
from guidance_app.ui.curve_desk import CurveDesk
from guidance_app.ui.main_window import MainWindow

FIRST_FIGURE = "tip_seen_share"
"""What the page begins with; any other can be chosen on it."""
NOBODY = "Nobody operated in this session: there is no curve."


class CurveRun(QObject):
    """One curve at a time; GUI thread."""

    _told = pyqtSignal(str)
    _read = pyqtSignal(str, object)
    """A trainee, and the attempts that were read."""

    def __init__(
        self,
        window: MainWindow,
        folder: Path,
        forms: Callable[[], Forms],
        say: Callable[[str, Tone], None],
    ) -> None:
        """`folder` holds the sessions."""
        super().__init__(window)
        self._window, self._folder, self._forms, self._say = window, folder, forms, say
        self._desk: CurveDesk | None = None
        self._worker: Worker | None = None
        self._told.connect(lambda sentence: say(sentence, Tone.NORMAL))
        self._read.connect(self._show)
        window.intents.curve_asked.connect(lambda session: self.begin(Path(session)))

    def begin(self, session: Path) -> None:
        """Read all sessions of who operated in this one."""
        self.stop()
        self._worker = Worker(
            "learning curve", lambda stopping: self._gather(session, stopping), self._told.emit
        )
        self._worker.start()

    def stop(self) -> None:
        """Read no more; idempotent."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _gather(self, session: Path, stopping: threading.Event) -> None:
        try:
            trainee = operator_of(session)
        except SessionError as error:
            self._told.emit(str(error))
            return
        if not trainee:
            self._told.emit(NOBODY)
            return
        attempts: list[PastAttempt] = []
        paths = sessions_of(self._folder, trainee)
        for done, path in enumerate(paths):
            self._told.emit(f"{done} of {len(paths)} sessions of {trainee} read …")
            if stopping.is_set():
                return
            self._add(attempts, path)
        self._read.emit(trainee, tuple(attempts))

    def _add(self, attempts: list[PastAttempt], path: Path) -> None:
        try:
            attempts.append(read_past(path, scored=True))
        except SessionError as error:
            self._told.emit(f"{path.name} is left out. {error}")

    def _show(self, trainee: str, attempts: tuple[PastAttempt, ...]) -> None:
        self._say("", Tone.NORMAL)
        if self._desk is None:
            self._desk = CurveDesk(self._window, self._forms(), Rates())
        figure = Figure(BETTER[FIRST_FIGURE], metric=FIRST_FIGURE)
        self._desk.show(trainee, attempts, figure, None)
