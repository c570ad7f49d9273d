"""A response read back gives the same marks; one that was made up is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from random_checklists import ASSISTANT, KINDS, OPERATOR, at, checklists, signed

from guidance_app.domain.checklist import Checklist, ChecklistEntry, Mark, mark_item
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import DEVICE
from guidance_app.exchange.fhir.check import FhirRefused, check_resource
from guidance_app.exchange.fhir.elements import as_json
from guidance_app.exchange.fhir.names import own
from guidance_app.exchange.fhir.reading import MOST_BYTES, read_response
from guidance_app.exchange.fhir.record import ProcedureRecord
from guidance_app.exchange.fhir.response import questionnaire_response
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template, checklist_template

Change = Callable[[dict[str, Any]], object]


def record_of(checklist: Checklist) -> ProcedureRecord:
    template = checklist.template
    started = ProcedureStarted(
        template.procedure, "P-0417", "right", template, (OPERATOR, ASSISTANT), False
    )
    return ProcedureRecord("ab12", started, at(0), at(900), checklist, simulated=True)


def written(checklist: Checklist) -> bytes:
    document = questionnaire_response(record_of(checklist))
    check_resource(document)
    return as_json(document)


@settings(max_examples=150)
@given(checklists())
def test_what_is_read_back_is_what_was_marked(checklist: Checklist) -> None:
    assert read_response(written(checklist), checklist.template) == checklist.entries


@pytest.mark.parametrize(("procedure", "plan"), KINDS)
def test_a_whole_checklist_is_read_back(procedure: str, plan: Plan) -> None:
    template = build_template(shipped_knowledge(), procedure, plan, trainee=True)
    checklist = signed(Checklist(template, procedure_id="p-1"))
    assert read_response(written(checklist), template) == checklist.entries
    assert len(checklist.entries) == len(template.items)


@settings(max_examples=50)
@given(checklists())
def test_only_what_counts_is_an_answer(checklist: Checklist) -> None:
    document = json.loads(written(checklist))
    answers = {
        item["linkId"]: [answer["valueCoding"]["code"] for answer in item["answer"]]
        for group in document["item"]
        for item in group["item"]
        if "answer" in item
    }
    marks = {item.id: checklist.status(item.id) for item in checklist.template.items}
    assert answers == {id_: [entry.mark.value] for id_, entry in marks.items() if entry}


DRUG = "O'Neil's \"mix\" \u202eאבג\u202c 👩🏽‍⚕️"
GIVEN = (("drug", DRUG), ("volume", "12.50"), ("passes", "2"))


@pytest.fixture
def checklist() -> Checklist:
    """One item taken back and done again, one overridden, one seen by the program."""
    checklist = Checklist(checklist_template("knee-injection"))
    for second, (item, mark, person, note, evidence) in enumerate(
        [
            ("K-01", Mark.DONE, OPERATOR, "EFSUMB level 1", ()),
            ("K-01", Mark.REOPENED, OPERATOR, "", ()),
            ("K-01", Mark.DONE, OPERATOR, "EFSUMB level 2", ()),
            ("K-10", Mark.OVERRIDDEN, OPERATOR, "no request in an emergency", ()),
            ("K-30", Mark.DONE, DEVICE, "frame 17", ()),
            ("K-12", Mark.DONE, OPERATOR, "", (("mode", "oral"), ("given", "2026-11-25"))),
            ("K-21", Mark.DONE, ASSISTANT, "", (("checked", "14:05"),)),
            ("K-44", Mark.DONE, OPERATOR, "as planned", GIVEN),
            ("K-15", Mark.DONE, OPERATOR, "", (("fever", "yes"),)),
            ("K-15", Mark.REOPENED, OPERATOR, "", ()),
        ]
    ):
        noted = tuple(Evidence(*one) for one in evidence)
        entry = ChecklistEntry(item, mark, person, at(second), note, noted)
        checklist = mark_item(checklist, entry)
    return checklist


def item_of(document: dict[str, Any], item_id: str) -> dict[str, Any]:
    items = [item for group in document["item"] for item in group["item"]]
    return dict(zip([item["linkId"] for item in items], items, strict=True))[item_id]


def test_an_answer_says_who_when_and_why(checklist: Checklist) -> None:
    document = json.loads(written(checklist))
    done = item_of(document, "K-01")
    assert len(done["answer"]) == 1
    assert done["answer"][0]["item"][0]["answer"] == [{"valueString": "EFSUMB level 2"}]
    earlier = [e["extension"] for e in done["extension"] if e["url"] == own("earlier-mark")]
    assert [parts[0]["valueCoding"]["code"] for parts in earlier] == ["done", "reopened"]
    seen = item_of(document, "K-30")["extension"][0]["valueReference"]
    assert (seen["type"], seen["identifier"]["value"]) == ("Device", "device")
    assert document["status"] == "stopped"
    assert "answer" not in item_of(document, "K-02")


def noted(document: dict[str, Any], question: str) -> dict[str, Any]:
    """The one answer to something that is noted below an item."""
    below = item_of(document, question.partition(".")[0])["answer"][0]["item"]
    (found,) = [item for item in below if item["linkId"] == question]
    answer: dict[str, Any] = found["answer"][0]
    return answer


def test_what_was_noted_has_the_type_of_its_field(checklist: Checklist) -> None:
    content = written(checklist)
    assert b'"valueDecimal":12.50}' in content
    assert b'"valueDecimal":2}' in content
    document = json.loads(content)
    assert noted(document, "K-44.drug") == {"valueString": DRUG}
    assert noted(document, "K-21.checked") == {"valueTime": "14:05:00"}
    assert noted(document, "K-12.given") == {"valueDate": "2026-11-25"}
    chosen = {"system": own("K-12.mode"), "code": "oral", "display": "oral"}
    assert noted(document, "K-12.mode") == {"valueCoding": chosen}
    below = item_of(document, "K-44")["answer"][0]["item"]
    assert [item["linkId"] for item in below] == [
        "K-44.drug", "K-44.volume", "K-44.passes", "K-44.note",
    ]  # fmt: skip
    assert "answer" not in item_of(document, "K-15")
    assert read_response(content, checklist.template) == checklist.entries


def answered(document: dict[str, Any], item_id: str = "K-01") -> dict[str, Any]:
    """The parts that say when and as what an item was answered, by name."""
    (found,) = [e for e in item_of(document, item_id)["extension"] if e["url"] == own("answered")]
    return {part["url"]: part for part in found["extension"]}


def code_of(document: dict[str, Any], item_id: str) -> dict[str, Any]:
    coding: dict[str, Any] = item_of(document, item_id)["answer"][0]["valueCoding"]
    return coding


def earlier(document: dict[str, Any], item_id: str) -> dict[str, Any]:
    """The parts of the first mark of an item that was taken back, by name."""
    found = [e for e in item_of(document, item_id)["extension"] if e["url"] == own("earlier-mark")]
    return {part["url"]: part for part in found[0]["extension"]}


def swap(answer: dict[str, Any], **value: object) -> None:
    """Another value in the place of what is there."""
    answer.clear()
    answer.update(value)


HOSTILE: dict[str, tuple[Change, str]] = {
    "unknown item": (
        lambda d: item_of(d, "K-02").update(linkId="K-99"),
        "There is no item “K-99” in the part PRE of “Knee injection under ultrasound”.",
    ),
    "unknown part": (
        lambda d: d["item"][0].update(linkId="LATER"),
        "There is no part “LATER” in “Knee injection under ultrasound”.",
    ),
    "unknown question below": (
        lambda d: item_of(d, "K-01")["answer"][0]["item"][0].update(linkId="K-02.note"),
        "There is no item “K-02.note” below K-01.",
    ),
    "an item twice": (
        lambda d: d["item"][0]["item"].append(item_of(d, "K-01")),
        "“K-01” stands 2 times in the answers.",
    ),
    "a part twice": (
        lambda d: d["item"].append(d["item"][0]),
        "“PRE” stands 2 times in the answers.",
    ),
    "two answers": (
        lambda d: item_of(d, "K-01")["answer"].append({"valueString": "x"}),
        "K-01 has more than one answer.",
    ),
    "another type of answer": (
        lambda d: swap(noted(d, "K-44.volume"), valueString="12.50"),
        "K-44.volume: the answer is no number.",
    ),
    "a tick that says no": (
        lambda d: item_of(d, "K-21")["answer"][0]["item"].append(
            {"linkId": "K-21.checked", "answer": [{"valueBoolean": False}]}
        ),
        "K-21.checked: the answer is no time.",
    ),
    "a value twice": (
        lambda d: item_of(d, "K-44")["answer"][0]["item"][0]["answer"].append({"valueString": "x"}),
        "K-44: A field is given twice.",
    ),
    "a value out of its limits": (
        lambda d: swap(noted(d, "K-44.volume"), valueDecimal=1250),
        "K-44: Volume given: type a number from 0 to 200 ml.",
    ),
    "a value that fills the memory": (
        lambda d: swap(noted(d, "K-44.volume"), valueDecimal=1e300),
        "K-44.volume: the answer is no number.",
    ),
    "a value that is next to nothing": (
        lambda d: swap(noted(d, "K-44.volume"), valueDecimal=1e-300),
        "K-44.volume: the answer is no number.",
    ),
    "no such choice": (
        lambda d: noted(d, "K-12.mode")["valueCoding"].update(code="sung"),
        "K-12: Consent: choose one of written, oral.",
    ),
    "a choice of another field": (
        lambda d: noted(d, "K-12.mode")["valueCoding"].update(system=own("K-13.known")),
        "K-12.mode: the answer is no choice.",
    ),
    "a time with seconds": (
        lambda d: noted(d, "K-21.checked").update(valueTime="14:05:30"),
        "K-21: Checked at: type a time like 14:05.",
    ),
    "half a day": (
        lambda d: noted(d, "K-12.given").update(valueDate="2026-11"),
        "K-12: Consent given on: type a day like 2026-11-26.",
    ),
    "a required value that is gone": (
        lambda d: item_of(d, "K-44")["answer"][0]["item"].pop(2),
        "K-44: Needle passes is asked for.",
    ),
    "a value of an unknown field": (
        lambda d: item_of(d, "K-44")["answer"][0]["item"][2].update(linkId="K-44.dap"),
        "There is no item “K-44.dap” below K-44.",
    ),
    "a value beside another mark": (
        lambda d: item_of(d, "K-10")["answer"][0]["item"].append(
            {"linkId": "K-10.studies", "answer": [{"valueString": "x"}]}
        ),
        "K-10: values are noted only when it is done.",
    ),
    "an earlier value of an unknown field": (
        lambda d: earlier(d, "K-15")["noted"]["extension"][0].update(valueString="chill"),
        "K-15: No field is chill.",
    ),
    "two notes": (
        lambda d: item_of(d, "K-01")["answer"][0]["item"][0]["answer"].append({"valueString": "x"}),
        "K-01 has more than one note.",
    ),
    "no system of codes": (
        lambda d: code_of(d, "K-01").pop("system"),
        "K-01: it is not said who marked it, as what, when and how.",
    ),
    "a number as text": (
        lambda d: answered(d)["order"].update(valuePositiveInt="3"),
        "The answers cannot be read: Expected `int | null`, got `str` - at `$.item[0]",
    ),
    "a year as time": (
        lambda d: answered(d)["time"].update(valueDateTime="2026"),
        "K-01: 2026 is not a time with its offset.",
    ),
    "another version": (
        lambda d: d.update(questionnaire=d["questionnaire"].split("+")[0] + "+00"),
        "The answers belong to version 4+00 of “Knee injection under ultrasound”, not to 4+",
    ),
    "no version": (
        lambda d: d.update(questionnaire=d["questionnaire"].split("|")[0]),
        "The answers belong to version unknown of “Knee injection under ultrasound”, not to 4+",
    ),
    "another checklist": (
        lambda d: d.update(questionnaire="urn:uuid:0|1"),
        "The answers belong to another checklist than “Knee injection under ultrasound”.",
    ),
    "no checklist": (
        lambda d: d.pop("questionnaire"),
        "The answers belong to another checklist than “Knee injection under ultrasound”.",
    ),
    "a number as id": (
        lambda d: item_of(d, "K-01").update(linkId=5),
        "QuestionnaireResponse.item.0.item.0.linkId: Input should be a valid string.",
    ),
    "a text as list": (lambda d: d.update(item="all done"), "QuestionnaireResponse.item: "),
    "a wrong status": (
        lambda d: d.update(status="nope"),
        'QuestionnaireResponse.status: "nope" is not among the codes in-progress, completed, ',
    ),
    "a huge note": (
        lambda d: item_of(d, "K-01")["answer"][0]["item"][0].update(
            answer=[{"valueString": "x" * (1 << 21)}]
        ),
        "QuestionnaireResponse.item[0].item[0].answer[0].item[0].answ…: the text has 2097152 ",
    ),
    "an unknown mark": (
        lambda d: code_of(d, "K-01").update(code="blessed"),
        "K-01: “blessed” by “Op” is no mark and role known here.",
    ),
    "somebody else's code": (
        lambda d: code_of(d, "K-01").update(system="urn:uuid:0"),
        "K-01: it is not said who marked it, as what, when and how.",
    ),
    "an unknown role": (
        lambda d: answered(d)["role"]["valueCoding"].update(code="King"),
        "K-01: “done” by “King” is no mark and role known here.",
    ),
    "nobody": (
        lambda d: item_of(d, "K-01").pop("extension"),
        "K-01: it is not said who marked it, as what, when and how.",
    ),
    "a time without its offset": (
        lambda d: answered(d)["time"].update(valueDateTime="2026-11-26"),
        "K-01: 2026-11-26 is not a time with its offset.",
    ),
    "a gap": (
        lambda d: answered(d)["order"].update(valuePositiveInt=77),
        "The order of the marks has gaps or repeats. Export the record again.",
    ),
    "a required item passed over": (
        lambda d: code_of(d, "K-01").update(code="overridden"),
        "K-01 is required and cannot be overridden. Do it first.",
    ),
    "a role that may not": (
        lambda d: answered(d)["role"]["valueCoding"].update(code="Rx"),
        "K-01 is ticked by the operator or supervisor, not by the radiographer.",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_was_made_up_is_refused_in_one_sentence(what: str, checklist: Checklist) -> None:
    document = json.loads(written(checklist))
    change, said = HOSTILE[what]
    change(document)
    with pytest.raises(FhirRefused) as refused:
        read_response(json.dumps(document).encode(), checklist.template)
    sentence = str(refused.value)
    assert sentence.startswith(said)
    assert "\n" not in sentence and len(sentence) < 400


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The answers are not JSON: "),
        (b"\xff\xfe", "The answers are not JSON: "),
        (b"[" * 100_000, "The answers are not JSON: "),
        (b"[]", "The answers are not a QuestionnaireResponse. Choose that resource."),
        (b'{"resourceType": "Bundle", "type": "collection"}', "The answers are not a Question"),
        (b" " * (MOST_BYTES + 1), f"The answers have {MOST_BYTES + 1} bytes, and no checklist "),
    ],
)
def test_what_is_no_response_at_all_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(FhirRefused) as refused:
        read_response(content, checklist_template("knee-injection"))
    assert str(refused.value).startswith(said)
