"""What FHIR R4 does not allow in a resource, beyond what the library looks at."""

from typing import Any

import pytest

from guidance_app.exchange.fhir.check import FhirRefused, check_resource

PROCEDURE = {"resourceType": "Procedure", "status": "completed", "subject": {"display": "P-1"}}
QUESTION = {"linkId": "K-01", "type": "choice"}


def questionnaire(**question: object) -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "item": [{"linkId": "PRE", "type": "group", "item": [QUESTION | question]}],
    }


def in_bundle(resource: object) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}


@pytest.mark.parametrize(
    "document", [PROCEDURE, questionnaire(), questionnaire(type="text"), in_bundle(PROCEDURE)]
)
def test_what_is_right_passes(document: dict[str, Any]) -> None:
    check_resource(document)


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (PROCEDURE | {"status": "nope"}, 'Procedure.status: "nope" is not among the codes prepara'),
        (
            in_bundle(PROCEDURE | {"status": "nope"}),
            'Bundle.entry[0].resource.status: "nope" is not',
        ),
        (in_bundle(PROCEDURE) | {"type": "heap"}, 'Bundle.type: "heap" is not among'),
        (questionnaire(type="+"), 'Questionnaire.item[0].item[0].type: "+" is not among the codes'),
        (
            PROCEDURE
            | {"extension": [{"url": "urn:x", "valueRelatedArtifact": {"type": "source"}}]},
            'Procedure.extension[0].valueRelatedArtifact.type: "source" is not among',
        ),
    ],
)
def test_a_code_that_r4_does_not_have_is_refused_wherever_it_stands(
    document: dict[str, Any], where: str
) -> None:
    with pytest.raises(FhirRefused) as refused:
        check_resource(document)
    assert str(refused.value).startswith(where)


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"resourceType": "Device"}, "This is not one of the resources Questionnaire, "),
        ([PROCEDURE], "This is not one of the resources"),
        (PROCEDURE | {"colour": "red"}, "Procedure.colour: Extra inputs are not permitted."),
        (PROCEDURE | {"subject": 5}, "Procedure.subject.root: Value is expected from the"),
        ({"resourceType": "Procedure", "status": "completed"}, "Procedure.subject: "),
        (PROCEDURE | {"performedDateTime": "yesterday"}, "Procedure.performedDateTime: "),
        (
            PROCEDURE | {"subject": {"display": "a\x00b"}},
            "Procedure.subject.display: the text holds control characters",
        ),
        (
            PROCEDURE | {"subject": {"display": "a" * (1 << 21)}},
            "Procedure.subject.display: the text has 2097152 characters, and FHIR allows 1048576.",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(document: object, what: str) -> None:
    with pytest.raises(FhirRefused) as refused:
        check_resource(document)
    sentence = str(refused.value)
    assert sentence.startswith(what)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 300


def test_parts_without_end_are_refused() -> None:
    item: dict[str, Any] = dict(QUESTION)
    for _ in range(5000):
        item = {"linkId": "x", "type": "group", "item": [item]}
    with pytest.raises(FhirRefused, match="nested too deep"):
        check_resource({"resourceType": "Questionnaire", "status": "active", "item": [item]})
