"""From the names of site, intervention and technique to one case, and what holds for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from guidance_app.domain.competence import Demand
from guidance_app.knowledge.cases import Case, Plan, Technique
from guidance_app.knowledge.content import Knowledge, Procedure
from guidance_app.knowledge.facts import Condition, KnowledgeError


class Named(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> str:
        """What it is called by."""
        ...


T = TypeVar("T", bound=Named)


def find(records: Sequence[T], id_: str, what: str) -> T:
    """The record with this id; raises KnowledgeError with those that exist."""
    for record in records:
        if record.id == id_:
            return record
    existing = ", ".join(record.id for record in records)
    raise KnowledgeError(f'There is no {what} called "{id_}". Those that exist: {existing}.')


def plan_case(
    knowledge: Knowledge,
    site_id: str,
    intervention_id: str,
    plan: Plan = Plan.UNDECIDED,
    targeted: bool | None = None,
    complex_: bool = False,
    competent: bool | None = None,
    supervised: bool = False,
    unavailable: Iterable[Plan] = (),
) -> Case:
    """One planned procedure; raises KnowledgeError for a site or intervention that is not known.

    `targeted` is worked out where nobody says; `complex_` adds to what is complex by its kind and
    never takes it away. Both definitions are operational and ours.
    """
    site = find(knowledge.sites, site_id, "site")
    intervention = find(knowledge.interventions, intervention_id, "intervention")
    technique = find_technique(knowledge, plan)
    by_kind = site.complex or intervention.complex or (technique is not None and technique.complex)
    return Case(
        site=site,
        intervention=intervention,
        plan=plan,
        targeted=site.targeted or intervention.targeted if targeted is None else targeted,
        complex=by_kind or complex_,
        competent=competent,
        supervised=supervised,
        unavailable=frozenset(unavailable),
    )


def procedure_case(
    knowledge: Knowledge,
    procedure_id: str,
    plan: Plan,
    complex_: bool = False,
    targeted: bool | None = None,
) -> Case:
    """A procedure that has a checklist, as a case; raises KnowledgeError where there is none."""
    procedure = find(knowledge.procedures, procedure_id, "procedure")
    site, intervention = procedure.site, procedure.intervention
    return plan_case(knowledge, site, intervention, plan, targeted, complex_)


def procedure_of(knowledge: Knowledge, case: Case) -> Procedure | None:
    """The procedure whose checklist covers the case; None where none does."""
    wanted = (case.site.id, case.intervention.id)
    covers = (one for one in knowledge.procedures if (one.site, one.intervention) == wanted)
    return next(covers, None)


def find_technique(knowledge: Knowledge, plan: Plan) -> Technique | None:
    """The technique of a plan; None while it is undecided."""
    if plan is Plan.UNDECIDED:
        return None
    return find(knowledge.techniques, plan, "technique")


def demand_of(case: Case, knowledge: Knowledge) -> Demand:
    """What the case asks of its operator; raises KnowledgeError while the plan is undecided."""
    return _demand(knowledge, case.plan, case.site.family, case.complex)


@dataclass(frozen=True, slots=True)
class KindOfProcedure:
    """What competence is judged for: a family of sites, under a technique, complex or not."""

    technique: Technique
    demand: Demand


def kinds_of_procedures(
    knowledge: Knowledge, plans: Iterable[Plan] = (Plan.ULTRASOUND, Plan.FLUOROSCOPY)
) -> tuple[KindOfProcedure, ...]:
    """Every kind that there can be under these techniques, in the order of the sites.

    There is none that is simple where technique or site make all of them complex.
    """
    techniques = [find(knowledge.techniques, plan, "technique") for plan in plans]
    return tuple(
        KindOfProcedure(technique, _demand(knowledge, technique.id, family, complex_))
        for family in dict.fromkeys(site.family for site in knowledge.sites)
        for technique in techniques
        for complex_ in (
            (True,) if _always_complex(knowledge, family, technique) else (False, True)
        )
    )


def _always_complex(knowledge: Knowledge, family: str, technique: Technique) -> bool:
    return technique.complex or all(s.complex for s in knowledge.sites if s.family == family)


def _demand(knowledge: Knowledge, plan: Plan, family: str, complex_: bool) -> Demand:
    technique = find(knowledge.techniques, plan, "technique")
    skill = find(knowledge.techniques, technique.skill, "technique")
    return Demand(
        skill=skill.id,
        skill_title=skill.title,
        asks=frozenset(technique.asks),
        family=family,
        complex=complex_,
    )


def conditions_of(case: Case, knowledge: Knowledge) -> set[Condition]:
    """What holds for this case, which decides on the items of its checklist."""
    technique = find_technique(knowledge, case.plan)
    holds = {Condition.ALL, *case.site.conditions, *case.intervention.conditions}
    holds |= set(technique.conditions) if technique else set()
    if case.complex:
        holds.add(Condition.COMPLEX)
    return holds
