from dataclasses import replace

import numpy as np
import pytest
from gui_records import PLAIN, frame_of, rgb_of
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.api.clock import ManualClock
from drivers.api.samples import Stamp, VideoFrame
from guidance_app.presentation.primitives import Ink, Line
from guidance_app.presentation.view import PictureView, Text
from guidance_app.ui.actions import Action, Tool
from guidance_app.ui.image_view import ImageView

KEY = Qt.Key


@pytest.fixture
def view(qtbot: QtBot, speckle: VideoFrame) -> ImageView:
    view = ImageView(ManualClock())
    qtbot.addWidget(view)
    view.resize(1000, 620)
    view.show_frame(speckle, PLAIN)
    view.show()
    qtbot.waitExposed(view)
    return view


def on_screen(view: ImageView, point: tuple[float, float]) -> QPoint:
    place = view.placement()
    assert place is not None
    at = place.to_view(point)
    return QPoint(int(at.x()), int(at.y()))


@pytest.mark.parametrize("watermark", ["", "SIMULATED"])
@pytest.mark.parametrize("point", [(0.0, 0.0), (639.0, 479.0), (320.25, 100.75)])
def test_points_survive_the_way_to_the_screen_and_back(
    view: ImageView, speckle: VideoFrame, point: tuple[float, float], watermark: str
) -> None:
    view.show_frame(speckle, PictureView(1.0, Text(""), watermark))
    place = view.placement()
    assert place is not None
    assert place.to_picture(place.to_view(point)) == pytest.approx(point, abs=1e-6)


def test_a_click_places_the_pixel_under_the_pointer(view: ImageView, qtbot: QtBot) -> None:
    view.resize(640, 480)
    view.show_tool(Tool(Action.TARGET))
    with qtbot.waitSignal(view.point_placed) as placed:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(123, 45))
    assert placed.args == [(123.0, 45.0)]


def test_clicks_beside_the_picture_or_without_a_tool_place_nothing(
    view: ImageView, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(view.point_placed):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=on_screen(view, (300.0, 200.0)))
        view.show_tool(Tool(Action.TARGET))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(3, 300))
        QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=on_screen(view, (300.0, 200.0)))


def test_arrows_move_the_crosshair_and_enter_places(view: ImageView, qtbot: QtBot) -> None:
    view.show_tool(Tool(Action.ENTRY))
    QTest.keyClick(view, KEY.Key_Right)
    QTest.keyClick(view, KEY.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(view.point_placed) as placed:
        QTest.keyClick(view, KEY.Key_Return)
    assert placed.args == [(320.0, 249.0)]


def test_the_crosshair_stays_on_the_picture(view: ImageView, qtbot: QtBot) -> None:
    view.show_tool(Tool(Action.ENTRY))
    for _ in range(60):
        QTest.keyClick(view, KEY.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(view.point_placed) as placed:
        QTest.keyClick(view, KEY.Key_Enter)
    assert placed.args == [(319.0, 0.0)]


def test_a_handle_that_goes_while_it_is_dragged_is_let_go(view: ImageView, qtbot: QtBot) -> None:
    view.show_handles((("target", (100.0, 100.0)),))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=on_screen(view, (100.0, 100.0)))
    QTest.mouseMove(view, on_screen(view, (200.0, 150.0)))
    view.show_handles(())
    with qtbot.assertNotEmitted(view.handle_moved):
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=on_screen(view, (200.0, 150.0)))


def test_the_nearest_handle_is_dragged(view: ImageView, qtbot: QtBot) -> None:
    view.show_handles((("target", (100.0, 100.0)), ("entry", (110.0, 100.0))))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=on_screen(view, (112.0, 100.0)))
    QTest.mouseMove(view, on_screen(view, (200.0, 150.0)))
    with qtbot.waitSignal(view.handle_moved) as moved:
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=on_screen(view, (200.0, 150.0)))
    name, point = moved.args
    assert name == "entry"
    assert point == pytest.approx((200.0, 150.0), abs=1.0)


def test_painting_tells_which_frame_is_on_the_screen(
    view: ImageView, speckle: VideoFrame, qtbot: QtBot
) -> None:
    newer = replace(speckle, stamp=Stamp(1, 1_234_567_999_000))
    with qtbot.waitSignal(view.painted) as painted:
        view.show_frame(newer, PLAIN)
    assert painted.args == [newer.stamp.arrival_ns]
    with qtbot.assertNotEmitted(view.painted):  # painting it again is no news
        view.show_frame(newer, PLAIN)
        view.grab()


def test_a_frame_that_waited_for_a_hidden_view_is_not_said_to_be_late(
    view: ImageView, speckle: VideoFrame, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(view.painted):
        view.hide()
        view.show_frame(replace(speckle, stamp=Stamp(1, 7)), PLAIN)
        view.show()
        view.grab()


def test_a_view_painted_after_its_time_is_dimmed_and_carries_no_overlay(qtbot: QtBot) -> None:
    clock = ManualClock()
    view = ImageView(clock)
    qtbot.addWidget(view)
    view.resize(640, 480)
    line = Line(((100.0, 100.0), (300.0, 100.0)), Ink.PLAN, width_view_px=6.0)
    in_time = PictureView(1.0, Text(""), "", (line,), live_until_ns=1_000)
    view.show_frame(frame_of(np.full((480, 640), 200, np.uint8)), in_time)
    before = rgb_of(view.grab().toImage())
    clock.advance(1_001)
    after = rgb_of(view.grab().toImage())
    assert before[200, 500].tolist() == [200, 200, 200]
    assert before[100, 200].tolist() != [200, 200, 200]
    assert (after[:300] == 80).all()
