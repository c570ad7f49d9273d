"""A procedure with its checklist, marks and signatures as one Bundle."""

from guidance_app.exchange.fhir.check import check_resource
from guidance_app.exchange.fhir.elements import Element, meta
from guidance_app.exchange.fhir.names import own, urn
from guidance_app.exchange.fhir.procedure import procedure, provenances
from guidance_app.exchange.fhir.questionnaire import questionnaire
from guidance_app.exchange.fhir.record import ProcedureRecord
from guidance_app.exchange.fhir.response import questionnaire_response


def bundle(record: ProcedureRecord) -> Element:
    """The questions, the answers, what was done and who signed; the same each time.

    Raises FhirRefused when the record holds something that FHIR R4 does not allow.
    """
    resources = [
        questionnaire(record.checklist.template),
        questionnaire_response(record),
        procedure(record),
        *provenances(record),
    ]
    document = {
        "resourceType": "Bundle",
        **meta(record.simulated),
        "identifier": {"system": own("session"), "value": record.session},
        "type": "collection",
        "entry": [{"fullUrl": urn(one["id"]), "resource": one} for one in resources],
    }
    check_resource(document)
    return document
