"""Keys, wheel and drags reach the hands of a source that is steered, and of no other."""

from dataclasses import replace

import numpy as np
import pytest
from desk import Desk
from gui_records import OVERLAY, PLAIN, live_view
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from drivers.api.clock import ManualClock
from drivers.api.ports import HandMove
from drivers.api.samples import ImageU8, VideoFrame
from drivers.registry import Registry, load_drivers, load_source_options
from guidance_app.presentation.view import PlanPoint, Text
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.session.reader import SessionReader
from guidance_app.ui.actions import Action, Tool
from guidance_app.ui.image_view import ImageView
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.steering import HINT, SCRIPT_HINT, Practice, practice_hint

KEY = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
LEFT_BUTTON = Qt.MouseButton.LeftButton
STEERED = "sim:gel?operator=you&width_px=320&height_px=240"
SCRIPTED = "sim:gel?operator=expert&width_px=320&height_px=240"


@pytest.fixture
def view(qtbot: QtBot, speckle: VideoFrame) -> ImageView:
    view = ImageView(ManualClock())
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.show_frame(speckle, PLAIN)
    view.show_steered(True)
    view.show()
    qtbot.waitExposed(view)
    return view


def moves_of(view: ImageView) -> list[HandMove]:
    """What the view will have asked for, in order."""
    moves: list[HandMove] = []
    view.hands_moved.connect(moves.append)
    return moves


def turn_wheel(view: ImageView, notches: int) -> None:
    at = QPointF(300.0, 200.0)
    none = Qt.KeyboardModifier.NoModifier
    way = QPoint(0, 120 * notches)
    phase, button = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    event = QWheelEvent(at, at, QPoint(), way, button, none, phase, False)
    QApplication.sendEvent(view, event)


def drag(view: ImageView, to: QPoint) -> None:
    start = QPoint(300, 200)
    QTest.mousePress(view, LEFT_BUTTON, pos=start)
    QTest.mouseMove(view, start + to)
    QTest.mouseRelease(view, LEFT_BUTTON, pos=start + to)


def test_arrows_move_the_needle_as_it_is_seen_and_with_a_modifier_something_else(
    view: ImageView,
) -> None:
    moves = moves_of(view)
    QTest.keyClick(view, KEY.Key_Down)
    QTest.keyClick(view, KEY.Key_Up, KEYPAD)
    QTest.keyClick(view, KEY.Key_Right)
    deeper, back, right = moves
    assert deeper.advance_mm > 0.0 and back.advance_mm == -deeper.advance_mm
    assert right.swing_rad > 0.0 and right.advance_mm == 0.0
    moves.clear()
    for held in (SHIFT, CTRL, SHIFT | CTRL):
        QTest.keyClick(view, KEY.Key_Left, held)
    slide, entry, rock = moves
    assert slide == HandMove(slide_mm=slide.slide_mm) and slide.slide_mm < 0.0
    assert entry == HandMove(entry_mm=entry.entry_mm) and entry.entry_mm < 0.0
    assert rock == HandMove(rock_rad=rock.rock_rad) and rock.rock_rad < 0.0
    moves.clear()
    QTest.keyClick(view, KEY.Key_Down, SHIFT)
    QTest.keyClick(view, KEY.Key_Down, CTRL)
    sweep, lift = moves
    assert sweep == HandMove(sweep_mm=sweep.sweep_mm) and sweep.sweep_mm > 0.0
    assert lift == HandMove(lift_rad=lift.lift_rad) and lift.lift_rad > 0.0


def test_the_wheel_and_a_drag_move_the_needle_too(view: ImageView) -> None:
    moves = moves_of(view)
    turn_wheel(view, -2)
    assert moves.pop() == HandMove(advance_mm=2.0)
    drag(view, QPoint(40, -20))
    moved = moves.pop()
    assert moved.swing_rad == pytest.approx(np.radians(5.0))
    assert moved.advance_mm == pytest.approx(-2.0)
    QTest.mouseMove(view, QPoint(10, 10))
    assert not moves, "the hands were let go"


def test_a_tool_in_hand_comes_first_and_a_handle_too(view: ImageView, qtbot: QtBot) -> None:
    view.show_handles((("target", (320.0, 240.0)),))
    place = view.placement()
    assert place is not None
    at = place.to_view((320.0, 240.0)).toPoint()
    with qtbot.assertNotEmitted(view.hands_moved):
        with qtbot.waitSignal(view.handle_moved):
            QTest.mousePress(view, LEFT_BUTTON, pos=at)
            QTest.mouseMove(view, at + QPoint(50, 0))
            QTest.mouseRelease(view, LEFT_BUTTON, pos=at + QPoint(50, 0))
        for tool in (Tool(Action.ENTRY), Tool(Action.CLEAR)):
            view.show_tool(tool)
            QTest.keyClick(view, KEY.Key_Down)
            turn_wheel(view, 1)
            drag(view, QPoint(30, 0))


def test_a_tool_that_is_taken_during_a_drag_ends_it(view: ImageView) -> None:
    moves = moves_of(view)
    QTest.mousePress(view, LEFT_BUTTON, pos=QPoint(300, 200))
    view.show_tool(Tool(Action.TARGET))
    QTest.mouseMove(view, QPoint(340, 200))
    assert not moves


def test_nothing_is_asked_of_a_source_that_is_not_steered(view: ImageView, qtbot: QtBot) -> None:
    view.show_steered(False)
    with qtbot.assertNotEmitted(view.hands_moved):
        for held in (Qt.KeyboardModifier.NoModifier, SHIFT, CTRL):
            QTest.keyClick(view, KEY.Key_Down, held)
        turn_wheel(view, 1)
        drag(view, QPoint(30, 30))


def test_the_sentence_that_says_how_is_shown_whole(window: MainWindow) -> None:
    window.show_live()
    window.line.say(Text(practice_hint(Practice.YOURS, "beside the median nerve")))
    assert window.line.message.is_whole()


def test_the_sentence_gives_way_to_every_other_one_and_comes_back(
    large_window: MainWindow, speckle: VideoFrame
) -> None:
    live, line = large_window.live, large_window.line
    live.show_practice(Practice.YOURS)
    large_window.show_live()
    quiet = replace(live_view(OVERLAY), message=Text(""))
    live.render_view(replace(quiet, awaited=PlanPoint.TARGET), speckle)
    assert line.message.text == "Click the target."
    live.render_view(replace(quiet, message=Text("Target placed.")), speckle)
    assert line.message.text == "Target placed."
    live.render_view(quiet, speckle)
    assert line.message.text == HINT
    live.show_practice(Practice.NONE)
    live.render_view(quiet, speckle)
    assert line.message.text == ""


def shown_now(desk: Desk) -> ImageU8:
    assert desk.published is not None and desk.published.frame is not None
    return desk.published.frame.pixels


def slide_until_it_shows(desk: Desk) -> None:
    before = shown_now(desk)
    desk.wait(lambda: desk.window.line.message.text.endswith(HINT))
    for _ in range(8):
        QTest.keyClick(desk.window.live.image, KEY.Key_Right, SHIFT)
    desk.wait(lambda: differs(shown_now(desk), before) > 0.2)


def differs(one: ImageU8, other: ImageU8) -> float:
    """How many of the pixels are clearly others."""
    return float(np.mean(np.abs(one.astype(int) - other) > 12))


def test_a_person_moves_the_probe_of_a_steered_source(desk: Desk) -> None:
    desk.open(STEERED)
    slide_until_it_shows(desk)


def test_hands_can_be_moved_in_a_drill(desk: Desk) -> None:
    registry = Registry(load_drivers(), load_source_options())
    drill = STEERED + "&faults=late-video"
    desk.next_pipelines = [Pipeline(lambda: registry.create(drill, desk.clock), desk.clock)]
    desk.open(drill)
    slide_until_it_shows(desk)


def test_keys_do_nothing_to_a_scripted_source_that_follows_a_steered_one(desk: Desk) -> None:
    desk.open(STEERED)
    desk.application.stop_run()
    desk.open(SCRIPTED)
    with desk.qtbot.assertNotEmitted(desk.intents.hands_moved):
        QTest.keyClick(desk.window.live.image, KEY.Key_Down)
    desk.intents.hands_moved.emit(HandMove(slide_mm=5.0))
    assert desk.window.line.message.text == SCRIPT_HINT


def test_what_was_steered_is_recorded_and_its_replay_shows_the_same(desk: Desk) -> None:
    desk.open(STEERED)
    before = shown_now(desk)
    slide_until_it_shows(desk)
    session = desk.application.session
    assert session is not None
    desk.application.stop_run()
    with SessionReader(session) as reader:
        recorded = [picture for _, picture in reader.pictures()]
    assert max(differs(picture, before) for picture in recorded) > 0.2
    desk.open(f"replay:{session}")
    assert desk.snapshot.frame is not None
    assert np.array_equal(shown_now(desk), recorded[desk.snapshot.frame.number])
    with desk.qtbot.assertNotEmitted(desk.intents.hands_moved):
        QTest.keyClick(desk.window.live.image, KEY.Key_Down)


def test_practising_begins_with_the_needle_in_the_hand_of_who_practises(desk: Desk) -> None:
    with desk.qtbot.waitSignal(desk.application.live_started, timeout=60_000):
        desk.intents.practise_asked.emit()
    with desk.qtbot.waitSignal(desk.window.live.image.hands_moved):
        QTest.keyClick(desk.window.live.image, KEY.Key_Down)
