"""The one-page report of a procedure: what was done, by whom, and what the picture was worth."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from guidance_app import PURPOSE, __version__
from guidance_app.domain.checklist import (
    Checklist,
    ChecklistEntry,
    ChecklistItem,
    Mark,
    Phase,
)
from guidance_app.domain.people import Person
from guidance_app.domain.sign_off import missing_signatures, signature_states
from guidance_app.knowledge.advice import PieceOfAdvice
from guidance_app.knowledge.rules import AdviceLevel

PAGE, PRINT = "procedure.html.j2", "procedure_print.html.j2"
"""For a browser, and for a layout that knows tables but no style sheets of its own."""
ADVICE_WORDS = {
    AdviceLevel.HARD: "Required",
    AdviceLevel.SOFT: "Needs a reason",
    AdviceLevel.ADVISORY: "Consider",
    AdviceLevel.INFO: "Know",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in seconds since the recording began."""

    at_s: float
    label: str
    person: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything a report says; all people and patients under pseudonyms."""

    session: str
    started_utc: str
    duration_s: float
    source: str
    simulated: bool
    patient: str
    side: str
    people: tuple[Person, ...]
    checklist: Checklist
    moments: tuple[Moment, ...]
    states_s: dict[str, float]
    """Seconds in each truth state."""
    guidance_shown_s: float
    frames_offered: int
    frames_lost: int
    picture_png: bytes | None
    """The guided view at the decisive moment; None when guidance was never shown."""
    technique: str = ""
    """How the needle was guided; empty in recordings that do not say."""
    reason: str = ""
    """Why so, where somebody gave a reason."""
    advice: tuple[PieceOfAdvice, ...] = ()
    """What is advised for this procedure and technique, the strictest first."""


def render_report(
    content: ReportContent, describe: Callable[[tuple[str, ...]], str], template: str = PAGE
) -> str:
    """The report as one self-contained HTML page; `describe` words the sources of a trace."""
    environment = Environment(
        loader=PackageLoader("guidance_app.reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    picture = base64.b64encode(content.picture_png).decode() if content.picture_png else ""
    return environment.get_template(template).render(
        content=content,
        purpose=PURPOSE,
        version=__version__,
        picture=picture,
        overrides=_overrides(content.checklist),
        phases=[(phase.value, _lines(content.checklist, phase)) for phase in Phase],
        open_items=content.checklist.open_items(*Phase),
        unsigned=missing_signatures(content.checklist),
        signatures=signature_states(content.checklist),
        advice_words=ADVICE_WORDS,
        describe=describe,
    )


def write_report(
    path: Path, content: ReportContent, describe: Callable[[tuple[str, ...]], str]
) -> None:
    """Write the report to `path`; OSError when the disk refuses."""
    path.write_text(render_report(content, describe), encoding="utf-8")


def _overrides(checklist: Checklist) -> list[tuple[ChecklistItem, ChecklistEntry]]:
    return [
        (checklist.item(entry.item), entry)
        for entry in checklist.entries
        if entry.mark is Mark.OVERRIDDEN
    ]


def _lines(checklist: Checklist, phase: Phase) -> list[tuple[ChecklistItem, ChecklistEntry | None]]:
    return [(item, checklist.status(item.id)) for item in checklist.items(phase)]
