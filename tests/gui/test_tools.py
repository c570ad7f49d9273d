from collections.abc import Callable
from dataclasses import replace

import pytest
from gui_records import OVERLAY, live_view
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from drivers.api.samples import VideoFrame
from guidance_app.presentation.primitives import Ink, Ring
from guidance_app.presentation.view import PlanPoint, ScaleOffer, Text
from guidance_app.ui.actions import ACTIONS, Action
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.start_screen import StartView
from guidance_app.ui.tools import parse_angles, parse_distance

KEY = Qt.Key
Live = tuple[MainWindow, Callable[[float, float], None]]


@pytest.fixture
def live(large_window: MainWindow, speckle: VideoFrame) -> Live:
    """The live screen, and a way to click a point of its picture."""
    large_window.show_live()
    large_window.render_view(live_view(OVERLAY), speckle)
    image = large_window.live.image

    def click(x: float, y: float) -> None:
        place = image.placement()
        assert place is not None
        at = place.to_view((x, y))
        QTest.mouseClick(image, Qt.MouseButton.LeftButton, pos=QPoint(int(at.x()), int(at.y())))

    return large_window, click


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window.focusWidget() or window, key)


def test_the_ruler_asks_for_its_distance(live: Live, qtbot: QtBot) -> None:
    window, click = live
    press(window, KEY.Key_R)
    assert window.line.message.text == "Click the first ruler mark."
    click(600, 100)
    assert window.line.message.text == "Click the second ruler mark."
    click(600, 400)
    field = window.line.field
    assert field.hasFocus()
    QTest.keyClicks(field, "twenty")
    with qtbot.assertNotEmitted(window.intents.ruler_measured):
        QTest.keyClick(field, KEY.Key_Return)
    assert "for example 20" in window.line.message.text
    field.clear()
    QTest.keyClicks(field, "20,5 mm")
    with qtbot.waitSignal(window.intents.ruler_measured) as measured:
        QTest.keyClick(field, KEY.Key_Return)
    a, b, distance_mm = measured.args
    assert a == pytest.approx((600, 100), abs=1)
    assert b == pytest.approx((600, 400), abs=1)
    assert distance_mm == 20.5
    assert not field.isVisible()


OFFER = ScaleOffer(
    "How deep is the picture on the console?",
    ("51 mm deep", "102 mm deep"),
    (Ring((600.0, 400.0), 6.0, Ink.PREDICTION),),
)


def offer(live: Live, speckle: VideoFrame, what: ScaleOffer | None) -> None:
    live[0].render_view(replace(live_view(OVERLAY), scale_offer=what), speckle)


def test_a_scale_that_was_found_is_confirmed_with_one_press(
    live: Live, speckle: VideoFrame, qtbot: QtBot
) -> None:
    window, _ = live
    offer(live, speckle, OFFER)
    press(window, KEY.Key_R)
    assert window.line.message.text == OFFER.question
    assert [b.text() for b in window.line.buttons if b.isVisible()] == [
        "51 mm deep",
        "102 mm deep",
        "Set by hand",
    ]
    assert window.live.desk.tool is not None
    assert window.live.desk.tool.sketch() == OFFER.sketch
    with qtbot.waitSignal(window.intents.scale_confirmed) as confirmed:
        window.line.buttons[1].click()
    assert confirmed.args == [1]
    assert not any(b.isVisible() for b in window.line.buttons)


def test_an_offered_scale_can_be_refused_for_the_two_clicks(
    live: Live, speckle: VideoFrame, qtbot: QtBot
) -> None:
    window, click = live
    offer(live, speckle, OFFER)
    press(window, KEY.Key_R)
    click(10, 10)
    with qtbot.assertNotEmitted(window.intents.scale_confirmed):
        window.line.buttons[2].click()
    assert window.line.message.text == "Click the first ruler mark."
    click(600, 100)
    click(600, 400)
    assert window.line.field.isVisible()


@pytest.mark.parametrize("what", [None, replace(OFFER, answers=("40 mm deep",))])
def test_a_question_about_a_scale_that_has_gone_is_taken_back(
    live: Live, speckle: VideoFrame, qtbot: QtBot, what: ScaleOffer | None
) -> None:
    window, _ = live
    offer(live, speckle, OFFER)
    press(window, KEY.Key_R)
    with qtbot.assertNotEmitted(window.intents.scale_confirmed):
        offer(live, speckle, what)
        window.line.buttons[0].click()
    assert window.live.desk.tool is None


def test_escape_leaves_an_offered_scale_open(live: Live, speckle: VideoFrame, qtbot: QtBot) -> None:
    window, _ = live
    offer(live, speckle, OFFER)
    press(window, KEY.Key_R)
    with qtbot.assertNotEmitted(window.intents.scale_confirmed):
        press(window, KEY.Key_Escape)
    assert window.live.desk.tool is None


def test_what_was_begun_on_another_layout_is_put_back(live: Live, speckle: VideoFrame) -> None:
    window, click = live
    press(window, KEY.Key_R)
    click(600, 100)
    click(600, 400)
    assert window.line.field.isVisible()
    window.render_view(replace(live_view(OVERLAY), layout=(1, None)), speckle)
    assert window.live.desk.tool is None
    assert not window.line.field.isVisible()


def test_points_clicked_while_the_ruler_waits_change_nothing(live: Live, qtbot: QtBot) -> None:
    window, click = live
    press(window, KEY.Key_R)
    click(600, 100)
    click(600, 400)
    click(10, 10)
    QTest.keyClicks(window.line.field, "20")
    with qtbot.waitSignal(window.intents.ruler_measured) as measured:
        window.line.buttons[0].click()
    assert measured.args[1] == pytest.approx((600, 400), abs=1)


def test_the_needle_guide_needs_its_side_said(live: Live, qtbot: QtBot) -> None:
    window, click = live
    press(window, KEY.Key_B)
    click(200, 50)
    QTest.keyClicks(window.line.field, "30 45, 60°")
    with qtbot.assertNotEmitted(window.intents.guide_placed):
        QTest.keyClick(window.line.field, KEY.Key_Return)
    with qtbot.waitSignal(window.intents.guide_placed) as placed:
        window.line.buttons[1].click()
    origin, angles, side = placed.args
    assert origin == pytest.approx((200, 50), abs=1)
    assert (angles, side) == ((30.0, 45.0, 60.0), "right")


@pytest.mark.parametrize(
    ("key", "signal"),
    [(KEY.Key_T, "target_placed"), (KEY.Key_E, "entry_placed"), (KEY.Key_P, "tip_marked")],
)
def test_a_tool_is_used_once(live: Live, qtbot: QtBot, key: Qt.Key, signal: str) -> None:
    window, click = live
    press(window, key)
    with qtbot.waitSignal(getattr(window.intents, signal)) as placed:
        click(300, 200)
    assert placed.args[0] == pytest.approx((300, 200), abs=1)
    with qtbot.assertNotEmitted(getattr(window.intents, signal)):
        click(50, 50)


def test_an_outline_closes_with_its_own_key(live: Live, qtbot: QtBot) -> None:
    window, click = live
    press(window, KEY.Key_N)
    for point in ((100, 100), (200, 100), (150, 200)):
        click(*point)
    with qtbot.waitSignal(window.intents.no_go_drawn) as drawn:
        press(window, KEY.Key_N)
    assert len(drawn.args[0]) == 3


def test_escape_puts_a_tool_back(live: Live, qtbot: QtBot) -> None:
    window, click = live
    press(window, KEY.Key_L)
    click(10, 50)
    press(window, KEY.Key_Escape)
    with qtbot.assertNotEmitted(window.intents.skin_placed):
        click(600, 50)


def test_removing_the_plan_takes_two_presses(live: Live, qtbot: QtBot) -> None:
    window, _ = live
    with qtbot.assertNotEmitted(window.intents.plan_cleared):
        press(window, KEY.Key_C)
    assert "again" in window.line.message.text
    with qtbot.waitSignal(window.intents.plan_cleared):
        press(window, KEY.Key_C)


def test_h_hides_the_overlay_only_while_it_is_down(live: Live, qtbot: QtBot) -> None:
    window, _ = live
    image = window.live.image
    shown = image.grab().toImage()
    with qtbot.waitSignal(window.intents.hide_changed) as hidden:
        QTest.keyPress(window.focusWidget(), KEY.Key_H)
    assert hidden.args == [True]
    assert image.grab().toImage() != shown
    with qtbot.waitSignal(window.intents.hide_changed) as back:
        QTest.keyRelease(window.focusWidget(), KEY.Key_H)
    assert back.args == [False]
    assert image.grab().toImage() == shown


def test_the_overlay_comes_back_when_the_window_loses_the_keyboard(
    live: Live, qtbot: QtBot
) -> None:
    window, _ = live
    QTest.keyPress(window.focusWidget(), KEY.Key_H)
    with qtbot.waitSignal(window.intents.hide_changed) as back:
        QApplication.sendEvent(window, QEvent(QEvent.Type.WindowDeactivate))
    assert back.args == [False]


def test_freeze_asks_for_the_opposite_of_what_is(
    live: Live, qtbot: QtBot, speckle: VideoFrame
) -> None:
    window, _ = live
    with qtbot.waitSignal(window.intents.hold_asked) as asked:
        press(window, KEY.Key_F)
    assert asked.args == [True]
    window.render_view(replace(live_view(), held=True), speckle)
    assert window.live.tools.buttons[Action.HOLD].text() == "Follow"
    with qtbot.waitSignal(window.intents.hold_asked) as asked:
        press(window, KEY.Key_F)
    assert asked.args == [False]


def test_no_two_actions_share_a_key() -> None:
    keys = [spec.key for spec in ACTIONS.values()] + ["G", "Space", "X", "S", "W", "PgUp", "PgDown"]
    assert len(keys) == len(set(keys))


def test_numbers_are_read_as_people_write_them() -> None:
    assert parse_distance(" 20 mm ") == 20.0
    assert parse_angles("45") == (45.0,)
    for wrong in ("", "0", "-5", "nan", "inf", "1e999", "20 30"):
        with pytest.raises(ValueError, match="for example"):
            parse_distance(wrong)
    for wrong in ("", "30,45", "30 x"):
        with pytest.raises(ValueError, match="for example"):
            parse_angles(wrong)


def await_point(live: Live, speckle: VideoFrame, point: PlanPoint | None, said: str = "") -> None:
    view = replace(live_view(OVERLAY), awaited=point, message=Text(said))
    live[0].render_view(view, speckle)


def test_a_point_that_is_waited_for_is_placed_without_its_tool(
    live: Live, speckle: VideoFrame, qtbot: QtBot
) -> None:
    window, click = live
    await_point(live, speckle, PlanPoint.TARGET, "OP-1 has signed.")
    assert window.line.message.text == "OP-1 has signed. Click the target."
    assert window.live.tools.buttons[Action.TARGET].isChecked()
    with qtbot.waitSignal(window.intents.target_placed) as placed:
        click(300, 200)
    assert placed.args[0] == pytest.approx((300, 200), abs=1)
    await_point(live, speckle, PlanPoint.ENTRY)
    with qtbot.waitSignal(window.intents.entry_placed):
        click(100, 100)
    await_point(live, speckle, None)
    assert not window.live.tools.buttons[Action.ENTRY].isChecked()
    with qtbot.assertNotEmitted(window.intents.entry_placed):
        click(100, 100)


def test_a_handle_under_the_finger_comes_before_the_point_that_is_waited_for(
    live: Live, speckle: VideoFrame, qtbot: QtBot
) -> None:
    window, click = live
    window.live.show_handles((("target", (300.0, 200.0)),))
    await_point(live, speckle, PlanPoint.ENTRY)
    with qtbot.assertNotEmitted(window.intents.entry_placed):
        click(303, 200)
    press(window, KEY.Key_E)
    with qtbot.waitSignal(window.intents.entry_placed):
        click(303, 200)


def test_a_press_beside_the_picture_is_no_mistake_while_no_tool_is_in_hand(
    live: Live, speckle: VideoFrame, qtbot: QtBot
) -> None:
    window, click = live
    await_point(live, speckle, PlanPoint.TARGET)
    with qtbot.assertNotEmitted(window.live.image.missed):
        click(-200, 100)
    press(window, KEY.Key_T)
    with qtbot.waitSignal(window.live.image.missed):
        click(-200, 100)


def test_another_tool_goes_first_and_then_the_point_is_waited_for_again(
    live: Live, speckle: VideoFrame, qtbot: QtBot
) -> None:
    window, click = live
    await_point(live, speckle, PlanPoint.TARGET)
    press(window, KEY.Key_L)
    with qtbot.assertNotEmitted(window.intents.target_placed):
        click(100, 50)
        press(window, KEY.Key_Escape)
    with qtbot.waitSignal(window.intents.target_placed):
        click(300, 200)


def test_what_to_do_on_the_picture_is_not_said_on_another_page(
    live: Live, speckle: VideoFrame
) -> None:
    window, _ = live
    window.show_start(StartView(Text("")))
    await_point(live, speckle, PlanPoint.TARGET, "OP-1 has signed.")
    assert window.line.message.text == "OP-1 has signed."
