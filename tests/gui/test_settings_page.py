"""The settings page on a real file: what holds, what is changed, and what keeps all shut."""

import pytest
from desk import RECORDS, SITE_FILE, Desk
from page_records import SITE
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from guidance_app.domain.competence import StaffRecord, StaffRole
from guidance_app.presentation.setup_choices import SetupEntry
from guidance_app.ui.form_fields import OneField, TextField
from guidance_app.ui.lettering import FittedText
from guidance_app.ui.line_list import LineList

WRONG = SITE.replace("trace: [POL-7]", "trace: [POL-8]")


def lines(shown: LineList) -> list[str]:
    return [shown.item(row).text() for row in range(shown.count())]


def fill_in(desk: Desk, **values: str) -> None:
    for id_, value in values.items():
        field = desk.window.site_form.fields[id_]
        if isinstance(field, TextField):
            field.setText(value)
        elif isinstance(field, OneField):
            field.setCurrentIndex(field.findData(value))


def advised(desk: Desk) -> str:
    """All that stands on the set-up page about what is entered."""
    return " ".join(text.text for text in desk.window.setup.findChildren(FittedText))


@pytest.fixture
def lake(desk: Desk) -> Desk:
    """With a site's file, and the page in front."""
    (desk.folder / SITE_FILE).write_text(SITE, encoding="utf-8")
    desk.intents.settings_asked.emit()
    return desk


def test_without_a_file_all_is_proposed_and_said_so(desk: Desk) -> None:
    desk.intents.settings_asked.emit()
    page = desk.window.settings
    shown = lines(page.file)
    assert shown[0] == "There is no file of this site: everything holds as it is shipped."
    assert shown[1:5] == [
        "Supervised procedures asked for in a family of sites: 10 · proposed by this project",
        "A course counts for 5 years · proposed by this project",
        "Certificate for what is not complex: EFSUMB level 2 or EULAR level 1 · proposed by this "
        "project",
        "Certificate for what is complex: EFSUMB level 3 · proposed by this project",
    ]
    assert shown[5] == f"File: {desk.folder / SITE_FILE}"
    assert lines(page.changes) == ["No item is added and no level is raised."]
    assert not page.fault.isVisible()


def test_what_a_site_adds_raises_and_decides_is_told(lake: Desk) -> None:
    page = lake.window.settings
    shown = lines(page.file)
    assert shown[0].endswith("University Hospital at the lake, version 2026-11")
    assert shown[1].endswith("family of sites: 20 · set by the site")
    assert shown[2].endswith("5 years · proposed by this project")
    assert lines(page.changes) == [
        "S-01 added, SOFT: Dim the lamp over the table",
        "K-09 raised from ADV to SOFT: Have a second health professional at hand",
        "K-33 raised from SOFT to HARD: Wear gloves by site policy",
    ]


def test_a_changed_threshold_is_written_and_holds_for_the_next_procedure(lake: Desk) -> None:
    lake.staff["OP-1"] = StaffRecord("OP-1", frozenset({StaffRole.OPERATOR}))
    entry = SetupEntry("knee-injection", plan="us", operator="OP-1")
    lake.intents.choice_changed.emit(entry)
    assert "knee: 0 of 20." in advised(lake)
    lake.window.settings.thresholds.click()
    fill_in(lake, version="2026-12", supervised="3", simple="EFSUMB 1, DEGUM 2")
    lake.window.site_form.save.click()
    assert lake.window.settings.isVisible()
    assert "family of sites: 3 · set by the site" in lines(lake.window.settings.file)[1]
    text = (lake.folder / SITE_FILE).read_text(encoding="utf-8")
    assert "supervised_per_family: 3 " in text and "# agreed in May" in text
    assert "detail: The lamp over the table is dimmed before the sterile field is set up." in text
    lake.intents.choice_changed.emit(entry)
    assert "knee: 0 of 3." in advised(lake)
    assert "EFSUMB level 1 or DEGUM level 2 needed" in advised(lake)


def test_a_raised_level_holds_in_the_next_checklist(lake: Desk) -> None:
    before = lake.application.template("knee-injection", "us")
    lake.window.settings.level.click()
    fill_in(lake, version="2026-12", item="K-09", level="HARD")
    lake.window.site_form.save.click()
    after = lake.application.template("knee-injection", "us")
    levels = {item.id: item.level for item in after.items}
    assert levels["K-09"] == "HARD" and after.digest != before.digest
    assert lines(lake.window.settings.changes)[1].startswith("K-09 raised from ADV to HARD")


def test_a_file_is_begun_by_the_first_change(desk: Desk) -> None:
    desk.intents.settings_asked.emit()
    desk.window.settings.thresholds.click()
    fill_in(desk, site="Lake", version="1", years="3")
    desk.window.site_form.save.click()
    text = (desk.folder / SITE_FILE).read_text(encoding="utf-8")
    assert text == 'site: "Lake"\nversion: "1"\ncompetence: {course_years: 3.0}\n'


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"version": "2026-11"}, "needs a version of its own. Raise it."),
        ({"version": ""}, "Still missing: a new version."),
        ({"version": "2", "supervised": "many"}, "“many” is no whole number"),
        ({"version": "2", "supervised": "-1"}, "“-1” is no whole number"),
        ({"version": "2", "years": "few"}, "“few” is no number"),
        ({"version": "2", "years": "nan"}, "course_years: it lies from 0.1 to 50"),
        ({"version": "2", "simple": "2"}, "write scheme and level, like EFSUMB 2, EULAR 1"),
        ({"version": "2", "complex": "EFSUMB"}, "write scheme and level"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    lake: Desk, values: dict[str, str], why: str
) -> None:
    lake.window.settings.thresholds.click()
    fill_in(lake, **values)
    lake.window.site_form.save.click()
    assert lake.window.site_form.isVisible()
    assert why in lake.window.site_form.message.text
    assert (lake.folder / SITE_FILE).read_text(encoding="utf-8") == SITE


def test_a_folder_that_cannot_be_written_is_told(lake: Desk) -> None:
    (lake.folder / f"{SITE_FILE}.new").mkdir()
    lake.window.settings.thresholds.click()
    fill_in(lake, version="2026-12", supervised="3")
    lake.window.site_form.save.click()
    said = lake.window.site_form.message.text
    assert "cannot be written (" in said and said.endswith("Nothing was changed.")
    assert (lake.folder / SITE_FILE).read_text(encoding="utf-8") == SITE


def test_a_wrong_file_keeps_all_shut_until_it_is_right(lake: Desk) -> None:
    file, page = lake.folder / SITE_FILE, lake.window.settings
    file.write_text(WRONG, encoding="utf-8")
    lake.site.read()
    lake.application.show_start()
    assert page.isVisible() and not lake.window.start.isVisible()
    assert "site.yaml, line 6, S-01: it traces to POL-8, which does not exist." in page.fault.text
    assert "Nothing starts until this is put right" in page.fault.text
    assert not page.thresholds.isEnabled() and page.back.text() == "Quit"
    lake.application.staff_changed()
    lake.qtbot.wait(0)
    page.again.click()
    assert page.isVisible() and page.back.text() == "Quit"
    file.write_text(SITE, encoding="utf-8")
    page.again.click()
    assert not page.fault.isVisible()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert lake.window.start.isVisible()


def test_quitting_with_a_wrong_file_ends_the_application(lake: Desk) -> None:
    (lake.folder / SITE_FILE).write_text(WRONG, encoding="utf-8")
    lake.window.settings.again.click()
    lake.window.settings.back.click()
    assert not lake.window.isVisible()


def test_the_records_are_tested_when_asked(desk: Desk) -> None:
    desk.intents.settings_asked.emit()
    page = desk.window.settings
    assert lines(page.records)[1].startswith("Not tested yet")
    page.test.click()
    desk.wait(lambda: "can be read and written" in lines(page.records)[1])
    desk.records.stop()
    (desk.folder / RECORDS).write_bytes(b"no database" * 100)
    page.test.click()
    desk.wait(lambda: "is damaged" in lines(page.records)[1])


def test_escape_leaves_the_form_and_then_the_page(lake: Desk) -> None:
    lake.window.settings.thresholds.click()
    QTest.keyClick(lake.window.site_form.fields["site"], Qt.Key.Key_Escape)
    assert lake.window.settings.isVisible()
    QTest.keyClick(lake.window.settings, Qt.Key.Key_Escape)
    assert lake.window.start.isVisible()
