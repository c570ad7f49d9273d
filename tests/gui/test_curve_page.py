"""The learning curve page, made of real rated sessions."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from rated_sessions import given, house_form, rate, session_of

from guidance_app.training.form_files import Forms
from guidance_app.training.past_attempts import Better, Figure, read_past, sessions_of
from guidance_app.training.rating_form import Part
from guidance_app.training.trainee_curve import Rates
from guidance_app.ui.curve_desk import CurveDesk
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.main_window import MainWindow

FORM = house_form()


def shown(window: MainWindow, folder: Path, pass_line: float | None) -> CurveDesk:
    for day in range(25):
        rate(session_of(folder, "TR-7", 2 * day), FORM, "A", given(min(10, 5 + day // 4), 20 + day))
    for day in range(3):
        rate(session_of(folder, "EX-1", day), FORM, "A", given(10, 40 + 4 * day))
    attempts = [read_past(path, scored=False) for path in sessions_of(folder, "TR-7")]
    experts = [read_past(path, scored=False) for path in sessions_of(folder, "EX-1")]
    desk = CurveDesk(window, Forms((FORM,)), Rates())
    figure = Figure(Better.HIGHER, form=FORM, part=Part.SCALE)
    desk.show("TR-7", attempts, figure, pass_line, experts)
    return desk


def lines(window: MainWindow) -> str:
    listed = window.curve.parameters
    return "\n".join(listed.item(n).text() for n in range(listed.count()))


def test_all_that_the_curves_rest_on_stands_on_the_page(window: MainWindow, tmp_path: Path) -> None:
    _desk = shown(window, tmp_path, 3.0)
    page = window.curve
    assert page.isVisible() and page.title.text == "TR-7: 25 attempts"
    assert "scale, mean of 1 to 5 (for tests), 3 points or more" in page.success.text
    told = lines(window)
    for words in (
        "Successes: 15 of 25.",
        "p0 10%, p1 20%",
        "alpha 0.1, beta 0.1",
        "lowers it by 0.1452",
        "h0 2.7095, h1 2.7095; 19 successes in a row reach -h0",
        "pa 10%, pu 20%",
        "found by simulation",
        "within 50 attempts with a risk of 10%",
        "Experts: 3, 4.4 ± 0.4",
    ):
        assert words in told
    assert page.warning.text.startswith("Feedback, not certification")
    texts = [one for one in page.findChildren(FittedText) if one.isVisible()]
    assert [one.text for one in texts if not one.is_whole()] == []
    assert window.grab().toImage().width() == window.width()


def test_the_charts_draw_each_attempt_with_its_lines(
    large_window: MainWindow, tmp_path: Path
) -> None:
    _desk = shown(large_window, tmp_path, 3.0)
    window = large_window.grab().toImage()
    figure, cusum, learning, dates = large_window.curve.charts
    for chart in (figure, cusum, learning):
        image = chart.grab().toImage()
        places = [(x, y) for x in range(0, image.width(), 2) for y in range(image.height())]
        colours = {image.pixelColor(*place).name().upper() for place in places}
        assert {"#56B4E9", "#E69F00"} <= colours, chart.accessibleName()
    assert "Attempt 25, 19 Apr 2026: 4.4 points, success" in dates.accessibleDescription()
    assert not window.isNull()


def test_another_line_and_another_figure_are_asked_for_on_the_page(
    large_window: MainWindow, tmp_path: Path
) -> None:
    _desk = shown(large_window, tmp_path, None)
    page = large_window.curve
    assert (
        "Give a pass line" in page.success.text and "needs a pass line" in page.charts[1].title.text
    )
    page.pass_line.setFocus()
    QTest.keyClicks(page.pass_line, "4,0")
    QTest.keyClick(page.pass_line, Qt.Key.Key_Return)
    assert "Successes: 5 of 25." in lines(large_window)
    for typed, words in (("four", "“four” is no number"), ("nan", "too far"), ("1e99", "too far")):
        page.pass_line.setText(typed)
        QTest.keyClick(page.pass_line, Qt.Key.Key_Return)
        assert words in page.message.text
        assert "Successes: 5 of 25." in lines(large_window)
    page.figure.setCurrentIndex(0)
    page.show_curve.click()
    assert "checklist, per cent done" in page.charts[0].title.text
    assert page.pass_line.text() == "" and "needs a pass line" in page.charts[1].title.text


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape])
def test_escape_leaves(large_window: MainWindow, tmp_path: Path, key: Qt.Key) -> None:
    left: list[bool] = []
    large_window.intents.curve_left.connect(lambda: left.append(True))
    _desk = shown(large_window, tmp_path, 3.0)
    QTest.keyClick(large_window.curve, key)
    assert left == [True]
