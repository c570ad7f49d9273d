"""From hospital number to pseudonym in the whole application, with the real patients' file."""

import logging
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from desk import Desk
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from guidance_app.domain.commands import ProcedureStarted
from guidance_app.records.patient import Patient
from guidance_app.session.reader import SessionReader

ADA = Patient("4711-08", "Ada Leemans", date(1950, 2, 28))
LIMIT_S = 30.0


def known(desk: Desk, patient: Patient = ADA) -> str:
    """The pseudonym that the patients' file has made."""
    made = desk.patients.add(patient).result(LIMIT_S)
    assert made is not None
    return made.pseudonym


@pytest.fixture
def at_setup(desk: Desk) -> Desk:
    desk.application.open_source("sim:knee", True)
    desk.wait(desk.window.setup.isVisible)
    return desk


def seek(desk: Desk, number: str) -> None:
    """Go to the page, type a number, press Enter and wait for the answer."""
    desk.window.setup.find_patient.click()
    page = desk.window.patient
    assert page.isVisible() and page.number.hasFocus()
    QTest.keyClicks(page.number, number)
    QTest.keyClick(page.number, Qt.Key.Key_Return)
    desk.wait(lambda: page.answer.text not in ("", "Looking …"))


def test_a_known_patient_is_shown_compared_and_used(at_setup: Desk) -> None:
    pseudonym = known(at_setup)
    seek(at_setup, "4711-08")
    page, setup = at_setup.window.patient, at_setup.window.setup
    assert f"{pseudonym}, \u2068Ada Leemans\u2069, born 1950-02-28" in page.answer.text
    assert not page.make.isEnabled()
    assert not page.use.hasFocus()
    page.use.click()
    assert setup.isVisible()
    assert setup.entry().patient == pseudonym
    at_setup.wait(lambda: "Ada Leemans" in setup.who.text)
    assert (page.number.text(), page.answer.text) == ("", "")


def test_a_new_patient_gets_a_pseudonym(at_setup: Desk) -> None:
    seek(at_setup, "99")
    page = at_setup.window.patient
    assert not page.use.isEnabled()
    page.make.click()
    assert page.answer.text == "Type the name."
    assert page.name.hasFocus()
    QTest.keyClicks(page.name, "Bo")
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    assert page.birth_date.hasFocus()
    QTest.keyClicks(page.birth_date, "2999-01-01")
    page.make.click()
    assert "in the future" in page.answer.text
    page.birth_date.setText("1961-04-05")
    QTest.keyClick(page.birth_date, Qt.Key.Key_Return)
    at_setup.wait(page.use.isEnabled)
    assert page.answer.text.startswith("New: P-")
    QTest.keyClick(page.birth_date, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    found = at_setup.patients.find("99").result(LIMIT_S)
    assert found is not None
    assert at_setup.window.setup.entry().patient == found.pseudonym


def test_a_number_that_belongs_to_another_name_cannot_be_used(at_setup: Desk) -> None:
    known(at_setup)
    at_setup.window.setup.find_patient.click()
    page = at_setup.window.patient
    page.name.setText("Bo")
    page.number.setText("4711-08")
    page.seek.click()
    at_setup.wait(lambda: "belongs to" in page.answer.text)
    assert not page.use.isEnabled() and not page.make.isEnabled()
    page.name.clear()
    page.seek.click()
    at_setup.wait(page.use.isEnabled)
    page.name.setText("B")
    assert not page.use.isEnabled()
    page.back.click()
    assert at_setup.window.setup.isVisible()
    assert page.name.text() == ""


def test_an_empty_number_is_asked_for(at_setup: Desk) -> None:
    at_setup.window.setup.find_patient.click()
    at_setup.window.patient.seek.click()
    assert at_setup.window.patient.answer.text == "Type the hospital number."


def test_a_file_that_is_locked_is_told_on_the_page_and_can_be_asked_again(at_setup: Desk) -> None:
    known(at_setup)
    path = at_setup.folder / "patients.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        seek(at_setup, "4711-08")
        other.execute("ROLLBACK")
    page = at_setup.window.patient
    assert "in use by another program" in page.answer.text
    page.seek.click()
    at_setup.wait(page.use.isEnabled)


def test_a_damaged_file_is_told_and_a_pseudonym_can_still_be_typed(at_setup: Desk) -> None:
    (at_setup.folder / "patients.sqlite").write_bytes(b"no database " * 500)
    seek(at_setup, "1")
    assert "damaged" in at_setup.window.patient.answer.text
    at_setup.window.patient.back.click()
    setup = at_setup.window.setup
    setup.patient.setText("P-7K3QD")
    at_setup.wait(lambda: setup.who.text != "")
    assert setup.who.text == "The patients' file cannot be read now; Patient… tells why."
    assert setup.who.is_whole()
    assert "pseudonym" not in setup.missing.text


def test_an_answer_to_what_is_not_asked_any_more_is_dropped(at_setup: Desk) -> None:
    pseudonym = known(at_setup)
    setup, page = at_setup.window.setup, at_setup.window.patient
    setup.patient.setText(pseudonym)
    setup.patient.setText("P-AAAAA")
    setup.find_patient.click()
    page.number.setText("4711-08")
    page.seek.click()
    page.number.setText("4711-0")
    page.seek.click()
    at_setup.wait(lambda: "not known" in page.answer.text)
    assert setup.who.text == ""


@pytest.mark.parametrize("name", ['Zoë "O\'Brien"', "\u0645\u062d\u0645\u062f \u0639\u0644\u064a"])
def test_the_name_is_in_the_patients_file_alone(
    at_setup: Desk, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    pseudonym = known(at_setup, Patient("4711-08", name, date(1950, 2, 28)))
    seek(at_setup, "4711-08")
    at_setup.window.patient.use.click()
    setup = at_setup.window.setup
    at_setup.wait(lambda: name in setup.who.text)
    setup.body.spots["knee", "left"].click()
    setup.choice.buttons[0].click()
    setup.operator.setText("OP-1")
    setup.alone.click()
    setup.start.click()
    at_setup.wait(lambda: at_setup.checklist is not None)
    assert setup.who.text == ""
    session = at_setup.application.session
    assert session is not None
    at_setup.close()
    with SessionReader(session) as reader:
        (started,) = [c.command for c in reader.commands if isinstance(c.command, ProcedureStarted)]
    assert started.patient == pseudonym
    files = [path for path in at_setup.folder.rglob("*") if path.is_file()]
    holding = {path.name for path in files if name.encode() in path.read_bytes()}
    assert holding == {"patients.sqlite"}
    assert name not in caplog.text and "4711-08" not in caplog.text
