"""Practice as a beginner does it: take over, move the needle, ask how it went, try again."""

from pathlib import Path

import pytest
from desk import Desk
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from guidance_app.cli import DONE, FAILED, main
from guidance_app.domain.snapshot import TruthState
from guidance_app.training.attempt import read_attempt
from guidance_app.ui.actions import Action
from guidance_app.ui.live_screen import HELD
from guidance_app.ui.practice import with_other_person, with_your_hands
from guidance_app.ui.steering import HINT, SCRIPT_HINT

SCRIPT = "sim:gel?width_px=320&height_px=240"
YOURS = f"{SCRIPT}&operator=you"
KEY = Qt.Key


def shown(desk: Desk) -> set[Action]:
    buttons = desk.window.live.tools.buttons
    changing = (Action.WHY, Action.TAKE, Action.SCORE)
    return {action for action in changing if buttons[action].isVisible()}


def advance(desk: Desk, steps: int) -> None:
    for _ in range(steps):
        QTest.keyClick(desk.window.live.image, KEY.Key_Down)


def practise(desk: Desk) -> Path:
    """An attempt of some millimetres; returns its session."""
    desk.open(YOURS)
    session = desk.application.session
    assert session is not None
    first = desk.snapshot.index
    advance(desk, 12)
    desk.wait(lambda: desk.snapshot.index > first + 30)
    end(desk)
    return session


def end(desk: Desk) -> None:
    """Press Score until that is a second press, and wait until the page takes presses."""
    button = desk.window.live.tools.buttons[Action.SCORE]
    desk.wait(lambda: button.click() or desk.window.score.isVisible())  # type: ignore[func-returns-value]
    desk.wait(desk.window.score.again.isEnabled)


def test_a_scripted_needle_is_taken_over_and_then_yours(desk: Desk) -> None:
    desk.open(SCRIPT)
    desk.wait(lambda: desk.window.line.message.text == SCRIPT_HINT)
    assert shown(desk) == {Action.TAKE}
    desk.window.live.tools.buttons[Action.TAKE].click()
    desk.wait(
        lambda: shown(desk) == {Action.SCORE} and desk.window.line.message.text.endswith(HINT)
    )
    desk.wait(lambda: desk.snapshot.truth.state is TruthState.LIVE)


def test_the_attempt_is_scored_at_its_end_and_tried_again(desk: Desk) -> None:
    session = practise(desk)
    page = desk.window.score
    shown_rows = {w.text: v.text for w, v in zip(page.words, page.values, strict=True)}
    assert (
        shown_rows["Times through the skin"]
        == shown_rows["Passes (a new one after 10 mm back)"]
        == "1"
    )
    assert shown_rows["Went through what must be spared"] == "nothing"
    attempt = read_attempt(session)
    assert 2.0 < attempt.depth_mm.max() < 8.0
    assert desk.application.controller is None
    page.again.click()
    desk.wait(lambda: desk.published is not None and desk.snapshot.frame is not None)
    assert desk.window.live.isVisible()
    assert desk.application.session != session


def test_a_procedure_on_a_simulator_is_not_taken_over_by_a_press(desk: Desk) -> None:
    desk.open(SCRIPT)
    desk.wait(lambda: shown(desk) == {Action.TAKE})
    desk.start_procedure()
    desk.wait(lambda: shown(desk) == {Action.WHY})
    controller = desk.application.controller
    QTest.keyClick(desk.window.live.image, KEY.Key_Y)
    assert desk.application.controller is controller and desk.checklist is not None


def test_a_single_press_ends_nothing(desk: Desk) -> None:
    desk.open(YOURS)
    desk.window.live.tools.buttons[Action.SCORE].click()
    QTest.keyClick(desk.window.live.image, KEY.Key_Escape)
    assert desk.window.live.isVisible() and desk.application.controller is not None


def test_a_needle_that_never_went_in_is_told_and_not_scored(desk: Desk) -> None:
    desk.open(YOURS)
    desk.intents.score_asked.emit()
    desk.wait(desk.window.score.back.isEnabled)
    assert "never in the skin" in desk.window.score.note.text
    assert not any(value.text for value in desk.window.score.values)
    QTest.keyClick(desk.window.score, KEY.Key_Escape)
    assert desk.window.start.isVisible()


def test_keys_of_buttons_that_are_not_there_do_nothing(desk: Desk) -> None:
    desk.open(YOURS)
    controller = desk.application.controller
    for key in (KEY.Key_Y, KEY.Key_D):
        QTest.keyClick(desk.window.live.image, key)
    assert desk.application.controller is controller and desk.window.live.isVisible()


def test_the_command_line_says_the_same(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    session = practise(desk)
    assert main(["score", str(session)]) == DONE
    told = capsys.readouterr().out
    assert desk.window.score.values[0].text in told
    assert main(["score", str(session / "nowhere")]) == FAILED
    assert "is not a session" in capsys.readouterr().err


def test_a_double_click_neither_ends_the_attempt_nor_presses_what_comes_up(desk: Desk) -> None:
    desk.open(YOURS)
    button = desk.window.live.tools.buttons[Action.SCORE]
    button.click()
    button.click()
    assert desk.window.live.isVisible() and desk.application.controller is not None
    desk.intents.score_asked.emit()
    desk.window.score.again.click()
    assert desk.window.score.isVisible() and desk.application.controller is None


def test_nobody_moves_the_needle_while_the_picture_is_held(desk: Desk) -> None:
    desk.open(YOURS)
    desk.window.live.tools.buttons[Action.HOLD].click()
    desk.wait(lambda: desk.window.line.message.text == HELD)
    with desk.qtbot.assertNotEmitted(desk.intents.hands_moved):
        advance(desk, 3)
    desk.window.live.tools.buttons[Action.HOLD].click()
    desk.wait(lambda: desk.window.line.message.text.endswith(HINT))
    with desk.qtbot.waitSignal(desk.intents.hands_moved):
        advance(desk, 1)


def test_an_address_gets_your_hands_and_the_next_person() -> None:
    assert with_your_hands("sim:knee") == "sim:knee?operator=you"
    assert with_your_hands("sim:hip?operator=novice&seed=3") == "sim:hip?seed=3&operator=you"
    assert with_other_person("sim:knee?operator=you") == "sim:knee?operator=you&seed=2"
    assert with_other_person("sim:knee?seed=9&depth_mm=40") == "sim:knee?depth_mm=40&seed=10"
