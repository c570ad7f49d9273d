"""`guidance score`: how an attempt on a simulator went, or how a tracked tool moved."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidance_app.training.metrics import Metric
    from guidance_app.training.motion import ToolMotion

DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "Figures of an attempt that was practised on a simulator with your own hands "
        "(sim:SITE?operator=you; docs/simulator.md has the definitions), or of a tracked tool's "
        "motion in another program's recording (.igs.mha, .seq.mha, .xml; docs/motion.md)."
    )
    parser.add_argument("session", type=Path, metavar="SESSION|RECORDING")
    parser.add_argument("--tool", metavar="NAME", help="of a recording with several tools")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.training.attempt import AttemptRefused
    from guidance_app.training.motion import MotionRefused
    from guidance_app.training.tracked_files import is_recording

    score = _score_motion if is_recording(options.session) else _score_attempt
    try:
        score(options)
    except (AttemptRefused, MotionRefused) as refused:
        print(f"guidance: {refused}", file=sys.stderr)
        return FAILED
    return DONE


def _score_attempt(options: argparse.Namespace) -> None:
    from guidance_app.presentation.score_view import score_view
    from guidance_app.training.attempt import AttemptRefused, read_attempt
    from guidance_app.training.metrics import measure, structures_hit

    if options.tool is not None:
        raise AttemptRefused("A session has no tools to choose from. Leave out --tool.")
    attempt = read_attempt(options.session)
    if options.json:
        structures = {"structures": list(structures_hit(attempt))}
        print(json.dumps(_document(options.session, measure(attempt)) | structures, indent=2))
        return
    view = score_view(attempt)
    _print_rows((row.value.text, row.words) for row in view.rows)
    print(view.note, file=sys.stderr)


def _score_motion(options: argparse.Namespace) -> None:
    from guidance_app.presentation.score_view import motion_rows
    from guidance_app.training.motion_score import measure_motion
    from guidance_app.training.tracked_files import read_motions

    name, motion = _chosen(options, read_motions(options.session))
    metrics = measure_motion(motion)
    if options.json:
        print(json.dumps(_document(options.session, metrics) | {"tool": name}, indent=2))
        return
    _print_rows((row.value.text, row.words) for row in motion_rows(metrics))


def _chosen(
    options: argparse.Namespace, motions: dict[str, "ToolMotion"]
) -> tuple[str, "ToolMotion"]:
    from guidance_app.training.motion import MotionRefused

    name = options.tool or (next(iter(motions)) if len(motions) == 1 else None)
    if name in motions:
        return name, motions[name]
    there = ", ".join(sorted(motions))
    asked = f'has no tool "{name}"' if name else "holds several tools"
    raise MotionRefused(f"{options.session.name} {asked}. Name one with --tool: {there}.")


def _print_rows(rows: Iterable[tuple[str, str]]) -> None:
    for value, words in rows:
        print(f"{value:>16}  {words}")


def _document(session: Path, metrics: Iterable["Metric"]) -> dict[str, object]:
    from guidance_app.training.metrics import PAIRING

    figures = {
        one.name: {"value": one.value, "unit": one.unit, "version": one.version} for one in metrics
    }
    return {"session": str(session), "pairing": PAIRING, "metrics": figures}
