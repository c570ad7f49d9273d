"""An injection is marked and a record closed, on the real application; then the run has ended."""

from dataclasses import replace
from pathlib import Path

from desk import Desk
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from drivers.api.clock import ManualClock
from guidance_app.domain.checklist import ChecklistTemplate, Phase
from guidance_app.domain.commands import ItemMarked, MomentKind, MomentMarked, RecordClosed
from guidance_app.domain.evidence import EvidenceField, EvidenceKind
from guidance_app.domain.snapshot import GuidanceMode
from guidance_app.session.manifest import read_manifest
from guidance_app.session.reader import SessionReader
from guidance_app.session.verify import verify
from guidance_app.ui.actions import Action
from guidance_app.ui.checklist_hand import CLOSE_AGAIN
from guidance_app.ui.second_press import NOT_AFTER_NS, NOT_BEFORE_NS, SecondPress

TARGET, ENTRY = (371.0, 213.0), (12.0, 9.0)
RECORDED = "K-44"
VOLUME = EvidenceField("volume", "Volume", EvidenceKind.NUMBER, "ml", 0, 500, required=True)


def asks_for_volume(template: ChecklistTemplate) -> ChecklistTemplate:
    """With the volume as the one thing that the record of the procedure asks for."""
    items = (
        replace(item, fields=(VOLUME,)) if item.id == RECORDED else item for item in template.items
    )
    return replace(template, items=tuple(items))


def guide(desk: Desk) -> None:
    """Alone, until guidance is on."""
    desk.open("sim:knee")
    desk.start_procedure()
    desk.place(TARGET, ENTRY)
    desk.tick(Phase.PRE, Phase.TIME_OUT)
    desk.guide()


def close(desk: Desk, closed: list[Path]) -> None:
    """Press until it is done."""

    def is_done() -> bool:
        desk.intents.closing_asked.emit()
        return bool(closed)

    desk.wait(is_done)


def closed_sessions(desk: Desk) -> list[Path]:
    """Grows when a record has been closed."""
    closed: list[Path] = []
    desk.application.record_closed.connect(closed.append)
    return closed


def test_an_injection_is_marked_once_what_comes_before_it_is_settled_and_twice_if_pressed_twice(
    desk: Desk,
) -> None:
    desk.open("sim:knee")
    switch = desk.window.live.guidance
    desk.wait(lambda: desk.window.strip.state.text == "LIVE")
    assert not switch.injection.isVisible()
    guide(desk)
    desk.wait(lambda: "Injection: not before K-39" in switch.reason.text)
    assert not switch.injection.isEnabled()
    desk.intents.injection_pressed.emit()
    desk.wait(lambda: "Not before K-39" in desk.window.line.message.text)
    desk.intents.tip_marked.emit((300.0, 170.0))
    desk.wait(switch.injection.isEnabled)
    assert switch.reason.text == "Guidance is on."
    switch.injection.click()
    QTest.keyClick(desk.window, Qt.Key.Key_J)
    desk.wait(lambda: desk.window.line.message.text == "Marked: injection begins.")
    session = desk.application.session
    desk.close()
    assert session is not None
    with SessionReader(session) as reader:
        marks = [o for o in reader.commands if isinstance(o.command, MomentMarked)]
    assert [o.refusal is None for o in marks] == [False, True, True]
    assert {o.command.kind for o in marks} == {MomentKind.INJECTION}


def test_a_closed_record_ends_the_run_and_leads_back_to_the_start(desk: Desk) -> None:
    closed = closed_sessions(desk)
    guide(desk)
    controller, panel = desk.application.controller, desk.window.live.checklist
    assert controller is not None
    desk.tick(Phase.INTRA, Phase.POST)
    controller.show_phase(Phase.POST)
    assert panel.next.text() == "Close record"
    panel.next.click()
    desk.wait(lambda: desk.window.line.message.text == CLOSE_AGAIN)
    close(desk, closed)
    assert desk.window.start.isVisible()
    assert desk.application.controller is None
    assert desk.window.line.message.text.startswith("The record is closed. ")
    said = desk.window.start.recent.text()
    assert said.startswith("Last: Knee injection") and said.endswith(", closed")
    assert " R, today " in said
    assert closed == [desk.application.session]
    check_closed(closed[0])
    desk.wait(lambda: "Report: " in desk.window.line.message.text)
    report = closed[0].with_name(f"{closed[0].stem}-report.html")
    assert "Record closed by OP-1 (operator)" in report.read_text(encoding="utf-8")
    assert report.with_suffix(".pdf").exists() and desk.shown_files == []
    assert desk.failures == []


def check_closed(session: Path) -> None:
    """Sealed, closed by the operator, with nothing that could be marked after it."""
    manifest = read_manifest(session)
    assert manifest.sealed is not None
    with SessionReader(session) as reader:
        commands = [outcome.command for outcome in reader.commands]
        last = next(iter(reversed(list(reader.snapshots()))))
    (closing,) = [command for command in commands if isinstance(command, RecordClosed)]
    assert closing.person.code == "OP-1"
    assert manifest.record_closed_utc == closing.time_utc
    assert last.guidance.mode not in (GuidanceMode.ON, GuidanceMode.HIDDEN)
    assert verify(session)["ok"]


def test_a_record_that_is_not_complete_stays_open_and_says_what_is_missing(desk: Desk) -> None:
    closed = closed_sessions(desk)
    desk.open("sim:knee")
    desk.start_procedure()
    desk.intents.emergency_declared.emit("collapse")
    desk.wait(lambda: desk.checklist and desk.checklist.emergency)
    desk.intents.closing_asked.emit()
    desk.wait(lambda: "The record stays open" in desk.window.line.message.text)
    assert "K-44" in desk.window.line.message.text
    desk.tick(Phase.POST)
    close(desk, closed)


def test_who_quits_with_an_open_record_is_told_so_first(desk: Desk) -> None:
    desk.open("sim:knee")
    desk.start_procedure()
    live = desk.window.live
    desk.wait(lambda: live.desk.open_record)
    live.tools.buttons[Action.QUIT].click()
    told = desk.window.line.message.text
    assert told.startswith("The record stays open: ")
    assert "next K-01" in told
    assert told.endswith("Press Quit again to leave it open, Escape to stay.")
    live.tools.buttons[Action.QUIT].click()
    desk.wait(desk.window.start.isVisible)
    assert desk.window.start.recent.text().endswith(", record open")


def test_a_record_that_is_closed_as_the_window_closes_is_sealed_and_told(desk: Desk) -> None:
    closed = closed_sessions(desk)
    desk.open("sim:knee")
    desk.start_procedure()
    desk.intents.emergency_declared.emit("collapse")
    desk.tick(Phase.POST)
    controller = desk.application.controller
    assert controller is not None
    controller.answered.connect(
        lambda outcome: isinstance(outcome.command, RecordClosed) and desk.application.stop_run()
    )
    close(desk, closed)
    manifest = read_manifest(closed[0])
    assert manifest.sealed is not None
    assert manifest.record_closed_utc


def test_evidence_is_in_the_recording_and_in_the_signed_checklist(desk: Desk) -> None:
    desk.change_template = asks_for_volume
    desk.open("sim:knee")
    desk.start_procedure()
    controller, panel = desk.application.controller, desk.window.live.checklist
    assert controller is not None
    controller.show_phase(Phase.POST)
    panel.next.click()
    assert panel.evidence.isVisible()
    (one,) = panel.evidence.inputs
    one.entry.buttons[1].click()
    one.entry.buttons[1].click()
    panel.next.click()
    desk.wait(lambda: desk.checklist and desk.checklist.status(RECORDED))
    assert panel.rows[0].row is not None
    assert panel.rows[0].row.note.startswith("0.5 ml\n")
    session = desk.application.session
    desk.close()
    assert session is not None
    with SessionReader(session) as reader:
        marks = [o.command.entry for o in reader.commands if isinstance(o.command, ItemMarked)]
    (noted,) = [entry.evidence for entry in marks if entry.item == RECORDED]
    assert [(e.field, e.value) for e in noted] == [("volume", "0.5")]


def test_a_bounce_is_no_second_press_and_neither_is_one_long_after() -> None:
    clock = ManualClock()
    press = SecondPress(clock)
    assert not press.is_one()
    clock.advance(NOT_BEFORE_NS - 1)
    assert not press.is_one()
    clock.advance(1)
    assert press.is_one()
    assert not press.is_one()
    clock.advance(NOT_AFTER_NS + 1)
    assert not press.is_one()
    clock.advance(NOT_BEFORE_NS)
    assert press.is_one()
