"""`guidance checklist`: what is asked of whom, and what was recorded of it for other systems."""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guidance_app import config
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.facts import KnowledgeError

if TYPE_CHECKING:
    from guidance_app.domain.checklist import ChecklistItem, ChecklistTemplate
    from guidance_app.domain.evidence import EvidenceField
    from guidance_app.exchange.fhir.record import ProcedureRecord
    from guidance_app.session.reader import SessionReader

DONE, FAILED, DONE_IN_PART = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Exported:
    """A recorded procedure in one form."""

    form: str
    content: bytes
    missing: list[str]
    """What of the recording is not there; sentences."""
    more: dict[str, Any] = field(default_factory=dict)
    """What else is told of it in JSON."""


def add_actions(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `guidance checklist` to its parser."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="the items of a procedure, with origin and level")
    show.add_argument(
        "--procedure",
        required=True,
        metavar="ID",
        help="the procedure, intervention and site in one: knee-injection … (advise takes "
        "injection … and a --target); a wrong one lists what exists",
    )
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
    export = actions.add_parser("export", help="a recorded procedure, for other systems")
    export.add_argument("session", type=Path, metavar="SESSION")
    forms = export.add_mutually_exclusive_group(required=True)
    forms.add_argument("--fhir", action="store_true", help="as a FHIR R4 Bundle")
    forms.add_argument("--html", action="store_true", help="as a report for a browser")
    forms.add_argument("--pdf", action="store_true", help="as a report on A4 pages")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="where it goes")
    export.add_argument("--json", action="store_true", help="tell of it in one JSON document")
    export.set_defaults(handler=_export)


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


def _export(options: argparse.Namespace) -> int:
    from guidance_app.exchange.fhir.check import FhirRefused
    from guidance_app.reports.content import NoProcedure
    from guidance_app.session.disk import LOCAL_DISK, write_whole

    try:
        _check_place(options.out)
        exported = _fhir(options.session) if options.fhir else _report(options)
        write_whole(LOCAL_DISK, options.out, exported.content)
    except (FhirRefused, NoProcedure, KnowledgeError) as error:
        print(f"guidance: {options.session} is not exported: {error}", file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"guidance: {options.out} cannot be written ({error.strerror}).", file=sys.stderr)
        return FAILED
    _tell(options, exported)
    return DONE_IN_PART if exported.missing else DONE


def _check_place(out: Path) -> None:
    """Nothing that is there is replaced, and nothing is added to a recording."""
    from guidance_app.session.format import SESSION_SUFFIX

    if out.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    if out.exists():
        raise FileExistsError(0, "it is there already: name another file, or move it away")
    if any(folder.suffix == SESSION_SUFFIX for folder in out.resolve().parents):
        raise PermissionError(0, "inside a recording: name a file beside it")


def _fhir(session: Path) -> Exported:
    from guidance_app.exchange.fhir.bundle import bundle
    from guidance_app.exchange.fhir.elements import as_json
    from guidance_app.session.reader import SessionReader

    with SessionReader(session) as reader:
        document, missing = bundle(_record(reader)), _missing(reader)
    kinds = Counter(entry["resource"]["resourceType"] for entry in document["entry"])
    return Exported("fhir", as_json(document), missing, {"resources": kinds})


def _report(options: argparse.Namespace) -> Exported:
    from guidance_app.knowledge.site_file import load_at_site
    from guidance_app.procedure_report import rendered_report
    from guidance_app.screen import choose_platform

    report = rendered_report(options.session, load_at_site(config.site_file()).knowledge)
    if options.html:
        return Exported("html", report.page.encode(), list(report.missing))
    from guidance_app.ui.pdf_pages import pdf_pages

    choose_platform()
    return Exported("pdf", pdf_pages(report.page, report.title), list(report.missing))


def _record(reader: "SessionReader") -> "ProcedureRecord":
    from guidance_app.exchange.fhir.record import ProcedureRecord
    from guidance_app.procedure_report import the_procedure
    from guidance_app.session.manifest import moment_utc

    procedure = the_procedure(reader)
    manifest = reader.manifest
    return ProcedureRecord(
        session=manifest.id,
        started=procedure.started,
        started_utc=moment_utc(manifest.started, procedure.started_ns),
        ended_utc=moment_utc(manifest.started, reader.ended_ns) if manifest.sealed else None,
        checklist=procedure.checklist,
        simulated=manifest.simulated,
    )


def _missing(reader: "SessionReader") -> list[str]:
    """What of the journal is not there; marks and signatures may be among it."""
    from guidance_app.session.format import JOURNAL_NAME

    problems = (*reader.manifest.lost, *reader.problems)
    return [problem.what for problem in problems if problem.where == JOURNAL_NAME]


def _tell(options: argparse.Namespace, exported: Exported) -> None:
    for what in exported.missing:
        print(f"guidance: marks may be missing. {what}", file=sys.stderr)
    if options.json:
        told = {"file": str(options.out), "missing": exported.missing, **exported.more}
        print(json.dumps(told))
    else:
        print(f"{exported.form:4}  {options.out}")


def _lines(template: "ChecklistTemplate") -> list[str]:
    from guidance_app.presentation.checklist_rows import LEVEL_MEANINGS, PHASE_TITLES

    lines = [f"{template.title}, version {template.version}, {template.digest[:12]}"]
    lines.append(" ".join(f"{level} = {what}." for level, what in LEVEL_MEANINGS.items()))
    for phase, title in PHASE_TITLES.items():
        items = [item for item in template.items if item.phase is phase]
        lines += ["", f"{title} ({len(items)})"]
        lines += [line for item in items for line in (_line(item), *map(_field_line, item.fields))]
    return lines


def _line(item: "ChecklistItem") -> str:
    sign = ", ".join(role.value for role in item.sign)
    told = (("seen", item.proven_by), ("reopened", item.contradicted_by))
    seen = "".join(f"; {word} by the program: {what}" for word, what in told if what)
    return f"  {item.id}  {item.level:4}  {item.origin:2}  {item.text}  [{sign}{seen}]"


def _field_line(field: "EvidenceField") -> str:
    from guidance_app.domain.evidence import limits_in_words

    values = " | ".join(field.choices) or f"{field.kind}{limits_in_words(field)}"
    required = " or ".join(("required", *field.instead)) if field.required else ""
    return f"        {field.id}  {field.label}: {values}" + (f"  [{required}]" if required else "")
