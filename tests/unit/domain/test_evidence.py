"""Fields of evidence take values of their kind, within their limits, and nothing else."""

from dataclasses import replace

import pytest

from guidance_app.domain.evidence import (
    LONGEST_TEXT,
    Evidence,
    EvidenceField,
    EvidenceKind,
    evidence_refusal,
    value_refusal,
)

DAP = EvidenceField(
    "dap", "Dose-area product", EvidenceKind.NUMBER, "Gy cm²", 0, 500, required=True
)
LEVEL = EvidenceField("level", "Level", EvidenceKind.CHOICE, choices=("high", "low"))
KINDS = {kind: EvidenceField("x", "This", kind) for kind in EvidenceKind}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (KINDS[EvidenceKind.TICK], "yes"),
        (KINDS[EvidenceKind.TEXT], "O'Neil “Ünal” אב 🩺"),
        (DAP, "0"),
        (DAP, "500"),
        (KINDS[EvidenceKind.NUMBER], "-0.50"),
        (KINDS[EvidenceKind.NUMBER], "999999999999999"),
        (LEVEL, "low"),
        (KINDS[EvidenceKind.DATE], "2024-02-29"),
        (KINDS[EvidenceKind.TIME], "14:05"),
    ],
)
def test_value_of_its_kind_is_taken(field: EvidenceField, value: str) -> None:
    assert value_refusal(field, value) is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (KINDS[EvidenceKind.TICK], "no", "either ticked"),
        (KINDS[EvidenceKind.TEXT], "  ", "type 1 to"),
        (KINDS[EvidenceKind.TEXT], "x" * (LONGEST_TEXT + 1), "type 1 to"),
        (DAP, "500.1", "from 0 to 500 Gy cm²"),
        (DAP, "-1", "from 0 to 500"),
        (DAP, "nan", "type a number"),
        (DAP, "1,5", "type a number"),
        (DAP, "1_0", "type a number"),
        (DAP, "1e2", "type a number"),
        (DAP, "٣", "type a number"),
        (DAP, "05", "type a number"),
        (DAP, "-0", "type a number"),
        (DAP, " 5", "type a number"),
        (replace(DAP, least=None), "501", "type a number to 500 Gy cm²."),
        (replace(DAP, most=None), "-1", "type a number from 0 Gy cm²."),
        (replace(DAP, least=None, most=None), "x", "type a number in Gy cm²."),
        (replace(DAP, least=None, most=None, unit=""), "x", "type a number."),
        (LEVEL, "middle", "high, low"),
        (KINDS[EvidenceKind.DATE], "2023-02-29", "a day like"),
        (KINDS[EvidenceKind.DATE], "20240229", "a day like"),
        (KINDS[EvidenceKind.TIME], "25:00", "a time like"),
        (KINDS[EvidenceKind.TIME], "14:05:30", "a time like"),
        (KINDS[EvidenceKind.TIME], "14:05+02:00", "a time like"),
    ],
)
def test_other_value_is_refused_with_what_to_type(
    field: EvidenceField, value: str, words: str
) -> None:
    assert words in (value_refusal(field, value) or "")


def test_required_field_is_asked_for() -> None:
    assert evidence_refusal((DAP, LEVEL), ()) == "Dose-area product is asked for."
    assert evidence_refusal((DAP, LEVEL), (Evidence("dap", "1.5"),)) is None


def test_required_field_is_not_asked_for_where_another_stands_in() -> None:
    absent = EvidenceField("absent", "Not shown", EvidenceKind.TICK)
    dose = replace(DAP, instead=("absent", "other"))
    sentence = "Dose-area product or Not shown is asked for."
    assert evidence_refusal((dose, absent, LEVEL), (Evidence("level", "low"),)) == sentence
    for noted in (Evidence("absent", "yes"), Evidence("dap", "1")):
        assert evidence_refusal((dose, absent), (noted,)) is None


def test_field_that_does_not_exist_or_comes_twice_is_refused() -> None:
    assert evidence_refusal((LEVEL,), (Evidence("dose", "1"),)) == "No field is dose."
    twice = (Evidence("level", "low"), Evidence("level", "high"))
    assert evidence_refusal((LEVEL,), twice) == "A field is given twice."
