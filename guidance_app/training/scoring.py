"""Scores what lies at a path: a recorded session, or a recording of tracked tools.

Pure: nothing is printed and nothing is written, so that many can be scored side by side. What goes
in and what comes out can be pickled.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from guidance_app.session.errors import SessionError
from guidance_app.session.reader import SessionReader
from guidance_app.training.attempt import (
    Attempt,
    AttemptRefused,
    Point3,
    is_attempt,
    last_place,
    read_attempt,
)
from guidance_app.training.expert_set import Standing
from guidance_app.training.metrics import Metric, measure, structures_hit
from guidance_app.training.motion import MotionRefused, Pairing, ToolMotion
from guidance_app.training.motion_score import measure_motion, measure_probe
from guidance_app.training.plane_metrics import image_planes, measure_beside_plane
from guidance_app.training.probe_wobble import probe_wobble_mm_s
from guidance_app.training.seen_metrics import NothingSeen, measure_seen, read_seen
from guidance_app.training.target_metrics import measure_targets
from guidance_app.training.tissue import BelowSkin
from guidance_app.training.tissue_files import read_tissue
from guidance_app.training.tissue_metrics import NeedleInTissue, in_tissue, measure_in_tissue
from guidance_app.training.tracked_files import (
    IMAGE_TO,
    Recording,
    is_recording,
    read_recording,
)

PROBE_PLANE = "x and y of the probe"
NO_RECORDING = (
    "A session has no tools to choose from. Only a recording of tools takes --tool, --probe, "
    "--pairing, --master, --tissue, --skin and --target."
)
DAMAGED = "Some of the recording is missing: these figures are of what is left of it."
NO_TISSUE = (
    "The needle is not judged beside the image plane: name the tissue with --tissue or --skin."
)


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
    probe: str | None = None
    """A second tool, whose image plane the first is judged beside."""
    pairing: Pairing = Pairing.RAW
    master: str | None = None
    """PT_COMPAT: whose times all tools have; the first of the file goes without saying."""
    tissue: Path | None = None
    """File of a closed surface."""
    skin: BelowSkin | None = None
    """Instead of a surface."""
    targets_mm: tuple[Point3, ...] = ()
    """In the reference that the poses are in."""


@dataclass(frozen=True, slots=True)
class ScoreDocument:
    """The figures of one session or recording."""

    session: str
    """Its path as it was named."""
    scored: Scored
    pairing: Pairing
    metrics: tuple[Metric, ...]
    about: Mapping[str, str] = field(default_factory=dict)
    """Of a recording: the names of its tool, probe, image and master."""
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
    return {**about, **document.about}


def score_session(session: SessionReader) -> ScoreDocument:
    """All figures of a session that is open already; raises ScoreRefused and SessionError."""
    try:
        return _document(session.path, _attempt(session.path), *_seen(session))
    except AttemptRefused as refused:
        raise ScoreRefused(str(refused)) from None


def _score_session(path: Path, options: ScoreOptions) -> ScoreDocument:
    if options != ScoreOptions():
        raise ScoreRefused(NO_RECORDING)
    attempt = _attempt(path)
    try:
        with SessionReader(path) as session:
            seen, left_out = _seen(session)
    except SessionError as error:
        if attempt is None:
            raise ScoreRefused(str(error)) from None
        seen, left_out = (), f"What its pictures showed is left out. {error}"
    return _document(path, attempt, seen, left_out)


def _attempt(path: Path) -> Attempt | None:
    return read_attempt(path) if is_attempt(path) else None


def _document(
    path: Path, attempt: Attempt | None, seen: tuple[Metric, ...], left_out: str
) -> ScoreDocument:
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


def _seen(session: SessionReader) -> tuple[tuple[Metric, ...], str]:
    """Figures by the pictures, none where they showed no needle; and what is to be said of them."""
    try:
        seen = read_seen(session.engine_events())
    except NothingSeen:
        return (), ""
    wobble = Metric("probe_wobble", probe_wobble_mm_s(session, *seen.sequences), "mm/s")
    return (*measure_seen(seen), wobble), DAMAGED if session.problems else ""


def _score_recording(path: Path, options: ScoreOptions) -> ScoreDocument:
    recording = read_recording(path)
    name = _tool_name(recording, options.tool, path)
    needle = _motion(recording, name, options, path)
    inside = _inside(needle, options)
    metrics = [*measure_motion(needle), *(measure_in_tissue(inside) if inside else ())]
    if options.targets_mm:
        last = int(np.flatnonzero(inside.within)[-1]) if inside and inside.within.any() else -1
        metrics += measure_targets(needle, np.array(options.targets_mm), last)
    about = {"tool": name}
    if options.pairing is Pairing.PT_COMPAT:
        about["master"] = _master(recording, options)
    document = ScoreDocument(
        str(path), Scored.RECORDING, options.pairing, tuple(metrics), about=about
    )
    if options.probe is None:
        return document
    return _with_probe(document, recording, inside or needle, options)


def _with_probe(
    document: ScoreDocument,
    recording: Recording,
    needle: ToolMotion | NeedleInTissue,
    options: ScoreOptions,
) -> ScoreDocument:
    """With the figures of the probe, and in tissue those of the needle beside its image plane."""
    path, name = Path(document.session), options.probe or ""
    probe = _motion(recording, name, options, path)
    _require_a_pair(document.about["tool"], name)
    image = IMAGE_TO + name.partition("To")[0]
    added = measure_probe(probe)
    left_out = NO_TISSUE
    if isinstance(needle, NeedleInTissue):
        poses = probe.poses_at(needle.motion.time_ns)
        planes = image_planes(poses, recording.images.get(image, np.eye(4)))
        added, left_out = (*added, *measure_beside_plane(needle, planes)), ""
    plane = image if image in recording.images else PROBE_PLANE
    return replace(
        document,
        metrics=(*document.metrics, *added),
        about={**document.about, "probe": name, "image_plane": plane},
        left_out=left_out,
    )


def _inside(needle: ToolMotion, options: ScoreOptions) -> NeedleInTissue | None:
    tissue = read_tissue(options.tissue) if options.tissue else options.skin
    return in_tissue(needle, tissue) if tissue else None


def _tool_name(recording: Recording, asked: str | None, path: Path) -> str:
    """The tool that was asked for, or the only one."""
    if asked is None and len(recording.motions) == 1:
        return next(iter(recording.motions))
    if asked is None:
        there = ", ".join(sorted(recording.motions))
        raise ScoreRefused(f"{path.name} holds several tools. Name one with --tool: {there}.")
    return asked


def _motion(recording: Recording, name: str, options: ScoreOptions, path: Path) -> ToolMotion:
    """Of a tool at its own times, or at those of the master."""
    if name not in recording.motions:
        there = ", ".join(sorted(recording.motions))
        raise ScoreRefused(f'{path.name} has no tool "{name}". It has {there}.')
    motion = recording.motions[name]
    if options.pairing is Pairing.RAW:
        return motion
    return motion.paired(recording.motions[_master(recording, options)].time_ns)


def _master(recording: Recording, options: ScoreOptions) -> str:
    master = options.master or next(iter(recording.motions))
    if master not in recording.motions:
        raise ScoreRefused(f'There is no tool "{master}" to be the master of the others.')
    return master


def _require_a_pair(needle: str, probe: str) -> None:
    """By their names, such as NeedleToReference; a name without one says nothing."""
    if needle == probe:
        raise ScoreRefused(f"{needle} cannot be the needle and the probe. Name another --probe.")
    references = {name.rpartition("To")[2] for name in (needle, probe) if "To" in name}
    if len(references) > 1:
        raise ScoreRefused(f"{needle} and {probe} are not in one reference: nothing is between.")
