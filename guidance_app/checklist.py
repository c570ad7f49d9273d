"""`guidance checklist`: what is asked of whom before, during and after a procedure."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from guidance_app import config
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.facts import KnowledgeError

if TYPE_CHECKING:
    from guidance_app.domain.checklist import ChecklistItem, ChecklistTemplate

DONE, FAILED = 0, 1


def add_actions(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `guidance checklist` to its parser."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="the items of a procedure, with origin and level")
    show.add_argument("--procedure", required=True, metavar="ID", help="knee-injection …")
    show.add_argument(
        "--plan",
        choices=[plan.value for plan in Plan if plan is not Plan.UNDECIDED],
        default=Plan.ULTRASOUND.value,
        help="how the needle is guided",
    )
    show.add_argument("--complex", action="store_true", help="the operator calls it complex")
    show.add_argument("--trainee", action="store_true", help="a trainee does it")
    show.add_argument("--json", action="store_true", help="one JSON document")
    show.set_defaults(handler=_show)
    check = actions.add_parser("check", help="whether a site's file may be used")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(handler=_check)


def _check(options: argparse.Namespace) -> int:
    from guidance_app.knowledge.load import shipped_knowledge
    from guidance_app.knowledge.site_file import read_site

    try:
        rules = read_site(options.file, shipped_knowledge())
    except KnowledgeError as error:
        print(f"guidance: {error}", file=sys.stderr)
        return FAILED
    counts = f"{len(rules.items)} items added, {len(rules.levels)} levels raised"
    print(f"{rules.site}, version {rules.version}: {counts}.")
    print(f"Put it at {config.site_file()} to use it.")
    return DONE


def _show(options: argparse.Namespace) -> int:
    import msgspec

    from guidance_app.knowledge.site_file import load_at_site
    from guidance_app.knowledge.templates import build_template

    plan = Plan(options.plan)
    try:
        knowledge = load_at_site(config.site_file()).knowledge
        template = build_template(
            knowledge, options.procedure, plan, options.complex, options.trainee
        )
    except KnowledgeError as error:
        print(f"guidance: {error}", file=sys.stderr)
        return FAILED
    if options.json:
        print(json.dumps(msgspec.to_builtins(template), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(template)))
    return DONE


def _lines(template: "ChecklistTemplate") -> list[str]:
    from guidance_app.presentation.checklist_rows import PHASE_TITLES

    lines = [f"{template.title}, version {template.version}, {template.digest[:12]}"]
    for phase, title in PHASE_TITLES.items():
        items = [item for item in template.items if item.phase is phase]
        lines += ["", f"{title} ({len(items)})", *map(_line, items)]
    return lines


def _line(item: "ChecklistItem") -> str:
    sign = ", ".join(role.value for role in item.sign)
    seen = f"; seen by the program: {item.proven_by}" if item.proven_by else ""
    return f"  {item.id}  {item.level:4}  {item.origin:2}  {item.text}  [{sign}{seen}]"
