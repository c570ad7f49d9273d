"""A trainee's complex procedure: stopped alone, and with a supervisor who signs in it goes on."""

from datetime import date

import pytest
from desk import PIN, Desk
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from guidance_app.domain.competence import Certificate, Course, LogCount, StaffRecord, StaffRole
from guidance_app.domain.people import Role

FACET = "lumbar-facet-injection"
SKILLED = (
    (Certificate("EFSUMB", 3, "us", date(2024, 1, 1)),),
    (Course("us", date(2025, 1, 1)),),
    (LogCount("lumbar spine", 10, 4),),
)
OPERATOR, ASSISTANT = frozenset({StaffRole.OPERATOR}), frozenset({StaffRole.ASSISTANT})
STAFF = {
    "TR-1": StaffRecord("TR-1", OPERATOR),
    "SU-1": StaffRecord("SU-1", OPERATOR | {StaffRole.SUPERVISOR}, *SKILLED),
    "AS-1": StaffRecord("AS-1", ASSISTANT),
}


@pytest.fixture
def stopped(desk: Desk) -> Desk:
    """TR-1 wants to do a facet injection under ultrasound, alone."""
    desk.staff = dict(STAFF)
    desk.application.open_source("sim:knee", True, FACET)
    setup = desk.window.setup
    desk.wait(setup.isVisible)
    setup.patient.setText("P-17")
    setup.body.spots["lumbar spine", "left"].click()
    setup.choice.choose(FACET)
    setup.reason.setText("radiation is avoided")
    setup.operator.setText("TR-1")
    setup.alone.click()
    return desk


def type_pin(desk: Desk, pin: str) -> None:
    QTest.keyClicks(desk.window.line.field, pin)
    QTest.keyClick(desk.window.line.field, Qt.Key.Key_Return)


def bring_help(desk: Desk) -> None:
    setup = desk.window.setup
    setup.alone.click()
    setup.supervisor.setText("SU-1")
    setup.assistant.setText("AS-1")


def test_a_trainee_alone_is_stopped_with_the_reason_and_the_way_forward(stopped: Desk) -> None:
    setup = stopped.window.setup
    assert not setup.start.isEnabled()
    assert "a competent supervisor's code" in setup.missing.text
    assert "only under named supervision" in setup.people.standings[Role.OPERATOR].text
    said = " ".join(f"{piece.word.text} {piece.words.text}" for piece in setup.advice.pieces)
    assert "Supervised procedures, lumbar spine: 0 of 10" in said
    stopped.intents.procedure_started.emit(setup.entry())
    stopped.wait(lambda: "Still missing" in stopped.window.line.message.text)
    assert stopped.checklist is None


def test_the_procedure_starts_once_the_supervisor_has_signed_in(stopped: Desk) -> None:
    bring_help(stopped)
    stopped.window.setup.start.click()
    line = stopped.window.line
    assert line.field.isVisible() and stopped.checklist is None
    assert "SU-1, you supervise" in line.message.text
    type_pin(stopped, "1357")
    stopped.wait(lambda: "not the right PIN" in line.message.text)
    setup = stopped.window.setup
    assert setup.isVisible() and stopped.checklist is None
    assert line.field.hasFocus() and not setup.patient.hasFocus()
    assert (line.field.text(), setup.patient.text()) == ("", "P-17")
    type_pin(stopped, PIN)
    stopped.wait(lambda: stopped.checklist and stopped.checklist.status("K-03"))
    assert stopped.checklist is not None and stopped.checklist.trainee
    entry = stopped.checklist.status("K-03")
    assert entry is not None
    assert (entry.person.code, entry.person.role) == ("SU-1", Role.SUPERVISOR)


def test_who_goes_back_has_not_signed_in(stopped: Desk) -> None:
    bring_help(stopped)
    stopped.window.setup.start.click()
    stopped.window.setup.back.click()
    assert not stopped.window.line.field.isVisible()
    stopped.application.show_setup()
    type_pin(stopped, PIN)
    assert stopped.window.setup.isVisible(), "a procedure that starts brings the live screen"
