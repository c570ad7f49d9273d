"""The knee checklist: which items apply, how strictly, and a digest that pins them."""

import hashlib
from dataclasses import replace

import pytest
from pinned_checklists import PINNED

from guidance_app.domain.checklist import Level, Phase
from guidance_app.domain.evidence import Evidence, EvidenceField, evidence_refusal
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.facts import Condition, KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template, checklist_template

NOT_AT_THE_KNEE = {3, 4, 7, 8, 24, 25, 26, 36, 40, 42, 46, 47}
KNEE = "knee-injection"


def test_the_knee_takes_the_items_that_apply() -> None:
    expected = [f"K-{n:02d}" for n in range(1, 55) if n not in NOT_AT_THE_KNEE]
    template = checklist_template(KNEE)
    assert [item.id for item in template.items] == expected
    assert template.title == "Knee injection under ultrasound"
    assert {item.phase for item in template.items} == set(Phase)


def test_levels_that_depend_are_resolved_for_the_knee() -> None:
    levels = {item.id: item.level for item in checklist_template(KNEE).items}
    assert (levels["K-17"], levels["K-35"], levels["K-48"]) == (Level.SOFT,) * 3
    hard = [id_ for id_, level in levels.items() if level is Level.HARD]
    assert hard == [f"K-{n:02d}" for n in (1, 2, 5, 12, 13, 15, 27, 28, 32, 34, 37, 44, 54)]


def test_conditions_raise_levels_and_bring_or_take_items() -> None:
    knowledge = shipped_knowledge()
    knee = knowledge.procedures[0]
    more = (Condition.IONISING, Condition.COMPLEX, Condition.SPECIMEN, Condition.EPIDURAL)
    harder = replace(knee, conditions=(*knee.conditions, *more))
    template = build_template(replace(knowledge, procedures=(harder,)), KNEE)
    levels = {item.id: item.level for item in template.items}
    assert {levels[id_] for id_ in ("K-17", "K-36", "K-48")} == {Level.HARD}
    assert "K-09" not in levels
    assert {"K-04", "K-08", "K-26", "K-40", "K-46"} <= set(levels)


def test_the_same_version_never_says_something_else() -> None:
    found = {}
    for procedure in shipped_knowledge().procedures:
        of_plans = [checklist_template(procedure.id, plan).digest for plan in Plan]
        digest = hashlib.sha256("".join(of_plans).encode()).hexdigest()
        found[procedure.id, procedure.version] = digest[:16]
    assert found == {key: PINNED.get(key) for key in found}, "raise the version of what changed"


def test_every_item_is_on_some_checklist() -> None:
    knowledge = shipped_knowledge()
    asked = {
        item.id
        for procedure in knowledge.procedures
        for plan in Plan
        for item in build_template(knowledge, procedure.id, plan, trainee=True).items
    }
    assert asked == {item.id for item in knowledge.items}


def test_any_change_of_an_item_changes_the_digest() -> None:
    knowledge = shipped_knowledge()
    shipped = checklist_template(KNEE).digest
    first = knowledge.items[0]
    fields = (replace(first.fields[0], label="Other"), *first.fields[1:])
    changes = {
        "text": "Other",
        "level": Level.SOFT,
        "evidence": "other",
        "trace": ("PTC-6",),
        "fields": fields,
    }
    for name, value in changes.items():
        items = (replace(first, **{name: value}), *knowledge.items[1:])
        assert build_template(replace(knowledge, items=items), KNEE).digest != shipped


def test_the_technique_decides_on_items() -> None:
    def ids(plan: Plan) -> set[str]:
        return {item.id for item in checklist_template(KNEE, plan).items}

    assert {"K-04", "K-07", "K-24", "K-46"} <= ids(Plan.FLUOROSCOPY)
    assert not {"K-23", "K-35", "K-52"} & ids(Plan.FLUOROSCOPY)
    assert "K-30" not in ids(Plan.PALPATION)
    assert {"K-08", "K-26"} <= ids(Plan.FUSION)
    assert checklist_template(KNEE, Plan.MRI).title == "Knee injection under MRI"


EVERY_CHECKLIST = [
    (procedure.id, plan) for procedure in shipped_knowledge().procedures for plan in Plan
]


@pytest.mark.parametrize(("procedure", "plan"), EVERY_CHECKLIST)
def test_a_figure_is_required_only_where_it_is_the_record_itself(
    procedure: str, plan: Plan
) -> None:
    """And never before guidance: there a press is enough."""
    required = {
        (item.id, field.id)
        for item in checklist_template(procedure, plan).items
        for field in item.fields
        if field.required
    }
    expected = {("K-44", "drug"), ("K-44", "volume"), ("K-44", "passes")}
    if procedure.endswith("-aspiration"):
        expected.add(("K-44", "aspirated"))
    if plan is Plan.FLUOROSCOPY:
        expected |= {("K-46", "dap"), ("K-46", "time")}
    if plan is Plan.CT:
        expected.add(("K-46", "dlp"))
    assert required == expected


def noted(item_id: str, plan: Plan, *values: tuple[str, str]) -> str | None:
    """What is wrong with these values for an item of a hip injection."""
    template = checklist_template("hip-injection", plan)
    item = next(item for item in template.items if item.id == item_id)
    return evidence_refusal(item.fields, [Evidence(*value) for value in values])


def test_what_cannot_be_told_is_said_instead() -> None:
    """A machine that shows no dose, and a procedure in which nothing was injected."""
    shown = "Fluoroscopy time or Not shown by the machine is asked for."
    assert noted("K-46", Plan.FLUOROSCOPY, ("dap", "1.02"), ("time", "36")) is None
    assert noted("K-46", Plan.FLUOROSCOPY, ("reference_dose", "66"), ("time", "28")) is None
    assert noted("K-46", Plan.FLUOROSCOPY, ("reference_dose", "66")) == shown
    assert noted("K-46", Plan.FLUOROSCOPY, ("not_shown", "yes")) is None
    assert noted("K-46", Plan.CT, ("dlp", "199")) is None
    assert noted("K-46", Plan.CT, ("dap", "1")) == "No field is dap."
    assert noted("K-44", Plan.CT, ("nothing", "yes"), ("passes", "0")) is None
    drug = "Drug given or Nothing was given is asked for."
    assert noted("K-44", Plan.CT, ("volume", "2"), ("passes", "1")) == drug


def test_a_dose_in_another_unit_is_told() -> None:
    """The mean that was published for the transforaminal injection, 1.02 Gy cm², in mGy cm²."""
    in_mgy_cm2 = noted("K-46", Plan.FLUOROSCOPY, ("dap", "1020"), ("time", "36"))
    assert in_mgy_cm2 == "Dose-area product: type a number from 0 to 500 Gy cm²."


def test_a_field_stands_only_where_it_can_apply() -> None:
    template = checklist_template("hip-injection", Plan.CT)
    fields = {item.id: item.fields for item in template.items}
    assert [field.id for field in fields["K-46"]] == ["dlp", "not_shown"]
    assert [field.id for field in fields["K-24"]] == ["preset"]
    assert "aspirated" not in {field.id for field in fields["K-44"]}
    assert "marker" not in {field.id for field in fields["K-28"]}
    assert {type(field) for one in fields.values() for field in one} == {EvidenceField}


def test_what_is_not_asked_for_stands_in_for_nothing() -> None:
    knowledge = shipped_knowledge()
    (dose,) = [item for item in knowledge.items if item.id == "K-46"]
    fields = tuple(
        replace(field, when=(Condition.CT,)) if field.id == "reference_dose" else field
        for field in dose.fields
    )
    changed = replace(knowledge, items=(replace(dose, fields=fields),))
    (item,) = build_template(changed, "hip-injection", Plan.FLUOROSCOPY).items
    assert [(one.id, one.instead) for one in item.fields] == [
        ("dap", ("not_shown",)),
        ("time", ("not_shown",)),
        ("not_shown", ()),
    ]


WITHOUT_FIELDS = {"K-31", "K-32", "K-36", "K-54"}
"""A tick is all there is to note, or other parts of the record hold it."""


def test_every_item_with_something_to_note_has_fields() -> None:
    items = shipped_knowledge().items
    assert {item.id for item in items if not item.fields} == WITHOUT_FIELDS


def test_a_trainee_needs_a_named_supervisor() -> None:
    trained = build_template(shipped_knowledge(), KNEE)
    trainee = build_template(shipped_knowledge(), KNEE, trainee=True)
    assert {i.id for i in trainee.items} - {i.id for i in trained.items} == {"K-03"}


def test_an_unknown_procedure_is_refused_with_those_that_exist() -> None:
    with pytest.raises(KnowledgeError, match=r'"hip".*Those that exist: knee-injection, '):
        checklist_template("hip")


def test_a_procedure_without_any_item_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="No checklist item applies"):
        build_template(replace(shipped_knowledge(), items=()), KNEE)
