"""What an item asks to be noted is touched or typed beside the picture, and judged at once."""

from dataclasses import replace
from datetime import date

import pytest
from gui_records import (
    DAP,
    FIELDS,
    GIVEN,
    LEFT_AT,
    LOT,
    MODE,
    SIDE,
    WORN,
    checklist,
    item_row,
    live_view,
    noting_row,
)
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.api.samples import VideoFrame
from guidance_app.domain.evidence import Evidence, EvidenceField
from guidance_app.presentation.view import ChecklistRow, Tone
from guidance_app.ui.checklist_panel import ChecklistPanel
from guidance_app.ui.evidence_inputs import ChoiceButtons, EvidenceInput, TypedValue
from guidance_app.ui.intents import Intents
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.touch_button import TouchButton

KEY = Qt.Key
NEXT_ITEM = item_row(9)


@pytest.fixture
def panel(large_window: MainWindow) -> ChecklistPanel:
    large_window.show_live()
    return large_window.live.checklist


@pytest.fixture
def intents(large_window: MainWindow) -> Intents:
    return large_window.intents


def show(panel: ChecklistPanel, *rows: ChecklistRow) -> None:
    panel.render_view(checklist(*rows))
    QTest.qWait(0)


def field_of(panel: ChecklistPanel, field: EvidenceField) -> EvidenceInput:
    return next(one for one in panel.evidence.inputs if one.field == field)


def type_into(panel: ChecklistPanel, field: EvidenceField, text: str) -> None:
    entry = field_of(panel, field).entry
    assert isinstance(entry, TypedValue)
    entry.line.clear()
    QTest.keyClicks(entry.line, text)


def press(panel: ChecklistPanel, field: EvidenceField, word: str) -> None:
    buttons: dict[str, TouchButton] = {b.text(): b for b in field_of(panel, field).entry.buttons}
    buttons[word].click()


def test_next_asks_for_what_is_missing_and_then_marks_the_item_with_it(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    show(panel, noting_row(1, MODE, DAP), NEXT_ITEM)
    with qtbot.assertNotEmitted(intents.item_done):
        panel.next.click()
        assert panel.evidence.isVisible()
        press(panel, MODE, "oral")
        panel.next.click()
    assert panel.evidence.title.text == "Dose-area product so far is asked for."
    type_into(panel, DAP, "12,5")
    with qtbot.waitSignal(intents.item_done) as done:
        QTest.keyClick(panel, KEY.Key_Space)
    noted = (Evidence("mode", "oral"), Evidence("dap", "12.5"))
    assert done.args == ["K-1", "", noted]


def test_a_wrong_value_is_told_while_it_is_typed(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    show(panel, noting_row(1, DAP))
    panel.noting.click()
    type_into(panel, DAP, "9000")
    title = panel.evidence.title
    assert title.text == "Dose-area product so far: type a number from 0 to 5000 Gy cm²."
    assert title._shown.tone is Tone.CAUTION
    with qtbot.assertNotEmitted(intents.item_done):
        panel.next.click()
    type_into(panel, DAP, "900")
    assert title.text == "K-1  Record procedure, side, drug, volume, passes"


def test_numbers_are_stepped_days_and_times_filled_and_presses_taken_back(
    panel: ChecklistPanel,
) -> None:
    show(panel, noting_row(1, *FIELDS))
    panel.noting.click()
    for word in ("Plus", "Plus", "Plus", "Minus"):
        press(panel, DAP, word)
    press(panel, SIDE, "left")
    press(panel, SIDE, "both sides")
    press(panel, MODE, "oral")
    press(panel, MODE, "oral")
    press(panel, WORN, "Radiographer wears both · required")
    press(panel, GIVEN, "Today")
    press(panel, LEFT_AT, "Now")
    noted = {one.field: one.value for one in panel.evidence.evidence()}
    assert (noted["dap"], noted["side"], noted["worn"]) == ("0.5", "both sides", "yes")
    assert date.fromisoformat(noted["given"]) <= date.today()
    assert len(noted["left"]) == 5
    assert "mode" not in noted
    assert panel.evidence.refusal() == "Consent is asked for."


def test_an_item_without_a_required_field_is_done_with_one_press(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    show(panel, noting_row(1, SIDE, GIVEN))
    with qtbot.waitSignal(intents.item_done) as done:
        panel.next.click()
    assert done.args == ["K-1", "", ()]


def test_enter_leaves_a_line_and_escape_empties_it(panel: ChecklistPanel) -> None:
    show(panel, noting_row(1, LOT))
    QTest.keyClick(panel, KEY.Key_V)
    type_into(panel, LOT, "a17 x s v")
    entry = field_of(panel, LOT).entry
    assert isinstance(entry, TypedValue)
    QTest.keyClick(entry.line, KEY.Key_Return)
    assert panel.next.hasFocus()
    assert panel.evidence.evidence() == (Evidence("lot", "a17 x s v"),)
    QTest.keyClick(entry.line, KEY.Key_Escape)
    assert panel.evidence.evidence() == ()


def test_the_draft_stays_with_its_item_and_goes_with_another(panel: ChecklistPanel) -> None:
    show(panel, noting_row(1, LOT), noting_row(2, LOT))
    panel.noting.click()
    type_into(panel, LOT, "A17")
    panel.render_view(replace(checklist(noting_row(1, LOT), noting_row(2, LOT)), person="AS-1"))
    assert panel.evidence.isVisible()
    assert panel.evidence.evidence() == (Evidence("lot", "A17"),)
    show(panel, item_row(1, mark="done"), noting_row(2, LOT))
    assert not panel.evidence.isVisible()
    assert panel.evidence.evidence() == ()


def test_a_page_ticks_what_it_can_and_opens_the_sheet_of_what_misses_a_value(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    rows = (item_row(1), noting_row(2, LOT), item_row(3))
    panel.render_view(replace(checklist(*rows), signs=True))
    assert panel.page.text() == "Page done"
    with qtbot.waitSignal(intents.page_done) as done:
        panel.page.click()
    assert done.args == [(("K-1", ()), ("K-3", ())), False]
    assert panel.evidence.isVisible()
    assert panel.evidence.title.text.startswith("K-2")
    marked = (item_row(1, mark="done"), rows[1], item_row(3, mark="done"))
    panel.render_view(replace(checklist(*marked), signs=True))
    assert panel.evidence.isVisible()
    with qtbot.assertNotEmitted(intents.page_done):
        panel.page.click()
    assert panel.evidence.title.text == "Lot number is asked for."
    type_into(panel, LOT, "A17")
    assert panel.page.text() == "Done, sign"
    with qtbot.waitSignal(intents.page_done) as done:
        panel.page.click()
    assert done.args == [(("K-2", (Evidence("lot", "A17"),)),), True]


def test_a_reopened_item_shows_its_values_before_it_is_done_again(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    noted = (Evidence("lot", "A17"),)
    show(panel, replace(noting_row(1, LOT), noted=noted))
    with qtbot.assertNotEmitted(intents.item_done):
        panel.next.click()
    assert panel.evidence.isVisible()
    with qtbot.waitSignal(intents.item_done) as done:
        panel.next.click()
    assert done.args == ["K-1", "", noted]


def test_the_two_sheets_and_the_rows_take_the_same_place(panel: ChecklistPanel) -> None:
    show(panel, noting_row(1, *FIELDS))
    place = panel.rows[0].parentWidget().geometry()  # type: ignore[union-attr]
    panel.noting.click()
    assert panel.evidence.geometry() == place
    panel.source.click()
    assert not panel.noting.isChecked()
    assert panel.sheet.geometry() == place
    panel.source.click()
    assert panel.rows[0].isVisible()


def test_only_an_open_item_with_fields_has_a_sheet(panel: ChecklistPanel) -> None:
    show(panel, item_row(1))
    assert not panel.noting.isEnabled()
    show(panel, noting_row(1, LOT))
    assert panel.noting.isEnabled()
    panel.render_view(replace(checklist(noting_row(1, LOT)), closed=True))
    assert not panel.noting.isEnabled()


def test_every_input_keeps_the_height_of_a_touch_target_and_its_words(
    window: MainWindow, speckle: VideoFrame
) -> None:
    window.show_live()
    shown = replace(live_view(), checklist=checklist(noting_row(1, *FIELDS), NEXT_ITEM))
    window.render_view(shown, speckle)
    panel, touch = window.live.checklist, window.live.guidance.button.height()
    panel.noting.click()
    QTest.qWait(0)
    seen: set[str] = set()
    while len(seen) < len(FIELDS):
        on_page = [one for one in panel.evidence.inputs if one.isVisible()]
        assert on_page and seen.isdisjoint(one.field.id for one in on_page)
        for one in on_page:
            check_input(one, touch)
            assert panel.evidence.rect().contains(one.geometry())
        seen |= {one.field.id for one in on_page}
        panel.forth.click()
        QTest.qWait(0)


def check_input(one: EvidenceInput, touch: int) -> None:
    assert one.label.is_whole()
    for button in one.entry.buttons:
        assert button.is_whole(), button.text()
        assert button.height() >= touch - 1, button.text()
        assert button.width() >= touch - 1, button.text()
    if isinstance(one.entry, TypedValue):
        assert one.entry.line.height() >= touch
    else:
        assert isinstance(one.entry, ChoiceButtons)
