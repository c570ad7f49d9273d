"""`guidance advise`: what is recommended for a planned procedure, and how surely."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from guidance_app.knowledge.cases import Case, Plan
from guidance_app.knowledge.facts import KnowledgeError, Question

if TYPE_CHECKING:
    from guidance_app.knowledge.advice import Advice

DONE, FAILED = 0, 1

ABOUT = (
    "Tells what the EULAR points to consider (2022) and companion sources say of a planned "
    "procedure. It advises; the licensed operator decides."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = ABOUT
    parser.add_argument("--target", required=True, metavar="ID", help="the site: knee-joint …")
    parser.add_argument(
        "--procedure",
        required=True,
        metavar="ID",
        help="the intervention: injection, biopsy … (checklist show takes knee-injection …); a "
        "wrong one lists what exists",
    )
    parser.add_argument(
        "--plan",
        choices=[plan.value for plan in Plan],
        default=Plan.UNDECIDED.value,
        help="how the needle is to be guided",
    )
    parser.add_argument(
        "--targeted", action=argparse.BooleanOptionalAction, help="whether it needs precision"
    )
    parser.add_argument("--complex", action="store_true", help="it is complex")
    parser.add_argument(
        "--competent",
        action=argparse.BooleanOptionalAction,
        help="whether the operator is skilled in this imaging and this intervention",
    )
    parser.add_argument("--supervised", action="store_true", help="by somebody who is skilled")
    parser.add_argument(
        "--unavailable",
        action="append",
        default=[],
        choices=[plan.value for plan in Plan if plan is not Plan.UNDECIDED],
        help="a technique that cannot be had; may be repeated",
    )
    parser.add_argument(
        "--question",
        action="append",
        default=[],
        choices=[question.value for question in Question],
        help="asked of a patient with (possible) rheumatoid arthritis; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.knowledge.advice import advise
    from guidance_app.knowledge.load import shipped_knowledge
    from guidance_app.knowledge.planning import plan_case
    from guidance_app.presentation.advice_text import AdviceText

    knowledge = shipped_knowledge()
    try:
        case = plan_case(
            knowledge,
            options.target,
            options.procedure,
            Plan(options.plan),
            options.targeted,
            options.complex,
            options.competent,
            options.supervised,
            map(Plan, options.unavailable),
        )
    except KnowledgeError as error:
        print(f"guidance: {error}", file=sys.stderr)
        return FAILED
    advice = advise(knowledge, case, map(Question, options.question))
    if options.json:
        print(json.dumps(document(case, advice), indent=2))
    else:
        text = AdviceText(knowledge, case, advice, targeted_said=options.targeted is not None)
        print("\n".join(text.lines()))
    return DONE


def document(case: Case, advice: "Advice") -> dict[str, Any]:
    """What `--json` says."""
    import msgspec

    return {
        "target": case.site.id,
        "procedure": case.intervention.id,
        "plan": case.plan,
        "targeted": case.targeted,
        "complex": case.complex,
        "advice": [msgspec.to_builtins(piece) for piece in advice.pieces],
        "ranked": None if advice.ranked is None else list(advice.ranked),
        "weigh": list(advice.factors),
        "bleeding": msgspec.to_builtins(advice.bleeding),
        "doses": [msgspec.to_builtins(dose) for dose in advice.doses],
        "recommendations": [msgspec.to_builtins(one) for one in advice.recommendations],
    }
