"""What may be typed of a patient, what is refused in a sentence, and whose name is never taken."""

from dataclasses import replace
from datetime import date

import pytest

from guidance_app.presentation.patient_view import (
    EntryRefused,
    PatientEntry,
    checked_number,
    checked_patient,
    found_view,
    made_view,
)
from guidance_app.presentation.view import Tone
from guidance_app.records.known_patients import KnownPatient
from guidance_app.records.patient import Patient

TODAY = date(2026, 11, 26)
ENTRY = PatientEntry(" 4711 ", " Ada Lee ", "1950-02-28")
KNOWN = KnownPatient("P-7K3QD", Patient("4711", "Ada Lee", date(1950, 2, 28)))
NAMES = (
    'O\'Brien "Bobby"; DROP TABLE patients; --',
    "\u0645\u062d\u0645\u062f \u0639\u0644\u064a",
    "Zoë \N{WOMAN}\u200d\u2695\ufe0f",
)


def test_what_is_typed_becomes_a_patient_without_the_blanks_around() -> None:
    assert checked_patient(ENTRY, TODAY) == KNOWN.patient


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_as_it_is_typed_and_keeps_its_direction(name: str) -> None:
    patient = checked_patient(replace(ENTRY, name=name), TODAY)
    assert patient.name == name
    words = made_view(KnownPatient("P-7K3QD", patient)).answer.text
    assert words == f"New: P-7K3QD, \u2068{name}\u2069, born 1950-02-28."


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"number": " "}, "Type the hospital number."),
        ({"number": "1" * 101}, "The hospital number has more than 100 characters. Check it."),
        ({"name": ""}, "Type the name."),
        ({"name": "A\x07"}, "The name holds a character that cannot be seen. Type it again."),
        ({"birth_date": ""}, "Type the birth date, as 1950-02-28."),
        (
            {"birth_date": "28.2.1950"},
            '"28.2.1950" is no date. Type year, month and day as 1950-02-28.',
        ),
        (
            {"birth_date": "1950-02-30"},
            '"1950-02-30" is no date. Type year, month and day as 1950-02-28.',
        ),
        ({"birth_date": "2026-11-27"}, "The birth date 2026-11-27 is in the future. Check it."),
        (
            {"birth_date": "1895-01-01"},
            "The birth date 1895-01-01 is more than 130 years ago. Check it.",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(EntryRefused) as refused:
        checked_patient(replace(ENTRY, **changed), TODAY)
    assert str(refused.value) == sentence


def test_who_is_born_today_may_be_treated() -> None:
    assert checked_patient(replace(ENTRY, birth_date="2026-11-26"), TODAY).birth_date == TODAY


def test_a_number_that_is_not_known_asks_for_the_rest() -> None:
    view = found_view(None, ENTRY)
    assert (view.new, view.pseudonym) == (True, "")


@pytest.mark.parametrize(
    "entry",
    [
        PatientEntry("4711"),
        ENTRY,
        replace(ENTRY, name="ADA LEE"),
        PatientEntry("4711", birth_date="1950-02-28"),
        PatientEntry("4711", birth_date="19500228"),
    ],
)
def test_who_is_known_is_shown_to_be_compared(entry: PatientEntry) -> None:
    view = found_view(KNOWN, entry)
    assert (view.pseudonym, view.new) == ("P-7K3QD", False)
    assert "\u2068Ada Lee\u2069, born 1950-02-28" in view.answer.text


@pytest.mark.parametrize("changed", [{"name": "Ada Li"}, {"birth_date": "1950-02-27"}])
def test_a_number_that_is_known_under_another_name_is_not_used(changed: dict[str, str]) -> None:
    view = found_view(KNOWN, replace(ENTRY, **changed))
    assert (view.pseudonym, view.new, view.answer.tone) == ("", False, Tone.CAUTION)
    assert "belongs to P-7K3QD, \u2068Ada Lee\u2069" in view.answer.text


def test_the_same_letters_are_the_same_name_however_they_are_put_together() -> None:
    known = KnownPatient("P-7K3QD", Patient("1", "\u00c5sa", date(1950, 2, 28)))
    assert found_view(known, PatientEntry("1", "A\u030asa")).pseudonym == "P-7K3QD"


def test_a_number_alone_can_be_looked_up() -> None:
    assert checked_number(PatientEntry(" 4711 ")) == "4711"
