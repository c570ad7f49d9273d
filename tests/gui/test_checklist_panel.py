from dataclasses import replace

import pytest
from gui_records import checklist, item_row
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from guidance_app.presentation.view import ChecklistRow, Signing
from guidance_app.ui.checklist_panel import ChecklistPanel
from guidance_app.ui.intents import Intents

KEY = Qt.Key
HARD = item_row(1)
SOFT = item_row(2, "reason to skip")
ADVISORY = item_row(3, "advisory")
DONE = item_row(4, mark="done")


@pytest.fixture
def intents() -> Intents:
    return Intents()


@pytest.fixture
def panel(qtbot: QtBot, intents: Intents) -> ChecklistPanel:
    panel = ChecklistPanel(intents)
    qtbot.addWidget(panel)
    panel.resize(500, 560)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    return panel


@pytest.mark.parametrize("row", [HARD, SOFT, ADVISORY])
def test_next_ticks_the_current_item_with_its_note(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot, row: ChecklistRow
) -> None:
    panel.render_view(checklist(DONE, row))
    panel.note.setText("lot 17 ")
    with qtbot.waitSignal(intents.item_done) as done:
        QTest.keyClick(panel, KEY.Key_Space)
    assert done.args == [row.item, "lot 17", ()]


def test_a_reason_typed_never_ticks_an_item(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(SOFT))
    panel.note.setFocus()
    with qtbot.assertNotEmitted(intents.item_done):
        QTest.keyClicks(panel.note, "not sided, x s w")
        QTest.keyClick(panel.note, KEY.Key_Return)
    with qtbot.waitSignal(intents.item_overridden) as overridden:
        QTest.keyClick(panel.focusWidget(), KEY.Key_X)
    assert overridden.args == [SOFT.item, "not sided, x s w"]


def test_going_on_without_a_reason_asks_for_it(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(SOFT))
    panel.note.setText("   ")
    with qtbot.assertNotEmitted(intents.item_overridden):
        panel.skip.click()
    assert panel.note.hasFocus()


def test_required_items_cannot_be_skipped_and_advisory_ones_can(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(HARD))
    assert not panel.skip.isEnabled()
    panel.render_view(checklist(ADVISORY))
    with qtbot.waitSignal(intents.item_skipped) as skipped:
        panel.skip.click()
    assert skipped.args == [ADVISORY.item]


def test_a_marked_row_can_be_pressed_and_reopened(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(DONE, HARD))
    panel.rows[0].click()
    assert panel.skip.text() == "Reopen"
    assert not panel.next.isEnabled()
    with qtbot.waitSignal(intents.item_reopened) as reopened:
        panel.skip.click()
    assert reopened.args == [DONE.item]


def test_a_note_stays_after_a_refusal_and_goes_with_its_item(panel: ChecklistPanel) -> None:
    view = checklist(HARD, SOFT)
    panel.render_view(view)
    panel.note.setText("lot 17")
    panel.next.click()
    panel.render_view(replace(view, person="AS-02 · assistant"))
    assert panel.note.text() == "lot 17"
    panel.render_view(checklist(item_row(1, mark="done"), SOFT))
    assert panel.note.text() == ""


def test_pages_turn_and_then_phases(panel: ChecklistPanel, intents: Intents, qtbot: QtBot) -> None:
    rows = [item_row(number) for number in range(1, 8)]
    panel.render_view(checklist(*rows))
    panel.forth.click()
    assert [row.row.item for row in panel.rows if row.row] == [f"K-{n}" for n in range(3, 8)]
    with qtbot.waitSignal(intents.phase_stepped) as stepped:
        panel.forth.click()
    assert stepped.args == [1]
    panel.render_view(checklist(*rows[:3]))
    assert len([row for row in panel.rows if row.row]) == 3


def test_the_source_is_one_touch_away(panel: ChecklistPanel) -> None:
    panel.render_view(checklist(HARD))
    assert not panel.sheet.isVisible()
    QTest.keyClick(panel, KEY.Key_S)
    assert panel.sheet.isVisible()
    read = panel.sheet.text.text
    while (words := panel.sheet.page_words) and panel.forth.click() is None:
        if panel.sheet.page_words == words:
            break
        assert panel.sheet.text.is_whole()
        read += f"\n{panel.sheet.text.text}"
    assert read.splitlines() == list(HARD.explanation)


def test_without_a_checklist_no_key_of_it_works(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(HARD))
    panel.render_view(None)
    with qtbot.assertNotEmitted(intents.person_switched):
        QTest.keyClick(panel, KEY.Key_W)


def test_a_page_is_done_with_one_press_and_only_what_may_be_ticked_is(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    others = replace(item_row(5), mine=False)
    panel.render_view(checklist(DONE, HARD, others, ADVISORY))
    with qtbot.waitSignal(intents.page_done) as done:
        QTest.keyClick(panel, KEY.Key_A)
    assert done.args == [((HARD.item, ()), (ADVISORY.item, ())), False]
    panel.render_view(checklist(DONE, others))
    assert not panel.page.isEnabled()


def test_the_page_that_leaves_nothing_open_is_signed_with_the_same_press(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    rows = [item_row(number) for number in range(1, 8)]
    panel.render_view(replace(checklist(*rows), signs=True))
    assert panel.page.text() == "Page done"
    with qtbot.waitSignal(intents.page_done) as done:
        panel.page.click()
    assert done.args == [tuple((row.item, ()) for row in rows[:5]), False]
    rows[:5] = [replace(row, mark="done") for row in rows[:5]]
    panel.render_view(replace(checklist(*rows), signs=True))
    assert panel.page.text() == "Done, sign"
    with qtbot.waitSignal(intents.page_done) as done:
        panel.page.click()
    assert done.args == [((rows[5].item, ()), (rows[6].item, ())), True]


@pytest.mark.parametrize(
    ("signing", "word", "signal"),
    [
        (Signing.OWN, "Sign", "phase_signed"),
        (Signing.OTHER, "Hand over", "person_switched"),
        (Signing.DONE, "Go on", "phase_stepped"),
        (Signing.ABSENT, "Go on", "phase_stepped"),
        (Signing.CLOSING, "Close record", "closing_asked"),
    ],
)
def test_a_phase_whose_items_are_marked_says_what_it_waits_for(
    panel: ChecklistPanel,
    intents: Intents,
    qtbot: QtBot,
    signing: Signing,
    word: str,
    signal: str,
) -> None:
    panel.render_view(replace(checklist(DONE), signing=signing))
    assert panel.next.text() == word
    with qtbot.waitSignal(getattr(intents, signal)):
        panel.next.click()


def test_what_does_not_apply_is_left_out_with_the_reason_alone(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(HARD))
    assert not panel.never.isEnabled()
    panel.render_view(checklist(replace(SOFT, may_not_apply=True)))
    with qtbot.assertNotEmitted(intents.item_left_out):
        panel.never.click()
    assert panel.note.hasFocus()
    panel.note.setText("not sided")
    with qtbot.waitSignal(intents.item_left_out) as left_out:
        panel.never.click()
    assert left_out.args == [SOFT.item, "not sided"]


def test_an_emergency_takes_a_reason_and_then_stands_in_the_heading(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(HARD))
    with qtbot.assertNotEmitted(intents.emergency_declared):
        panel.declare_emergency()
    assert panel.note.hasFocus()
    QTest.keyClicks(panel.note, "collapse")
    with qtbot.waitSignal(intents.emergency_declared) as declared:
        QTest.keyClick(panel.note, Qt.Key.Key_Return)
    assert declared.args == ["collapse"]
    assert not panel.note.hasFocus()
    panel.render_view(replace(checklist(HARD), emergency="OP-01: collapse"))
    assert panel.heading.text.startswith("EMERGENCY")


def test_what_the_program_looks_for_is_not_ticked_with_the_page(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    panel.render_view(checklist(HARD, replace(SOFT, alone=True)))
    with qtbot.waitSignal(intents.page_done) as done:
        panel.page.click()
    assert done.args == [((HARD.item, ()),), False]


def test_an_item_that_is_taken_back_stays_the_chosen_one(
    panel: ChecklistPanel, intents: Intents, qtbot: QtBot
) -> None:
    done = replace(SOFT, mark="done")
    panel.render_view(replace(checklist(HARD, done), current=HARD.item))
    panel.rows[1].click()
    with qtbot.waitSignal(intents.item_reopened):
        panel.skip.click()
    panel.render_view(replace(checklist(HARD, SOFT), current=HARD.item))
    with qtbot.waitSignal(intents.item_done) as marked:
        panel.next.click()
    assert marked.args[0] == SOFT.item


def test_rows_that_setting_up_has_settled_at_the_top_cost_no_press(panel: ChecklistPanel) -> None:
    rows = [item_row(number) for number in range(1, 20)]
    rows[:4] = [replace(row, mark="done") for row in rows[:4]]
    panel.render_view(checklist(*rows))
    assert [row.row.item for row in panel.rows if row.row] == [f"K-{n}" for n in range(5, 10)]
    assert "page 2/4" in panel.heading.text
    panel.back.click()
    assert [row.row.item for row in panel.rows if row.row] == [f"K-{n}" for n in range(1, 6)]
