"""Moves a replay along: plays, stops, jumps, loops, and tells each position."""

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from drivers.api.ports import Clock
from guidance_app.presentation.view import Tone
from guidance_app.runtime.playback import Playback, next_speed
from guidance_app.ui.replay_actions import ReplayAction

TICK_MS = 15
"""Between two positions while it plays; a picture of 60 a second is not passed over."""
SECOND_NS = 1_000_000_000
LOOP_BEGINS = "The loop begins here. Go on, and press ] where it ends."


class ReplayPlayer(QObject):
    """The position in one recording; GUI thread."""

    moved = pyqtSignal()
    """It stands elsewhere, or runs in another way."""
    said = pyqtSignal(str, object)
    """A sentence for the last line, and its tone."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.playback = Playback(0, 0, 0)
        self._loop_from_ns: int | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._go_on)

    @property
    def position_ns(self) -> int:
        """Where it stands now."""
        return self.playback.position_ns(self._clock.now_ns())

    def begin(self, begin_ns: int, end_ns: int) -> None:
        """Another recording, from its beginning."""
        self._loop_from_ns = None
        self._set(Playback(begin_ns, end_ns, begin_ns))

    def stop(self) -> None:
        """Move no more; idempotent."""
        self._timer.stop()

    def seek(self, time_ns: int) -> None:
        """Go to a time of the recording."""
        self._set(self.playback.moved_to(time_ns, self._clock.now_ns()))

    def pause(self) -> None:
        """Stand still."""
        self._timer.stop()
        self._set(self.playback.paused(self._clock.now_ns()))

    def act(self, action: ReplayAction) -> None:
        """What moves it, or changes how it runs."""
        match action:
            case ReplayAction.PLAY:
                self._switch()
            case ReplayAction.SECOND_BACK:
                self.seek(self.position_ns - SECOND_NS)
            case ReplayAction.SECOND_ON:
                self.seek(self.position_ns + SECOND_NS)
            case ReplayAction.BEGIN:
                self.seek(self.playback.begin_ns)
            case ReplayAction.END:
                self.seek(self.playback.end_ns)
            case ReplayAction.SLOWER:
                self._change_speed(-1)
            case ReplayAction.FASTER:
                self._change_speed(1)
            case ReplayAction.LOOP_FROM:
                self._loop_from_ns = self.position_ns
                self.said.emit(LOOP_BEGINS, Tone.NORMAL)
            case ReplayAction.LOOP_TO:
                self._loop_to(self.position_ns)
            case ReplayAction.LOOP_OFF:
                self._set(self.playback.looped(None, self._clock.now_ns()))

    def _switch(self) -> None:
        if self.playback.playing:
            self.pause()
        else:
            self._timer.start()
            self._set(self.playback.played(self._clock.now_ns()))

    def _go_on(self) -> None:
        if self.playback.is_over(self._clock.now_ns()):
            self.pause()
        else:
            self.moved.emit()

    def _change_speed(self, step: int) -> None:
        speed = next_speed(self.playback.speed, step)
        self._set(self.playback.at_speed(speed, self._clock.now_ns()))

    def _loop_to(self, here_ns: int) -> None:
        begin_ns, end_ns = sorted((self._loop_from_ns or here_ns, here_ns))
        loop = (begin_ns, end_ns) if end_ns > begin_ns else None
        self._set(self.playback.looped(loop, self._clock.now_ns()))

    def _set(self, playback: Playback) -> None:
        self.playback = playback
        self.moved.emit()
