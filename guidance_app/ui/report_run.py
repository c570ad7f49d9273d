"""Reports, gathered on a thread of their own one after another, written and told on the GUI's."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices

from guidance_app.presentation.view import Tone
from guidance_app.reports.content import NoProcedure, RenderedReport
from guidance_app.runtime.worker import Worker
from guidance_app.session.errors import SessionError
from guidance_app.ui.report_files import ReportFiles, write_report_beside

RenderReport = Callable[[Path], RenderedReport]
"""The report of a session, in seconds; any thread. Raises SessionError, and NoProcedure."""


@dataclass(slots=True)
class _Wanted:
    session: Path
    closed: bool
    """Its record has just been closed: the report is written and not opened."""
    report: RenderedReport | None = None
    failure: str = ""

    @property
    def begin(self) -> str:
        """What every sentence about it begins with."""
        return "The record is closed. " if self.closed else ""


def show_file(path: Path) -> bool:
    """Open a file with the desktop's viewer; False where there is none."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class ReportRun(QObject):
    """Writes each report that is asked for beside its session; GUI thread."""

    _gathered = pyqtSignal()

    def __init__(
        self,
        render: RenderReport,
        show_file: Callable[[Path], bool],
        say: Callable[[str, Tone], None],
        is_live: Callable[[], bool],
    ) -> None:
        """`show_file` opens a file with the desktop's viewer; False where there is none.

        While `is_live` nothing is painted: that would hold the live picture up. `go_on` then.
        """
        super().__init__()
        self._render = render
        self._show_file = show_file
        self._say = say
        self._is_live = is_live
        self._waiting: deque[_Wanted] = deque()
        self._present: _Wanted | None = None
        self._worker: Worker | None = None
        self._done = threading.Event()
        self._gathered.connect(self.go_on)

    def write_and_open(self, session: Path) -> None:
        """Write the report of a session, and open it."""
        self._begin(_Wanted(session, closed=False))

    def write_closed(self, session: Path) -> None:
        """Write the report of a session whose record has just been closed."""
        self._begin(_Wanted(session, closed=True))

    def go_on(self) -> None:
        """Write what is gathered, unless a picture is live."""
        if not self._is_live():
            self._finish()

    def stop(self) -> None:
        """Return when every report that was asked for is written."""
        while self._present is not None:
            self._done.wait()
            self._finish()
        if self._worker is not None:
            self._worker.stop()

    def _begin(self, wanted: _Wanted) -> None:
        self._waiting.append(wanted)
        if self._present is None:
            self._next()

    def _next(self) -> None:
        self._present = wanted = self._waiting.popleft() if self._waiting else None
        if wanted is None:
            return
        self._say(f"{wanted.begin}The report is being written …", Tone.NORMAL)
        self._done.clear()

        def run(stopping: threading.Event) -> None:
            try:
                wanted.report = self._render(wanted.session)
            except (SessionError, NoProcedure) as error:
                wanted.failure = str(error)
            self._tell_gathered()

        def fail(sentence: str) -> None:
            wanted.failure = sentence
            self._tell_gathered()

        self._worker = Worker("report", run, fail)
        self._worker.start()

    def _tell_gathered(self) -> None:
        self._done.set()
        self._gathered.emit()

    def _finish(self) -> None:
        """Once for each, whether the thread's word or a stop comes first."""
        wanted = self._present
        if wanted is None or not self._done.is_set():
            return
        self._present = None
        if wanted.report is not None:
            self._write(wanted, wanted.report)
        else:
            self._tell_failure(wanted, wanted.failure)
        self._next()

    def _write(self, wanted: _Wanted, report: RenderedReport) -> None:
        try:
            files = write_report_beside(wanted.session, report)
        except OSError as error:
            self._tell_failure(wanted, f"it cannot be written ({error.strerror}).")
            return
        wrong = next(filter(None, (*report.missing, report.losses)), "")
        place = self._place_in_words(wanted, files)
        self._say(f"{place} {wrong}".rstrip(), Tone.CAUTION if wrong else Tone.NORMAL)

    def _place_in_words(self, wanted: _Wanted, files: ReportFiles) -> str:
        if wanted.closed:
            return f"{wanted.begin}Report: {files.html}."
        opened = self._show_file(files.html)
        place = f"Report: {files.html}, {files.pdf.suffix} beside it."
        return place if opened else f"{place} Nothing on this computer opens it."

    def _tell_failure(self, wanted: _Wanted, why: str) -> None:
        self._say(f"{wanted.begin}No report of {wanted.session.name}: {why}", Tone.ALARM)
