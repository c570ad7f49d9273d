"""Reads a recording on a thread of its own: opened once, then whatever moment is asked for last."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from drivers.api.ports import SourceInfo
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.presentation.recorded import RecordedScreen, ShownMoment
from guidance_app.runtime.worker import Worker
from guidance_app.session.errors import SessionError
from guidance_app.session.format import FaultRecord
from guidance_app.session.glance import Glance
from guidance_app.session.reader import SessionReader
from guidance_app.training.scoring import ScoreDocument, ScoreRefused, score_session
from guidance_app.training.timeline import Timeline, read_timeline

NOTHING_SHOWN = "Nothing was recorded of what the screen showed. Choose another session."


@dataclass(frozen=True, slots=True, eq=False)
class OpenedSession:
    """What is known of a recording once all of it was read."""

    path: Path
    source: SourceInfo
    started_utc: str
    procedure: ProcedureStarted | None
    """The first one."""
    timeline: Timeline
    faults: tuple[FaultRecord, ...]
    problems: tuple[str, ...]
    score: ScoreDocument | None
    """None where there is nothing to score."""


class ReplayReader(QObject):
    """One recording; signals come on the GUI thread.

    Its moments can be asked for as soon as `begun` comes. What needs all of it to be read follows
    with `opened`, from another thread.
    """

    begun = pyqtSignal(object, object)
    """The RecordedScreen, and the time of its first picture. Only what may be asked on any thread
    is for others than the reader."""
    opened = pyqtSignal(object)
    """An OpenedSession."""
    refused = pyqtSignal(str)
    """Why it cannot be shown, or any more, in a sentence or two."""
    shown = pyqtSignal()
    """take() has another moment."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._changed = threading.Condition()
        self._wanted: Callable[[RecordedScreen], ShownMoment] | None = None
        self._moment: ShownMoment | None = None
        self._worker = Worker("replay", self._run, self.refused.emit, self._wake)
        self._whole = Worker("time line", self._read_whole, self.refused.emit)

    def start(self) -> None:
        """Begin to open it; once."""
        self._worker.start()

    def ask_time(self, time_ns: int) -> None:
        """Show the screen as it was then; an older wish that still waits is dropped."""
        self._ask(lambda screen: screen.at_time(time_ns))

    def ask_place(self, place: int) -> None:
        """Show the moment of one snapshot."""
        self._ask(lambda screen: screen.at_place(place))

    def take(self) -> ShownMoment | None:
        """The newest moment since the last call."""
        with self._changed:
            moment, self._moment = self._moment, None
            return moment

    def stop(self) -> None:
        """Close the recording; what is still being read of it ends by itself, unheard."""
        self.blockSignals(True)
        self._worker.stop()
        self._whole.leave()

    def is_done(self) -> bool:
        """Whether all that was begun has ended."""
        return self._worker.is_done() and self._whole.is_done()

    def _ask(self, wish: Callable[[RecordedScreen], ShownMoment]) -> None:
        with self._changed:
            self._wanted = wish
            self._changed.notify()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self, stopping: threading.Event) -> None:
        try:
            with closing(Glance(self._path)) as session:
                if not session.snapshot_times_ns:
                    raise SessionError(f"{self._path.name}: nothing to show.", NOTHING_SHOWN)
                screen = RecordedScreen(session)
                self.begun.emit(screen, screen.first_picture_ns())
                self._whole.start()
                self._serve(screen, stopping)
        except SessionError as error:
            self.refused.emit(str(error))

    def _read_whole(self, stopping: threading.Event) -> None:
        try:
            with SessionReader(self._path) as session:
                if not stopping.is_set():
                    self.opened.emit(open_session(session))
        except SessionError as error:
            self.refused.emit(str(error))

    def _serve(self, screen: RecordedScreen, stopping: threading.Event) -> None:
        while not stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or stopping.is_set())
                wish, self._wanted = self._wanted, None
            if wish is not None:
                self._show(wish(screen))

    def _show(self, moment: ShownMoment) -> None:
        with self._changed:
            announce = self._moment is None
            self._moment = moment
        if announce:
            self.shown.emit()


def open_session(session: SessionReader) -> OpenedSession:
    """All that is shown of a recording besides its pictures; reads every snapshot."""
    started = (
        outcome.command
        for outcome in session.commands
        if isinstance(outcome.command, ProcedureStarted) and outcome.refusal is None
    )
    problems = [*session.manifest.lost, *session.problems]
    return OpenedSession(
        path=session.path,
        source=session.manifest.source,
        started_utc=session.manifest.started.utc,
        procedure=next(started, None),
        timeline=read_timeline(session.engine_events(), session.ended_ns),
        faults=session.faults,
        problems=tuple(f"{one.where}: {one.what}" for one in problems),
        score=_score(session),
    )


def _score(session: SessionReader) -> ScoreDocument | None:
    try:
        return score_session(session)
    except (ScoreRefused, SessionError):
        return None
