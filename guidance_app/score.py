"""`guidance score`: how a recorded procedure or practice went, or how a tracked tool moved."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidance_app.presentation.score_view import ScoreRow
    from guidance_app.training.attempt import Attempt
    from guidance_app.training.expert_set import Standing
    from guidance_app.training.metrics import Metric
    from guidance_app.training.motion import ToolMotion

DONE, FAILED = 0, 1


class ScoreRefused(ValueError):
    """What was asked does not go together; `str()` is one sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "Figures of a session: of what its pictures showed of the needle, and where it was "
        "practised on a simulator with your own hands (sim:SITE?operator=you) of how it really "
        "was; or of a tracked tool's motion in another program's recording (.igs.mha, .seq.mha, "
        ".xml). docs/motion.md and docs/simulator.md have the definitions."
    )
    parser.add_argument("session", type=Path, metavar="SESSION|RECORDING")
    parser.add_argument("--tool", metavar="NAME", help="of a recording with several tools")
    parser.add_argument(
        "--expert",
        type=Path,
        nargs="+",
        default=[],
        metavar="SESSION|RECORDING",
        help="of experts: where each figure lies among theirs",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.training.attempt import AttemptRefused
    from guidance_app.training.motion import MotionRefused
    from guidance_app.training.tracked_files import is_recording

    kinds = {is_recording(path) for path in (options.session, *options.expert)}
    score = _score_motion if is_recording(options.session) else _score_session
    try:
        if len(kinds) > 1:
            raise ScoreRefused(
                "Sessions and recordings have other figures. Compare like with like."
            )
        score(options)
    except (AttemptRefused, MotionRefused, ScoreRefused) as refused:
        print(f"guidance: {refused}", file=sys.stderr)
        return FAILED
    return DONE


def _score_session(options: argparse.Namespace) -> None:
    from guidance_app.training.metrics import structures_hit

    if options.tool is not None:
        raise ScoreRefused("A session has no tools to choose from. Leave out --tool.")
    attempt, seen = _read_session(options.session)
    metrics = _session_metrics(attempt, seen)
    experts = [_session_metrics(*_read_session(path)) for path in options.expert]
    standings = _standings(metrics, experts)
    if options.json:
        structures = {"structures": list(structures_hit(attempt)) if attempt else []}
        print(json.dumps(_document(options.session, metrics, standings) | structures, indent=2))
        return
    note = _print_session(attempt, seen)
    _print_standings(metrics, standings)
    print(note, file=sys.stderr)


def _read_session(path: Path) -> tuple["Attempt | None", tuple["Metric", ...]]:
    """The simulator's truth, where it wrote some, and figures by the pictures that showed any."""
    from guidance_app.session.errors import SessionError
    from guidance_app.training.attempt import is_attempt, read_attempt

    attempt = read_attempt(path) if is_attempt(path) else None
    try:
        seen = _seen_metrics(path)
    except SessionError as error:
        if attempt is None:
            raise ScoreRefused(str(error)) from None
        print(f"guidance: What its pictures showed is left out. {error}", file=sys.stderr)
        return attempt, ()
    if attempt is None and not seen:
        raise ScoreRefused(f"No needle was seen in {path.name}: there is nothing to score.")
    return attempt, seen


def _session_metrics(attempt: "Attempt | None", seen: tuple["Metric", ...]) -> tuple["Metric", ...]:
    from guidance_app.training.metrics import measure

    return (*measure(attempt), *seen) if attempt else seen


def _seen_metrics(path: Path) -> tuple["Metric", ...]:
    """Empty where no needle was seen; raises SessionError."""
    from guidance_app.session.reader import SessionReader
    from guidance_app.training.seen_metrics import NothingSeen, measure_seen, read_seen

    try:
        with SessionReader(path) as session:
            return measure_seen(read_seen(session.engine_events()))
    except NothingSeen:
        return ()


def _print_session(attempt: "Attempt | None", seen: Iterable["Metric"]) -> str:
    """All rows; what is to be said about them."""
    from guidance_app.presentation.score_view import SEEN_NOTE, score_view, seen_rows

    view = score_view(attempt) if attempt else None
    _print_rows((*(view.rows if view else ()), *seen_rows(seen)))
    return view.note if view else SEEN_NOTE


def _score_motion(options: argparse.Namespace) -> None:
    from guidance_app.presentation.score_view import motion_rows
    from guidance_app.training.motion_score import measure_motion

    name, motion = _motion(options.session, options.tool)
    metrics = measure_motion(motion)
    experts = [_motion(path, options.tool)[1] for path in options.expert]
    standings = _standings(metrics, [measure_motion(one) for one in experts])
    if options.json:
        document = _document(options.session, metrics, standings) | {"tool": name}
        print(json.dumps(document, indent=2))
        return
    _print_rows(motion_rows(metrics))
    _print_standings(metrics, standings)


def _motion(path: Path, asked: str | None) -> tuple[str, "ToolMotion"]:
    """The tool that was asked for, or the only one."""
    from guidance_app.training.tracked_files import read_motions

    motions = read_motions(path)
    name = asked or (next(iter(motions)) if len(motions) == 1 else None)
    if name in motions:
        return name, motions[name]
    problem = f'has no tool "{name}"' if name else "holds several tools"
    there = ", ".join(sorted(motions))
    raise ScoreRefused(f"{path.name} {problem}. Name one with --tool: {there}.")


def _standings(
    metrics: Sequence["Metric"], experts: Sequence[Sequence["Metric"]]
) -> Mapping[str, "Standing"]:
    from guidance_app.training.expert_set import FEWEST, standings

    if len(experts) == 1:
        raise ScoreRefused(f"One expert shows no spread. Name {FEWEST} or more after --expert.")
    return standings(metrics, experts)


def _print_rows(rows: Iterable["ScoreRow"]) -> None:
    for row in rows:
        print(f"{row.value.text:>16}  {row.words}")


def _print_standings(metrics: Iterable["Metric"], standings: Mapping[str, "Standing"]) -> None:
    """A line for each figure that experts have too."""
    from guidance_app.presentation.score_view import standing_row

    _print_rows(standing_row(one, standings[one.name]) for one in metrics if one.name in standings)


def _document(
    session: Path, metrics: Iterable["Metric"], standings: Mapping[str, "Standing"]
) -> dict[str, object]:
    from guidance_app.training.metrics import PAIRING

    figures: dict[str, dict[str, object]] = {
        one.name: {"value": one.value, "unit": one.unit, "version": one.version} for one in metrics
    }
    for name, standing in standings.items():
        figures[name]["experts"] = asdict(standing)
    return {"session": str(session), "pairing": PAIRING, "metrics": figures}
