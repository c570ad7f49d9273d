"""Signatures as a screen would ask for them."""

from collections.abc import Iterable

from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.domain.competence import StaffRole
from guidance_app.domain.people import Person, Role
from guidance_app.domain.signature import Meaning, Signature, Subject, content_digest
from guidance_app.records.database import Records
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.signatures import SignatureRequest, signed_entries
from guidance_app.records.staff import StaffMember

OPERATOR = Person("OP-01", Role.OPERATOR)
ASSISTANT = Person("AS-01", Role.ASSISTANT)
TIME_UTC = "2025-03-01T09:10:00+00:00"
PHASE_ITEMS = ("K-01", "K-11")


def register_both(records: Records) -> None:
    """The operator, who is also registered as an assistant, and the assistant."""
    records.add_person(StaffMember(OPERATOR.code, "Ann"))
    records.set_roles(OPERATOR.code, {StaffRole.OPERATOR, StaffRole.ASSISTANT})
    records.add_person(StaffMember(ASSISTANT.code, "Ben"))
    records.set_roles(ASSISTANT.code, {StaffRole.ASSISTANT})


def request(
    procedure: ProcedureRecord,
    entries: Iterable[ChecklistEntry],
    person: Person,
    meaning: Meaning = Meaning.DONE,
    part: str = "TO",
    phase_items: tuple[str, ...] = PHASE_ITEMS,
) -> SignatureRequest:
    """For the entries as they are given."""
    subject = Subject(procedure.id, procedure.template_digest, part)
    content = signed_entries(subject, phase_items, entries)
    digest = content_digest(subject, content)
    return SignatureRequest(Signature(subject, meaning, person, TIME_UTC, digest), phase_items)


def pair(
    procedure: ProcedureRecord,
    entries: Iterable[ChecklistEntry],
    part: str = "TO",
    phase_items: tuple[str, ...] = PHASE_ITEMS,
) -> tuple[SignatureRequest, SignatureRequest]:
    """The two people of a time-out."""
    marks = tuple(entries)
    return (
        request(procedure, marks, OPERATOR, Meaning.DONE, part, phase_items),
        request(procedure, marks, ASSISTANT, Meaning.VERIFIED, part, phase_items),
    )
