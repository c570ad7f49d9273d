"""What a recording is compared with: today's software on it, or another recording."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from guidance_app.presentation.alignment import shared_events
from guidance_app.presentation.recorded import RecordedScreen, ShownMoment
from guidance_app.presentation.view import PictureView, Text, Tone
from guidance_app.runtime.needle_watch import Search
from guidance_app.training.timeline import Curve
from guidance_app.ui.another_look_run import AnotherLookRun
from guidance_app.ui.replay_picture import PicturePair
from guidance_app.ui.replay_reader import OpenedSession, ReplayReader

RECORDED = Text("As the operator saw it")
THIS = Text("This session")
POLL_MS = 250
TODAY = "Today's software"
COMPUTING = "{}: {:.0f} % of the recording is judged."
SCALES = (0.2, 5.0)


class LookAgain(QObject):
    """The same pictures with the overlay that today's software draws, or with another scale."""

    def __init__(
        self,
        opened: OpenedSession,
        screen: RecordedScreen,
        pictures: PicturePair,
        create_search: Callable[[], Search] | None,
        scale_factor: float,
    ) -> None:
        """Without a search the needle is where it was seen when this was recorded."""
        super().__init__()
        self._opened, self._screen, self._pictures = opened, screen, pictures
        self._fault = ""
        self._waiting: ShownMoment | None = None
        self._poll = QTimer(self)
        self._poll.timeout.connect(self._show_waiting)
        self._poll.start(POLL_MS)
        self._run = AnotherLookRun(opened.path, create_search, scale_factor)
        self._run.refused.connect(self._refuse)
        self._title = TODAY if create_search else f"Every millimetre × {scale_factor:g}"
        pictures.show_beside(RECORDED, Text(self._title))
        self._run.start()

    def show(self, moment: ShownMoment) -> None:
        """The same moment."""
        again = self._run.at_place(moment.place)
        self._waiting = moment if again is None else None
        if again is None:
            share = self._run.count / self._opened.timeline.frame.size
            words = self._fault or COMPUTING.format(self._title, 100 * share)
            self._pictures.second.show_picture(None, PictureView(1.0, Text(words), ""))
            return
        view = self._screen.view_of(again, moment.time_ns)
        numbers = {one.frame.number if one.frame else None for one in (again, moment.snapshot)}
        self._pictures.second.show_picture(moment.frame if len(numbers) == 1 else None, view)

    def next_alignment(self) -> str:
        """There is but one."""
        return "Both are the same recording."

    def ghost(self, name: str) -> tuple[Curve, int] | None:
        """No other curve."""
        return None

    def stop(self) -> None:
        """End the computation."""
        self._poll.stop()
        self._run.stop()

    def _show_waiting(self) -> None:
        if self._waiting is not None:
            self.show(self._waiting)

    def _refuse(self, sentence: str) -> None:
        self._fault = sentence


class OtherBeside(QObject):
    """Another recording, put together with this one at an event that both have."""

    aligned = pyqtSignal()
    """It is open, or put together anew."""

    def __init__(self, own: OpenedSession, pictures: PicturePair, path: Path, title: str) -> None:
        """`title` says which it is."""
        super().__init__()
        self._own, self._pictures, self._title = own, pictures, title
        self._other: OpenedSession | None = None
        self._events: tuple[tuple[str, int, int], ...] = ()
        self._chosen = 0
        self._last: ShownMoment | None = None
        self._reader = ReplayReader(path)
        self._reader.opened.connect(self._open)
        self._reader.shown.connect(self._show_other)
        self._reader.refused.connect(self._refuse)
        pictures.show_beside(THIS, Text(title))
        self._reader.start()

    @property
    def shift_ns(self) -> int:
        """How much later the event is in this recording than in the other."""
        if not self._events:
            return 0
        _, own_ns, other_ns = self._events[self._chosen]
        return own_ns - other_ns

    def show(self, moment: ShownMoment) -> None:
        """The moment of the other one that goes with this one."""
        self._last = moment
        if self._other is not None:
            self._reader.ask_time(moment.time_ns - self.shift_ns)

    def next_alignment(self) -> str:
        """Put both together at the next event that both have; says at which."""
        self._chosen = (self._chosen + 1) % max(1, len(self._events))
        return self._align()

    def ghost(self, name: str) -> tuple[Curve, int] | None:
        """The other one's curve of this name, and by how much it is moved."""
        curves = self._other.timeline.curves if self._other else ()
        return next(((one, self.shift_ns) for one in curves if one.name == name), None)

    def stop(self) -> None:
        """Close the other recording."""
        self._reader.stop()

    def _open(self, other: OpenedSession) -> None:
        self._other = other
        self._events = shared_events(self._own.timeline, other.timeline)
        self._align()

    def _align(self) -> str:
        event = self._events[self._chosen][0] if self._events else "nothing yet"
        self._pictures.show_beside(THIS, Text(f"{self._title}, together at {event}"))
        if self._last is not None:
            self.show(self._last)
        self.aligned.emit()
        return f"Both are put together at {event}."

    def _show_other(self) -> None:
        moment = self._reader.take()
        if moment is not None:
            self._pictures.second.show_picture(moment.frame, moment.view)

    def _refuse(self, sentence: str) -> None:
        view = PictureView(1.0, Text(sentence, Tone.CAUTION), "")
        self._pictures.second.show_picture(None, view)


def scale_factor(typed: str) -> float | None:
    """What every scale is to be multiplied by; None for anything else."""
    try:
        factor = float(typed.replace(",", "."))
    except ValueError:
        return None
    return factor if SCALES[0] <= factor <= SCALES[1] else None


Beside = LookAgain | OtherBeside
