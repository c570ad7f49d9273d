"""Scores what lies at a path: a recorded session, or a recording of tracked tools.

Pure: nothing is printed and nothing is written, so that many can be scored side by side. What goes
in and what comes out can be pickled.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from guidance_app.session.errors import SessionError
from guidance_app.session.reader import SessionReader
from guidance_app.training.attempt import (
    Attempt,
    AttemptRefused,
    is_attempt,
    last_place,
    read_attempt,
)
from guidance_app.training.expert_set import Standing
from guidance_app.training.metrics import Metric, measure, structures_hit
from guidance_app.training.motion import MotionRefused, Pairing, ToolMotion
from guidance_app.training.motion_score import measure_motion
from guidance_app.training.seen_metrics import NothingSeen, measure_seen, read_seen
from guidance_app.training.tracked_files import is_recording, read_motions


class ScoreRefused(ValueError):
    """There is nothing to score, or what was asked does not go together; `str()` says why."""


class Scored(StrEnum):
    """What was scored; figures are compared within a kind only."""

    SESSION = "session"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What is asked of a recording. A session takes none of it."""

    tool: str | None = None
    """Of several; the only one goes without saying."""


@dataclass(frozen=True, slots=True)
class ScoreDocument:
    """The figures of one session or recording."""

    session: str
    """Its path as it was named."""
    scored: Scored
    pairing: Pairing
    metrics: tuple[Metric, ...]
    tool: str = ""
    """Of a recording."""
    structures: tuple[str, ...] = ()
    """What had to be spared and was met, by the simulator's truth."""
    last_place: str = ""
    """What the tip lay in at the end, by the simulator's truth; empty without one."""
    cut_off: bool = False
    """The simulator's truth ended in the middle of a line."""
    left_out: str = ""
    """A sentence on what could not be scored although the rest was; mostly empty."""


def scored_as(path: Path) -> Scored:
    """What lies at a path, by its name."""
    return Scored.RECORDING if is_recording(path) else Scored.SESSION


def score_path(path: Path, options: ScoreOptions) -> ScoreDocument:
    """All figures of what lies at a path; raises ScoreRefused."""
    try:
        if scored_as(path) is Scored.RECORDING:
            return _score_recording(path, options)
        return _score_session(path, options)
    except (AttemptRefused, MotionRefused) as refused:
        raise ScoreRefused(str(refused)) from None


def score_json(document: ScoreDocument, standings: Mapping[str, Standing]) -> dict[str, object]:
    """As `guidance score --json` prints it; with where each figure lies among those of experts."""
    figures: dict[str, dict[str, object]] = {
        one.name: {"value": one.value, "unit": one.unit, "version": one.version}
        for one in document.metrics
    }
    for name, standing in standings.items():
        figures[name]["experts"] = asdict(standing)
    about: dict[str, object] = {
        "session": document.session,
        "pairing": document.pairing.value,
        "metrics": figures,
    }
    if document.scored is Scored.SESSION:
        return about | {"structures": list(document.structures)}
    return about | {"tool": document.tool}


def _score_session(path: Path, options: ScoreOptions) -> ScoreDocument:
    if options != ScoreOptions():
        raise ScoreRefused("A session has no tools to choose from. Leave out --tool.")
    attempt = read_attempt(path) if is_attempt(path) else None
    seen, left_out = _seen(path, attempt is not None)
    if attempt is None and not seen:
        raise ScoreRefused(f"No needle was seen in {path.name}: there is nothing to score.")
    document = ScoreDocument(str(path), Scored.SESSION, Pairing.RAW, seen, left_out=left_out)
    return document if attempt is None else _with_truth(document, attempt)


def _with_truth(document: ScoreDocument, attempt: Attempt) -> ScoreDocument:
    return replace(
        document,
        metrics=(*measure(attempt), *document.metrics),
        structures=structures_hit(attempt),
        last_place=last_place(attempt),
        cut_off=attempt.cut_off,
    )


def _seen(path: Path, has_truth: bool) -> tuple[tuple[Metric, ...], str]:
    """Figures by the pictures, none where they showed no needle; and why there are none."""
    try:
        with SessionReader(path) as session:
            return measure_seen(read_seen(session.engine_events())), ""
    except NothingSeen:
        return (), ""
    except SessionError as error:
        if not has_truth:
            raise ScoreRefused(str(error)) from None
        return (), f"What its pictures showed is left out. {error}"


def _score_recording(path: Path, options: ScoreOptions) -> ScoreDocument:
    name, motion = _motion(path, options.tool)
    figures = measure_motion(motion)
    return ScoreDocument(str(path), Scored.RECORDING, Pairing.RAW, figures, tool=name)


def _motion(path: Path, asked: str | None) -> tuple[str, ToolMotion]:
    """The tool that was asked for, or the only one."""
    motions = read_motions(path)
    name = asked or (next(iter(motions)) if len(motions) == 1 else None)
    if name in motions:
        return name, motions[name]
    problem = f'has no tool "{name}"' if name else "holds several tools"
    there = ", ".join(sorted(motions))
    raise ScoreRefused(f"{path.name} {problem}. Name one with --tool: {there}.")
