"""The report from the list of sessions, and of a record that was closed: written, told, opened."""

import threading
from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot
from random_checklists import OPERATOR, at
from recorded_procedures import STARTED, Session, everything

from guidance_app.catalogue.reading import read_beginning
from guidance_app.domain.commands import RecordClosed
from guidance_app.presentation.catalogue_view import COLUMNS, library_view
from guidance_app.presentation.view import Tone
from guidance_app.records.catalogue import (
    BEGINNING,
    FoundSession,
    IndexedSession,
    LibraryContents,
)
from guidance_app.ui import theme
from guidance_app.ui.main_window import MainWindow


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A session whose record is closed."""
    session = Session(tmp_path).do(STARTED, *everything(STARTED))
    return session.do(RecordClosed(OPERATOR, at(300))).seal()


def wait_for(desk: Desk, words: str) -> str:
    """The last line, once it says this."""
    desk.wait(lambda: words in desk.window.line.message.text)
    return desk.window.line.message.text


def lies_beside(session: Path, ending: str) -> Path:
    path = session.with_name(f"{session.stem}-report.{ending}")
    assert path.stat().st_size > 1000
    return path


def test_a_report_is_written_and_opened(desk: Desk, closed: Path) -> None:
    desk.intents.report_asked.emit(str(closed))
    assert wait_for(desk, "being written") == "The report is being written …"
    said = wait_for(desk, "Report:")
    html, pdf = lies_beside(closed, "html"), lies_beside(closed, "pdf")
    assert desk.shown_files == [html]
    assert said == f"Report: {html}, {pdf.suffix} beside it."


def test_without_a_viewer_it_is_said_where_the_report_lies(desk: Desk, closed: Path) -> None:
    desk.has_viewer = False
    desk.intents.report_asked.emit(str(closed))
    said = wait_for(desk, "Nothing on this computer opens it.")
    assert str(lies_beside(closed, "html")) in said


def test_the_report_of_a_record_that_was_closed_is_written_by_itself(
    desk: Desk, closed: Path
) -> None:
    desk.application.reports.write_closed(closed)
    assert wait_for(desk, "being written").startswith("The record is closed. ")
    said = wait_for(desk, "Report:")
    assert said == f"The record is closed. Report: {lies_beside(closed, 'html')}."
    assert desk.shown_files == []


def test_pictures_that_were_lost_are_told_with_the_report(desk: Desk, tmp_path: Path) -> None:
    picture = np.full((48, 64), 9, np.uint8)
    session = Session(tmp_path).do(STARTED).show(picture).show(picture, lost="full").seal()
    desk.application.reports.write_closed(session)
    assert wait_for(desk, "Report:").endswith(". 1 of 2 pictures are not in the recording.")


def test_no_report_is_painted_while_a_picture_is_live(desk: Desk, closed: Path) -> None:
    desk.open("sim:knee")
    desk.intents.report_asked.emit(str(closed))
    desk.wait(lambda: all(thread.name != "report" for thread in threading.enumerate()))
    count = desk.snapshot.index
    desk.wait(lambda: desk.snapshot.index > count)  # what the thread had to say has arrived
    assert desk.shown_files == []
    desk.application.stop_run()
    assert desk.shown_files == [lies_beside(closed, "html")]


def test_reports_are_written_one_after_another(desk: Desk, closed: Path, tmp_path: Path) -> None:
    broken_off = Session(tmp_path).do(STARTED).kill()
    for session in (closed, broken_off):
        desk.intents.report_asked.emit(str(session))
    desk.wait(lambda: len(desk.shown_files) == 2)
    assert desk.shown_files == [lies_beside(closed, "html"), lies_beside(broken_off, "html")]
    assert "broken off" in desk.window.line.message.text


def test_the_end_of_the_program_waits_for_what_was_asked_for(desk: Desk, closed: Path) -> None:
    desk.application.reports.write_closed(closed)
    desk.application.reports.stop()
    assert lies_beside(closed, "html") and lies_beside(closed, "pdf")


def test_why_there_is_no_report_is_said(desk: Desk, tmp_path: Path) -> None:
    session = Session(tmp_path).seal()
    desk.intents.report_asked.emit(str(session))
    said = wait_for(desk, "No report")
    assert said == (
        f"No report of {session.name}: no procedure was started in it. Choose another session."
    )
    assert list(tmp_path.glob("*-report.*")) == []


def test_a_place_that_cannot_be_written_to_is_told(desk: Desk, closed: Path) -> None:
    closed.with_name(f"{closed.stem}-report.html").mkdir()
    desk.intents.report_asked.emit(str(closed))
    assert "it cannot be written (Is a directory)" in wait_for(desk, "No report")
    assert desk.shown_files == []


def test_the_list_says_whether_a_record_is_closed(
    large_window: MainWindow, closed: Path, tmp_path: Path
) -> None:
    paths = [closed, Session(tmp_path).do(STARTED).seal(), Session(tmp_path).seal()]
    show(large_window, *map(read_beginning, paths))
    model = large_window.sessions.table.sessions
    shown = []
    for number in range(len(paths)):
        cell = model.index(number, COLUMNS.index("Record"))
        colour = model.data(cell, Qt.ItemDataRole.ForegroundRole)
        assert isinstance(colour, QColor)
        shown.append((model.data(cell), colour.name()))
    tones = {"": Tone.NORMAL, "closed": Tone.NORMAL, "open": Tone.CAUTION}
    assert sorted(shown) == [
        (text, theme.TONE_COLOURS[tone].lower()) for text, tone in sorted(tones.items())
    ]


def test_only_a_procedure_has_a_report(large_window: MainWindow, qtbot: QtBot) -> None:
    with_procedure = IndexedSession("2.session", read=BEGINNING, procedure="knee", title="Knee")
    without = IndexedSession("1.session", read=BEGINNING, title="Simulated knee")
    show(large_window, with_procedure, without)
    sessions = large_window.sessions
    sessions.table.sort_by(COLUMNS.index("Procedure"))
    sessions.table.selectRow(1)
    assert sessions.replay.isEnabled() and not sessions.report.isEnabled()
    sessions.table.selectRow(0)
    sessions.table.setFocus()
    with qtbot.waitSignal(large_window.intents.report_asked) as asked:
        QTest.keyClick(sessions.table, Qt.Key.Key_R)
    assert asked.args == ["/s/2.session"]


def show(window: MainWindow, *sessions: IndexedSession) -> None:
    found = [FoundSession(one) for one in sessions]
    window.show_sessions(library_view(found, LibraryContents(len(found)), Path("/s")))
