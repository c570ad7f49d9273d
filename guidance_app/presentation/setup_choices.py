"""What is entered when a procedure is set up, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from guidance_app.domain.checklist import ChecklistTemplate
from guidance_app.domain.competence import (
    Asked,
    CompetencePolicy,
    Demand,
    StaffRecord,
    Standing,
    Verdict,
    judge,
    judge_supervisor,
)
from guidance_app.knowledge.advice import advise
from guidance_app.knowledge.cases import Case, Plan
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.planning import demand_of, procedure_case
from guidance_app.knowledge.site_file import AtSite
from guidance_app.knowledge.templates import build_template
from guidance_app.knowledge.wording import describe_trace
from guidance_app.presentation.advice_view import AdviceView, advice_view
from guidance_app.presentation.view import Text, Tone

Staff = Mapping[str, StaffRecord]
"""Everybody who is registered, by code."""
NOT_CHECKED = Text("Competence is not checked: nobody is registered yet.", Tone.MUTED)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen."""

    id: str
    title: str


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


@dataclass(frozen=True, slots=True)
class SetupAnswer:
    """What follows from an entry: what is advised, who may do it, what is still missing."""

    advice: AdviceView = field(default_factory=AdviceView)
    standing: Text = NOT_CHECKED
    """Whether the operator may, and why not."""
    missing: tuple[str, ...] = ()
    """What must still be entered before the procedure can start."""
    judged: bool = False
    """People are registered, so that the operator's competence was looked at."""
    trainee: bool = False
    """The operator may only under supervision."""
    family: str = ""
    """Of the site, by which experience is counted."""
    complex: bool = False


def procedure_choices(knowledge: Knowledge) -> tuple[Choice, ...]:
    """What can be chosen on the set-up page."""
    return tuple(Choice(p.id, p.title) for p in knowledge.procedures)


def template_for(
    knowledge: Knowledge, procedure_id: str, plan: str, trainee: bool = False
) -> ChecklistTemplate:
    """The checklist of a procedure and a technique, by their ids; raises KnowledgeError."""
    return build_template(knowledge, procedure_id, Plan(plan), trainee=trainee)


def answer_set_up(entry: SetupEntry, site: AtSite, staff: Staff, today: date) -> SetupAnswer:
    """What follows from what is entered so far; without any staff nobody's competence is judged."""
    knowledge, policy = site.knowledge, site.competence
    case = _case(knowledge, entry)
    if case is None or case.plan is Plan.UNDECIDED:
        advice = _advice(knowledge, case) if case else AdviceView()
        return SetupAnswer(advice, Text(""), _missing(entry, advice, False, False))
    demand = demand_of(case, knowledge)
    verdict = _verdict(entry, staff, demand, policy, today)
    supervision = _supervision(entry, staff, demand, policy, today)
    trainee = verdict is not None and verdict.standing is Standing.SUPERVISED
    supervised = supervision.standing is Standing.COMPETENT
    competent = None if verdict is None else verdict.standing is Standing.COMPETENT
    advice = _advice(knowledge, replace(case, competent=competent, supervised=supervised))
    ionising = Asked.RADIATION_TRAINING in demand.asks
    missing = _missing(entry, advice, trainee and not supervised, ionising)
    if verdict is not None and verdict.standing is Standing.NOT:
        missing = (*missing, "an operator who may do this")
    return SetupAnswer(
        advice,
        _standing(entry, verdict, supervision),
        missing,
        verdict is not None,
        trainee,
        case.site.family,
        case.complex,
    )


def _case(knowledge: Knowledge, entry: SetupEntry) -> Case | None:
    if not entry.procedure:
        return None
    plan = Plan(entry.plan) if entry.plan else Plan.UNDECIDED
    return procedure_case(knowledge, entry.procedure, plan)


def _advice(knowledge: Knowledge, case: Case) -> AdviceView:
    return advice_view(advise(knowledge, case), partial(describe_trace, knowledge=knowledge))


def _verdict(
    entry: SetupEntry, staff: Staff, demand: Demand, policy: CompetencePolicy, today: date
) -> Verdict | None:
    """None while nobody can be judged."""
    if not staff or not entry.operator:
        return None
    return judge(staff.get(entry.operator), demand, policy, today)


def _supervision(
    entry: SetupEntry, staff: Staff, demand: Demand, policy: CompetencePolicy, today: date
) -> Verdict:
    if not entry.supervisor:
        return Verdict(Standing.NOT, ("A competent supervisor has to be present.",))
    if entry.supervisor == entry.operator:
        return Verdict(Standing.NOT, ("Nobody supervises himself or herself.",))
    return judge_supervisor(staff.get(entry.supervisor), demand, policy, today)


def _standing(entry: SetupEntry, verdict: Verdict | None, supervision: Verdict) -> Text:
    if verdict is None:
        return NOT_CHECKED if entry.operator else Text("")
    if verdict.standing is Standing.COMPETENT:
        return Text(f"{entry.operator}: competent.", Tone.GOOD)
    reasons = " ".join(verdict.reasons)
    if verdict.standing is Standing.NOT:
        return Text(f"{entry.operator} may not do this. {reasons}", Tone.ALARM)
    if supervision.standing is Standing.COMPETENT:
        return Text(f"{entry.operator} under supervision of {entry.supervisor}.", Tone.GOOD)
    words = f"{entry.operator}: only under named supervision. {reasons}"
    return Text(f"{words} {' '.join(supervision.reasons)}", Tone.CAUTION)


def _missing(
    entry: SetupEntry, advice: AdviceView, needs_supervisor: bool, ionising: bool
) -> tuple[str, ...]:
    needed = {
        "the procedure": entry.procedure,
        "how the needle is guided": entry.plan,
        "the reason for that": entry.reason or not advice.asks_reason,
        "the patient's pseudonym": entry.patient,
        "the side": entry.side,
        "the operator's code": entry.operator,
        "the assistant's code or “working alone”": entry.assistant or entry.working_alone,
        "a competent supervisor's code": not needs_supervisor,
        "the radiographer's code": entry.radiographer or not ionising,
    }
    return tuple(words for words, given in needed.items() if not given)
