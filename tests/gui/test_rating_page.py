"""A session is rated by keys alone, blinded, beside its replay; on real sessions and reviews."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QTableWidget, QWidget
from pytestqt.qtbot import QtBot
from rated_sessions import given, house_form, rate, session_of

from guidance_app.presentation.sessions import session_row
from guidance_app.session.info import list_sessions
from guidance_app.session.review import REVIEW_NAME, read_review
from guidance_app.training.form_files import Forms
from guidance_app.ui import theme
from guidance_app.ui.intents import Intents
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.line_list import LineList
from guidance_app.ui.rating_desk import RatingDesk
from guidance_app.ui.rating_page import NARROWEST, WIDEST, RatingPage
from guidance_app.ui.touch_button import TouchButton

OPERATOR, PATIENT, OTHER = "OP-SECRET", "case-1", "TR-2"
FORM = house_form("c9")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ALL_YES = "Y" * 10 + "4" * 10


class Rated:
    """The panel beside an empty picture, at a session that somebody else has rated already."""

    def __init__(self, qtbot: QtBot, folder: Path, size: QSize) -> None:
        self.session = session_of(folder, OPERATOR)
        rate(self.session, FORM, OTHER, given(7, 23))
        self.around = QWidget()
        qtbot.addWidget(self.around)
        intents = Intents()
        self.page = RatingPage(intents)
        row = QHBoxLayout(self.around)
        row.addWidget(QWidget(), 1)
        row.addWidget(self.page)
        self.page.setFixedWidth(NARROWEST if size.width() < 1900 else WIDEST)
        self.around.resize(size)
        sizes = theme.sizes_for(size, theme.UNKNOWN_SCREEN_DPI)
        self.around.setStyleSheet(theme.style_sheet(sizes))
        self.page.apply(sizes)
        self.desk = RatingDesk(self.page, intents, lambda: NOW)
        self.desk.open(self.session, Forms((FORM,)), ("TR-1", "TR-3"))
        self.around.show()
        qtbot.waitExposed(self.around)
        self.around.activateWindow()
        self.page.take_keyboard()

    def name(self, code: str) -> None:
        field = self.page.rater.lineEdit()
        assert field is not None
        field.setFocus()
        field.setText(code)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.page.take_keyboard()

    def press(self, keys: str) -> None:
        for key in keys:
            QTest.keyClicks(self.page.rows, key)

    def save(self) -> None:
        QTest.keyClick(self.page.rows, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def texts(self) -> str:
        """Everything that the panel shows or tells, tooltips and names for a reader too."""
        found: list[str] = []
        for widget in [self.page, *self.page.findChildren(QWidget)]:
            found += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
            found += [widget.windowTitle(), widget.statusTip(), widget.whatsThis()]
            if isinstance(widget, FittedText):
                found.append(widget.text)
            elif isinstance(widget, TouchButton):
                found.append(widget.text())
            elif isinstance(widget, QLineEdit):
                found += [widget.text(), widget.placeholderText()]
            elif isinstance(widget, QComboBox):
                found += [widget.itemText(n) for n in range(widget.count())]
            elif isinstance(widget, QTableWidget):
                found += table_texts(widget)
            elif isinstance(widget, LineList):
                found += [widget.item(n).text() for n in range(widget.count())]
        return "\n".join(found)

    def secrets(self) -> tuple[str, ...]:
        (entry,) = list_sessions(self.session.parent)
        when = session_row(entry).when
        return (OPERATOR, PATIENT, OTHER, when, when.split(",")[0], self.session.name, "7 of 10")


def table_texts(table: QTableWidget) -> list[str]:
    places = [(r, c) for r in range(table.rowCount()) for c in range(table.columnCount())]
    items = [item for place in places if (item := table.item(*place)) is not None]
    return [text for item in items for text in (item.text(), item.toolTip())]


@pytest.fixture
def rated(qtbot: QtBot, tmp_path: Path) -> Iterator[Rated]:
    yield Rated(qtbot, tmp_path, QSize(1920, 1080))


def test_a_session_is_rated_by_keys_alone(rated: Rated) -> None:
    rated.press("Y" * 9 + "N" + "5" * 9 + "X")
    rated.name("TR-1")
    rated.save()
    own = {one.rater: one for one in read_review(rated.session).ratings}["TR-1"]
    assert own.given == {**given(9, 50), "s9": -1}
    assert (own.blinded, own.made_utc) == (True, NOW.isoformat())
    assert (own.form, own.form_digest) == ("house", FORM.digest)
    assert "Kept as the rating of TR-1, blinded." in rated.page.message.text


def test_while_blinded_no_text_of_the_panel_tells_whose_it_is(rated: Rated) -> None:
    rated.press(ALL_YES)
    assert [one for one in rated.secrets() if one in rated.texts()] == []
    rated.name("TR-1")
    rated.save()
    assert [one for one in rated.secrets() if one in rated.texts()] == []
    assert rated.desk.blinded
    rated.press("B")
    told = rated.texts()
    assert not rated.desk.blinded
    assert all(one in told for one in (OPERATOR, PATIENT, OTHER, "7 of 10 done, scale 2.3"))


def test_a_rating_after_the_blind_was_lifted_does_not_count_as_blinded(rated: Rated) -> None:
    rated.press("B")
    assert OPERATOR in rated.texts() and OTHER not in rated.texts()
    assert "1 rating of others: shown once yours is saved" in rated.texts()
    rated.press(ALL_YES)
    rated.name("TR-1")
    assert OTHER not in rated.texts()
    rated.save()
    assert OTHER in rated.texts()
    own = {one.rater: one for one in read_review(rated.session).ratings}["TR-1"]
    assert not own.blinded


def test_whoever_had_rated_before_sees_that_and_does_not_count_as_blinded(rated: Rated) -> None:
    rated.name(OTHER)
    assert "7 of 10" in rated.page.score[0].text and not rated.page.save.isEnabled()
    rated.press("5")  # of the first item that was in hand: none, it takes Y or N
    rated.press("N")
    rated.save()
    (own,) = read_review(rated.session).ratings
    assert own.given == given(7, 23) | {"c0": 0} and not own.blinded


def test_a_missed_critical_item_fails_beside_the_score(rated: Rated) -> None:
    rated.press("Y" * 9 + "N" + "5" * 10)
    assert "Checklist 9 of 10" in rated.page.score[0].text
    assert rated.page.score[1].text == "FAIL: critical item missed: Item c9"


def test_an_open_form_is_not_kept_and_what_is_typed_is_no_answer(rated: Rated) -> None:
    rated.page.remark.setFocus()
    QTest.keyClicks(rated.page.remark, "Yes, 5 by")
    rated.page.take_keyboard()
    assert rated.page.remark.text() == "Yes, 5 by" and rated.desk.blinded
    rated.save()
    assert "0 of 0" in rated.page.score[0].text
    assert [one.rater for one in read_review(rated.session).ratings] == [OTHER]
    rated.press(ALL_YES)
    for code, words in (("x" * 50, "40 characters"), ("TR\u202e1", "turns the direction")):
        rated.name(code)
        assert words in rated.page.message.text and not rated.page.save.isEnabled()
    rated.name("TR-1")
    rated.save()
    assert read_review(rated.session).ratings[-1].remark == "Yes, 5 by"


def test_arrows_go_back_to_an_item_and_its_answer_is_changed(rated: Rated) -> None:
    rated.press("YY")
    QTest.keyClick(rated.page.rows, Qt.Key.Key_Up)
    assert "Item c1" in rated.page.question.text and rated.page.answers[0].isChecked()
    rated.press("N")
    assert "Item c2" in rated.page.question.text
    assert "1 of 2" in rated.page.score[0].text


def test_a_review_that_cannot_be_written_is_told(rated: Rated, tmp_path: Path) -> None:
    (rated.session / REVIEW_NAME).unlink()
    (rated.session / REVIEW_NAME).symlink_to(tmp_path / "elsewhere")
    rated.press(ALL_YES)
    rated.name("TR-1")
    rated.save()
    assert "could not be written" in rated.page.message.text
    assert rated.page.save.isEnabled() and not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("size", [QSize(1280, 720), QSize(1920, 1080)], ids=["720p", "1080p"])
def test_every_word_has_room_and_every_answer_is_large(
    qtbot: QtBot, tmp_path: Path, size: QSize
) -> None:
    rated = Rated(qtbot, tmp_path, size)
    rated.press("Y" * 9 + "N" + "5")
    rated.press("B")
    rated.name("TR-1")
    sizes = theme.sizes_for(size, theme.UNKNOWN_SCREEN_DPI)
    shown = [one for one in rated.page.findChildren(FittedText) if one.isVisible()]
    assert [one.text for one in shown if not one.is_whole()] == []
    buttons = [one for one in rated.page.findChildren(TouchButton) if one.isVisible()]
    assert len(buttons) == 8
    assert all(min(one.width(), one.height()) >= 0.85 * sizes.touch for one in buttons)
    assert [one.text() for one in buttons if not one.is_whole()] == []
