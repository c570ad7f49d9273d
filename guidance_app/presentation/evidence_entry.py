"""How the fields of an item are worded while they are filled, and what a press changes in them."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

from guidance_app.domain.evidence import EvidenceField, EvidenceKind

FULL_STEPS = (
    (Decimal(10), Decimal("0.5")),
    (Decimal(50), Decimal(1)),
    (Decimal(200), Decimal(5)),
    (Decimal(1000), Decimal(10)),
)
"""A number below the first is stepped by the second, whatever it measures."""
LARGEST_STEP = Decimal(100)
NUMBER = re.compile(r"\+?(-?)0*(\d*)\.?(\d*)")
HOUR_WITHOUT_ZERO = re.compile(r"\d:\d\d")


def field_label(field: EvidenceField) -> str:
    """What stands above a field: "Dose-area product, Gy cm² · required"."""
    unit = f", {field.unit}" if field.unit else ""
    return f"{field.label}{unit}" + (" · required" if field.required else "")


def entered_value(field: EvidenceField, typed: str) -> str:
    """What was meant by what was typed: a comma stands for a dot, ".5" for 0.5, 9:05 for 09:05."""
    text = typed.strip()
    if field.kind is EvidenceKind.NUMBER:
        return _plain_number(text.replace(",", "."))
    if field.kind is EvidenceKind.TIME and HOUR_WITHOUT_ZERO.fullmatch(text):
        return f"0{text}"
    return text


def stepped_value(field: EvidenceField, value: str, direction: int) -> str:
    """A number one step further, within its limits; what has no unit is counted by ones.

    An empty one begins at its lower limit, or at 0.
    """
    number = _number(value)
    if number is None:
        return _within(field, Decimal(0))
    step = Decimal(1) if not field.unit else _step(abs(number))
    return _within(field, number + direction * step)


def value_now(field: EvidenceField, now: datetime) -> str:
    """Today, or the time of the day."""
    return now.strftime("%Y-%m-%d" if field.kind is EvidenceKind.DATE else "%H:%M")


def _plain_number(text: str) -> str:
    """With one digit before the dot, and no dot without a digit behind it."""
    found = NUMBER.fullmatch(text)
    if found is None or not any(map(str.isdigit, text)):
        return text
    sign, whole, rest = found.groups()
    number = f"{whole or '0'}.{rest}" if rest else whole or "0"
    return number if number == "0" else f"{sign}{number}"


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _step(number: Decimal) -> Decimal:
    return next((step for below, step in FULL_STEPS if number < below), LARGEST_STEP)


def _within(field: EvidenceField, number: Decimal) -> str:
    if field.least is not None:
        number = max(number, Decimal(f"{field.least:g}"))
    if field.most is not None:
        number = min(number, Decimal(f"{field.most:g}"))
    return f"{number.normalize():f}"
