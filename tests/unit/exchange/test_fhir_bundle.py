"""What a Bundle says of a procedure: what was done, by whom, what was passed over, who signed."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from random_checklists import (
    ASSISTANT,
    KINDS,
    OPERATOR,
    PEOPLE,
    at,
    checklists,
    examples,
    signed,
    templates,
)

from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistTemplate,
    Emergency,
    Level,
    Mark,
    Phase,
    declare_emergency,
    mark_item,
)
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.evidence import EvidenceField, EvidenceKind
from guidance_app.domain.sign_off import signature_states
from guidance_app.exchange.fhir.bundle import bundle
from guidance_app.exchange.fhir.check import FhirRefused, check_resource
from guidance_app.exchange.fhir.elements import as_json
from guidance_app.exchange.fhir.evidence import UCUM_OF_UNIT
from guidance_app.exchange.fhir.names import METHOD, own
from guidance_app.exchange.fhir.questionnaire import canonical, questionnaire
from guidance_app.exchange.fhir.reading import read_response
from guidance_app.exchange.fhir.record import ProcedureRecord
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template, checklist_template


def record_of(checklist: Checklist, simulated: bool = False) -> ProcedureRecord:
    started = ProcedureStarted(
        procedure=checklist.template.procedure,
        patient="P-0417",
        side="right",
        template=checklist.template,
        people=(OPERATOR, ASSISTANT),
        working_alone=checklist.working_alone,
        technique="us",
        reason="the fluoroscope is in use",
        procedure_id=checklist.procedure_id,
    )
    return ProcedureRecord("ab12", started, at(0), at(900), checklist, simulated)


def resources(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in document["entry"]]
    return [one for one in found if one["resourceType"] == kind]


@pytest.fixture
def complete() -> Checklist:
    return signed(Checklist(checklist_template("knee-injection"), procedure_id="p-1"))


@pytest.mark.parametrize(("procedure", "plan"), KINDS)
@pytest.mark.parametrize("trainee", [False, True])
def test_a_questionnaire_asks_every_item_once(procedure: str, plan: Plan, trainee: bool) -> None:
    template = build_template(shipped_knowledge(), procedure, plan, trainee=trainee)
    document = questionnaire(template)
    check_resource(document)
    assert [group["linkId"] for group in document["item"]] == [phase.value for phase in Phase]
    questions = [item for group in document["item"] for item in group["item"]]
    assert [q["linkId"] for q in questions] == [item.id for item in template.items]
    required = {item.id for item in template.items if item.level is not Level.ADVISORY}
    assert {q["linkId"] for q in questions if q["required"]} == required
    ids = [q["linkId"] for q in questions] + [q["item"][0]["linkId"] for q in questions]
    assert len(set(ids)) == len(ids)


def test_an_item_carries_its_level_origin_and_sources_with_their_certainty() -> None:
    template = checklist_template("knee-injection")
    document = questionnaire(template)
    (item,) = [i for group in document["item"] for i in group["item"] if i["linkId"] == "K-01"]
    said = {e["url"]: e for e in item["extension"]}
    assert said[own("level")]["valueCoding"]["code"] == "HARD"
    assert said[own("origin")]["valueString"] == "PC"
    cited = [e["valueRelatedArtifact"] for e in item["extension"] if e["url"] == own("source")]
    assert [c["label"] for c in cited] == list(template.items[0].trace)
    assert cited[0]["display"].endswith("PTC-6: must; agreement 8.9 (SD 2.9), evidence level 5")
    assert cited[0]["extension"][0]["valueCoding"]["code"] == "V"
    labels = [e["valueRelatedArtifact"]["label"] for e in document["extension"]]
    assert "PTC" in labels and len(labels) == len(set(labels))


def test_what_is_noted_is_asked_below_its_item_with_unit_and_limits() -> None:
    template = checklist_template("hip-injection", Plan.FLUOROSCOPY)
    document = questionnaire(template)
    check_resource(document)
    questions = {
        below["linkId"]: below
        for group in document["item"]
        for item in group["item"]
        for below in item["item"]
    }
    standard = "http://hl7.org/fhir/StructureDefinition"
    unit = {"system": "http://unitsofmeasure.org", "code": "Gy.cm2", "display": "Gy cm²"}
    done = {"system": own("mark"), "code": "done"}
    assert questions["K-46.dap"] == {
        "extension": [
            {"url": f"{standard}/questionnaire-unit", "valueCoding": unit},
            {"url": f"{standard}/minValue", "valueDecimal": 0},
            {"url": f"{standard}/maxValue", "valueDecimal": 500},
            {"url": own("instead"), "valueString": "K-46.reference_dose"},
            {"url": own("instead"), "valueString": "K-46.not_shown"},
        ],
        "linkId": "K-46.dap",
        "text": "Dose-area product",
        "type": "decimal",
        "enableWhen": [{"question": "K-46", "operator": "=", "answerCoding": done}],
        "required": False,
    }
    assert questions["K-44.passes"]["required"] is True
    assert questions["K-44.drug"]["maxLength"] == 200
    choices = [option["valueCoding"]["code"] for option in questions["K-12.mode"]["answerOption"]]
    assert (questions["K-12.mode"]["type"], choices) == ("choice", ["written", "oral"])
    types = {name: one["type"] for name, one in questions.items()}
    assert (types["K-15.fever"], types["K-12.given"]) == ("boolean", "date")
    assert (types["K-21.checked"], types["K-44.drug"]) == ("time", "string")
    assert (types["K-44.note"], questions["K-44.note"]["text"]) == ("text", "Note")
    assert questions["K-32.note"]["text"] == "Note: tick"


def test_every_unit_that_ships_has_a_code() -> None:
    units = {field.unit for item in shipped_knowledge().items for field in item.fields}
    assert units - {""} <= UCUM_OF_UNIT.keys()


def test_a_unit_of_a_site_stands_there_in_words() -> None:
    template = checklist_template("knee-injection")
    lamp = EvidenceField("lamp", "Brightness", EvidenceKind.NUMBER, "candles")
    item = replace(template.items[0], fields=(lamp,))
    document = questionnaire(replace(template, items=(item,)))
    check_resource(document)
    question = document["item"][0]["item"][0]["item"][0]
    assert question["extension"][0]["valueCoding"] == {"display": "candles"}


@pytest.mark.parametrize(("procedure", "plan"), KINDS)
def test_the_answers_that_a_level_allows_are_offered(procedure: str, plan: Plan) -> None:
    template = build_template(shipped_knowledge(), procedure, plan)
    document = questionnaire(template)
    checklist = Checklist(template)
    for item in (item for group in document["item"] for item in group["item"]):
        offered = {option["valueCoding"]["code"] for option in item["answerOption"]}
        assert offered == {mark.value for mark in Mark if allowed(checklist, item["linkId"], mark)}


def allowed(checklist: Checklist, item_id: str, mark: Mark) -> bool:
    item = checklist.item(item_id)
    person = next(p for p in PEOPLE if p.role in item.sign)
    noted = examples(item.fields) if mark is Mark.DONE else ()
    try:
        mark_item(checklist, ChecklistEntry(item_id, mark, person, at(1), "because", noted))
    except ValueError:
        return False
    return mark is not Mark.REOPENED


def test_a_source_of_another_version_stands_there_without_words() -> None:
    template = checklist_template("knee-injection")
    items = (replace(template.items[0], trace=("GONE-1",)), *template.items[1:])
    document = questionnaire(replace(template, items=items))
    check_resource(document)
    (cited,) = [
        e["valueRelatedArtifact"]
        for e in document["item"][0]["item"][0]["extension"]
        if e["url"] == own("source")
    ]
    assert cited == {"type": "citation", "label": "GONE-1"}


@settings(max_examples=40)
@given(checklists())
def test_any_record_becomes_a_bundle_that_r4_allows(checklist: Checklist) -> None:
    document = bundle(record_of(checklist))
    assert json.loads(as_json(document), parse_float=Decimal) == document
    assert document == bundle(record_of(checklist))
    ids = [entry["fullUrl"] for entry in document["entry"]]
    assert len(set(ids)) == len(ids)


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["reference"]] if "reference" in value else [])
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


@settings(max_examples=10)
@given(templates())
def test_every_reference_leads_to_a_resource_of_the_bundle(template: ChecklistTemplate) -> None:
    checklist = signed(Checklist(template, procedure_id="p-1"))
    document = bundle(record_of(checklist))
    assert set(references(document)) <= {entry["fullUrl"] for entry in document["entry"]}
    (response,) = resources(document, "QuestionnaireResponse")
    assert response["questionnaire"] == canonical(template)
    assert response["status"] == "completed"


def test_each_signature_is_a_provenance_of_what_was_signed(complete: Checklist) -> None:
    document = bundle(record_of(complete))
    found = resources(document, "Provenance")
    assert len(found) == len(complete.signatures)
    (response,) = resources(document, "QuestionnaireResponse")
    parts = {one["id"] for group in response["item"] for one in (group, *group["item"])}
    for signature, one in zip(complete.signatures, found, strict=True):
        (target,) = one["target"]
        assert target["extension"][0]["valueUri"] == signature.subject.part
        assert signature.subject.part in parts
        data = base64.b64decode(one["signature"][0]["data"])
        assert data.hex() == signature.content_sha256
        assert one["agent"][0]["who"]["identifier"]["value"] == signature.person.code
        assert one["agent"][0]["role"][0]["coding"][0]["code"] == signature.person.role.value
        assert one["reason"][0]["coding"][0]["code"] == signature.meaning.value
        assert one["recorded"] == signature.time_utc
        assert "modifierExtension" not in one


def test_what_was_signed_can_be_computed_again_from_the_bundle(complete: Checklist) -> None:
    document = bundle(record_of(complete))
    (response,) = resources(document, "QuestionnaireResponse")
    entries = read_response(as_json(response), complete.template)
    in_phase = {
        item["linkId"]: group["linkId"] for group in response["item"] for item in group["item"]
    }
    (procedure,) = resources(document, "Procedure")
    ids = {one["system"]: one["value"] for one in procedure["identifier"]}
    for one in resources(document, "Provenance"):
        part = one["target"][0]["extension"][0]["valueUri"]
        signed_text = {
            "entries": [
                [e.item, e.mark, e.person.code, e.person.role, e.time_utc, e.note]
                + [[noted.field, noted.value] for noted in e.evidence]
                for e in entries
                if part in (e.item, in_phase[e.item])
            ],
            "part": part,
            "procedure": ids[own("procedure-record")],
            "template": resources(document, "Questionnaire")[0]["identifier"][0]["value"],
        }
        text = json.dumps(signed_text, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        assert one["signature"][0]["data"] == base64.b64encode(digest).decode()


def test_a_signature_that_does_not_count_any_more_cannot_be_overlooked(complete: Checklist) -> None:
    entry = ChecklistEntry("K-01", Mark.DONE, OPERATOR, at(300), "another certificate")
    changed = mark_item(complete, entry)
    found = resources(bundle(record_of(changed)), "Provenance")
    invalid = [one for one in found if "modifierExtension" in one]
    lost = [s for s, counts in signature_states(changed) if not counts]
    assert len(invalid) == len(lost) > 0
    assert {one["target"][0]["extension"][0]["valueUri"] for one in invalid} == {"K-01", "PRE"}


def test_a_complete_procedure_says_what_where_and_by_whom(complete: Checklist) -> None:
    (procedure,) = resources(bundle(record_of(complete)), "Procedure")
    assert procedure["status"] == "completed"
    assert procedure["code"]["text"] == "Knee injection under ultrasound"
    assert procedure["bodySite"] == [{"text": "Knee joint, right"}]
    assert procedure["subject"]["identifier"]["value"] == "P-0417"
    assert procedure["performedPeriod"] == {"start": at(0), "end": at(900)}
    performers = {p["actor"]["display"]: p["function"]["text"] for p in procedure["performer"]}
    assert performers == {"OP-01": "operator", "AS-01": "assistant"}
    assert procedure["extension"][0]["url"] == METHOD
    assert [note["text"] for note in procedure["note"]] == [
        "Reason for how the needle is guided: the fluoroscope is in use"
    ]
    assert "meta" not in procedure


def test_an_emergency_and_an_override_stand_first_in_the_notes() -> None:
    checklist = Checklist(checklist_template("knee-injection"), working_alone=True)
    entry = ChecklistEntry("K-10", Mark.OVERRIDDEN, OPERATOR, at(5), "no request")
    checklist = mark_item(checklist, entry)
    checklist = declare_emergency(checklist, Emergency(ASSISTANT, at(6), "collapse"))
    (procedure,) = resources(bundle(record_of(checklist)), "Procedure")
    emergency, override, *others = procedure["note"]
    assert emergency["text"].startswith("EMERGENCY: collapse.")
    assert emergency["authorReference"]["display"] == "AS-01"
    assert override["text"].startswith("Gone on without K-10 “Review request")
    assert override["text"].endswith(": no request")
    assert any(note["text"].startswith("Working alone") for note in others)
    assert procedure["status"] == "unknown"


def test_what_is_still_recorded_is_in_progress() -> None:
    checklist = Checklist(checklist_template("knee-injection"))
    document = bundle(replace(record_of(checklist), ended_utc=None))
    (procedure,) = resources(document, "Procedure")
    (response,) = resources(document, "QuestionnaireResponse")
    assert (procedure["status"], response["status"]) == ("in-progress", "in-progress")
    assert procedure["performedPeriod"] == {"start": at(0)}


def test_everything_of_a_simulation_is_marked_as_test_data() -> None:
    document = bundle(record_of(Checklist(checklist_template("knee-injection")), simulated=True))
    marked = [document, *(e["resource"] for e in document["entry"][1:])]
    assert {one["meta"]["tag"][0]["code"] for one in marked} == {"HTEST"}


def test_a_note_that_fhir_cannot_hold_is_refused_and_not_altered() -> None:
    checklist = Checklist(checklist_template("knee-injection"))
    checklist = mark_item(checklist, ChecklistEntry("K-01", Mark.DONE, OPERATOR, at(1), "a\x00b"))
    with pytest.raises(FhirRefused, match="the text holds control characters"):
        bundle(record_of(checklist))
