"""The small parts that the resources are made of, as JSON objects."""

from typing import Any

import msgspec

from guidance_app.domain.people import Person, Role
from guidance_app.exchange.fhir.names import ACT_REASON, own

Element = dict[str, Any]

RESOURCE_OF_ROLE = {Role.PATIENT: "Patient", Role.DEVICE: "Device"}
"""Everybody else is a practitioner."""

_JSON = msgspec.json.Encoder(decimal_format="number")


def coding(system: str, code: str, display: str = "") -> Element:
    """A code of one of the project's own systems."""
    return filled({"system": own(system), "code": code, "display": display})


def role_coding(role: Role) -> Element:
    """In which role somebody acted."""
    return coding("role", role.value, role.name.lower())


def extension(name: str, kind: str, value: object) -> Element:
    """One of the project's own extensions; `kind` is its type, "Boolean"."""
    return {"url": own(name), f"value{kind}": value}


def part(name: str, kind: str, value: object) -> Element:
    """A part of an extension that has several."""
    return {"url": name, f"value{kind}": value}


def person_reference(person: Person) -> Element:
    """Somebody by pseudonym; there is no resource with more about them."""
    return {
        "type": RESOURCE_OF_ROLE.get(person.role, "Practitioner"),
        "identifier": {"system": own("person"), "value": person.code},
        "display": person.code,
    }


def patient_reference(pseudonym: str) -> Element:
    """The patient by pseudonym."""
    return {"type": "Patient", "identifier": {"system": own("patient"), "value": pseudonym}}


def meta(simulated: bool) -> Element:
    """Marks what was exported from a simulation as test data, as every FHIR system knows it."""
    if not simulated:
        return {}
    tag = {"system": ACT_REASON, "code": "HTEST", "display": "test health data"}
    return {"meta": {"tag": [tag]}}


def filled(element: Element) -> Element:
    """Without what is empty: FHIR has no empty texts and lists."""
    return {name: value for name, value in element.items() if value not in ("", [], {}, None)}


def as_json(document: Element) -> bytes:
    """The text of a resource, in UTF-8; decimals keep the digits they have."""
    return _JSON.encode(document)
