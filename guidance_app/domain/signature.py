"""What a signature says: who, in which role, meaning what, when, and of exactly which content.

A signature is bound to what was signed by the sha256 of its canonical text, which holds the
procedure as well: copied onto another record, or with the record changed under it, it is invalid.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person


class Marked(Protocol):
    """A mark on an item, as far as it is signed."""

    @property
    def item(self) -> str:
        """Id of the item."""
        ...

    @property
    def mark(self) -> str:
        """What was done with it."""
        ...

    @property
    def person(self) -> Person:
        """By whom."""
        ...

    @property
    def time_utc(self) -> str:
        """When."""
        ...

    @property
    def note(self) -> str:
        """Remark or reason."""
        ...

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was noted in the item's fields."""
        ...


class Meaning(StrEnum):
    """What somebody says by signing."""

    DONE = "done"
    """I did it, or saw it done."""
    VERIFIED = "verified"
    """I checked it as the second person."""
    SUPERVISED = "supervised"
    """I supervise who does it."""
    CLOSED = "closed"
    """The record is complete."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is signed: an item, a phase, or the whole record of one procedure."""

    procedure_id: str
    template_digest: str
    part: str
    """Id of an item, code of a phase, or RECORD."""


RECORD = "record"


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's signature on one subject."""

    subject: Subject
    meaning: Meaning
    person: Person
    time_utc: str
    """ISO 8601 with offset."""
    content_sha256: str
    """Of `signed_text` at that moment."""


def signed_text(subject: Subject, entries: Iterable[Marked]) -> str:
    """The canonical text of what is signed: the subject and every mark that belongs to it."""
    content = {
        "procedure": subject.procedure_id,
        "template": subject.template_digest,
        "part": subject.part,
        "entries": [_signed_entry(entry) for entry in entries],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _signed_entry(entry: Marked) -> list[object]:
    who = [entry.person.code, entry.person.role]
    noted = [[evidence.field, evidence.value] for evidence in entry.evidence]
    return [entry.item, entry.mark, *who, entry.time_utc, entry.note, *noted]


def content_digest(subject: Subject, entries: Iterable[Marked]) -> str:
    """The sha256 of `signed_text`, hexadecimal."""
    return hashlib.sha256(signed_text(subject, entries).encode()).hexdigest()


def is_valid(signature: Signature, entries: Iterable[Marked]) -> bool:
    """Whether what was signed still stands as it was signed."""
    return signature.content_sha256 == content_digest(signature.subject, entries)
