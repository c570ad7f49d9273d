"""What is noted when an item is marked as done: fields with a kind and limits, and their values.

A value is kept as the text of its kind: "12.5", "2026-11-26", "14:05", "yes", or one of the
choices. So it is hashed, stored and exchanged as it was given. Which fields there are, their limits
and which of them are asked for is a design of this project; no source gives them. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

LONGEST_TEXT = 200
TICKED = "yes"
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}|0|-?[1-9][0-9]{0,14}")
"""One way to write each number to each precision, which every other system writes as well."""


class EvidenceKind(StrEnum):
    """What values a field takes."""

    TICK = "tick"
    TEXT = "text"
    NUMBER = "number"
    """With a point, "12.50"; digits alone, no needless zeros before it."""
    CHOICE = "choice"
    DATE = "date"
    """A day, ISO 8601."""
    TIME = "time"
    """A time of the day at the place, "14:05"."""


@dataclass(frozen=True, slots=True)
class EvidenceField:
    """One thing to note with an item."""

    id: str
    """Unique within its item: "dap"."""
    label: str
    """What the person reads: "Dose-area product"."""
    kind: EvidenceKind
    unit: str = ""
    """Of a number: "Gy cm²", "ml"."""
    least: float | None = None
    """Of a number, in its unit; None where there is no limit."""
    most: float | None = None
    choices: tuple[str, ...] = ()
    """Of a choice, in the order they are offered."""
    required: bool = False
    """The item is not done without it, or one of `instead`."""
    instead: tuple[str, ...] = ()
    """Ids of fields that stand in for it when it is required: another figure, "not shown"."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The value of one field."""

    field: str
    value: str


def evidence_refusal(fields: Sequence[EvidenceField], given: Sequence[Evidence]) -> str | None:
    """What is wrong with the values given for these fields, one sentence; None when nothing is."""
    return next(_refusals(fields, given), None)


def value_refusal(field: EvidenceField, value: str) -> str | None:
    """What is wrong with one value, one sentence; None when nothing is."""
    match field.kind:
        case EvidenceKind.TICK if value != TICKED:
            return f"{field.label} is either ticked or left out."
        case EvidenceKind.TEXT if not 0 < len(value.strip()) <= LONGEST_TEXT:
            return f"{field.label}: type 1 to {LONGEST_TEXT} characters."
        case EvidenceKind.CHOICE if value not in field.choices:
            return f"{field.label}: choose one of {', '.join(field.choices)}."
        case EvidenceKind.DATE if not _is_day(value):
            return f"{field.label}: type a day like 2026-11-26."
        case EvidenceKind.TIME if not _is_time(value):
            return f"{field.label}: type a time like 14:05."
        case EvidenceKind.NUMBER if not _is_within(field, value):
            return f"{field.label}: type a number{limits_in_words(field)}."
        case _:
            return None


def evidence_words(fields: Sequence[EvidenceField], given: Sequence[Evidence]) -> tuple[str, ...]:
    """What was noted, each as in "Volume: 4 ml"; what was ticked by its label alone."""
    known = {field.id: field for field in fields}
    return tuple(
        _value_words(known[one.field], one.value)
        if one.field in known
        else f"{one.field}: {one.value}"
        for one in given
    )


def _value_words(field: EvidenceField, value: str) -> str:
    if field.kind is EvidenceKind.TICK:
        return field.label
    return f"{field.label}: {value} {field.unit}".rstrip()


def limits_in_words(field: EvidenceField) -> str:
    """Behind "number": " from 0 to 500 ml"; empty where it has neither limit nor unit."""
    least = f" from {field.least:g}" if field.least is not None else ""
    most = f" to {field.most:g}" if field.most is not None else ""
    unit = f" {field.unit}" if field.unit else ""
    return f"{least}{most}{unit}" if least or most else unit and f" in{unit}"


def _refusals(fields: Sequence[EvidenceField], given: Sequence[Evidence]) -> Iterator[str]:
    known = {field.id: field for field in fields}
    values = {evidence.field: evidence.value for evidence in given}
    if len(values) < len(given):
        yield "A field is given twice."
    for name, value in values.items():
        refusal = value_refusal(known[name], value) if name in known else f"No field is {name}."
        if refusal is not None:
            yield refusal
    for field in fields:
        if field.required and values.keys().isdisjoint((field.id, *field.instead)):
            labels = (known[name].label for name in (field.id, *field.instead) if name in known)
            yield f"{' or '.join(labels)} is asked for."


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_time(value: str) -> bool:
    try:
        return f"{time.fromisoformat(value):%H:%M}" == value
    except ValueError:
        return False


def _is_within(field: EvidenceField, value: str) -> bool:
    if NUMBER.fullmatch(value) is None:
        return False
    above = field.least is None or float(value) >= field.least
    return above and (field.most is None or float(value) <= field.most)
