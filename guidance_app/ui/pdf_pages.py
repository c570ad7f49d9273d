"""A report as A4 pages in PDF, laid out by Qt: no program or library beside it is needed."""

import sys

from PyQt6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PyQt6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QGuiApplication,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from guidance_app.ui.pdf_glyphs import put_in_what_pdf_leaves_out
from guidance_app.ui.theme import FAMILIES

DOTS_PER_INCH = 600
MARGINS_MM = QMarginsF(13, 12, 13, 9)
FOOT_MM = 7
"""Below the text, for its title and the number of the page."""
MM_PER_INCH = 25.4
TEXT_POINTS, FOOT_POINTS = 8.5, 7.5
INK = QColor("#14181d")


def pdf_pages(html: str, title: str) -> bytes:
    """The pages of an HTML text as Qt knows it; the GUI thread, if there is one.

    Without an application one is made for as long as it takes, on the platform chosen before.
    """
    _application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    return _paint(html, title)


def _paint(html: str, title: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer, title)
    page = QRectF(0, 0, writer.width(), writer.height() - _dots(FOOT_MM))
    document = _document(html, writer, page.size())
    painter = QPainter(writer)
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        _draw_page(painter, document, page.translated(0, number * page.height()))
        foot = QRectF(0, page.height(), page.width(), _dots(FOOT_MM))
        _draw_foot(painter, foot, title, f"{number + 1} of {document.pageCount()}")
    painter.end()
    return bytes(buffer.data().data())


def _writer(buffer: QBuffer, title: str) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setResolution(DOTS_PER_INCH)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(MARGINS_MM)
    writer.setTitle(title)
    return writer


def _document(html: str, writer: QPdfWriter, size: QSizeF) -> QTextDocument:
    document = QTextDocument()
    layout = document.documentLayout()
    if layout is not None:
        layout.setPaintDevice(writer)
    document.setDocumentMargin(0)
    document.setDefaultFont(_font(TEXT_POINTS))
    document.setHtml(html)
    put_in_what_pdf_leaves_out(document)
    document.setPageSize(size)
    return document


def _draw_page(painter: QPainter, document: QTextDocument, part: QRectF) -> None:
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = part
    context.palette.setColor(QPalette.ColorRole.Text, INK)
    painter.save()
    painter.translate(0, -part.top())
    painter.setClipRect(part)
    layout = document.documentLayout()
    if layout is not None:
        layout.draw(painter, context)
    painter.restore()


def _draw_foot(painter: QPainter, foot: QRectF, title: str, page: str) -> None:
    painter.setFont(_font(FOOT_POINTS))
    painter.setPen(INK)
    painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, title)
    painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, page)


def _font(points: float) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPointSizeF(points)
    return font


def _dots(mm: float) -> float:
    return mm / MM_PER_INCH * DOTS_PER_INCH
