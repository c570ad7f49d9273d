"""A debrief, made by the command in a process of its own, so that the window goes on."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess

from guidance_app.presentation.view import Tone

RUN = "from guidance_app.cli import main; raise SystemExit(main())"
FOLDER = "debriefs"
"""Beside the sessions."""
DONE_STATUSES = (0, 3)
"""Made; made of a recording of which something is missing."""


class DebriefRun(QObject):
    """One at a time; GUI thread."""

    def __init__(self, show_file: Callable[[Path], bool], say: Callable[[str, Tone], None]) -> None:
        """`show_file` opens a file with the desktop's viewer; False where there is none."""
        super().__init__()
        self._show_file, self._say = show_file, say
        self._process: QProcess | None = None
        self._folder = Path()

    def begin(self, session: Path) -> None:
        """Make the page and the pages on paper of a session, and open the page."""
        if self._process is not None:
            self._say("A debrief is being made: one after the other.", Tone.NORMAL)
            return
        self._folder = session.parent / FOLDER / session.stem
        if page := self._page():
            self._open(page)
            return
        self._say("The debrief is being made: it takes about as long as the session.", Tone.NORMAL)
        self._start(session)

    def stop(self) -> None:
        """End what is being made; idempotent."""
        if self._process is not None:
            self._process.finished.disconnect(self._finish)
            self._process.kill()
            self._process.waitForFinished()
            self._process = None

    def _start(self, session: Path) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._say(f"{self._folder} cannot be made ({error.strerror}).", Tone.ALARM)
            return
        self._process = QProcess(self)
        self._process.finished.connect(self._finish)
        command = ["-c", RUN, "debrief", os.fspath(session), "--to", os.fspath(self._folder)]
        self._process.start(sys.executable, command)

    def _finish(self, status: int) -> None:
        process, self._process = self._process, None
        said = bytes(process.readAllStandardError().data()).decode() if process else ""
        page = self._page()
        if status in DONE_STATUSES and page is not None:
            self._open(page)
        else:
            why = said.strip().splitlines()[-1:] or ["The log has the details."]
            self._say(f"No debrief: {why[0].removeprefix('guidance: ')}", Tone.CAUTION)

    def _page(self) -> Path | None:
        return next(iter(sorted(self._folder.glob("*.html"))), None)

    def _open(self, page: Path) -> None:
        opened = self._show_file(page)
        hint = "" if opened else " Nothing on this computer opens it."
        self._say(f"Debrief: {page}, and a PDF beside it.{hint}", Tone.NORMAL)
