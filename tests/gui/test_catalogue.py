"""The list of recorded sessions, searched and sorted from the keyboard, on a real library."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import RECORDS, Desk
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from recorded_libraries import Watched, begun, with_needle

from guidance_app.catalogue.indexing import Progress
from guidance_app.domain.snapshot import TruthState
from guidance_app.presentation.catalogue_view import (
    COLUMNS,
    LibraryEntry,
    library_view,
    progress_words,
)
from guidance_app.records.catalogue import FoundSession, IndexedSession, LibraryContents
from guidance_app.ui.main_window import MainWindow

Key = Qt.Key


@pytest.fixture
def sessions(desk: Desk) -> dict[str, Path]:
    """Three of them, and the list in front, read."""
    folder = desk.folder
    lost = Watched(folder).do(begun("hip-injection", "Hip injection"))
    paths = {
        "knee": with_needle(folder),
        "hip": lost.pictures(5, TruthState.LOST).pictures(1).seal(),
        "damaged": folder / "20000101-000000-x.session",
    }
    paths["damaged"].mkdir()
    desk.intents.review_asked.emit()
    desk.wait(lambda: "picture lost" in column(desk, "What happened"))
    desk.wait(lambda: "needle seen" in column(desk, "What happened"))
    return paths


def column(desk: Desk, name: str) -> str:
    place = COLUMNS.index(name)
    rows = desk.window.sessions.table.sessions.rows
    return ", ".join(row.cells[place].text for row in rows)


def shown(desk: Desk) -> list[str]:
    return [row.path for row in desk.window.sessions.table.sessions.rows]


def press(*keys: Key | str) -> None:
    """Where the focus is, as a keyboard does."""
    for key in keys:
        focus = QApplication.focusWidget()
        assert isinstance(focus, QWidget)
        QTest.keyClicks(focus, key) if isinstance(key, str) else QTest.keyClick(focus, key)


def test_a_session_is_searched_and_replayed_without_a_mouse(
    desk: Desk, sessions: dict[str, Path], qtbot: QtBot
) -> None:
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.sessions.table.hasFocus)
    press("/", "HIP r")
    desk.wait(lambda: shown(desk) == [str(sessions["hip"])])
    assert desk.window.sessions.count.text == "1 of 3 sessions"
    with qtbot.waitSignal(desk.intents.replay_chosen) as chosen:
        press(Key.Key_Return, Key.Key_Return)
    assert chosen.args == [str(sessions["hip"])]
    desk.wait(desk.window.replay.isVisible)


def test_escape_asks_for_everything_and_then_leaves(
    desk: Desk, sessions: dict[str, Path], qtbot: QtBot
) -> None:
    qtbot.waitUntil(desk.window.sessions.table.hasFocus)
    press("/", "nothing like it")
    desk.wait(lambda: shown(desk) == [])
    assert desk.window.sessions.hint.text.startswith("No session fits what is asked for.")
    press(Key.Key_Escape)
    desk.wait(lambda: len(shown(desk)) == 3)
    press(Key.Key_Escape)
    desk.wait(desk.window.start.isVisible)


def test_the_filters_offer_what_there_is(desk: Desk, sessions: dict[str, Path]) -> None:
    filters = desk.window.sessions.filters
    procedures = [filters.procedure.itemText(n) for n in range(filters.procedure.count())]
    assert procedures == ["All procedures", "Hip injection", "Knee injection"]
    filters.happened.setCurrentIndex(filters.happened.findData("picture lost"))
    desk.wait(lambda: shown(desk) == [str(sessions["hip"])])
    filters.happened.setCurrentIndex(0)
    filters.person.setCurrentIndex(filters.person.findData("S-2"))
    desk.wait(lambda: len(shown(desk)) == 2)
    filters.procedure.setCurrentIndex(filters.procedure.findData("knee-injection"))
    desk.wait(lambda: shown(desk) == [str(sessions["knee"])])
    filters.period.setCurrentIndex(1)
    assert desk.window.sessions.entry() == LibraryEntry("", "knee-injection", "S-2", "Today", "")
    desk.wait(lambda: shown(desk) == [str(sessions["knee"])])


def test_a_damaged_session_is_listed_with_its_reason(desk: Desk, sessions: dict[str, Path]) -> None:
    page = desk.window.sessions
    assert shown(desk)[-1] == str(sessions["damaged"])
    page.table.selectRow(2)
    assert page.hint.text.endswith("has no manifest.json. Choose the folder of a whole session.")
    assert not page.replay.isEnabled() and not page.report.isEnabled()


def test_a_number_sorts_and_the_choice_stays(
    desk: Desk, sessions: dict[str, Path], qtbot: QtBot
) -> None:
    qtbot.waitUntil(desk.window.sessions.table.hasFocus)
    table = desk.window.sessions.table
    table.selectRow(shown(desk).index(str(sessions["knee"])))
    by_procedure = str(COLUMNS.index("Procedure") + 1)
    press(by_procedure)
    assert column(desk, "Procedure") == "20000101-000000-x.session, Hip injection, Knee injection"
    press(by_procedure)
    assert column(desk, "Procedure") == "Knee injection, Hip injection, 20000101-000000-x.session"
    chosen = table.chosen()
    assert chosen is not None and chosen.path == str(sessions["knee"])


def test_what_is_new_or_gone_is_seen_when_the_list_is_opened_again(
    desk: Desk, sessions: dict[str, Path]
) -> None:
    desk.intents.back_asked.emit()
    new = with_needle(desk.folder)
    shutil.rmtree(sessions["hip"])
    desk.intents.review_asked.emit()
    desk.wait(lambda: str(new) in shown(desk) and "gone" in column(desk, "Recording"))
    assert len(shown(desk)) == 4


def test_records_that_are_in_use_are_told_and_the_list_is_there(
    desk: Desk, sessions: dict[str, Path]
) -> None:
    desk.intents.back_asked.emit()
    with closing(sqlite3.connect(desk.folder / RECORDS)) as other:
        other.execute("BEGIN IMMEDIATE")
        desk.intents.review_asked.emit()
        desk.wait(lambda: "in use by another program" in desk.window.sessions.hint.text)
        desk.wait(lambda: len(shown(desk)) == 3)


def test_a_thousand_sessions_are_shown_and_only_those_in_view_are_asked_for(
    large_window: MainWindow,
) -> None:
    session = IndexedSession("x", read=2, started_utc="2026-01-01T08:00:00.000+00:00", sealed=True)
    found = [FoundSession(replace(session, name=f"{n:04}.session")) for n in range(1000)]
    view = library_view(found, LibraryContents(1000), Path("/s"))
    large_window.show_sessions(view)
    page = large_window.sessions
    page.show_progress(progress_words(Progress(214, 1000)))
    assert (page.count.text, page.progress.text) == (
        "1,000 sessions",
        "214 of 1,000 sessions read",
    )
    asked = set[int]()
    data = page.table.sessions.data
    page.table.sessions.data = lambda index, role=0: (  # type: ignore[method-assign]
        asked.add(index.row()) or data(index, role)
    )
    large_window.grab()
    assert 0 < len(asked) < 50
