"""The two files of a report beside its session."""

from dataclasses import dataclass
from pathlib import Path

from guidance_app.reports.content import RenderedReport
from guidance_app.session.disk import LOCAL_DISK, write_whole
from guidance_app.ui.pdf_pages import pdf_pages


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where a report lies."""

    html: Path
    pdf: Path


def write_report_beside(session: Path, report: RenderedReport) -> ReportFiles:
    """Write it as HTML and PDF, each whole or not at all; the GUI thread. OSError from the disk."""
    pages = pdf_pages(report.page, report.title)
    html = session.with_name(f"{session.stem}-report.html")
    files = ReportFiles(html, html.with_suffix(".pdf"))
    write_whole(LOCAL_DISK, files.html, report.page.encode())
    write_whole(LOCAL_DISK, files.pdf, pages)
    return files
