"""`guidance score`: how an attempt on a simulator went."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guidance_app.training.attempt import Attempt

DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.description = (
        "Figures of an attempt that was practised on a simulator with your own hands "
        "(sim:SITE?operator=you). docs/simulator.md has the definitions."
    )
    parser.add_argument("session", type=Path, metavar="SESSION")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """The command; returns the exit status."""
    from guidance_app.presentation.score_view import score_view
    from guidance_app.training.attempt import AttemptRefused, read_attempt

    try:
        attempt = read_attempt(options.session)
    except AttemptRefused as refused:
        print(f"guidance: {refused}", file=sys.stderr)
        return FAILED
    if options.json:
        print(json.dumps(_document(options.session, attempt), indent=2))
        return DONE
    view = score_view(attempt)
    for row in view.rows:
        print(f"{row.value.text:>16}  {row.words}")
    print(view.note, file=sys.stderr)
    return DONE


def _document(session: Path, attempt: "Attempt") -> dict[str, object]:
    from guidance_app.training.metrics import PAIRING, measure, structures_hit

    metrics = {metric.name: asdict(metric) for metric in measure(attempt)}
    for figures in metrics.values():
        del figures["name"]
    return {
        "session": str(session),
        "pairing": PAIRING,
        "metrics": metrics,
        "structures": list(structures_hit(attempt)),
    }
