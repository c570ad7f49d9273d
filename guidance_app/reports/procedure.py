"""The report of a procedure as one page of HTML: for a browser, and for Qt, which prints it."""

import base64
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from guidance_app import PURPOSE, __version__
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    Level,
    Mark,
    Phase,
)
from guidance_app.domain.evidence import evidence_words
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.knowledge.rules import AdviceLevel
from guidance_app.reports.attention import (
    PHASE_TITLES,
    attention,
    glance,
    not_followed_reason,
    signature_words,
)
from guidance_app.reports.content import ReportContent, StoredImage

TEMPLATE = "procedure.html.j2"
LEVEL_WORDS = {
    Level.HARD: "required",
    Level.SOFT: "reason to skip",
    Level.ADVISORY: "advisory",
}
MARK_WORDS = {
    Mark.DONE: "done",
    Mark.OVERRIDDEN: "gone on without",
    Mark.SKIPPED: "skipped",
    Mark.NOT_APPLICABLE: "does not apply",
    Mark.REOPENED: "reopened",
}
ADVICE_WORDS = {
    AdviceLevel.HARD.value: "Required",
    AdviceLevel.SOFT.value: "Needs a reason",
    AdviceLevel.ADVISORY.value: "Consider",
    AdviceLevel.INFO.value: "Know",
}
IMAGES_A_ROW, IMAGES_A_PAGE = 2, 6
IMAGE_BOX_PX = (320, 240)
"""What a stored image is fitted into; three rows of them stay on one page."""
RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}
"""Classes of characters that may turn around what stands beside them (Unicode, annex 9)."""
ISOLATE, END_OF_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True, slots=True)
class EarlierMark:
    """A mark on an item that does not count any more."""

    entry: ChecklistEntry
    mark: str
    noted: str
    """Evidence and note in a line; empty where there was neither."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of the checklist in words."""

    item: ChecklistItem
    entry: ChecklistEntry | None
    """What counts; None while it is open."""
    level: str
    mark: str
    evidence: tuple[str, ...]
    earlier: tuple[EarlierMark, ...]


def render_report(content: ReportContent, describe: Callable[[tuple[str, ...]], str]) -> str:
    """The report as one self-contained HTML page; `describe` words the sources of a trace.

    Styles and tables are those that Qt's text engine knows as well.
    """
    found = attention(content)
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            content=content,
            checklist=content.checklist,
            recording=content.recording,
            purpose=PURPOSE,
            version=__version__,
            found=found,
            glance=glance(found),
            phases=[(PHASE_TITLES[phase], _lines(content.checklist, phase)) for phase in Phase],
            signatures=signature_words(content.checklist),
            advice=[(given, *_advice_words(given, content.reason)) for given in content.advice],
            describe=describe,
        )
    )


def page_title(content: ReportContent) -> str:
    """What a page of the report is recognised by."""
    return f"{content.checklist.template.title}, {content.patient}, {content.started_utc[:10]}"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("guidance_app.reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_isolated,
    )
    environment.filters |= {"base64": _base64, "clock": _clock, "day": _day}
    environment.globals |= {"images_a_row": IMAGES_A_ROW, "images_a_page": IMAGES_A_PAGE}
    environment.globals["shown_width"] = _shown_width
    return environment


def _isolated(value: object) -> object:
    """Text that runs from right to left turns nothing around but itself."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    turns = any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in value)
    return f"{ISOLATE}{value}{END_OF_ISOLATE}" if turns else value


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _shown_width(image: StoredImage) -> int:
    width, height = IMAGE_BOX_PX
    return round(min(width, height * image.width_px / image.height_px))


def _clock(time_utc: str) -> str:
    """The time of the day, "09:14:03"."""
    return time_utc[11:19]


def _day(time_utc: str) -> str:
    """A moment to the second, "2026-11-26 09:14:03"."""
    return time_utc[:19].replace("T", " ")


def _advice_words(given: GivenAdvice, reason: str) -> tuple[str, str]:
    asks = ADVICE_WORDS.get(given.level, given.level)
    match given.followed:
        case True:
            return asks, "followed"
        case False:
            return asks, f"not followed: {not_followed_reason(reason)}"
        case None:
            return asks, "prefers nothing"


def _lines(checklist: Checklist, phase: Phase) -> list[ItemLine]:
    return [_line(checklist, item) for item in checklist.items(phase)]


def _line(checklist: Checklist, item: ChecklistItem) -> ItemLine:
    entry = checklist.status(item.id)
    return ItemLine(
        item,
        entry,
        LEVEL_WORDS[item.level],
        MARK_WORDS[entry.mark] if entry else "open",
        evidence_words(item.fields, entry.evidence) if entry else (),
        tuple(_earlier(checklist, item, entry)),
    )


def _earlier(
    checklist: Checklist, item: ChecklistItem, counts: ChecklistEntry | None
) -> Iterator[EarlierMark]:
    for entry in checklist.entries:
        if entry.item == item.id and entry is not counts:
            noted = [*evidence_words(item.fields, entry.evidence), entry.note]
            words = "; ".join(one for one in noted if one)
            yield EarlierMark(entry, MARK_WORDS[entry.mark], words)
