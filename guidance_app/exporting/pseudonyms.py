"""Commands without anything that may name somebody.

Only text that the program itself makes is kept, field by field; whatever a person typed, where
files lie, serial numbers, and the day and time are left out. People and patients are numbered in
the order in which they appear. A field that is added to a command later is left out until it is
named here.
"""

from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from drivers.api.ports import SourceInfo, VideoFormat
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.checklist import ChecklistEntry, ChecklistItem, ChecklistTemplate
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.people import DEVICE, Person
from guidance_app.domain.plan import NeedleGuide
from guidance_app.domain.signature import Subject

REMOVED = "removed"

KEPT: dict[type, frozenset[str]] = {
    SourceInfo: frozenset({"modality", "fault_plan"}),
    VideoFormat: frozenset({"code"}),
    ProcedureStarted: frozenset({"procedure", "side", "technique", "questions"}),
    ChecklistTemplate: frozenset({"procedure", "version", "digest"}),
    ChecklistItem: frozenset({"id", "origin", "trace"}),
    ChecklistEntry: frozenset({"item"}),
    EvidenceField: frozenset({"id", "unit", "instead"}),
    Evidence: frozenset({"field"}),
    GivenAdvice: frozenset({"rule", "level", "origin", "trace"}),
    PixelScale: frozenset({"how"}),
    NeedleSight: frozenset({"reason"}),
    NeedleGuide: frozenset({"side"}),
    Subject: frozenset({"template_digest", "part"}),
}
"""Fields of text that the program itself makes."""

KEPT_KINDS = (EvidenceKind.NUMBER, EvidenceKind.CHOICE, EvidenceKind.TICK)
"""What is noted in such fields names nobody."""

Cleaned = TypeVar("Cleaned")


class Pseudonyms:
    """Gives the commands of one session without names; in order of their index."""

    def __init__(self) -> None:
        self._people: dict[str, str] = {}
        self._patients: dict[str, str] = {}
        self._kinds: dict[tuple[str, str], EvidenceKind] = {}

    def clean(self, command: Cleaned) -> Cleaned:
        """The same command; everything that may name somebody is a pseudonym or REMOVED."""
        cleaned = self._clean(command, keeps=False)
        if isinstance(command, ProcedureStarted):
            self._learn(command.template)
            cleaned = replace(
                cleaned, patient=_numbered(self._patients, command.patient, "patient")
            )
        return cleaned  # type: ignore[no-any-return]

    def _learn(self, template: ChecklistTemplate) -> None:
        for item in template.items:
            self._kinds |= {(item.id, field.id): field.kind for field in item.fields}

    def _clean(self, value: Any, keeps: bool) -> Any:  # noqa: ANN401  # whatever a field may hold
        match value:
            case Person():
                return self._person(value)
            case ChecklistEntry():
                return replace(self._fields(value), evidence=self._evidence(value))
            case str() if not isinstance(value, StrEnum):
                return value if keeps or not value else REMOVED
            case tuple():
                return tuple(self._clean(one, keeps) for one in value)
        return self._fields(value) if is_dataclass(value) else value

    def _fields(self, value: Any) -> Any:  # noqa: ANN401  # any record
        kept = KEPT.get(type(value), frozenset())
        cleaned = {
            field.name: self._clean(getattr(value, field.name), field.name in kept)
            for field in fields(value)
        }
        return replace(value, **cleaned)

    def _evidence(self, entry: ChecklistEntry) -> tuple[Evidence, ...]:
        return tuple(
            one
            if self._kinds.get((entry.item, one.field)) in KEPT_KINDS
            else replace(one, value=REMOVED)
            for one in entry.evidence
        )

    def _person(self, person: Person) -> Person:
        if person == DEVICE:
            return person
        return replace(person, code=_numbered(self._people, person.code, "person"))


def _numbered(known: dict[str, str], name: str, what: str) -> str:
    return known.setdefault(name, f"{what}-{len(known) + 1}") if name else ""
