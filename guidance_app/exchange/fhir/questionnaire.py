"""The checklist of a procedure as a Questionnaire."""

from guidance_app import PURPOSE
from guidance_app.domain.checklist import ChecklistItem, ChecklistTemplate, Level, Mark, Phase
from guidance_app.exchange.fhir.elements import (
    Element,
    coding,
    extension,
    role_coding,
)
from guidance_app.exchange.fhir.evidence import field_link, field_question
from guidance_app.exchange.fhir.names import own, stable_id, urn
from guidance_app.exchange.fhir.sources import item_sources, sources
from guidance_app.knowledge.check_fields import NOTE

PHASE_TEXTS = {
    Phase.PRE: "Before",
    Phase.TIME_OUT: "Time-out",
    Phase.INTRA: "During",
    Phase.POST: "After",
}


def questionnaire(template: ChecklistTemplate) -> Element:
    """One group for each phase, one question for each item; below it what to note, and a text."""
    return {
        "resourceType": "Questionnaire",
        "id": stable_id("questionnaire", template.digest),
        "extension": sources(template),
        "url": questionnaire_url(template),
        "identifier": [{"system": own("digest"), "value": template.digest}],
        "version": questionnaire_version(template),
        "title": template.title,
        "status": "active",
        "experimental": True,
        "subjectType": ["Patient"],
        "purpose": PURPOSE,
        "code": [coding("procedure", template.procedure)],
        "item": [_group(template, phase) for phase in Phase if _items(template, phase)],
    }


def questionnaire_url(template: ChecklistTemplate) -> str:
    """The same for every version of a procedure's checklist under one technique."""
    return urn(stable_id("checklist", template.procedure, template.title))


def questionnaire_version(template: ChecklistTemplate) -> str:
    """The version that its authors gave it, and the digest of all that it says."""
    return f"{template.version}+{template.digest}"


def canonical(template: ChecklistTemplate) -> str:
    """What a response names: exactly these questions in exactly these words."""
    return f"{questionnaire_url(template)}|{questionnaire_version(template)}"


def note_id(item_id: str) -> str:
    """The question for a remark or the reason below an item."""
    return field_link(item_id, NOTE)


def _items(template: ChecklistTemplate, phase: Phase) -> list[ChecklistItem]:
    return [item for item in template.items if item.phase is phase]


def _group(template: ChecklistTemplate, phase: Phase) -> Element:
    return {
        "linkId": phase.value,
        "text": PHASE_TEXTS[phase],
        "type": "group",
        "item": [_question(item) for item in _items(template, phase)],
    }


def _question(item: ChecklistItem) -> Element:
    return {
        "extension": [*_rules(item), *item_sources(item.trace)],
        "linkId": item.id,
        "text": item.text,
        "type": "choice",
        "required": item.level is not Level.ADVISORY,
        "repeats": False,
        "answerOption": [{"valueCoding": coding("mark", mark)} for mark in _answers(item)],
        "item": [*(field_question(item, field) for field in item.fields), _note(item)],
    }


def _note(item: ChecklistItem) -> Element:
    asked = f"Note: {item.evidence}" if item.evidence and not item.fields else "Note"
    return {"linkId": note_id(item.id), "text": asked, "type": "text", "required": False}


def _answers(item: ChecklistItem) -> list[Mark]:
    """What the level allows; an item that is open or reopened has no answer."""
    answers = [Mark.DONE]
    if item.level is not Level.HARD:
        answers.append(Mark.OVERRIDDEN)
    if item.level is Level.ADVISORY:
        answers.append(Mark.SKIPPED)
    if item.level is not Level.HARD or item.may_not_apply:
        answers.append(Mark.NOT_APPLICABLE)
    return answers


def _rules(item: ChecklistItem) -> list[Element]:
    """What R4 has no place for: how strictly the item holds, whose it is, who may tick it."""
    rules = [
        extension("level", "Coding", coding("level", item.level, item.level.name.lower())),
        extension("origin", "String", item.origin),
        *(extension("ticked-by", "Coding", role_coding(role)) for role in item.sign),
    ]
    if item.before_injection:
        rules.append(extension("before-injection", "Boolean", True))
    if item.proven_by is not None:
        rules.append(extension("proven-by", "Coding", coding("proof", item.proven_by)))
    return rules
