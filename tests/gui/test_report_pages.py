"""The report as A4 pages: whole, in its order, and readable by a reader of PDF."""

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QBuffer
from PyQt6.QtPdf import QPdfDocument
from pytestqt.qtbot import QtBot
from random_checklists import ASSISTANT, OPERATOR, at, signed

from drivers.api.clock import ManualClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin
from guidance_app.demo import report_content
from guidance_app.domain.checklist import Checklist, Emergency
from guidance_app.domain.commands import CommandOutcome, ProcedureStarted
from guidance_app.knowledge.templates import checklist_template
from guidance_app.knowledge.wording import describe_trace
from guidance_app.reports.procedure import PRINT, ReportContent, render_report
from guidance_app.session.disk import LOCAL_DISK
from guidance_app.session.manifest import utc_now
from guidance_app.session.writer import SessionWriter
from guidance_app.ui.pdf_pages import pdf_pages

SOURCE = SourceInfo("sim:knee", "Simulated knee", "", Origin.SIMULATED, 25.0)
TEMPLATE = checklist_template("knee-injection")


def started(technique: str) -> ProcedureStarted:
    people = (OPERATOR, ASSISTANT)
    return ProcedureStarted(
        "knee-injection", "P-1", "right", TEMPLATE, people, False, technique, "asked for", "p-1"
    )


def content_of(folder: Path, technique: str = "us") -> ReportContent:
    """What the report says of a session in which a procedure was started."""
    writer = SessionWriter.create(folder, SOURCE, ManualClock(1), LOCAL_DISK, utc_now)
    writer.write_command(CommandOutcome(0, 1, 0, started(technique)))
    writer.seal()
    content = report_content(writer.path, None)
    assert content is not None
    return content


def texts(pdf: bytes) -> list[str]:
    """The words of each page."""
    buffer = QBuffer()
    buffer.setData(pdf)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document = QPdfDocument(None)
    document.load(buffer)
    sizes = {document.pagePointSize(page).toSize() for page in range(document.pageCount())}
    assert [(size.width(), size.height()) for size in sizes] == [(595, 842)]
    pages = [document.getAllText(page).text() for page in range(document.pageCount())]
    document.close()
    return [" ".join(page.split()) for page in pages]


@pytest.mark.usefixtures("qtbot")
def test_an_ordinary_procedure_takes_two_pages(tmp_path: Path) -> None:
    checklist = signed(Checklist(TEMPLATE, procedure_id="p-1"))
    content = replace(content_of(tmp_path), checklist=checklist)
    first, second = texts(pdf_pages(render_report(content, describe_trace, PRINT), "Knee, P-1"))
    assert "Reason given asked for" in first and "PTC-2, agreement 9.1 of 10" in first
    assert first.index("Procedure") < first.index("How the needle") < first.index("Signatures")
    assert all(item.text in second for item in TEMPLATE.items)
    assert "Knee, P-1" in first and "1 of 2" in first and "2 of 2" in second


def test_an_emergency_comes_first_and_typed_text_stays_text(tmp_path: Path, qtbot: QtBot) -> None:
    emergency = Emergency(OPERATOR, at(3), "<h1>collapse</h1>")
    content = content_of(tmp_path)
    content = replace(content, checklist=replace(content.checklist, emergency=emergency))
    first = texts(pdf_pages(render_report(content, describe_trace, PRINT), "Knee"))[0]
    assert "at 09:00:03 UTC: <h1>collapse</h1>." in first
    assert first.index("EMERGENCY") < first.index("To be looked at first") < first.index("Patient")


def test_what_is_advised_follows_the_technique(tmp_path: Path) -> None:
    assert content_of(tmp_path).technique == "Ultrasound"
    assert {piece.rule for piece in content_of(tmp_path, "palpation").advice}
    unknown = content_of(tmp_path, "dowsing")
    assert (unknown.technique, unknown.advice) == ("dowsing", ())
