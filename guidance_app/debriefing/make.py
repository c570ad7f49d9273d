"""A debrief made: a page for a browser, pages for paper, or both."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app import PURPOSE
from guidance_app.debriefing.burned_in import BurnedIn
from guidance_app.debriefing.content import Debrief
from guidance_app.debriefing.gather import Asked, debrief, headline
from guidance_app.debriefing.page import browser_page, clip_words, paper_pages
from guidance_app.debriefing.recorded_clip import record_clip
from guidance_app.debriefing.shown import PublicScreen
from guidance_app.debriefing.time_line import height_px, on_paper
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.session.reader import SessionReader
from guidance_app.ui.pdf_pages import pdf_pages
from guidance_app.ui.without_window import WindowlessPainter

HTML, PDF = ".html", ".pdf"
TIME_LINE_PX, SHARPER = 1000, 3
"""Width of the time line on paper, and by how much it is drawn larger than that."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    files: dict[str, bytes]
    """By the suffix of its name."""
    missing: tuple[str, ...]
    """What of the recording is not in it, sentences."""


def make_debrief(
    reader: SessionReader,
    burned_in: BurnedIn,
    with_notes: bool,
    kinds: Collection[str],
    progress: Callable[[float], None],
) -> Made:
    """`kinds` are HTML and PDF, or one of them; the thread of the GUI, if there is one.

    Raises SessionError and av.FFmpegError.
    """
    painter, screen = WindowlessPainter(), PublicScreen(reader, burned_in)
    asked = Asked(shipped_knowledge(), with_notes, burned_in)
    found = debrief(reader, screen, painter.picture, asked)
    files, missing = {}, found.missing
    if PDF in kinds:
        files[PDF] = _on_paper(found, painter)
    if HTML in kinds:
        clip = record_clip(reader, screen, painter.picture, progress)
        files[HTML] = browser_page(found, clip).encode()
        missing = (*missing, *filter(None, [clip_words(clip).missing]))
    return Made(files, missing)


def _on_paper(found: Debrief, painter: WindowlessPainter) -> bytes:
    drawn = on_paper(found.lanes, found.length_s, TIME_LINE_PX)
    size = SHARPER * TIME_LINE_PX, SHARPER * height_px(found.lanes)
    page = paper_pages(found, _png(painter.drawing(drawn, size)))
    return pdf_pages(page, f"Debrief: {headline(found)}. {PURPOSE}")


def _png(pixels: ImageU8) -> bytes:
    _, encoded = cv2.imencode(".png", pixels)
    return encoded.tobytes()
