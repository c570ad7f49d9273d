"""What was marked on a checklist as a QuestionnaireResponse.

The mark that counts is the answer. What was marked before it and taken back stands in an
extension, so that nobody who reads the answers alone takes it for one.
"""

from guidance_app.domain.checklist import Checklist, ChecklistEntry, ChecklistItem, Phase
from guidance_app.domain.evidence import EvidenceField
from guidance_app.domain.people import Person, Role
from guidance_app.domain.sign_off import closing_refusal
from guidance_app.exchange.fhir.elements import (
    Element,
    coding,
    extension,
    filled,
    meta,
    part,
    patient_reference,
    person_reference,
    role_coding,
)
from guidance_app.exchange.fhir.evidence import field_answer, field_link
from guidance_app.exchange.fhir.names import AUTHOR, own, stable_id, urn
from guidance_app.exchange.fhir.questionnaire import PHASE_TEXTS, canonical, note_id
from guidance_app.exchange.fhir.record import ProcedureRecord

ANSWERED, EARLIER = "answered", "earlier-mark"
NOTED = "noted"
WORKING_ALONE, TRAINEE = "working-alone", "trainee"


def response_id(record: ProcedureRecord) -> str:
    """The id of the response to a procedure's checklist."""
    return stable_id("response", record.session, record.started.procedure_id)


def procedure_resource_id(record: ProcedureRecord) -> str:
    """The id of the procedure itself."""
    return stable_id("procedure", record.session, record.started.procedure_id)


def questionnaire_response(record: ProcedureRecord) -> Element:
    """Every mark with who made it, in which role, when, and what was noted."""
    checklist = record.checklist
    return filled(
        {
            "resourceType": "QuestionnaireResponse",
            "id": response_id(record),
            **meta(record.simulated),
            "extension": [
                extension(WORKING_ALONE, "Boolean", checklist.working_alone),
                extension(TRAINEE, "Boolean", checklist.trainee),
            ],
            "identifier": {"system": own("session"), "value": record.session},
            "partOf": [{"reference": urn(procedure_resource_id(record)), "type": "Procedure"}],
            "questionnaire": canonical(checklist.template),
            "status": _status(record),
            "subject": patient_reference(record.started.patient),
            "authored": checklist.entries[-1].time_utc if checklist.entries else "",
            "author": _author(record.started.people),
            "item": [_group(checklist, phase) for phase in Phase if checklist.items(phase)],
        }
    )


def is_complete(checklist: Checklist) -> bool:
    """Everything is marked and signed, also after an emergency."""
    return not checklist.open_items(*Phase) and closing_refusal(checklist) is None


def _status(record: ProcedureRecord) -> str:
    if is_complete(record.checklist):
        return "completed"
    return "in-progress" if record.ended_utc is None else "stopped"


def _author(people: tuple[Person, ...]) -> Element:
    operator = next((person for person in people if person.role is Role.OPERATOR), None)
    return person_reference(operator) if operator else {}


def _group(checklist: Checklist, phase: Phase) -> Element:
    return {
        "id": phase.value,
        "linkId": phase.value,
        "text": PHASE_TEXTS[phase],
        "item": [_item(checklist, item) for item in checklist.items(phase)],
    }


def _item(checklist: Checklist, item: ChecklistItem) -> Element:
    counts = checklist.status(item.id)
    numbered = [(n, e) for n, e in enumerate(checklist.entries, 1) if e.item == item.id]
    earlier = numbered[:-1] if counts else numbered
    answered = numbered[len(earlier) :]
    return filled(
        {
            "id": item.id,
            "extension": [
                *(_earlier(number, entry) for number, entry in earlier),
                *(one for number, entry in answered for one in _by_whom(number, entry)),
            ],
            "linkId": item.id,
            "text": item.text,
            "answer": [_answer(item, entry) for _, entry in answered],
        }
    )


def _answer(item: ChecklistItem, entry: ChecklistEntry) -> Element:
    fields = {field.id: field for field in item.fields}
    below = [_noted(item.id, fields[one.field], one.value) for one in entry.evidence]
    if entry.note:
        below.append({"linkId": note_id(item.id), "answer": [{"valueString": entry.note}]})
    return filled({"valueCoding": coding("mark", entry.mark), "item": below})


def _noted(item_id: str, field: EvidenceField, value: str) -> Element:
    return {
        "linkId": field_link(item_id, field.id),
        "text": field.label,
        "answer": [field_answer(item_id, field, value)],
    }


def _by_whom(number: int, entry: ChecklistEntry) -> list[Element]:
    return [
        {"url": AUTHOR, "valueReference": person_reference(entry.person)},
        {"url": own(ANSWERED), "extension": _when(number, entry)},
    ]


def _earlier(number: int, entry: ChecklistEntry) -> Element:
    parts = [
        part("mark", "Coding", coding("mark", entry.mark)),
        part("person", "Reference", person_reference(entry.person)),
        *_when(number, entry),
    ]
    if entry.note:
        parts.append(part("note", "String", entry.note))
    for noted in entry.evidence:
        content = [part("field", "String", noted.field), part("value", "String", noted.value)]
        parts.append({"url": NOTED, "extension": content})
    return {"url": own(EARLIER), "extension": parts}


def _when(number: int, entry: ChecklistEntry) -> list[Element]:
    return [
        part("role", "Coding", role_coding(entry.person.role)),
        part("time", "DateTime", entry.time_utc),
        part("order", "PositiveInt", number),
    ]
