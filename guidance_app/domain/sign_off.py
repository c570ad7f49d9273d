"""Who has to sign what, whether it is signed, and what that keeps shut. Pure.

Every required item and every phase is signed. A time-out and the closing of a record need two
people, unless working alone is recorded; a trainee's procedure needs the supervisor as well. A
signature counts only while what it was put under stands as it stood. All of this is a design of
this project; no source assigns it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    ChecklistRefused,
    Level,
    Phase,
    check_open,
    declare_emergency,
    mark_item,
)
from guidance_app.domain.commands import (
    EmergencyDeclared,
    ItemMarked,
    PhaseSigned,
    ProcedureStarted,
    RecordClosed,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.signature import (
    Meaning,
    Signature,
    Subject,
    content_digest,
    is_valid,
)

GATE_PHASES = (Phase.PRE, Phase.TIME_OUT)
"""Phases that must be complete before guidance may be switched on."""
PAIRED_PHASES = (Phase.TIME_OUT, Phase.POST)
"""Phases that two people sign."""
PHASE_WORDS = {
    Phase.PRE: "the part before",
    Phase.TIME_OUT: "the time-out",
    Phase.INTRA: "the part during",
    Phase.POST: "the part after",
}

Signers = tuple[frozenset[Role], ...]
"""Each stands for one signature, by somebody in one of these roles."""


def item_signers(checklist: Checklist, item: ChecklistItem) -> Signers:
    """Who signs a required item; a patient signs on paper, and others confirm it here."""
    roles = frozenset(item.sign) - {Role.PATIENT}
    if checklist.working_alone and Role.ASSISTANT in roles:
        roles = roles - {Role.ASSISTANT} | {Role.OPERATOR}
    pair = (Role.OPERATOR, Role.ASSISTANT)
    if item.phase in PAIRED_PHASES and roles.issuperset(pair):
        return tuple(frozenset({role}) for role in pair)
    if Role.SUPERVISOR in roles and checklist.trainee:
        others = roles - {Role.SUPERVISOR}
        return (*((others,) if others else ()), frozenset({Role.SUPERVISOR}))
    return (roles - {Role.SUPERVISOR} or roles,)


def phase_signers(checklist: Checklist, phase: Phase) -> Signers:
    """Who signs a phase as a whole."""
    signers = [frozenset({Role.OPERATOR})]
    if phase in PAIRED_PHASES and not checklist.working_alone:
        signers.append(frozenset({Role.ASSISTANT}))
    if phase is Phase.PRE and checklist.trainee:
        signers.append(frozenset({Role.SUPERVISOR}))
    return tuple(signers)


def unsigned(checklist: Checklist, phase: Phase) -> tuple[tuple[str, Signers], ...]:
    """The parts of a phase that still lack signatures, with those they lack.

    A record of before there were signatures has no id to bind them to, and lacks none.
    """
    if not checklist.procedure_id:
        return ()
    missing = (
        (part, _lacking(checklist, part, signers)) for part, signers in _parts(checklist, phase)
    )
    return tuple((part, signers) for part, signers in missing if signers)


def sign_phase(
    checklist: Checklist, phase: Phase, person: Person, time_utc: str
) -> tuple[Signature, ...]:
    """The signatures that this person owes on a phase: on its required items and on itself.

    Raises ChecklistRefused while items are open, and when this person has nothing to sign.
    """
    still_open = checklist.open_items(phase)
    if still_open:
        raise ChecklistRefused(f"{_open_words(still_open)}: do that before you sign.")
    owed = owed_parts(checklist, phase, person)
    if not owed:
        role = person.role.name.lower()
        raise ChecklistRefused(f"{person.code}, {role}: nothing to sign in {PHASE_WORDS[phase]}.")
    return tuple(_sign(checklist, part, person, time_utc) for part in owed)


def owed_parts(checklist: Checklist, phase: Phase, person: Person) -> tuple[str, ...]:
    """The parts of a phase that wait for this person's signature."""
    return tuple(
        part
        for part, signers in unsigned(checklist, phase)
        if _may_sign(person, signers) and not _has_signed(checklist, part, person)
    )


def signature_states(checklist: Checklist) -> tuple[tuple[Signature, bool], ...]:
    """Every signature that was made, oldest first, and whether it still counts."""
    return tuple(
        (signature, signature in _valid(checklist, signature.subject.part))
        for signature in checklist.signatures
    )


def missing_signatures(checklist: Checklist) -> tuple[str, ...]:
    """What is not signed of the whole record, in words."""
    return tuple(
        f"{PHASE_WORDS[phase]}: {part} by the {_roles_in_words(roles)}"
        for phase in Phase
        for part, signers in unsigned(checklist, phase)
        for roles in signers
    )


def add_signatures(checklist: Checklist, signatures: Iterable[Signature]) -> Checklist:
    """The checklist with these signatures, all of them; raises ChecklistRefused for a wrong one."""
    check_open(checklist)
    for signature in signatures:
        _check(checklist, signature)
        checklist = replace(checklist, signatures=(*checklist.signatures, signature))
    return checklist


ChecklistCommand = ItemMarked | PhaseSigned | EmergencyDeclared | RecordClosed
"""What changes a checklist."""


def checklist_after(checklist: Checklist, command: ChecklistCommand) -> Checklist:
    """The checklist after what was asked; raises ChecklistRefused when it may not be."""
    match command:
        case ItemMarked(entry):
            return mark_item(checklist, entry)
        case PhaseSigned(signatures):
            return add_signatures(checklist, signatures)
        case EmergencyDeclared(emergency):
            return declare_emergency(checklist, emergency)
        case RecordClosed():
            return close_record(checklist)


def close_record(checklist: Checklist) -> Checklist:
    """The checklist, closed; raises ChecklistRefused while anything in it is open or unsigned."""
    check_open(checklist)
    refusal = closing_refusal(checklist)
    if refusal is not None:
        raise ChecklistRefused(refusal)
    return replace(checklist, closed=True)


def begin_checklist(started: ProcedureStarted) -> Checklist:
    """The checklist of a procedure that begins."""
    return Checklist(
        started.template,
        working_alone=started.working_alone,
        trainee=started.trainee,
        side=started.side,
        procedure_id=started.procedure_id,
    )


def guidance_refusal(checklist: Checklist) -> str | None:
    """Why guidance may not be switched on; None when PRE and TO are complete and signed."""
    if checklist.closed:
        return "The record is closed. Start the next procedure."
    if checklist.emergency is not None:
        return None
    still_open = checklist.open_items(*GATE_PHASES)
    if still_open:
        return f"Guidance stays off: {_open_words(still_open, 'before it')}."
    return _unsigned_words(checklist, GATE_PHASES, "Guidance stays off")


def injection_refusal(checklist: Checklist) -> str | None:
    """Why an injection may not be marked; None when all that must come before it is settled."""
    if checklist.emergency is not None or checklist.closed:
        return guidance_refusal(checklist)
    before = [item for item in checklist.open_items(*Phase) if item.before_injection]
    if before:
        return f"Not before {before[0].id} “{before[0].text}” is settled."
    return guidance_refusal(checklist)


def closing_refusal(checklist: Checklist) -> str | None:
    """Why the record may not be closed; after an emergency its last phase alone is asked for."""
    phases = (Phase.POST,) if checklist.emergency is not None else tuple(Phase)
    still_open = checklist.open_items(*phases)
    if still_open:
        return f"The record stays open: {_open_words(still_open)}."
    return _unsigned_words(checklist, phases, "The record stays open")


def _parts(checklist: Checklist, phase: Phase) -> Iterator[tuple[str, Signers]]:
    for item in checklist.items(phase):
        if item.level is Level.HARD:
            yield item.id, item_signers(checklist, item)
    yield phase.value, phase_signers(checklist, phase)


def _entries(checklist: Checklist, part: str) -> tuple[ChecklistEntry, ...]:
    """The marks that belong to an item, or to a phase."""
    ids = {item.id for item in checklist.template.items if part in (item.id, item.phase.value)}
    return tuple(entry for entry in checklist.entries if entry.item in ids)


def _subject(checklist: Checklist, part: str) -> Subject:
    return Subject(checklist.procedure_id, checklist.template.digest, part)


def _sign(checklist: Checklist, part: str, person: Person, time_utc: str) -> Signature:
    subject = _subject(checklist, part)
    meanings = {Role.SUPERVISOR: Meaning.SUPERVISED, Role.ASSISTANT: Meaning.VERIFIED}
    digest = content_digest(subject, _entries(checklist, part))
    meaning = meanings.get(person.role, Meaning.DONE)
    return Signature(subject, meaning, person, time_utc, digest)


def _valid(checklist: Checklist, part: str) -> list[Signature]:
    subject, entries = _subject(checklist, part), _entries(checklist, part)
    return [s for s in checklist.signatures if s.subject == subject and is_valid(s, entries)]


def _lacking(checklist: Checklist, part: str, signers: Signers) -> Signers:
    """Each signature stands for one signer, and each person for one signature."""
    people = {signature.person for signature in _valid(checklist, part)}
    lacking = []
    for roles in signers:
        signed = next((p for p in sorted(people, key=lambda p: p.code) if p.role in roles), None)
        if signed is None:
            lacking.append(roles)
        else:
            people = {person for person in people if person.code != signed.code}
    return tuple(lacking)


def _may_sign(person: Person, signers: Signers) -> bool:
    return any(person.role in roles for roles in signers)


def _has_signed(checklist: Checklist, part: str, person: Person) -> bool:
    return any(signature.person.code == person.code for signature in _valid(checklist, part))


def _check(checklist: Checklist, signature: Signature) -> None:
    part, person = signature.subject.part, signature.person
    if signature.subject != _subject(checklist, part):
        raise ChecklistRefused("This signature belongs to another record.")
    if not is_valid(signature, _entries(checklist, part)):
        raise ChecklistRefused(f"What {person.code} signed in {part} has changed. Sign it again.")
    signers = next((s for p, s in _all_parts(checklist) if p == part), ())
    if not _may_sign(person, signers):
        raise ChecklistRefused(f"{part} is not signed by the {person.role.name.lower()}.")
    if _has_signed(checklist, part, person):
        raise ChecklistRefused(
            f"{person.code} has signed {part} already; another person is needed."
        )
    _check_time(checklist, signature)


def _check_time(checklist: Checklist, signature: Signature) -> None:
    """A clock that was set back would put a signature before what it is for."""
    marked = [entry.time_utc for entry in _entries(checklist, signature.subject.part)]
    newest = max(map(datetime.fromisoformat, marked), default=None)
    if newest is not None and datetime.fromisoformat(signature.time_utc) < newest:
        raise ChecklistRefused(
            "The clock of this computer was set back: it is now before the last mark. Set it right."
        )


def _all_parts(checklist: Checklist) -> Iterator[tuple[str, Signers]]:
    for phase in Phase:
        yield from _parts(checklist, phase)


def _open_words(still_open: tuple[ChecklistItem, ...], where: str = "") -> str:
    count = "1 item" if len(still_open) == 1 else f"{len(still_open)} items"
    first = still_open[0]
    place = f" {where}" if where else ""
    return f"{count} open{place}, next {first.id} “{first.text}”"


def _unsigned_words(checklist: Checklist, phases: Iterable[Phase], consequence: str) -> str | None:
    for phase in phases:
        for _, signers in unsigned(checklist, phase):
            who = _roles_in_words(signers[0])
            return f"{consequence}: {PHASE_WORDS[phase]} is not signed by the {who}."
    return None


def _roles_in_words(roles: frozenset[Role]) -> str:
    return " or ".join(sorted(role.name.lower() for role in roles))
