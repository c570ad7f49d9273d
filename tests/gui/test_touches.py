"""How often the screen is touched before guidance may be switched on, on the real screens."""

from collections import Counter
from datetime import date

from desk import PIN, PROCEDURE, RECORDS, Desk
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from guidance_app.domain.competence import Certificate, Course, LogCount, StaffRecord, StaffRole
from guidance_app.domain.signature import Signature
from guidance_app.records.database import Records
from guidance_app.records.staff import StaffMember
from guidance_app.ui.actions import Action

SKILLED = StaffRecord(
    "OP-1",
    frozenset({StaffRole.OPERATOR}),
    (Certificate("EFSUMB", 2, "us", date(2024, 1, 1)),),
    (Course("us", date(2025, 1, 1)),),
    (LogCount("knee", 10, 0),),
)
HELPER = StaffRecord("AS-1", frozenset({StaffRole.ASSISTANT}))


def register(desk: Desk, *staff: StaffRecord) -> None:
    """Known to the set-up page and to the records."""
    desk.staff = {person.code: person for person in staff}
    records = Records.open(desk.folder / RECORDS)
    for person in staff:
        records.add_person(StaffMember(person.code, person.code))
        records.set_roles(person.code, sorted(person.roles))
    records.close()


def test_a_competent_operator_needs_no_more_than_twelve_touches_before_guidance(
    desk: Desk,
) -> None:
    register(desk, SKILLED)
    assert touches_before_guidance(desk, assistant="") == {"OP-1": 12}
    assert desk.marked_by("K-01") == desk.marked_by("K-02") == "device"


def test_with_an_assistant_each_ticks_and_signs_and_hands_over(desk: Desk) -> None:
    """Nobody presses for somebody else, so that the screen is handed over four times."""
    register(desk, SKILLED, HELPER)
    touches = touches_before_guidance(desk, assistant="AS-1")
    assert touches == {"OP-1": 15, "AS-1": 6}


def test_where_nobody_is_registered_one_page_more_is_ticked_by_hand(desk: Desk) -> None:
    assert touches_before_guidance(desk, assistant="") == {"OP-1": 13}
    assert desk.marked_by("K-01") == desk.marked_by("K-02") == "OP-1"


def touches_before_guidance(desk: Desk, assistant: str) -> Counter[str]:
    """How often each touches the screen for a knee injection until guidance may be switched on.

    Without what is typed: codes, the pseudonym and PINs.
    """
    desk.application.open_source("sim:knee", True)
    setup = desk.window.setup
    desk.wait(setup.isVisible)
    setup.patient.setText("P-17")
    setup.operator.setText("OP-1")
    setup.assistant.setText(assistant)
    injection = setup.choice.buttons[0]
    alone = [] if assistant else [setup.alone]
    touched = (setup.body.spots["knee", "right"], injection, *alone, setup.start)
    for button in touched:
        button.click()
    touches = Counter({"OP-1": len(touched)})
    desk.wait(lambda: desk.checklist is not None and desk.window.live.checklist.heading.text)
    desk.wait(lambda: not desk.window.live.guidance.button.isEnabled())
    while not desk.window.live.guidance.button.isEnabled():
        assert desk.application.controller is not None
        touches[desk.application.controller.hand.person.code] += 1
        touch_once(desk)
    assert desk.checklist is not None
    assert desk.checklist.template.procedure == PROCEDURE
    return touches


def touch_once(desk: Desk) -> None:
    """The point that is waited for, the page while it has something to tick, or the next step."""
    live = desk.window.live
    panel = live.checklist
    desk.wait(lambda: live.desk.awaited or panel.page.isEnabled() or panel.next.text() != "Next")
    if live.desk.awaited is not None:
        place_awaited(desk, live.desk.awaited.action)
        return
    button = panel.page if panel.page.isEnabled() else panel.next
    rows = [row.row for row in panel.rows if row.row] if button is panel.page else []
    ticked = [row.item for row in rows if row.mark == "open" and row.mine and not row.alone]
    signs, signed = "ign" in button.text(), len(signatures(desk))
    before = (panel.heading.text, panel.person.text())
    button.click()
    if signs and desk.staff:
        desk.wait(desk.window.line.field.isVisible)
        desk.intents.pin_given.emit(PIN)
    desk.wait(lambda: (panel.heading.text, panel.person.text()) != before)
    desk.wait(lambda: desk.checklist and all(map(desk.checklist.status, ticked)))
    desk.wait(lambda: not signs or len(signatures(desk)) > signed)


POINTS = {Action.TARGET: (371.0, 213.0), Action.ENTRY: (12.0, 9.0)}


def place_awaited(desk: Desk, point: Action) -> None:
    """Press the picture there; the plan is complete once it is in the recording."""
    live = desk.window.live
    place = live.image.placement()
    assert place is not None
    at = place.to_view(POINTS[point]).toPoint()
    QTest.mouseClick(live.image, Qt.MouseButton.LeftButton, pos=at)
    desk.wait(lambda: live.desk.awaited is None or live.desk.awaited.action is not point)
    desk.wait(lambda: point is Action.TARGET or desk.marked_by("K-30") == "device")


def signatures(desk: Desk) -> tuple[Signature, ...]:
    return desk.checklist.signatures if desk.checklist else ()
