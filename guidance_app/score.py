"""`guidance score`: how a recorded procedure or practice went, or how a tracked tool moved."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidance_app.presentation.score_view import ScoreRow
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
    if options.tool is not None:
        raise ScoreRefused("A session has no tools to choose from. Leave out --tool.")
    found = _Session.read(options.session)
    experts = [_Session.read(path).metrics for path in options.expert]
    standings = _standings(found.metrics, experts)
    if options.json:
        document = _document(options.session, found.metrics, standings)
        print(json.dumps(document | {"structures": list(found.structures)}, indent=2))
        return
    _print_rows(found.rows)
    _print_standings(found.metrics, standings)
    print(found.note, file=sys.stderr)


@dataclass(frozen=True, slots=True)
class _Session:
    """What is known of a session: of the simulator's truth, and of what its pictures showed."""

    metrics: tuple["Metric", ...]
    rows: tuple["ScoreRow", ...]
    structures: tuple[str, ...]
    note: str

    @classmethod
    def read(cls, path: Path) -> "_Session":
        from guidance_app.presentation.score_view import SEEN_NOTE, score_view
        from guidance_app.session.errors import SessionError
        from guidance_app.training.attempt import is_attempt, read_attempt
        from guidance_app.training.metrics import measure, structures_hit

        try:
            seen = _seen_metrics(path)
        except SessionError as error:
            if not is_attempt(path):
                raise ScoreRefused(str(error)) from None
            seen = ()
            print(f"guidance: What its pictures showed is left out. {error}", file=sys.stderr)
        if not is_attempt(path):
            if not seen:
                raise ScoreRefused(f"No needle was seen in {path.name}: there is nothing to score.")
            return cls(seen, _seen_rows(seen), (), SEEN_NOTE)
        attempt = read_attempt(path)
        view = score_view(attempt)
        known = (*measure(attempt), *seen)
        return cls(known, (*view.rows, *_seen_rows(seen)), structures_hit(attempt), view.note)


def _seen_metrics(path: Path) -> tuple["Metric", ...]:
    """Empty where no needle was seen; raises SessionError."""
    from guidance_app.session.reader import SessionReader
    from guidance_app.training.seen_metrics import NothingSeen, measure_seen, read_seen

    try:
        with SessionReader(path) as session:
            return measure_seen(read_seen(session.engine_events()))
    except NothingSeen:
        return ()


def _seen_rows(metrics: Iterable["Metric"]) -> tuple["ScoreRow", ...]:
    from guidance_app.presentation.score_view import seen_rows

    return seen_rows(metrics)


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
