"""The trainer's workspace: played, stepped, scrubbed, noted and compared, from the keyboard."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from recorded_procedures import OPERATOR, STARTED, STEP_NS, Session

from drivers.api.clock import ManualClock
from guidance_app.domain.commands import MomentKind, MomentMarked
from guidance_app.domain.snapshot import Guidance, GuidanceMode
from guidance_app.presentation.sessions import SessionRow, session_rows
from guidance_app.processing.needle.search import NeedleSearch
from guidance_app.session.review import read_review
from guidance_app.training.form_files import forms_with
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.replay_actions import ReplayAction
from guidance_app.ui.replay_desk import ReplayDesk
from guidance_app.ui.replay_rating import ReplayRating

PICTURES = 25
SECOND_NS = 1_000_000_000


def pixels_of(number: int) -> np.ndarray:
    return np.full((60, 80), number, np.uint8)


def recorded(folder: Path, marked_at: int) -> Path:
    """A second of pictures, each of its own brightness; 40 ms apart, with guidance from the 6th."""
    session = Session(folder).do(STARTED)
    for number in range(PICTURES):
        session.guidance = Guidance(GuidanceMode.ON if number > 5 else GuidanceMode.OFF)
        injection = MomentMarked("begins", OPERATOR, MomentKind.INJECTION)
        session.show(pixels_of(number), *([injection] if number == marked_at else []))
    return session.seal()


class Workspace:
    """The window with the workspace in front, on a clock that a test moves."""

    def __init__(self, qtbot: QtBot, window: MainWindow, folder: Path) -> None:
        self.qtbot, self.window, self.clock = qtbot, window, ManualClock()
        self.path = recorded(folder, marked_at=10)
        self.said: list[str] = []
        rating = ReplayRating(window.replay.rating, window.intents, lambda: forms_with(""))
        self.desk = ReplayDesk(window.replay, self.clock, self.sessions, NeedleSearch, rating)
        self.desk.said.connect(lambda sentence, _: self.said.append(sentence))
        self.desk.strip_shown.connect(window.strip.render_view)
        self.folder = folder
        window.show_replay()

    def sessions(self) -> tuple[SessionRow, ...]:
        return session_rows(self.folder)

    def open(self) -> None:
        self.desk.open(self.path)
        self.qtbot.waitUntil(lambda: self.desk.moment is not None, timeout=10_000)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        modifier = modifier or Qt.KeyboardModifier.NoModifier
        self.qtbot.keyClick(self.window.replay, key, modifier)

    def shows(self, number: int) -> None:
        """Wait for the picture of this number, and see that it is that one."""
        self.qtbot.waitUntil(lambda: self.number() == number, timeout=10_000)
        moment = self.desk.moment
        assert moment is not None
        assert moment.frame is not None
        assert np.array_equal(moment.frame.pixels, pixels_of(number))

    def number(self) -> int:
        moment = self.desk.moment
        facts = moment.snapshot.frame if moment else None
        return facts.number if facts else -1


@pytest.fixture
def workspace(qtbot: QtBot, large_window: MainWindow, tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace(qtbot, large_window, tmp_path)
    yield made
    made.desk.close()
    reading = {"replay", "time line", "second look"}
    qtbot.waitUntil(lambda: not reading & {one.name for one in threading.enumerate()})


def test_pictures_are_stepped_through_one_by_one(workspace: Workspace) -> None:
    workspace.open()
    workspace.shows(0)
    for number in (1, 2, 3):
        workspace.press(Qt.Key.Key_Right)
        workspace.shows(number)
    workspace.press(Qt.Key.Key_Left)
    workspace.shows(2)
    workspace.press(Qt.Key.Key_End)
    workspace.shows(PICTURES - 1)
    workspace.press(Qt.Key.Key_Home)
    workspace.shows(0)


def test_it_plays_at_true_speed_and_stops_at_the_end(workspace: Workspace) -> None:
    workspace.open()
    workspace.press(Qt.Key.Key_Minus)
    workspace.press(Qt.Key.Key_Space)
    workspace.clock.advance(6 * STEP_NS)
    workspace.shows(3)
    workspace.press(Qt.Key.Key_Plus)
    workspace.clock.advance(4 * STEP_NS)
    workspace.shows(7)
    workspace.clock.advance(SECOND_NS)
    workspace.shows(PICTURES - 1)
    workspace.qtbot.waitUntil(lambda: not workspace.desk.playback.playing)


def test_a_click_on_the_time_line_goes_there(workspace: Workspace) -> None:
    workspace.open()
    lanes = workspace.window.replay.lanes
    opened = workspace.desk.playback
    for share, near in ((0.5, 12), (0.9, 21)):
        left = lanes._gutter_px
        x = round(left + share * (lanes.width() - left))
        workspace.qtbot.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=QPoint(x, 5))
        wanted_ns = opened.begin_ns + share * (opened.end_ns - opened.begin_ns)
        pixel_ns = (opened.end_ns - opened.begin_ns) / (lanes.width() - left)
        at_ns = workspace.desk.playback.position_ns(0)
        assert at_ns == pytest.approx(wanted_ns, abs=pixel_ns)
        workspace.qtbot.waitUntil(lambda near=near: abs(workspace.number() - near) <= 1)


def test_a_note_about_a_moment_is_kept_and_gone_to(workspace: Workspace) -> None:
    workspace.open()
    for _ in range(4):
        workspace.press(Qt.Key.Key_Right)
    workspace.shows(4)
    workspace.press(Qt.Key.Key_M)
    notes = workspace.window.replay.notes
    workspace.qtbot.keyClicks(notes.line, "goes on without the tip")
    workspace.qtbot.keyClick(notes.line, Qt.Key.Key_Return)
    (mark,) = read_review(workspace.path).marks
    assert (mark.text, mark.time_ns) == (
        "goes on without the tip",
        workspace.desk.playback.position_ns(0),
    )
    workspace.press(Qt.Key.Key_Home)
    workspace.shows(0)
    notes.table.cellClicked.emit(0, 1)
    workspace.shows(4)
    notes.table.selectRow(0)
    workspace.press(Qt.Key.Key_Delete)
    assert (read_review(workspace.path).marks, notes.table.rowCount()) == ([], 0)


def test_a_loop_is_repeated_and_a_note_then_speaks_of_all_of_it(workspace: Workspace) -> None:
    workspace.open()
    workspace.press(Qt.Key.Key_Right)
    workspace.shows(1)
    workspace.press(Qt.Key.Key_BracketLeft)
    for _ in range(4):
        workspace.press(Qt.Key.Key_Right)
    workspace.shows(5)
    workspace.press(Qt.Key.Key_BracketRight)
    begin_ns, end_ns = workspace.desk.playback.loop_ns or (0, 0)
    assert end_ns - begin_ns == 4 * STEP_NS
    workspace.press(Qt.Key.Key_Space)
    workspace.clock.advance(6 * STEP_NS)
    workspace.shows(3)
    workspace.press(Qt.Key.Key_M)
    notes = workspace.window.replay.notes
    workspace.qtbot.keyClicks(notes.line, "x")
    workspace.qtbot.keyClick(notes.line, Qt.Key.Key_Return)
    (mark,) = read_review(workspace.path).marks
    assert (mark.time_ns, mark.until_ns) == (begin_ns, end_ns)


def test_what_happened_is_jumped_to(workspace: Workspace) -> None:
    workspace.open()
    workspace.press(Qt.Key.Key_Down)
    workspace.shows(10)
    assert workspace.said[-1] == f"Marks: begins, {OPERATOR.code}"
    workspace.press(Qt.Key.Key_Up)
    workspace.press(Qt.Key.Key_Down)
    workspace.shows(10)
    lanes = workspace.window.replay.lanes
    along = np.linspace(0, lanes.width() - 1, lanes.width())
    told = {lanes.words_at(QPointF(x, lanes.height() * 0.65)) for x in along}
    assert any("begins" in words for words in told)


def test_another_session_is_put_beside_at_an_event_that_both_have(workspace: Workspace) -> None:
    recorded(workspace.folder, marked_at=4)
    workspace.open()
    workspace.desk.act(ReplayAction.COMPARE)
    screen = workspace.window.replay
    assert screen.sessions.count() == 1
    workspace.qtbot.keyClick(screen.sessions, Qt.Key.Key_Return)
    workspace.qtbot.waitUntil(screen.pictures.is_pair)
    workspace.press(Qt.Key.Key_Down)
    workspace.shows(10)
    workspace.qtbot.waitUntil(lambda: brightness(screen.pictures.second) == 4)
    workspace.press(Qt.Key.Key_A)
    assert workspace.said[-1] == "Both are put together at the beginning."
    workspace.qtbot.waitUntil(lambda: brightness(screen.pictures.second) == 10)
    workspace.press(Qt.Key.Key_C)
    assert not screen.pictures.is_pair()


def test_another_scale_and_todays_software_are_put_beside_the_recording(
    workspace: Workspace,
) -> None:
    workspace.open()
    screen = workspace.window.replay
    workspace.press(Qt.Key.Key_X)
    for typed, pair in (("nothing", False), ("0.1", False), ("1,5", True)):
        screen.scale.setText(typed)
        workspace.qtbot.keyClick(screen.scale, Qt.Key.Key_Return)
        assert screen.pictures.is_pair() is pair
    workspace.press(Qt.Key.Key_Right)
    workspace.qtbot.waitUntil(lambda: brightness(screen.pictures.second) == 1)
    workspace.press(Qt.Key.Key_T)
    assert not screen.pictures.is_pair()
    workspace.press(Qt.Key.Key_T)
    workspace.qtbot.waitUntil(lambda: brightness(screen.pictures.second) == 1, timeout=20_000)


def brightness(picture: QWidget) -> int:
    """Of the picture's own pixels, which tell its number."""
    image = picture.grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).red()


def test_a_session_is_rated_blinded_beside_its_replay(workspace: Workspace) -> None:
    workspace.open()
    workspace.press(Qt.Key.Key_M)
    workspace.qtbot.keyClicks(workspace.window.replay.notes.line, "the trainer's own word")
    workspace.qtbot.keyClick(workspace.window.replay.notes.line, Qt.Key.Key_Return)
    workspace.press(Qt.Key.Key_Down)
    assert OPERATOR.code in workspace.said[-1]
    workspace.press(Qt.Key.Key_R)
    page = workspace.window.replay.rating
    assert page.isVisible()
    assert workspace.said[-1] == ""
    shown = " ".join(texts_of(workspace.window))
    for hidden in (STARTED.patient, OPERATOR.code, "the trainer's own word"):
        assert hidden not in shown
    page.rater.setCurrentText("RATER-2")
    page.rater.lineEdit().editingFinished.emit()
    while page.rows.chosen():
        before = page.rows.chosen()
        workspace.qtbot.keyClick(page.rows, Qt.Key.Key_Y)
        workspace.qtbot.keyClick(page.rows, Qt.Key.Key_4)
        if page.rows.chosen() == before:
            break
    workspace.press(Qt.Key.Key_Escape)
    assert page.isVisible()
    assert "not saved" in workspace.said[-1]
    page.save.click()
    (rating,) = read_review(workspace.path).ratings
    assert (rating.rater, rating.blinded) == ("RATER-2", True)
    workspace.press(Qt.Key.Key_R)
    assert not page.isVisible()
    assert STARTED.patient in " ".join(texts_of(workspace.window))


def texts_of(window: MainWindow) -> list[str]:
    """Everything that can be read in the window, tooltips of the time line too."""
    lanes = window.replay.lanes
    along = range(0, lanes.width(), 3)
    rows = [lanes.height() * (row + 0.5) / 10 for row in range(10)]
    told = [lanes.words_at(QPointF(x, y)) for x in along for y in rows]
    shown = [text.text for text in window.findChildren(FittedText) if text.isVisible()]
    return told + shown


def test_a_picture_that_is_missing_is_told_on_its_place(workspace: Workspace) -> None:
    (workspace.path / "video-000.nut").unlink()
    workspace.open()
    moment = workspace.desk.moment
    assert moment is not None
    assert moment.view.banner.text.startswith("PICTURE MISSING. ")


def test_another_recording_takes_the_place_of_one_that_is_still_being_read(
    workspace: Workspace,
) -> None:
    other = recorded(workspace.folder, marked_at=3)
    workspace.desk.open(other)
    workspace.open()
    workspace.press(Qt.Key.Key_Down)
    workspace.shows(10)
    assert workspace.window.replay.lanes.isVisible()


def test_a_session_that_cannot_be_read_is_refused_in_a_sentence(workspace: Workspace) -> None:
    (workspace.path / "journal.mcap").write_bytes(b"nothing")
    with workspace.qtbot.waitSignal(workspace.desk.left):
        workspace.desk.open(workspace.path)
    assert any("nothing to show" in sentence for sentence in workspace.said)
