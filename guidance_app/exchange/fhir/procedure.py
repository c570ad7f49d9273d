"""What was done as a Procedure, and who signed what as Provenance."""

from base64 import b64encode

from guidance_app.domain.checklist import Mark, Phase
from guidance_app.domain.people import Person
from guidance_app.domain.sign_off import signature_states
from guidance_app.domain.signature import Meaning, Signature
from guidance_app.exchange.fhir.elements import (
    Element,
    coding,
    extension,
    filled,
    meta,
    patient_reference,
    person_reference,
    role_coding,
)
from guidance_app.exchange.fhir.names import (
    METHOD,
    PARTICIPATION,
    SIGNATURE_TYPES,
    TARGET_ELEMENT,
    own,
    stable_id,
    urn,
)
from guidance_app.exchange.fhir.questionnaire import PHASE_TEXTS
from guidance_app.exchange.fhir.record import ProcedureRecord
from guidance_app.exchange.fhir.response import is_complete, procedure_resource_id, response_id
from guidance_app.knowledge.load import shipped_knowledge

INVALID = "signature-invalid"
MEANINGS = {
    Meaning.DONE: ("1", "Author's Signature"),
    Meaning.VERIFIED: ("5", "Verification Signature"),
    Meaning.SUPERVISED: ("13", "Review Signature"),
    Meaning.CLOSED: ("6", "Validation Signature"),
}
"""The nearest of the standard's types of signature; the choice is ours."""
SIGNATURE_TYPE = "1.2.840.10065.1.12.1"


def procedure(record: ProcedureRecord) -> Element:
    """What was done, where, by whom; an emergency and every override stand in its notes."""
    started, template = record.started, record.checklist.template
    return filled(
        {
            "resourceType": "Procedure",
            "id": procedure_resource_id(record),
            **meta(record.simulated),
            "extension": _method(started.technique),
            "identifier": _identifiers(record),
            "status": _status(record),
            "code": {
                "coding": [coding("procedure", template.procedure)],
                "text": template.title,
            },
            "subject": patient_reference(started.patient),
            "performedPeriod": filled({"start": record.started_utc, "end": record.ended_utc}),
            "performer": [_performer(person) for person in started.people],
            "bodySite": _body_site(template.procedure, started.side),
            "note": [*_emergency(record), *_overrides(record), *_remarks(record)],
        }
    )


def provenances(record: ProcedureRecord) -> list[Element]:
    """One for each signature that was ever made, oldest first."""
    return [
        _provenance(record, signature, counts)
        for signature, counts in signature_states(record.checklist)
    ]


def _identifiers(record: ProcedureRecord) -> list[Element]:
    identifiers = [{"system": own("session"), "value": record.session}]
    if record.started.procedure_id:
        identifiers.append(
            {"system": own("procedure-record"), "value": record.started.procedure_id}
        )
    return identifiers


def _status(record: ProcedureRecord) -> str:
    """A record that is closed without its last signatures does not say how the procedure ended."""
    if is_complete(record.checklist):
        return "completed"
    return "in-progress" if record.ended_utc is None else "unknown"


def _method(technique: str) -> list[Element]:
    if not technique:
        return []
    titles = [one.title for one in shipped_knowledge().techniques if one.id == technique]
    concept = {"coding": [coding("technique", technique)], "text": "".join(titles)}
    return [{"url": METHOD, "valueCodeableConcept": filled(concept)}]


def _performer(person: Person) -> Element:
    role = {"coding": [role_coding(person.role)], "text": person.role.name.lower()}
    return {"function": role, "actor": person_reference(person)}


def _body_site(procedure_id: str, side: str) -> list[Element]:
    knowledge = shipped_knowledge()
    site_ids = [one.site for one in knowledge.procedures if one.id == procedure_id]
    titles = [site.title for site in knowledge.sites if site.id in site_ids]
    text = ", ".join(word for word in (*titles, side) if word)
    return [{"text": text}] if text else []


def _emergency(record: ProcedureRecord) -> list[Element]:
    emergency = record.checklist.emergency
    if emergency is None:
        return []
    text = f"EMERGENCY: {emergency.reason}. The gates of the checklist were open from then on."
    return [_note(text, emergency.person, emergency.time_utc)]


def _overrides(record: ProcedureRecord) -> list[Element]:
    notes = []
    for item in record.checklist.template.items:
        entry = record.checklist.status(item.id)
        if entry is not None and entry.mark is Mark.OVERRIDDEN:
            text = f"Gone on without {item.id} “{item.text}”: {entry.note}"
            notes.append(_note(text, entry.person, entry.time_utc))
    return notes


def _remarks(record: ProcedureRecord) -> list[Element]:
    remarks = []
    if record.started.reason:
        remarks.append(f"Reason for how the needle is guided: {record.started.reason}")
    if record.checklist.working_alone:
        remarks.append("Working alone: the operator ticked and signed for the assistant as well.")
    if record.simulated:
        remarks.append("Simulated: no patient was involved.")
    return [{"text": remark} for remark in remarks]


def _note(text: str, person: Person, time_utc: str) -> Element:
    return {"authorReference": person_reference(person), "time": time_utc, "text": text}


def _provenance(record: ProcedureRecord, signature: Signature, counts: bool) -> Element:
    person, time_utc = signature.person, signature.time_utc
    key = (signature.subject.part, person.code, time_utc, signature.content_sha256)
    return filled(
        {
            "resourceType": "Provenance",
            "id": stable_id("provenance", record.session, *key),
            **meta(record.simulated),
            "modifierExtension": [] if counts else [extension(INVALID, "Boolean", True)],
            "target": [_target(record, signature.subject.part)],
            "occurredDateTime": time_utc,
            "recorded": time_utc,
            "reason": [{"coding": [_meaning(signature)], "text": _words(record, signature)}],
            "agent": [_agent(person)],
            "entity": [{"role": "source", "what": _questionnaire(record)}],
            "signature": [_signature(signature)],
        }
    )


def _target(record: ProcedureRecord, part: str) -> Element:
    """The response, and in it the element of the item or the phase that was signed."""
    target = {"reference": urn(response_id(record)), "type": "QuestionnaireResponse"}
    return {"extension": [{"url": TARGET_ELEMENT, "valueUri": part}], **target}


def _questionnaire(record: ProcedureRecord) -> Element:
    id_ = stable_id("questionnaire", record.checklist.template.digest)
    return {"reference": urn(id_), "type": "Questionnaire"}


def _agent(person: Person) -> Element:
    attester = {"system": PARTICIPATION, "code": "attester", "display": "Attester"}
    return {
        "type": {"coding": [attester]},
        "role": [{"coding": [role_coding(person.role)], "text": person.role.name.lower()}],
        "who": person_reference(person),
    }


def _meaning(signature: Signature) -> Element:
    return coding("meaning", signature.meaning)


def _words(record: ProcedureRecord, signature: Signature) -> str:
    part = signature.subject.part
    phases = {phase.value: f"the part {PHASE_TEXTS[phase].lower()}" for phase in Phase}
    items = {item.id: f"{item.id} “{item.text}”" for item in record.checklist.template.items}
    return f"{signature.meaning.value}: {phases.get(part) or items.get(part, part)}"


def _signature(signature: Signature) -> Element:
    number, display = MEANINGS[signature.meaning]
    standard = {"system": SIGNATURE_TYPES, "code": f"{SIGNATURE_TYPE}.{number}", "display": display}
    return {
        "type": [standard, _meaning(signature)],
        "when": signature.time_utc,
        "who": person_reference(signature.person),
        "sigFormat": "application/octet-stream",
        "data": b64encode(bytes.fromhex(signature.content_sha256)).decode(),
    }
