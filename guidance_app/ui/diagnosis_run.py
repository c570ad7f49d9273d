"""A diagnosis on a thread of its own, its findings handed to the GUI thread one by one."""

import threading
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from guidance_app.diagnosis.diagnose import Diagnosis, RunningSource
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.runtime.engine import Published
from guidance_app.runtime.worker import Worker
from guidance_app.ui.diagnosis_page import DiagnosisView


def running_source(address: str, published: Published) -> RunningSource:
    """What a run knows of its own source."""
    source, frame = published.state.source, published.snapshot.frame
    return RunningSource(
        address,
        source.name if source else address,
        published.snapshot.truth,
        frame.content if frame else None,
        source is not None and source.still,
    )


class DiagnosisRun(QObject):
    """At most one diagnosis at a time; GUI thread."""

    _found = pyqtSignal(object, object)
    """The Diagnosis that speaks, and a Finding, or None at its end."""

    def __init__(self, show: Callable[[DiagnosisView], None]) -> None:
        """`show` is called on the GUI thread with everything found so far."""
        super().__init__()
        self._show = show
        self._make: Callable[[], Diagnosis] | None = None
        self._diagnosis: Diagnosis | None = None
        self._worker: Worker | None = None
        self._findings: tuple[Finding, ...] = ()
        self._found.connect(self._take)

    def begin(self, make: Callable[[], Diagnosis]) -> None:
        """Make one and start it, in place of the one before."""
        self._make = make
        self.repeat()

    def repeat(self) -> None:
        """Make the same one anew and start it."""
        if self._make is None:
            return
        self.leave()
        diagnosis, before = self._make(), self._worker
        self._diagnosis, self._findings = diagnosis, ()
        self._show(DiagnosisView((), looking=True))

        def run(stopping: threading.Event) -> None:
            nonlocal before
            if before is not None:
                before.stop()  # it may hold a device that this one asks
                before = None
            for finding in diagnosis.findings():
                self._found.emit(diagnosis, finding)
            self._found.emit(diagnosis, None)

        def fail(sentence: str) -> None:
            self._found.emit(diagnosis, Finding("diagnosis", Outcome.FAILED, sentence))
            self._found.emit(diagnosis, None)

        self._worker = Worker("diagnosis", run, fail, diagnosis.interrupt)
        self._worker.start()

    def leave(self) -> None:
        """Show no more of it; it ends by itself, soon. Does not wait."""
        if self._diagnosis is not None:
            self._diagnosis.interrupt()
            self._diagnosis = None

    def stop(self) -> None:
        """End it and wait until it holds no device any more."""
        self.leave()
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _take(self, diagnosis: Diagnosis, finding: Finding | None) -> None:
        if diagnosis is not self._diagnosis:
            return  # an older one, which was stopped
        if finding is not None:
            self._findings = (*self._findings, finding)
        self._show(DiagnosisView(self._findings, looking=finding is not None))
