"""The people page on real records: who is registered, what can be changed, what is refused."""

import logging
from contextlib import closing
from pathlib import Path

import pytest
from desk import RECORDS, Desk
from page_records import six_people
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QStyle, QStyleOptionViewItem

from guidance_app.presentation.people_forms import ADD, CERTIFICATE, COURSE, PIN, ROLES
from guidance_app.records.database import Records
from guidance_app.ui.form_fields import OneField, SomeField, TextField
from guidance_app.ui.form_page import FormPage
from guidance_app.ui.main_window import MainWindow
from guidance_app.ui.people_page import HOLDS, LOG_BOOK, MAY_DO

PIN_TYPED = "24682468"
MARGIN_PX = 3
"""That Qt leaves free on both sides of an item's text."""


def fill_in(form: FormPage, **values: str) -> None:
    """Type or choose; of a field with buttons those that are named are pressed."""
    for id_, value in values.items():
        field = form.fields[id_]
        if isinstance(field, TextField):
            field.setText(value)
        elif isinstance(field, OneField):
            field.setCurrentIndex(field.findData(value))
        elif isinstance(field, SomeField):
            for name in value.split():
                field.buttons[name].click()


def lines(desk: Desk, part: str) -> list[str]:
    page = desk.window.people
    page.parts[part].click()
    return [page.lines.item(row).text() for row in range(page.lines.count())]


@pytest.fixture
def people(desk: Desk) -> Desk:
    """The page in front, with what the empty records hold."""
    desk.intents.people_asked.emit()
    page = desk.window.people
    desk.wait(lambda: "Nobody is registered" in page.message.text)
    return desk


@pytest.fixture
def ada(people: Desk) -> Desk:
    """The page with one operator, who is chosen."""
    page, form = people.window.people, people.window.person_form
    page.add.click()
    fill_in(form, code=" OP-1 ", name="Ada “Ünal” O'Neil", roles="operator trainer")
    form.save.click()
    people.wait(lambda: "OP-1 is registered" in page.message.text)
    return people


def save(desk: Desk, form: str, said: str, **values: str) -> None:
    page, forms = desk.window.people, desk.window.person_form
    page.changes[form].click()
    fill_in(forms, **values)
    forms.save.click()
    desk.wait(lambda: said in page.message.text)
    assert page.isVisible()


def refused(desk: Desk, form: str, why: str, **values: str) -> None:
    """Nothing is stored; the form stays with the sentence."""
    forms = desk.window.person_form
    desk.intents.person_form_asked.emit(form)
    fill_in(forms, **values)
    forms.save.click()
    desk.wait(lambda: why in forms.message.text)
    assert forms.isVisible() and forms.message.text.endswith(".")


def test_somebody_is_added_and_chosen(ada: Desk) -> None:
    page = ada.window.people
    assert page.people.count() == 1
    assert page.name.text == "Ada “Ünal” O'Neil · OP-1"
    assert page.roles.text == "operator, trainer"
    assert "Certificates: none on record." in lines(ada, HOLDS)
    assert lines(ada, LOG_BOOK) == ["No procedure is in the log book yet."]
    (knee,) = [line for line in lines(ada, MAY_DO) if line.startswith("Knee, ultrasound, simple")]
    assert "only under supervision. Ultrasound certificate: EFSUMB level 2" in knee
    assert "Supervised procedures, knee: 0 of 10." in knee


def test_what_somebody_holds_is_added(ada: Desk) -> None:
    dates = {"issued": "2019-05-01", "expires": "2024-05-01"}
    save(ada, CERTIFICATE, "certificate of OP-1", scheme="EFSUMB", level="2", **dates)
    save(ada, COURSE, "course of OP-1", topic="radiation protection", taken="2025-04-01")
    assert [line for line in lines(ada, HOLDS) if "none" not in line] == [
        "Certificate: EFSUMB level 2, Ultrasound · issued 2019-05-01 · EXPIRED on 2024-05-01",
        "Radiation protection · taken 2025-04-01 · does not expire",
    ]


def test_roles_are_replaced_and_the_form_begins_with_those_held(ada: Desk) -> None:
    ada.window.people.changes[ROLES].click()
    held = ada.window.person_form.fields["roles"]
    assert isinstance(held, SomeField) and set(held.value().split()) == {"operator", "trainer"}
    ada.window.person_form.leave.click()
    save(ada, ROLES, "has these roles", roles="trainer supervisor")
    assert ada.window.people.roles.text == "operator, supervisor"


def test_whoever_is_not_active_stays_and_can_come_back(ada: Desk) -> None:
    page = ada.window.people
    page.activity.click()
    ada.wait(lambda: page.roles.text == "not active")
    assert page.activity.text() == "Activate" and page.people.count() == 1
    page.activity.click()
    ada.wait(lambda: page.roles.text == "operator, trainer")


def test_a_pin_is_typed_twice_and_stands_nowhere(
    ada: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused(ada, PIN, "The two differ", first=PIN_TYPED, again="8642")
    forms = ada.window.person_form
    assert [field.value() for field in forms.fields.values()] == ["", ""]
    refused(ada, PIN, "4 to 12 digits", first="12", again="12")
    fill_in(forms, first=PIN_TYPED, again=PIN_TYPED)
    assert PIN_TYPED not in repr(forms.entry())
    forms.save.click()
    ada.wait(lambda: "has a new PIN" in ada.window.people.message.text)
    assert forms.fields == {}
    with closing(Records.open(ada.folder / "records.sqlite")) as records:
        assert records.check_pin("OP-1", PIN_TYPED)
    assert PIN_TYPED not in caplog.text


@pytest.mark.parametrize(
    ("form", "why", "values"),
    [
        (
            ADD,
            "Somebody is registered under OP-1",
            {"code": "OP-1", "name": "B", "roles": "engineer"},
        ),
        (
            ADD,
            "code device is the program's own",
            {"code": "DEVICE", "name": "B", "roles": "engineer"},
        ),
        (ADD, "turns the direction", {"code": "B", "name": "B\u202eo", "roles": "engineer"}),
        (
            CERTIFICATE,
            "whole number from 1 to 9",
            {"scheme": "E", "level": "12", "issued": "2024-05-01"},
        ),
        (ADD, "Still missing: the code", {"name": "B", "roles": "engineer"}),
        (ADD, "Still missing: the name", {"code": "B", "name": "  ", "roles": "engineer"}),
        (ADD, "Still missing: a role", {"code": "B", "name": "B"}),
        (CERTIFICATE, "“two” is no whole number", {"scheme": "E", "level": "two"}),
        (CERTIFICATE, "is no day", {"scheme": "E", "level": "2", "issued": "1.5.2024"}),
        (
            CERTIFICATE,
            "cannot expire before it begins",
            {"scheme": "E", "level": "2", "issued": "2024-05-01", "expires": "2023-05-01"},
        ),
        (COURSE, "Still missing: the day on which it was taken", {"topic": "us"}),
        (COURSE, "cannot expire", {"topic": "us", "taken": "2024-05-01", "expires": "2023-05-01"}),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    ada: Desk, form: str, why: str, values: dict[str, str]
) -> None:
    refused(ada, form, why, **values)
    with closing(Records.open(ada.folder / "records.sqlite")) as records:
        assert [one.code for one in records.people()] == ["OP-1"]
        held = records.staff_record("OP-1")
    assert held is not None and held.certificates == () and held.courses == ()


def test_every_change_is_in_the_audit_chain(ada: Desk) -> None:
    save(ada, COURSE, "course of OP-1", topic="us", taken="2025-04-01")
    with closing(Records.open(ada.folder / "records.sqlite")) as records:
        report = records.verify_audit()
    assert report.problem is None and report.entries == 3


@pytest.fixture
def damaged_records(tmp_path: Path) -> None:
    """Before the application begins."""
    (tmp_path / RECORDS).write_bytes(b"no database" * 100)


@pytest.mark.usefixtures("damaged_records")
def test_records_that_cannot_be_read_are_told_on_the_page(desk: Desk) -> None:
    desk.intents.people_asked.emit()
    said = desk.window.people.message
    desk.wait(lambda: "damaged" in said.text)
    assert "journal" not in said.text


def test_escape_goes_back_from_form_and_page(ada: Desk) -> None:
    page, form = ada.window.people, ada.window.person_form
    page.add.click()
    QTest.keyClick(form.fields["code"], Qt.Key.Key_Escape)
    assert page.isVisible() and form.fields == {}
    QTest.keyClick(page.people, Qt.Key.Key_Escape)
    assert ada.window.start.isVisible()


def test_the_page_is_operated_by_keys_alone(people: Desk) -> None:
    page, form = people.window.people, people.window.person_form
    QTest.keyClick(people.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert form.isVisible() and form.fields["code"].hasFocus()
    QTest.keyClicks(form.fields["code"], "OP-2")
    QTest.keyClick(form.fields["code"], Qt.Key.Key_Return)
    assert form.fields["name"].hasFocus()
    QTest.keyClicks(form.fields["name"], "Bea")
    roles = form.fields["roles"]
    assert isinstance(roles, SomeField)
    QTest.keyClick(roles.buttons["operator"], Qt.Key.Key_Return)
    QTest.keyClick(form, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    people.wait(lambda: page.name.text == "Bea · OP-2")
    QTest.keyClick(page, Qt.Key.Key_3)
    assert page.parts[MAY_DO].isChecked() and page.lines.count() > 20


def test_choosing_in_the_list_asks_for_that_person(large_window: MainWindow) -> None:
    asked: list[str] = []
    large_window.intents.person_chosen.connect(asked.append)
    large_window.show_people(six_people("OP-1"))
    assert asked == []
    large_window.people.people.setCurrentRow(2)
    assert asked == ["OP-2"]


@pytest.mark.parametrize("part", [HOLDS, LOG_BOOK, MAY_DO])
def test_every_line_has_room_for_all_its_words(window: MainWindow, part: str) -> None:
    """As the style itself lays the text out, at each size of the window."""
    window.show_people(six_people())
    window.people.parts[part].click()
    QTest.qWait(0)
    lines = window.people.lines
    style, delegate = lines.style(), lines.itemDelegate()
    assert style is not None and delegate is not None and lines.count() > 5
    for row in range(lines.count()):
        option, index = QStyleOptionViewItem(), lines.model().index(row, 0)
        lines.initViewItemOption(option)
        option.rect = lines.visualRect(index)
        delegate.initStyleOption(option, index)
        place = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, lines)
        needed = option.fontMetrics.boundingRect(
            QRect(0, 0, place.width() - 2 * MARGIN_PX, 10_000),
            int(Qt.TextFlag.TextWordWrap),
            option.text,
        )
        assert needed.height() <= place.height(), option.text
