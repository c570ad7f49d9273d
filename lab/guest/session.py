"""Runs the experiments one after the other, each in a process of its own for a bounded time."""

import faulthandler
import importlib
import multiprocessing
import sys
from dataclasses import dataclass
from pathlib import Path

from lab.guest.emulation import stretch_limits
from lab.guest.report import Arguments

FOLDER = Path("/run/lab")
DONE = "lab: done"
"""The last line of a session that came to its end."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """A module of this package with its count, and how long it may take."""

    name: str
    count: int
    limit_s: int


SHORT = (
    Experiment("formats", 5, 120),
    Experiment("losses", 40, 200),
    Experiment("disconnects", 5, 240),
    Experiment("signals", 3, 240),
)
FULL = (
    Experiment("formats", 20, 300),
    Experiment("losses", 300, 600),
    Experiment("disconnects", 100, 6000),
    Experiment("signals", 10, 600),
    Experiment("failures", 20, 600),
)
FORMS = {"short": SHORT, "full": FULL}


def main() -> None:
    """Run a form's experiments, or those of them that are named."""
    form, module, *names = sys.argv[1:]
    # Loaded once: each forked process has what costs seconds to load in emulation.
    importlib.import_module("lab.guest.witness")
    stretch_limits()
    for experiment in FORMS[form]:
        if not names or experiment.name in names:
            print(f"lab: {experiment.name} ...", flush=True)
            _run(experiment, Path(module))
    print(DONE, flush=True)


def _run(experiment: Experiment, module: Path) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=_perform, args=(experiment, module)
    )
    process.start()
    process.join()
    (FOLDER / f"{experiment.name}.ended").write_text(f"{process.exitcode}", encoding="utf-8")
    if process.exitcode:
        print(f"lab: {experiment.name} ended with {process.exitcode}", flush=True)


def _perform(experiment: Experiment, module: Path) -> None:
    """What hangs is ended, and prints where it stood."""
    faulthandler.dump_traceback_later(experiment.limit_s, exit=True)
    report = FOLDER / f"{experiment.name}.json"
    importlib.import_module(f"lab.guest.{experiment.name}").main(
        Arguments(module, report, experiment.count)
    )


if __name__ == "__main__":
    main()
