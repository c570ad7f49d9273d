"""What a person types or presses becomes the value that is kept."""

from datetime import datetime

import pytest

from guidance_app.domain.evidence import EvidenceField, EvidenceKind, value_refusal
from guidance_app.presentation.evidence_entry import (
    entered_value,
    field_label,
    stepped_value,
    value_now,
)

VOLUME = EvidenceField("volume", "Volume", EvidenceKind.NUMBER, "ml", 0, 500)
PASSES = EvidenceField("passes", "Needle passes", EvidenceKind.NUMBER, "", 1, 100, required=True)
DAY = EvidenceField("day", "Given on", EvidenceKind.DATE)
CLOCK = EvidenceField("clock", "Left at", EvidenceKind.TIME)
DRUG = EvidenceField("drug", "Drug", EvidenceKind.TEXT)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (VOLUME, " 12,5 ", "12.5"),
        (VOLUME, ",5", "0.5"),
        (VOLUME, "007.50", "7.50"),
        (VOLUME, "+3.", "3"),
        (VOLUME, "-0", "0"),
        (CLOCK, "9:05", "09:05"),
        (CLOCK, "19:05", "19:05"),
        (DRUG, " saline, 0.9 % ", "saline, 0.9 %"),
    ],
)
def test_what_is_typed_is_kept_in_one_form(field: EvidenceField, typed: str, value: str) -> None:
    assert entered_value(field, typed) == value
    assert value_refusal(field, value) is None


@pytest.mark.parametrize("typed", ["", ".", "-", "1e3", "nan", "4 ml", "1.2.3"])
def test_what_is_no_number_is_left_to_be_refused(typed: str) -> None:
    assert entered_value(VOLUME, typed) == typed
    assert value_refusal(VOLUME, "4 ml") is not None


@pytest.mark.parametrize(
    ("value", "direction", "stepped"),
    [
        ("", 1, "0"),
        ("0", -1, "0"),
        ("0", 1, "0.5"),
        ("9.5", 1, "10"),
        ("10", 1, "11"),
        ("10", -1, "9"),
        ("50", 1, "55"),
        ("495", 1, "500"),
        ("500", 1, "500"),
        ("2.25", 1, "2.75"),
        ("abc", 1, "0"),
        ("inf", 1, "0"),
        ("9999", -1, "500"),
    ],
)
def test_a_number_is_stepped_by_its_size_and_stays_within_its_limits(
    value: str, direction: int, stepped: str
) -> None:
    assert stepped_value(VOLUME, value, direction) == stepped


@pytest.mark.parametrize(("value", "stepped"), [("", "1"), ("1", "2"), ("60", "61")])
def test_what_has_no_unit_is_counted_by_ones(value: str, stepped: str) -> None:
    assert stepped_value(PASSES, value, 1) == stepped


def test_large_figures_stay_plain_digits() -> None:
    dose = EvidenceField("dose", "Dose", EvidenceKind.NUMBER, "mGy", 0, 50_000)
    assert stepped_value(dose, "49900", 1) == "50000"


def test_today_and_now_are_those_of_the_place() -> None:
    now = datetime(2026, 11, 26, 9, 5)
    assert value_now(DAY, now) == "2026-11-26"
    assert value_now(CLOCK, now) == "09:05"


def test_a_label_says_unit_and_whether_it_is_asked_for() -> None:
    assert field_label(VOLUME) == "Volume, ml"
    assert field_label(PASSES) == "Needle passes · required"
