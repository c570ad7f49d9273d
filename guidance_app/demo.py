"""The demonstration: a whole procedure on the simulator, unattended, recorded and reported."""

import sys
from pathlib import Path

from guidance_app.bootstrap import Desktop
from guidance_app.config import places_below
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.procedure_report import rendered_report
from guidance_app.reports.content import NoProcedure
from guidance_app.screen import NO_SCREEN
from guidance_app.training.scenario import load_scenario
from guidance_app.ui.demonstration import Demonstration
from guidance_app.ui.report_files import write_report_beside

DONE, FAILED, DONE_IN_PART = 0, 1, 3
APART = "demonstration"
"""Folder for records of its own: nobody real does this procedure, and nobody is to sign it."""


class DemoFailed(Exception):
    """The demonstration gave no results; `str()` says why."""


def run_demo(scenario_id: str, seconds: float | None, out: Path) -> int:
    """Play a scenario and leave session, picture and report in `out`; the exit status."""
    scenario = load_scenario(scenario_id)
    out.mkdir(parents=True, exist_ok=True)
    desktop = Desktop(out, places=places_below(out / APART))
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
    _write_report(session, picture)
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


def _write_report(session: Path, picture: Path | None) -> None:
    guided_view = picture.read_bytes() if picture else None
    try:
        report = rendered_report(session, shipped_knowledge(), guided_view)
    except NoProcedure:
        return  # it was broken off before one was started
    written = write_report_beside(session, report)
    print(f"report   {written.html}")
    print(f"pages    {written.pdf}")
