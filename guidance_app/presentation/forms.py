"""Something to fill in, as a record: its fields, what stands in them, and what was entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guidance_app.presentation.view import NO_TEXT, Text


class FieldKind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    SECRET = "secret"
    """Typed and not shown."""
    ONE = "one of several"
    SOME = "any of several"


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen in a field."""

    id: str
    title: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field."""

    id: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    value: str = ""
    """What stands in it at first: a text, or ids of options with spaces between them."""
    hint: str = ""
    """Stands in an empty field."""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class FormView:
    """A page to fill in."""

    form: str
    """Which one it is."""
    title: str
    save: str
    """What the button says."""
    fields: tuple[FormField, ...]
    message: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class FormEntry:
    """What was entered; secrets among it, so it is never shown."""

    form: str
    values: Mapping[str, str]
    """As typed, or ids of options with spaces between them; by the id of the field."""

    def __repr__(self) -> str:
        """Without what was typed."""
        return f"FormEntry({self.form!r})"


class EntryRefused(ValueError):
    """What was entered cannot be; `str()` says why and what to do."""


def entered(entry: FormEntry, id_: str, what: str) -> str:
    """A text that must not be missing."""
    text = entry.values[id_].strip()
    if not text:
        raise EntryRefused(f"Still missing: {what}.")
    return text


def entered_day(entry: FormEntry, id_: str, what: str) -> date:
    """A day that must not be missing."""
    text = entered(entry, id_, what)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise EntryRefused(f"“{text}” is no day ({what}). Write it like 2026-11-26.") from None


def entered_day_or_none(entry: FormEntry, id_: str, what: str) -> date | None:
    """A day that may be missing."""
    return entered_day(entry, id_, what) if entry.values[id_].strip() else None


def entered_number(text: str, what: str) -> int:
    """A whole number from 0."""
    if not (text.strip().isascii() and text.strip().isdecimal()):
        raise EntryRefused(f"“{text.strip()}” is no whole number ({what}).")
    return int(text)
