"""What is noted with an item: questions below it, and answers of the type that fits."""

from decimal import Decimal

from guidance_app.domain.checklist import ChecklistItem, Mark
from guidance_app.domain.evidence import LONGEST_TEXT, TICKED, EvidenceField, EvidenceKind
from guidance_app.exchange.fhir.elements import Element, coding, extension, filled
from guidance_app.exchange.fhir.names import MAXIMUM, MINIMUM, UCUM, UNIT, own
from guidance_app.exchange.fhir.wire import Answer

TYPE_OF_KIND = {
    EvidenceKind.TICK: "boolean",
    EvidenceKind.TEXT: "string",
    EvidenceKind.NUMBER: "decimal",
    EvidenceKind.CHOICE: "choice",
    EvidenceKind.DATE: "date",
    EvidenceKind.TIME: "time",
}
UCUM_OF_UNIT = {
    "Gy cm²": "Gy.cm2",
    "mGy": "mGy",
    "mGy cm": "mGy.cm",
    "ml": "mL",
    "mm": "mm",
    "s": "s",
    "/s": "/s",
    "10⁹/l": "10*9/L",
}
"""Codes of unitsofmeasure.org; a unit of a site that is not here stands there in words."""
MOST_DIGITS = 30
"""Before or behind the point; no figure that is noted has more."""
NO_SECONDS = ":00"
"""Noted to the minute, and FHIR has no time without seconds."""


def field_link(item_id: str, field_id: str) -> str:
    """The question for one thing to note below an item."""
    return f"{item_id}.{field_id}"


def field_question(item: ChecklistItem, field: EvidenceField) -> Element:
    """Asked where the item is done; R4 has no place for what may stand in for a required field."""
    done = {"question": item.id, "operator": "=", "answerCoding": coding("mark", Mark.DONE)}
    choices = [_choice(item.id, field.id, choice) for choice in field.choices]
    return filled(
        {
            "extension": [*_unit(field.unit), *_limits(field), *_stand_ins(item.id, field)],
            "linkId": field_link(item.id, field.id),
            "text": field.label,
            "type": TYPE_OF_KIND[field.kind],
            "enableWhen": [done],
            "required": field.required and not field.instead,
            "maxLength": LONGEST_TEXT if field.kind is EvidenceKind.TEXT else None,
            "answerOption": [{"valueCoding": choice} for choice in choices],
        }
    )


def field_answer(item_id: str, field: EvidenceField, value: str) -> Element:
    """A value as it was noted, a number to its last digit."""
    match field.kind:
        case EvidenceKind.TICK:
            return {"valueBoolean": value == TICKED}
        case EvidenceKind.TEXT:
            return {"valueString": value}
        case EvidenceKind.NUMBER:
            return {"valueDecimal": Decimal(value)}
        case EvidenceKind.CHOICE:
            return {"valueCoding": _choice(item_id, field.id, value)}
        case EvidenceKind.DATE:
            return {"valueDate": value}
        case EvidenceKind.TIME:
            return {"valueTime": value + NO_SECONDS}


def noted_value(item_id: str, field: EvidenceField, answer: Answer) -> str | None:
    """The same back; None where the answer is not of the field's type."""
    match field.kind:
        case EvidenceKind.TICK:
            return TICKED if answer.valueBoolean else None
        case EvidenceKind.TEXT:
            return answer.valueString
        case EvidenceKind.NUMBER:
            return _digits(answer.valueDecimal)
        case EvidenceKind.CHOICE:
            chosen = answer.valueCoding
            system = own(field_link(item_id, field.id))
            return chosen.code if chosen and chosen.system == system else None
        case EvidenceKind.DATE:
            return answer.valueDate
        case EvidenceKind.TIME:
            return answer.valueTime and answer.valueTime.removesuffix(NO_SECONDS)


def _digits(number: Decimal | None) -> str | None:
    """Without an exponent; a huge one would fill the memory."""
    if number is None or max(abs(number.adjusted()), -_exponent(number)) > MOST_DIGITS:
        return None
    return f"{number:f}"


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _choice(item_id: str, field_id: str, choice: str) -> Element:
    return coding(field_link(item_id, field_id), choice, choice)


def _unit(unit: str) -> list[Element]:
    if not unit:
        return []
    code = UCUM_OF_UNIT.get(unit, "")
    system = UCUM if code else ""
    return [{"url": UNIT, "valueCoding": filled({"system": system, "code": code, "display": unit})}]


def _limits(field: EvidenceField) -> list[Element]:
    limits = ((MINIMUM, field.least), (MAXIMUM, field.most))
    return [
        {"url": url, "valueDecimal": Decimal(f"{limit:.15g}")}
        for url, limit in limits
        if limit is not None
    ]


def _stand_ins(item_id: str, field: EvidenceField) -> list[Element]:
    return [extension("instead", "String", field_link(item_id, other)) for other in field.instead]
