"""Signatures as rows, and what is checked before one is stored."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.domain.competence import StaffRole
from guidance_app.domain.people import Person, Role
from guidance_app.domain.signature import Meaning, Signature, Subject, is_valid
from guidance_app.records.audited import canonical
from guidance_app.records.chain import Change, tail
from guidance_app.records.errors import NOT_SIGNED, AuditHead, RecordsRefused
from guidance_app.records.procedure_rows import read_entries
from guidance_app.records.schema import PROCEDURES, SIGNATURES
from guidance_app.records.signatures import (
    PHASES,
    SignatureRequest,
    StoredSignature,
    signed_entries,
)
from guidance_app.records.staff_rows import read_person, read_roles
from guidance_app.records.store import Writing

STAFF_ROLE_OF = {
    Role.OPERATOR: StaffRole.OPERATOR,
    Role.ASSISTANT: StaffRole.ASSISTANT,
    Role.RADIOGRAPHER: StaffRole.RADIOGRAPHER,
    Role.SUPERVISOR: StaffRole.SUPERVISOR,
}
"""Which registered role lets somebody sign in a role; a patient signs nothing here."""


def sign(writing: Writing, procedure_id: str, requests: Sequence[SignatureRequest]) -> None:
    """All of the signatures; raises RecordsRefused, with the first reason, for none of them."""
    connection = writing.connection
    if not requests:
        raise _refusal("There is nothing to sign.")
    procedure = _procedure(connection, procedure_id)
    entries = read_entries(connection, procedure_id)
    earlier = [stored.signature for stored in read_signatures(connection, procedure_id)]
    first = len(earlier)
    for request in requests:
        _check_subject(request, procedure)
        _check_person(connection, request.signature.person)
        _check_content(request, entries)
        _check_others(request.signature, earlier, procedure.working_alone)
        earlier.append(request.signature)
    head = tail(connection)
    rows = (_row(request, head) for request in requests)
    changes = (Change(SIGNATURES, row | {"position": n}) for n, row in enumerate(rows, first))
    writing.write("signed", *changes)


def read_signatures(connection: Connection, procedure_id: str) -> tuple[StoredSignature, ...]:
    """All of one procedure in the order they were stored."""
    chosen = select(SIGNATURES).where(SIGNATURES.c.procedure_id == procedure_id)
    rows = connection.execute(chosen.order_by(SIGNATURES.c.position)).all()
    return tuple(_stored(row) for row in rows)


def _procedure(connection: Connection, procedure_id: str) -> Row[Any]:
    chosen = select(PROCEDURES).where(PROCEDURES.c.id == procedure_id)
    found = connection.execute(chosen).one_or_none()
    if found is None:
        raise _refusal(f"There is no procedure {procedure_id} in the records.")
    return found


def _check_subject(request: SignatureRequest, procedure: Row[Any]) -> None:
    subject = request.signature.subject
    if subject.procedure_id != procedure.id:
        raise _refusal(f"What is signed belongs to another procedure, {subject.procedure_id}.")
    if subject.template_digest != procedure.template_digest:
        raise _refusal("What is signed belongs to another version of the checklist.")
    if (subject.part in PHASES) != bool(request.phase_items):
        raise _refusal(f"The items of what is signed ({subject.part}) are not given as they must.")


def _check_person(connection: Connection, person: Person) -> None:
    known = read_person(connection, person.code)
    if known is None or not known.active:
        raise _refusal(f"Nobody who may sign is registered here under the code {person.code}.")
    if STAFF_ROLE_OF.get(person.role) not in read_roles(connection, person.code):
        raise _refusal(f"{person.code} is not registered as {person.role.name.lower()}.")


def _check_content(request: SignatureRequest, entries: Iterable[ChecklistEntry]) -> None:
    signature = request.signature
    if not is_valid(signature, signed_entries(signature.subject, request.phase_items, entries)):
        raise _refusal(
            f"The checklist has changed since {signature.person.code} saw it, or is not stored "
            f"yet ({signature.subject.part}). Look at it again."
        )


def _check_others(signature: Signature, earlier: Iterable[Signature], alone: bool) -> None:
    """Two people are two people; what has changed since may be signed by the same ones again."""
    signed = [
        other
        for other in earlier
        if other.subject == signature.subject
        and other.content_sha256 == signature.content_sha256
        and other.person.code == signature.person.code
    ]
    if any(other.meaning is signature.meaning for other in signed):
        raise _refusal(f"{signature.person.code} has signed this ({signature.subject.part}).")
    if not alone and any(_is_half(other) for other in signed) and _is_half(signature):
        raise _refusal(
            f"{signature.person.code} has signed this ({signature.subject.part}) as one of two "
            "people. Another person must sign as the second."
        )


def _is_half(signature: Signature) -> bool:
    """Closing a record is no half of a pair."""
    return signature.meaning is not Meaning.CLOSED


def _refusal(sentence: str) -> RecordsRefused:
    return RecordsRefused(f"{sentence} {NOT_SIGNED}")


def _row(request: SignatureRequest, head: AuditHead) -> dict[str, object]:
    signature = request.signature
    return {
        "procedure_id": signature.subject.procedure_id,
        "template_digest": signature.subject.template_digest,
        "part": signature.subject.part,
        "phase_items": canonical(request.phase_items),
        "meaning": signature.meaning.value,
        "person_code": signature.person.code,
        "role": signature.person.role.value,
        "time_utc": signature.time_utc,
        "content_sha256": signature.content_sha256,
        "audit_seq": head.seq,
        "audit_sha256": head.sha256,
    }


def _stored(row: Row[Any]) -> StoredSignature:
    signature = Signature(
        subject=Subject(row.procedure_id, row.template_digest, row.part),
        meaning=Meaning(row.meaning),
        person=Person(row.person_code, Role(row.role)),
        time_utc=row.time_utc,
        content_sha256=row.content_sha256,
    )
    head = AuditHead(row.audit_seq, row.audit_sha256)
    return StoredSignature(signature, tuple(json.loads(row.phase_items)), head)
