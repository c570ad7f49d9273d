"""A session in which every text is one that could name somebody."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TypeVar

import msgspec
from debrief_sessions import GEOMETRY, GRABBER, ULTRASOUND, banner
from random_checklists import OPERATOR, at, example
from recorded_procedures import STARTED, Session

from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.checklist import ChecklistEntry, Emergency, Mark
from guidance_app.domain.commands import (
    Command,
    EmergencyDeclared,
    ItemMarked,
    LayoutFound,
    MomentKind,
    MomentMarked,
    NeedleSought,
    ScaleSet,
    SourceFailed,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.given_advice import GivenAdvice
from guidance_app.domain.guided_needle import GuidedNeedle, NeedleSource, NeedleState
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.snapshot import (
    Cause,
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.knowledge.templates import checklist_template
from guidance_app.session.format import FaultRecord
from guidance_app.session.review import Mark as TrainerMark
from guidance_app.session.review import Rating, add_to_review

IDENTIFIERS = (
    "Wojciechowska",
    "17 Harbour Lane",
    "1956-03-14",
    "+44 20 7946 0958",
    "fax 030-901820",
    "e.wojcik@clinic.example",
    "078-05-1120",
    "MRN-448812",
    "AOK-A123456780",
    "IBAN DE89 3704",
    "LIC-77-4120",
    "B-MX 1956",
    "SN-Q4711-X",
    "https://pacs.example/wojcik",
    "192.0.2.146",
    "retina-3f9c21",
    "face-of-ewa.jpg",
    "CASE/2026/ewa",
)
"""One of each of the eighteen kinds (45 CFR 164.514(b)(2))."""
NAME = IDENTIFIERS[0]
Value = TypeVar("Value")


class Seeds:
    """Puts identifiers in the place of texts, the same for the same text."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def text(self, text: str) -> str:
        number = len(self._given)
        seed = f"{IDENTIFIERS[number % len(IDENTIFIERS)]} {number}"
        return self._given.setdefault(text, seed)

    def in_record(self, value: Value) -> Value:
        """Every text in a record, but those of which it takes one of a few."""
        if isinstance(value, str) and not isinstance(value, Enum):
            return self.text(value) if value else value
        if isinstance(value, tuple):
            return tuple(self.in_record(one) for one in value)
        if is_dataclass(value):
            return replace(
                value,
                **{one.name: self.in_record(getattr(value, one.name)) for one in fields(value)},
            )
        return value


def seeded_session(folder: Path) -> Path:
    """A closed one, with a review and the simulator's notes; its folder bears the name as well."""
    seeds, session = Seeds(), Session(folder, Seeds().in_record(GRABBER))
    session.show(banner(NAME))
    session.do(*_commands(seeds))
    session.do(LayoutFound(0, ULTRASOUND, GEOMETRY))
    _moments(session, seeds)
    session._writer.write_fault(FaultRecord(session._clock.now_ns(), seeds.text("fault")))
    session.show(banner(NAME, 9), lost=seeds.text("lost"))
    path = session.seal()
    _review(path, seeds)
    _manifest(path, seeds)
    (path / "truth.jsonl").write_text(seeds.text("truth"))
    return path.rename(path.with_name(f"{NAME} {path.name}"))


def _commands(seeds: Seeds) -> Iterator[Command]:
    """Every other item is the program's own, with texts of people in it; the rest is a site's."""
    template = checklist_template("knee-injection")
    advice = GivenAdvice("M-1", "INFO", "text", ("PTC-1",), "P", 9.1, False)
    started = replace(STARTED, template=template, advice=(advice,), reason="why", questions=("a",))
    items = tuple(
        item if number % 2 else seeds.in_record(item) for number, item in enumerate(template.items)
    )
    seeded = seeds.in_record(started)
    yield replace(seeded, template=replace(seeded.template, items=items))
    operator = seeds.in_record(OPERATOR)
    yield EmergencyDeclared(Emergency(operator, seeds.text("at once"), seeds.text("because")))
    for item in items:
        if OPERATOR.role in item.sign and not item.after:
            noted = tuple(_noted(field, seeds) for field in item.fields if not field.instead)
            note = f"{seeds.text(item.id)} note"
            yield ItemMarked(
                ChecklistEntry(item.id, Mark.DONE, operator, seeds.text("then"), note, noted)
            )
    yield MomentMarked(seeds.text("what I saw"), operator, MomentKind.INJECTION)
    yield NeedleSought(1, NeedleSight(None, seeds.text("reason")))
    scale = PixelScale(0.1, 0.1, 1.0, GEOMETRY, seeds.text("how"))
    yield ScaleSet(scale, operator)
    yield SourceFailed(seeds.text("sentence"))


def _noted(field: EvidenceField, seeds: Seeds) -> Evidence:
    match field.kind:
        case EvidenceKind.TEXT:
            return Evidence(field.id, seeds.text(f"{field.id} as text"))
        case EvidenceKind.DATE:
            return Evidence(field.id, IDENTIFIERS[2])
        case EvidenceKind.CHOICE:
            side = "right" if "right" in field.choices else field.choices[0]
            return Evidence(field.id, side)
        case _:
            return example(field)


def _moments(session: Session, seeds: Seeds) -> None:
    """One LOST for a reason of its own, and one with guidance that waits for one."""
    plain = session._snapshot

    def seeded(facts: FrameFacts) -> GuidanceSnapshot:
        number = len(session.path.name) + session._index
        state = (TruthState.LOST, TruthState.LIVE)[number % 2]
        return replace(
            plain(facts),
            truth=Truth(
                state, seeds.text("lost why"), cause=Cause.NONE, caution=seeds.text("slow")
            ),
            guidance=Guidance(GuidanceMode.ON, seeds.text("guidance")),
            dropped=seeds.text("dropped"),
            needle=GuidedNeedle(NeedleSource.PICTURE, NeedleState.NONE, seeds.text("no needle")),
        )

    session._snapshot = seeded  # type: ignore[method-assign]
    for number in range(8):
        session.show(banner(NAME, number), seeds.in_record(MomentMarked("mark", OPERATOR)))


def _review(path: Path, seeds: Seeds) -> None:
    with_text = [
        TrainerMark(0, 200_000_000, 300_000_000, "text of the mark", "T-1", at(1)),
        Rating("form", "digest", "R-1", at(1), {"item": 3}, "remark", True),
    ]
    for one in with_text:
        document = msgspec.json.decode(msgspec.json.encode(one))
        kind, rest = document.pop("type"), _seeded_json(document, seeds)
        add_to_review(path, msgspec.convert({"type": kind, **rest}, TrainerMark | Rating))


def _manifest(path: Path, seeds: Seeds) -> None:
    file = path / "manifest.json"
    document = json.loads(file.read_text())
    kept = {key: document[key] for key in ("format", "started", "sealed", "simulated")}
    kept["source"] = document["source"]
    document["lost"] = [{"where": "where", "what": "what"}]
    document["record_closed_utc"] = ""
    file.write_text(json.dumps(_seeded_json(document, seeds) | kept))


def _seeded_json(value: Value, seeds: Seeds) -> Value:
    if isinstance(value, str):
        return seeds.text(value) if value else value
    if isinstance(value, dict):
        return {
            (seeds.text(key) if key == "item" else key): _seeded_json(one, seeds)
            for key, one in value.items()
        }
    return [_seeded_json(one, seeds) for one in value] if isinstance(value, list) else value
