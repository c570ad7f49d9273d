"""The demonstration: a whole procedure on the simulator, unattended, recorded and reported."""

import sys
from pathlib import Path

from guidance_app.bootstrap import Desktop
from guidance_app.domain.commands import MomentMarked, ProcedureStarted
from guidance_app.knowledge.advice import PieceOfAdvice, advise
from guidance_app.knowledge.cases import Plan
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.planning import procedure_case
from guidance_app.knowledge.wording import describe_trace
from guidance_app.reports.procedure import (
    PRINT,
    Moment,
    ReportContent,
    render_report,
    write_report,
)
from guidance_app.screen import NO_SCREEN
from guidance_app.session.info import info
from guidance_app.session.procedure import recorded_procedure
from guidance_app.session.reader import SessionReader
from guidance_app.training.scenario import load_scenario
from guidance_app.ui.demonstration import Demonstration
from guidance_app.ui.pdf_pages import pdf_pages

DONE, FAILED, DONE_IN_PART = 0, 1, 3


class DemoFailed(Exception):
    """The demonstration gave no results; `str()` says why."""


def run_demo(scenario_id: str, seconds: float | None, out: Path) -> int:
    """Play a scenario and leave session, picture and report in `out`; the exit status."""
    scenario = load_scenario(scenario_id)
    out.mkdir(parents=True, exist_ok=True)
    desktop = Desktop(out)
    if not desktop.has_screen:
        print(NO_SCREEN, file=sys.stderr)
    demonstration = Demonstration(desktop.application, scenario, desktop.clock)
    demonstration.finished.connect(desktop.quit)
    desktop.fail_without_source()
    desktop.end_after(seconds)
    status = desktop.run(lambda: desktop.application.open_source(scenario.address, True))
    session = desktop.application.session
    if status != DONE or session is None:
        return FAILED
    return _leave_results(session, demonstration, out)


def _leave_results(session: Path, demonstration: Demonstration, out: Path) -> int:
    print(f"session  {session}")
    picture = _save_picture(demonstration, out)
    if picture is not None:
        print(f"picture  {picture}")
    report = out / f"{session.stem}-report.html"
    content = report_content(session, picture)
    if content is not None:
        write_report(report, content, describe_trace)
        print(f"report   {report}")
        print(f"pages    {_write_pages(report.with_suffix('.pdf'), content)}")
    if demonstration.complete:
        return DONE
    missing = "" if picture else ", and without a guided picture"
    print(f"guidance: the demonstration was broken off before its end{missing}", file=sys.stderr)
    return DONE_IN_PART


def _save_picture(demonstration: Demonstration, out: Path) -> Path | None:
    if demonstration.picture is None:
        return None
    path = out / "guided-view.png"
    if not demonstration.picture.save(str(path)):
        raise DemoFailed(f"The picture could not be written to {path}. Check the disk.")
    return path


def _write_pages(path: Path, content: ReportContent) -> Path:
    title = f"{content.checklist.template.title}, {content.patient}, {content.started_utc[:10]}"
    path.write_bytes(pdf_pages(render_report(content, describe_trace, PRINT), title))
    return path


def report_content(session: Path, picture: Path | None) -> ReportContent | None:
    """What the report says of a session; None when no procedure was started in it."""
    document = info(session)
    with SessionReader(session) as reader:
        procedure = recorded_procedure(reader.commands)
        if procedure is None:
            return None
        started = procedure.started
        began_ns = reader.manifest.started.perf_counter_ns
        return ReportContent(
            session=session.name,
            started_utc=document["started"],
            duration_s=document["duration_s"],
            source=document["sources"][0]["address"],
            simulated=document["simulated"],
            patient=started.patient,
            side=started.side,
            people=started.people,
            checklist=procedure.checklist,
            moments=_moments(reader, began_ns),
            states_s=document["states_s"],
            guidance_shown_s=document["guidance_shown_s"],
            frames_offered=document["sources"][0]["frames_offered"],
            frames_lost=document["sources"][0]["frames_lost"],
            picture_png=picture.read_bytes() if picture else None,
            technique=_technique(started),
            reason=started.reason,
            advice=_advice(started),
        )


def _technique(started: ProcedureStarted) -> str:
    techniques = shipped_knowledge().techniques
    titles = [technique.title for technique in techniques if technique.id == started.technique]
    return titles[0] if titles else started.technique


def _advice(started: ProcedureStarted) -> tuple[PieceOfAdvice, ...]:
    """As this version gives it; none for a procedure or a technique that it does not know."""
    try:
        knowledge, plan = shipped_knowledge(), Plan(started.technique)
        return advise(knowledge, procedure_case(knowledge, started.procedure, plan)).pieces
    except ValueError:
        return ()


def _moments(reader: SessionReader, began_ns: int) -> tuple[Moment, ...]:
    moments = []
    for outcome in reader.commands:
        at_s = (outcome.time_ns - began_ns) / 1e9
        if isinstance(outcome.command, MomentMarked):
            moments.append(Moment(at_s, outcome.command.label, outcome.command.person.code))
        elif outcome.refusal is not None:
            moments.append(Moment(at_s, f"refused: {outcome.refusal}", ""))
    return tuple(moments)
