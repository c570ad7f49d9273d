"""A debrief is made from the list of sessions, in a process of its own."""

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot
from recorded_procedures import STARTED, Session

from guidance_app.ui.debrief_run import FOLDER, DebriefRun


def test_a_debrief_is_made_beside_the_sessions_and_opened(qtbot: QtBot, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (120, 160), np.uint8)
    session = Session(tmp_path).do(STARTED).show(pixels).show(pixels).seal()
    opened: list[Path] = []
    run = DebriefRun(lambda path: bool(opened.append(path)) or True, lambda *_: None)
    run.begin(session)
    qtbot.waitUntil(lambda: bool(opened), timeout=60_000)
    assert opened[0].parent == tmp_path / FOLDER / session.stem
    assert b"<video" in opened[0].read_bytes()
    run.begin(session)
    assert opened[1] == opened[0]


def test_why_there_is_none_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    said: list[str] = []
    run = DebriefRun(lambda _: True, lambda sentence, _: said.append(sentence))
    run.begin(tmp_path / "absent.session")
    qtbot.waitUntil(lambda: said[-1].startswith("No debrief: "), timeout=60_000)
    assert "absent.session" in said[-1]
