"""The report as A4 pages: whole, in its order, and readable by a reader of PDF."""

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QBuffer
from PyQt6.QtGui import QTextDocument
from PyQt6.QtPdf import QPdfDocument
from random_checklists import OPERATOR, at
from recorded_procedures import STARTED, TEMPLATE, Session, everything

from guidance_app.domain.checklist import ChecklistEntry, Emergency, Mark
from guidance_app.domain.commands import (
    EmergencyDeclared,
    ItemMarked,
    MomentKind,
    MomentMarked,
    RecordClosed,
)
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.procedure_report import rendered_report
from guidance_app.ui.pdf_glyphs import put_in_what_pdf_leaves_out
from guidance_app.ui.pdf_pages import pdf_pages

pytestmark = pytest.mark.usefixtures("qapp")
KNOWLEDGE = shipped_knowledge()
HEBREW = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}"
PRIVATE = "\U0010fffd"
"""No font has it, and it has no name."""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


def pages_of(session: Session) -> list[str]:
    """The words of each page of its report."""
    report = rendered_report(session.seal(), KNOWLEDGE)
    return texts(pdf_pages(report.page, report.title))


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


def test_an_ordinary_procedure_takes_two_pages(session: Session) -> None:
    session.do(STARTED, *everything(STARTED), RecordClosed(OPERATOR, at(300)))
    first, second = pages_of(session)
    assert first.index("Record closed by OP-01") < first.index("Nothing left out, nothing open")
    assert first.index("Procedure") < first.index("Advice") < first.index("Checklist")
    assert "PTC-2, origin P, agreement 9.1 of 10" in first
    assert all(item.text in first + second for item in TEMPLATE.items)
    assert f"{TEMPLATE.title}, P-1, " in first and "1 of 2" in first and "2 of 2" in second


def test_an_emergency_comes_first_and_typed_text_stays_text(session: Session) -> None:
    emergency = Emergency(OPERATOR, at(3), "<b>fit</b>")
    session.do(STARTED, EmergencyDeclared(emergency))
    first = pages_of(session)[0]
    assert "at 09:00:03: <b>fit</b>." in first
    order = ("EMERGENCY", "This record is not closed.", "Open, required", "Patient")
    assert sorted(order, key=first.index) == list(order)


def test_stored_pictures_are_on_a_page_of_their_own(session: Session) -> None:
    picture = np.full((480, 640), 90, np.uint8)
    session.do(STARTED)
    for _ in range(7):
        session.show(picture, MomentMarked("image stored", OPERATOR, MomentKind.IMAGE))
    *_, sixth, seventh = pages_of(session)
    assert "image 1, " in sixth and "image 6, " in sixth
    assert "image 7, " in seventh and "the licensed operator decides" in seventh


def test_names_of_every_script_are_on_the_page(session: Session) -> None:
    note = f'{HEBREW} "x" {PRIVATE}'
    session.do(STARTED, ItemMarked(ChecklistEntry("K-10", Mark.OVERRIDDEN, OPERATOR, at(3), note)))
    first = pages_of(session)[0]
    assert "[u+10fffd]" in first
    assert HEBREW in first or HEBREW[::-1] in first  # readers of PDF differ in the direction


def drawn(text: str) -> QTextDocument:
    document = QTextDocument()
    document.setHtml(f"<p>{text}</p><table><tr><td>{text}</td></tr></table>")
    put_in_what_pdf_leaves_out(document)
    return document


def test_letters_stay_as_they_are() -> None:
    text = f"Grüße, {HEBREW}, 4 ml · „x“"
    assert drawn(text).toPlainText().split("\n")[0] == text


def test_what_no_font_has_is_named_everywhere() -> None:
    assert drawn(f"a{PRIVATE}b{PRIVATE}").toPlainText().count("[u+10fffd]") == 4


def test_an_emoji_is_never_left_blank() -> None:
    """It is a letter of a font, a picture, or its name, as the fonts of the computer allow."""
    blank = texts(pdf_pages("<p>before  after</p>", "Blank"))
    assert texts(pdf_pages("<p>before \N{SYRINGE} after</p>", "Emoji")) != blank or (
        "\N{OBJECT REPLACEMENT CHARACTER}" in drawn("\N{SYRINGE}").toPlainText()
    )
