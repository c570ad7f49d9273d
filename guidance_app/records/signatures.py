"""Signatures as they are asked for and as they are stored; no database in here."""

from collections.abc import Iterable
from dataclasses import dataclass

from guidance_app.domain.checklist import ChecklistEntry, Phase
from guidance_app.domain.signature import RECORD, Signature, Subject
from guidance_app.records.errors import AuditHead

PHASES = frozenset(phase.value for phase in Phase)


@dataclass(frozen=True, slots=True)
class SignatureRequest:
    """A signature that is to be stored."""

    signature: Signature
    phase_items: tuple[str, ...] = ()
    """Ids of the items that the template has in the phase that is signed; else empty."""


@dataclass(frozen=True, slots=True)
class StoredSignature:
    """A signature in the records."""

    signature: Signature
    phase_items: tuple[str, ...]
    head: AuditHead
    """The newest entry of the audit chain before it."""


def signed_entries(
    subject: Subject, phase_items: tuple[str, ...], entries: Iterable[ChecklistEntry]
) -> tuple[ChecklistEntry, ...]:
    """The marks that belong to a subject, out of all marks of its procedure."""
    if subject.part == RECORD:
        return tuple(entries)
    items = phase_items if subject.part in PHASES else (subject.part,)
    return tuple(entry for entry in entries if entry.item in items)
