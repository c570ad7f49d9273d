"""What can be chosen when a procedure is set up, and what follows from it."""

from dataclasses import dataclass

from guidance_app.domain.checklist import ChecklistTemplate
from guidance_app.knowledge.advice import advise_procedure
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.templates import checklist_template
from guidance_app.knowledge.wording import describe_trace
from guidance_app.presentation.advice_view import AdviceView, advice_view


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen."""

    id: str
    title: str


def procedure_choices() -> tuple[Choice, ...]:
    """What can be chosen on the set-up page."""
    return tuple(Choice(p.id, p.title) for p in shipped_knowledge().procedures)


def template_for(procedure_id: str, plan: str) -> ChecklistTemplate:
    """The checklist of a procedure and a technique, by their ids; raises KnowledgeError."""
    return checklist_template(procedure_id, Plan(plan))


def advice_on(procedure_id: str, plan: str) -> AdviceView:
    """What is advised for a procedure and a technique; nothing before a procedure is chosen."""
    if not procedure_id:
        return AdviceView()
    wanted = Plan(plan) if plan else Plan.UNDECIDED
    return advice_view(advise_procedure(shipped_knowledge(), procedure_id, wanted), describe_trace)
