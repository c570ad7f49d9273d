"""Computes on a thread of its own what today's software makes of a recording."""

import threading
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.runtime.another_look import look_again
from guidance_app.runtime.needle_watch import Search
from guidance_app.runtime.worker import Worker
from guidance_app.session.errors import SessionError
from guidance_app.session.reader import SessionReader


class AnotherLookRun(QObject):
    """One recording, from its beginning on; snapshots can be asked for as they come."""

    refused = pyqtSignal(str)

    def __init__(
        self, path: Path, create_search: Callable[[], Search] | None, scale_factor: float
    ) -> None:
        super().__init__()
        self._path = path
        self._create_search = create_search
        self._scale_factor = scale_factor
        self._snapshots: list[GuidanceSnapshot] = []
        self._worker = Worker("second look", self._run, self.refused.emit)

    def start(self) -> None:
        """Begin; once."""
        self._worker.start()

    def stop(self) -> None:
        """End the thread and close the recording."""
        self._worker.stop()

    def at_place(self, place: int) -> GuidanceSnapshot | None:
        """What takes the place of a recorded snapshot; None while it is not computed yet."""
        return self._snapshots[place] if place < len(self._snapshots) else None

    @property
    def count(self) -> int:
        """How many are computed."""
        return len(self._snapshots)

    def _run(self, stopping: threading.Event) -> None:
        try:
            with SessionReader(self._path) as session:
                for snapshot in look_again(session, self._create_search, self._scale_factor):
                    self._snapshots.append(snapshot)
                    if stopping.is_set():
                        return
        except SessionError as error:
            self.refused.emit(str(error))
