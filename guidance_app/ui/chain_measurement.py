"""The measurement of a device's delay: the pattern on the screen, the device looking at it."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import date

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from drivers.api.ports import Clock, SourceInfo
from guidance_app.domain.chain_delay import ChainDelay, TooFewReadings, summarise_delays
from guidance_app.presentation.source_words import format_words
from guidance_app.runtime.chain_probe import ChainProbe
from guidance_app.runtime.pipeline import Pipeline, Unrecorded
from guidance_app.ui.pattern_window import PatternWindow

ENOUGH_READINGS = 200
PROGRESS_MS = 250
AIM = (
    "Let the device see this whole screen, its four corner marks included. "
    "{count} of {enough} pictures read. Escape ends."
)


class MeasurementFailed(Exception):
    """The delay of a device is not known; `str()` says why and what to do."""


class ChainMeasurement(QObject):
    """Runs once: start(), then `finished`; result() tells what was found. GUI thread."""

    finished = pyqtSignal()
    _opened = pyqtSignal(object)

    def __init__(self, pipeline: Pipeline, clock: Clock, seconds: float) -> None:
        """`pipeline` is unopened and belongs to the measurement; it ends after `seconds`."""
        super().__init__()
        self.window = PatternWindow(clock)
        self.info: SourceInfo | None = None
        self.failure: BaseException | None = None
        """Why the source could not be opened."""
        self._pipeline = pipeline
        self._probe = ChainProbe()
        self._progress = QTimer(self)
        self._progress.timeout.connect(self._look)
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.setInterval(round(seconds * 1000))
        self._deadline.timeout.connect(self.finished)
        self._opened.connect(self._begin)
        self.window.left.connect(self.finished)

    def start(self) -> None:
        """Open the source; the pattern appears when it is open."""
        self._pipeline.open().add_done_callback(self._opened.emit)

    def outcome(self, address: str) -> tuple[SourceInfo, ChainDelay]:
        """The source and its delay, once it has ended; raises MeasurementFailed."""
        if self.info is None:
            raise MeasurementFailed(str(self.failure or f"{address} was not opened in time."))
        try:
            return self.info, self.result()
        except TooFewReadings as error:
            raise MeasurementFailed(
                f"The pattern was read in {error} ({self.frames} came). Let the device see the "
                "whole screen, all four corner marks, straight, sharp and without reflections; a "
                "grabber must be plugged into the output of this screen."
            ) from None

    def stop(self) -> None:
        """Close source and window."""
        self._progress.stop()
        self._deadline.stop()
        self._pipeline.stop()
        self.window.left.disconnect(self.finished)
        self.window.close()

    @property
    def frames(self) -> int:
        """Pictures that were looked at."""
        return self._probe.frames

    def result(self, today: Callable[[], date] = date.today) -> ChainDelay:
        """The delay; raises TooFewReadings."""
        words = format_words(self.info) if self.info else ""
        day = today().isoformat()
        return summarise_delays(self._probe.delays_ms, self.window.refresh_hz, day, words)

    def _begin(self, opening: "Future[SourceInfo]") -> None:
        self.failure = None if opening.cancelled() else opening.exception()
        if opening.cancelled() or self.failure is not None:
            self.finished.emit()
            return
        self.info = opening.result()
        self._pipeline.begin(Unrecorded(), self._probe.take)
        self._look()
        self.window.begin()
        self._progress.start(PROGRESS_MS)
        self._deadline.start()

    def _look(self) -> None:
        count = len(self._probe.delays_ms)
        self.window.say(AIM.format(count=count, enough=ENOUGH_READINGS))
        if count >= ENOUGH_READINGS:
            self.finished.emit()
