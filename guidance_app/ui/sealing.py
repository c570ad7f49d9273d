"""The end of a run beside the GUI thread: sealing a long recording takes seconds."""

import threading
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.runtime.pipeline import Pipeline
from guidance_app.runtime.worker import Worker


class Sealing(QObject):
    """Stops one pipeline at a time; its own methods belong to the GUI thread."""

    finished = pyqtSignal(object, str)
    """The session's path, and what is wrong with its recording, or nothing."""
    _stopped = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._pipeline: Pipeline | None = None
        self._session = Path()
        self._worker: Worker | None = None
        self._done = threading.Event()
        self._stopped.connect(self._finish)

    def begin(self, pipeline: Pipeline, session: Path) -> None:
        """Stop a pipeline that nobody else uses any more; `finished` tells when it has ended."""
        self.wait()
        self._pipeline, self._session = pipeline, session
        self._done.clear()
        self._worker = Worker("sealing", self._run, lambda _: None)
        self._worker.start()

    def wait(self) -> None:
        """Return when it has ended, and its end was told."""
        if self._worker is not None:
            self._done.wait()
            self._finish()

    def _run(self, stopping: threading.Event) -> None:
        try:
            if self._pipeline is not None:
                self._pipeline.stop()
        finally:
            self._done.set()
            self._stopped.emit()

    def _finish(self) -> None:
        """Once, for a wait or the thread's word, which may come late from a run before."""
        if self._worker is None or self._pipeline is None or not self._done.is_set():
            return
        self._worker.stop()
        status = self._pipeline.recording_status()
        self._worker, self._pipeline = None, None
        self.finished.emit(self._session, status.fault if status else "")
