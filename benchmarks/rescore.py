"""Many sessions scored on one process and on two, and the speed-up.

One small session is recorded as the program does, with a needle in every picture, and stands in the
folder as often as is asked for: the others are hard links of its files, so that each is opened and
read as any other. The reference is one process; goal: two are 1.6 times as fast, with the same
figures in the same order. Each is run twice, the other way round the second time, and the quicker
run counts. The machine may have other work: beside it stands the speed-up of as long a task that
only counts.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT), str(ROOT / "tests")]

from guidance_app.catalogue.many import Tried, on_cores  # noqa: E402
from guidance_app.catalogue.rescoring import Where, score_many  # noqa: E402
from guidance_app.training.scoring import ScoreDocument, ScoreOptions  # noqa: E402

SESSIONS = 100
LOOKS = 300
"""Pictures of each session that were searched."""
GOAL = 1.6


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=SESSIONS, metavar="N")
    count = parser.parse_args().sessions
    with tempfile.TemporaryDirectory() as folder:
        paths = _library(Path(folder), count)
        journal_kb = round((paths[0] / "journal.mcap").stat().st_size / 1e3)
        runs = [(workers, *_scored(paths, workers)) for workers in (1, 2, 2, 1)]
    alone_s, both_s = (min(s for w, s, _ in runs if w == workers) for workers in (1, 2))
    alone, both = runs[0][2], runs[1][2]
    each_ms = 1e3 * alone_s / count
    counting = [(workers, _counted(paths, workers, each_ms)) for workers in (1, 2, 2, 1)]
    one_s, two_s = (min(s for w, s in counting if w == workers) for workers in (1, 2))
    figures = [one.result.metrics if one.result else None for one in alone]
    assert figures == [one.result.metrics if one.result else None for one in both]
    assert None not in figures
    document = {
        "benchmark": "rescore",
        "sessions": count,
        "journal_kb": journal_kb,
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "two_processes_s": round(both_s, 2),
        "sessions_a_second": round(count / both_s, 1),
        "reference": "one process",
        "reference_s": round(alone_s, 2),
        "ratio": round(alone_s / both_s, 2),
        "goal": GOAL,
        "ratio_of_counting": round(one_s / two_s, 2),
    }
    print(json.dumps(document))


def _library(folder: Path, count: int) -> list[Path]:
    from recorded_libraries import Watched, begun  # the processes need none of it

    first = Watched(folder).do(begun()).needles(*(n % 50 > 40 for n in range(LOOKS))).seal()
    paths = [first]
    for number in range(1, count):
        path = folder / f"{number:06}.session"
        path.mkdir()
        for file in first.iterdir():
            (path / file.name).hardlink_to(file)
        paths.append(path)
    return paths


def _scored(paths: list[Path], workers: int) -> tuple[float, list[Tried[ScoreDocument]]]:
    """Seconds with the start of the processes, and what came of it."""
    began_s = time.perf_counter()
    results = list(score_many(paths, ScoreOptions(), Where(workers)))
    return time.perf_counter() - began_s, results


def count_for(path: Path, each_ms: float) -> int:
    """About so long, on the processor alone."""
    number, until_s = 0, time.thread_time() + each_ms / 1e3
    while time.thread_time() < until_s:
        number += 1
    return number


def _counted(paths: list[Path], workers: int, each_ms: float) -> float:
    began_s = time.perf_counter()
    list(on_cores(partial(count_for, each_ms=each_ms), paths, workers))
    return time.perf_counter() - began_s


if __name__ == "__main__":
    sys.exit(main())
