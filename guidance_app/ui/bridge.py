"""From the processing thread to the GUI thread: the newest snapshot, every answer, one signal."""

import threading

from PyQt6.QtCore import QObject, pyqtSignal

from drivers.api.samples import VideoFrame
from guidance_app.domain.commands import CommandOutcome
from guidance_app.runtime.engine import Published


class Bridge(QObject):
    """Coalesces: however fast snapshots come, at most one signal waits in Qt's queue."""

    arrived = pyqtSignal()
    """Something waits in take(); carries nothing, so that no frame queues up."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._newest: Published | None = None
        self._taken: VideoFrame | None = None
        self._outcomes: list[CommandOutcome] = []
        self._announced = False
        self._overwritten = 0

    @property
    def overwritten(self) -> int:
        """Frames that a newer one replaced before the GUI thread took them."""
        return self._overwritten

    def publish(self, published: Published) -> None:
        """Leave a snapshot for the GUI thread; called on the processing thread, never blocks."""
        with self._lock:
            waiting = self._newest.frame if self._newest is not None else None
            passed_over = waiting not in (None, self._taken, published.frame)
            self._overwritten += passed_over
            self._newest = published
            self._outcomes.extend(published.outcomes)
            announce, self._announced = not self._announced, True
        if announce:
            self.arrived.emit()

    def take(self) -> tuple[Published | None, list[CommandOutcome]]:
        """The newest snapshot since the last call, and all answers since then; GUI thread."""
        with self._lock:
            self._announced = False
            newest, self._newest = self._newest, None
            if newest is not None:
                self._taken = newest.frame
            outcomes, self._outcomes = self._outcomes, []
        return newest, outcomes
