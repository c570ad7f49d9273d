"""What competence is judged for: every kind of procedure that there can be, once."""

from guidance_app.domain.competence import Asked
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.planning import demand_of, kinds_of_procedures, procedure_case

KNOWLEDGE = shipped_knowledge()


def test_every_family_has_its_kinds_under_both_techniques_and_none_twice() -> None:
    kinds = kinds_of_procedures(KNOWLEDGE)
    told = [(kind.demand.family, kind.technique.id, kind.demand.complex) for kind in kinds]
    families = {site.family for site in KNOWLEDGE.sites}
    assert len(told) == len(set(told))
    assert {(family, plan) for family, plan, _ in told} == {
        (family, plan) for family in families for plan in (Plan.ULTRASOUND, Plan.FLUOROSCOPY)
    }


def test_what_is_always_complex_has_no_simple_kind() -> None:
    simple = {
        (kind.demand.family, kind.technique.id)
        for kind in kinds_of_procedures(KNOWLEDGE)
        if not kind.demand.complex
    }
    assert ("knee", Plan.ULTRASOUND) in simple
    assert ("lumbar spine", Plan.ULTRASOUND) not in simple
    assert not any(plan is Plan.FLUOROSCOPY for _, plan in simple)


def test_each_procedure_asks_for_one_of_them() -> None:
    demands = [kind.demand for kind in kinds_of_procedures(KNOWLEDGE)]
    for procedure in KNOWLEDGE.procedures:
        for plan in (Plan.ULTRASOUND, Plan.FLUOROSCOPY):
            assert demand_of(procedure_case(KNOWLEDGE, procedure.id, plan), KNOWLEDGE) in demands


def test_fluoroscopy_asks_for_radiation_training() -> None:
    for kind in kinds_of_procedures(KNOWLEDGE):
        asked = Asked.RADIATION_TRAINING in kind.demand.asks
        assert asked is (kind.technique.id is Plan.FLUOROSCOPY)
