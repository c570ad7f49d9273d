"""The learning curve of who operated in a chosen session, from the list and back."""

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot
from recorded_procedures import OPERATOR, STARTED, Session

from guidance_app.domain.commands import NeedleSought
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.training.form_files import forms_with
from guidance_app.ui.curve_run import CurveRun
from guidance_app.ui.main_window import MainWindow

PIXELS = np.full((60, 80), 9, np.uint8)


def test_a_curve_holds_the_sessions_of_one_operator(
    qtbot: QtBot, large_window: MainWindow, tmp_path: Path
) -> None:
    paths = [with_a_needle(tmp_path) for _ in range(3)]
    Session(tmp_path).show(PIXELS).seal()
    run = CurveRun(large_window, tmp_path, lambda: forms_with(""), lambda *_: None)
    large_window.intents.curve_asked.emit(str(paths[0]))
    qtbot.waitUntil(lambda: OPERATOR.code in large_window.curve.title.text, timeout=20_000)
    assert "3 attempts" in large_window.curve.title.text
    run.stop()


def with_a_needle(folder: Path) -> Path:
    session = Session(folder).do(STARTED)
    sight = NeedleSight(SeenNeedle((40.0, 30.0), (5.0, 5.0), 0.6, 1.0, 1.0, 0.01, 0.9))
    for number in range(12):
        session.show(PIXELS, NeedleSought(number, sight))
    return session.seal()


def test_without_an_operator_there_is_no_curve(
    qtbot: QtBot, large_window: MainWindow, tmp_path: Path
) -> None:
    said: list[str] = []
    run = CurveRun(large_window, tmp_path, lambda: forms_with(""), lambda s, _: said.append(s))
    run.begin(Session(tmp_path).show(PIXELS).seal())
    qtbot.waitUntil(lambda: any("Nobody operated" in sentence for sentence in said))
    run.stop()
