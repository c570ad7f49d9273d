"""Names under which this project's own codes and identifiers stand in FHIR resources.

The project has no address of its own on the web, so its names are a fixed UUID with a fragment:
whole URIs that nobody else uses and that need no registration.
"""

from uuid import UUID, uuid5

PROJECT = UUID("7c7123a8-f83d-4d6d-b1fb-d5c234284822")

STANDARD = "http://hl7.org/fhir/StructureDefinition"
AUTHOR = f"{STANDARD}/questionnaireresponse-author"
TARGET_ELEMENT = f"{STANDARD}/targetElement"
METHOD = f"{STANDARD}/procedure-method"
UNIT = f"{STANDARD}/questionnaire-unit"
MINIMUM = f"{STANDARD}/minValue"
MAXIMUM = f"{STANDARD}/maxValue"
UCUM = "http://unitsofmeasure.org"
SIGNATURE_TYPES = "urn:iso-astm:E1762-95:2013"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


def own(name: str) -> str:
    """The URI of one of the project's code systems, identifier systems or extensions."""
    return f"urn:uuid:{PROJECT}#{name}"


def stable_id(*parts: str) -> str:
    """An id that is the same each time the same thing is exported."""
    return str(uuid5(PROJECT, "\n".join(parts)))


def urn(id_: str) -> str:
    """How a resource is referred to by its id."""
    return f"urn:uuid:{id_}"
