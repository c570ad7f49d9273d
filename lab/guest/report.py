"""How an experiment is called, and what it leaves behind."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the session hands to each experiment."""

    module: Path
    """The driver of the simulated devices."""
    report: Path
    """Where the JSON goes."""
    count: int
    """How often, or how long, it does its thing; each experiment says what it counts."""


def write_report(arguments: Arguments, figures: object) -> None:
    """Replace the report by `figures`; whoever reads it finds the old or the new one, whole."""
    whole = arguments.report.with_suffix(".part")
    whole.write_text(json.dumps(figures, indent=1, default=str), encoding="utf-8")
    whole.replace(arguments.report)
