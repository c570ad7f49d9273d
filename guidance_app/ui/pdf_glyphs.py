"""Characters that Qt leaves out of a PDF, put in: coloured ones as pictures, unknown ones by name.

Qt writes the outlines of letters into a PDF. Coloured glyphs, as of emoji, have none, and stay
blank; a character that no font of the computer has becomes an empty box.
"""

import unicodedata
from collections.abc import Callable, Iterator

from PyQt6.QtCore import Qt, QTextBoundaryFinder, QUrl
from PyQt6.QtGui import (
    QFont,
    QGlyphRun,
    QImage,
    QPainter,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
    QTextLayout,
)

COLOUR_TABLES = ("CBDT", "COLR", "SVG ", "sbix")
"""Where fonts keep coloured glyphs (OpenType)."""
MISSING_GLYPH = 0
PICTURE_PX = 128
PX_PER_POINT = 96 / 72
"""Of a text document's own pixels."""
UNSEEN = {"Cc", "Cf", "Me", "Mc", "Mn", "Zl", "Zp", "Zs"}
"""Classes of characters that show nothing by themselves: controls, marks, spaces (Unicode)."""


def put_in_what_pdf_leaves_out(document: QTextDocument) -> None:
    """Replace in a document what would be blank or a box."""
    font = document.defaultFont()
    for character in sorted(set(_characters(document.toPlainText())), key=len, reverse=True):
        runs = _glyph_runs(character, font)
        if any(MISSING_GLYPH in run.glyphIndexes() for run in runs):
            _each(document, character, _insert_name)
        elif any(_is_coloured(run) for run in runs):
            _each(document, character, _insert_picture)


def _characters(text: str) -> Iterator[str]:
    """What a reader sees as one character each, beyond ASCII."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    utf16, begin = text.encode("utf-16-le"), 0
    while (end := finder.toNextBoundary()) != -1:
        character = utf16[2 * begin : 2 * end].decode("utf-16-le")
        begin = end
        if not character.isascii() and unicodedata.category(character[0]) not in UNSEEN:
            yield character


def _glyph_runs(character: str, font: QFont) -> list[QGlyphRun]:
    layout = QTextLayout(character, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return layout.glyphRuns()


def _is_coloured(run: QGlyphRun) -> bool:
    return any(not run.rawFont().fontTable(table).isEmpty() for table in COLOUR_TABLES)


def _each(
    document: QTextDocument, character: str, insert: Callable[[QTextDocument, QTextCursor], None]
) -> None:
    matching = QTextDocument.FindFlag.FindCaseSensitively
    found = document.find(character, 0, matching)
    while not found.isNull():
        insert(document, found)
        found = document.find(character, found, matching)


def _insert_name(document: QTextDocument, found: QTextCursor) -> None:
    """As in "[syringe]"."""
    names = [unicodedata.name(one, f"U+{ord(one):04X}") for one in found.selectedText()]
    found.insertText(f"[{', '.join(names).lower()}]")


def _insert_picture(document: QTextDocument, found: QTextCursor) -> None:
    character, font = found.selectedText(), found.charFormat().font()
    name = "glyph:" + "-".join(f"{ord(one):x}" for one in character)
    document.addResource(
        QTextDocument.ResourceType.ImageResource, QUrl(name), _picture(character, font)
    )
    place = QTextImageFormat()
    place.setName(name)
    place.setHeight(font.pointSizeF() * PX_PER_POINT)
    found.insertImage(place)


def _picture(character: str, font: QFont) -> QImage:
    image = QImage(PICTURE_PX, PICTURE_PX, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    large = QFont(font)
    large.setPixelSize(round(PICTURE_PX * 0.8))
    painter.setFont(large)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, character)
    painter.end()
    return image
