"""What is entered when a procedure is set up, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from guidance_app.domain.checklist import ChecklistTemplate
from guidance_app.domain.competence import Skill
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.people import Role
from guidance_app.knowledge.advice import Advice, advise, fitting_recommendations
from guidance_app.knowledge.cases import Case, Plan
from guidance_app.knowledge.content import Knowledge, Procedure
from guidance_app.knowledge.facts import Condition, Question
from guidance_app.knowledge.planning import demand_of, find_technique, procedure_case
from guidance_app.knowledge.site_file import AtSite
from guidance_app.knowledge.templates import build_template
from guidance_app.knowledge.wording import describe_trace
from guidance_app.presentation.advice_view import (
    AdviceLine,
    AdviceView,
    advice_view,
    given_advice,
    recommendation_lines,
)
from guidance_app.presentation.people_standing import (
    PeopleStanding,
    Present,
    Staff,
    judge_people,
)
from guidance_app.presentation.view import Text

QUESTIONS = tuple(Question)
"""What may be asked of a patient with (possible) rheumatoid arthritis, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen."""

    id: str
    title: str
    spot: str = ""
    """Where on the picture of a body it is chosen."""
    sided: bool = True
    """It is done on one side of the body."""


@dataclass(frozen=True, slots=True)
class SetupEntry:
    """What a person entered. Side is "left", "right", "midline" or empty; people are codes."""

    procedure: str = ""
    patient: str = ""
    """Pseudonym."""
    side: str = ""
    operator: str = ""
    assistant: str = ""
    working_alone: bool = False
    plan: str = ""
    """Id of the technique that guides the needle."""
    reason: str = ""
    """Why it is chosen, where the advice asks for a reason."""
    supervisor: str = ""
    radiographer: str = ""
    targeted: bool | None = None
    """Whether it needs precision; None leaves that to the site and what is done there."""
    complex: bool = False
    """The operator calls it complex; what is complex by its kind stays so."""
    questions: tuple[Question, ...] = ()
    """What is asked of a patient with (possible) rheumatoid arthritis."""


@dataclass(frozen=True, slots=True)
class SetupAnswer:
    """What follows from an entry: what is advised, who may do it, what is still missing."""

    advice: AdviceView = field(default_factory=AdviceView)
    recommendations: tuple[AdviceLine, ...] = ()
    """On rheumatoid arthritis; they justify the target, never how the needle is guided."""
    standing: Mapping[Role, Text] = field(default_factory=dict)
    """What each person may, and why not, in one line."""
    missing: tuple[str, ...] = ()
    """What must still be entered before the procedure can start."""
    judged: bool = False
    """People are registered, so that the operator's competence was looked at."""
    trainee: bool = False
    """The operator may only under supervision."""
    family: str = ""
    """Of the site, by which experience is counted."""
    targeted: bool = False
    complex: bool = False
    complex_by_kind: bool = False
    """Its site, technique or intervention makes it complex; nobody can take that back."""
    given: tuple[GivenAdvice, ...] = ()
    """The advice and the recommendations as they are kept with the procedure."""
    skill: Skill | None = None
    """What the operator was found competent by; None for whoever was not."""
    technique: str = ""
    """Title of the technique that guides the needle."""


def procedure_choices(knowledge: Knowledge) -> tuple[Choice, ...]:
    """What can be chosen on the set-up page."""
    return tuple(_choice(knowledge, procedure) for procedure in knowledge.procedures)


def _choice(knowledge: Knowledge, procedure: Procedure) -> Choice:
    (site,) = (site for site in knowledge.sites if site.id == procedure.site)
    return Choice(procedure.id, procedure.title, site.spot, Condition.SIDED in site.conditions)


def template_for(
    knowledge: Knowledge,
    procedure_id: str,
    plan: str,
    trainee: bool = False,
    complex_: bool = False,
) -> ChecklistTemplate:
    """The checklist of a procedure and a technique, by their ids; raises KnowledgeError."""
    return build_template(knowledge, procedure_id, Plan(plan), complex_, trainee)


def answer_set_up(entry: SetupEntry, site: AtSite, staff: Staff | None, today: date) -> SetupAnswer:
    """What follows from what is entered so far; without any staff nobody's competence is judged.

    While it is not known who is registered (None), a PIN is asked of whoever signs.
    """
    knowledge = site.knowledge
    case = _case(knowledge, entry)
    people = _people(entry, site, staff, today, case)
    if case is not None and people is not None:
        supervised = people.may(Role.SUPERVISOR)
        case = replace(case, competent=people.competent, supervised=supervised)
    advice = advise(knowledge, case) if case else None
    view = _view(knowledge, advice, people)
    recommendations = fitting_recommendations(knowledge, entry.questions)
    describe = partial(describe_trace, knowledge=knowledge)
    return SetupAnswer(
        advice=view,
        recommendations=recommendation_lines(recommendations, describe),
        standing=people.lines if people else {},
        missing=_missing(entry, view, people),
        judged=staff is None or (people is not None and people.judged),
        trainee=people is not None and people.trainee,
        family=case.site.family if case else "",
        targeted=case is not None and case.targeted,
        complex=case is not None and case.complex,
        complex_by_kind=_is_complex_by_kind(knowledge, entry),
        given=given_advice(advice.pieces if advice else (), recommendations),
        skill=people.skill if people else None,
        technique=_technique_title(knowledge, entry),
    )


def _case(knowledge: Knowledge, entry: SetupEntry) -> Case | None:
    if not entry.procedure:
        return None
    plan = Plan(entry.plan) if entry.plan else Plan.UNDECIDED
    return procedure_case(knowledge, entry.procedure, plan, entry.complex, entry.targeted)


def _technique_title(knowledge: Knowledge, entry: SetupEntry) -> str:
    technique = find_technique(knowledge, Plan(entry.plan)) if entry.plan else None
    return technique.title if technique else ""


def _is_complex_by_kind(knowledge: Knowledge, entry: SetupEntry) -> bool:
    case = _case(knowledge, replace(entry, complex=False))
    return case is not None and case.complex


def _people(
    entry: SetupEntry, site: AtSite, staff: Staff | None, today: date, case: Case | None
) -> PeopleStanding | None:
    """None while it is not known what is asked of them."""
    if case is None or case.plan is Plan.UNDECIDED:
        return None
    demand = demand_of(case, site.knowledge)
    return judge_people(_present(entry), staff, demand, site.competence, today)


def _present(entry: SetupEntry) -> Present:
    return Present(
        entry.operator,
        entry.supervisor,
        "" if entry.working_alone else entry.assistant,
        entry.radiographer,
        entry.working_alone,
    )


def _view(knowledge: Knowledge, advice: Advice | None, people: PeopleStanding | None) -> AdviceView:
    if advice is None:
        return AdviceView()
    reasons = people.reasons if people else ()
    return advice_view(advice, partial(describe_trace, knowledge=knowledge), reasons)


def _missing(
    entry: SetupEntry, advice: AdviceView, people: PeopleStanding | None
) -> tuple[str, ...]:
    needed = {
        "the patient's pseudonym": entry.patient,
        "the procedure": entry.procedure,
        "the side": entry.side,
        "how the needle is guided": entry.plan,
        "why it is done like this": entry.reason or not advice.asks_reason,
    }
    missing = tuple(words for words, given in needed.items() if not given)
    return (*missing, *(people.missing if people else _unentered(entry)))


def _unentered(entry: SetupEntry) -> tuple[str, ...]:
    entered = {
        "the operator's code": entry.operator,
        "the assistant's code or “working alone”": entry.assistant or entry.working_alone,
    }
    return tuple(words for words, given in entered.items() if not given)
