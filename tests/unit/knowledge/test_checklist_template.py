"""The knee checklist: which items apply, how strictly, and a digest that pins them."""

from dataclasses import replace

import pytest

from guidance_app.domain.checklist import Level, Phase
from guidance_app.knowledge.facts import Condition, KnowledgeError
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import build_template, checklist_template

NOT_AT_THE_KNEE = {3, 4, 7, 8, 24, 25, 26, 36, 40, 42, 46, 47}
KNEE = "knee-injection-us"

PINNED = {"1": "7e2329c81517f436b158173c208741d187d02f62c5974ebd479a65a3f675beb2"}
"""Version to digest. A changed checklist needs a new version, so that records tell them apart."""


def test_the_knee_takes_the_items_that_apply() -> None:
    expected = [f"K-{n:02d}" for n in range(1, 55) if n not in NOT_AT_THE_KNEE]
    template = checklist_template(KNEE)
    assert [item.id for item in template.items] == expected
    assert template.title == "Ultrasound-guided knee injection"
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
    template = checklist_template(KNEE)
    assert PINNED[template.version] == template.digest


def test_any_change_of_an_item_changes_the_digest() -> None:
    knowledge = shipped_knowledge()
    shipped = checklist_template(KNEE).digest
    changes = {"text": "Other", "level": Level.SOFT, "evidence": "other", "trace": ("PTC-6",)}
    for name, value in changes.items():
        items = (replace(knowledge.items[0], **{name: value}), *knowledge.items[1:])
        assert build_template(replace(knowledge, items=items), KNEE).digest != shipped


def test_an_unknown_procedure_is_refused_with_those_that_exist() -> None:
    with pytest.raises(KnowledgeError, match=r'"hip".*Those that exist: knee-injection-us\.$'):
        checklist_template("hip")


def test_a_procedure_without_any_item_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="No checklist item applies"):
        build_template(replace(shipped_knowledge(), items=()), KNEE)
