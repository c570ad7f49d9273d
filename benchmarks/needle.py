"""Runs a detector of needles over all data whose truth is known, beside two plain ones.

2,000 simulated frames with a needle and 2,000 without, 100 simulated insertions, and the real
pictures of others; `--quick` takes a tenth of what is simulated. Which frames count is said in
`needle_judging`, how faint the needles are in `needle_scenes`. Simulated pictures are kept in the
folder `--cache`, about 6 GB of them. What is judged are seeds from 900000 on: whoever develops a
detector takes another `--seed`. Insertions and losses are not asked of the plain detectors, which
remember nothing. Prints one JSON document; with `--table` what it comes to on standard error.
"""

import os

for _threads in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_threads] = "1"  # before what reads them is imported

import argparse
import inspect
import json
import sys
import tempfile
from itertools import chain
from pathlib import Path

from needle_figures import Figures, over_time, single_frames
from needle_frames import HELD_OUT, ROOT, in_processes, insertions, large_frames, needle_frames
from needle_judging import DETECTORS, Columns, Judging, columns, judge_file, make_factory
from needle_real import on_real
from needle_speed import speed
from needle_table import as_text, calibration_as_text, insertions_as_text, rows, strata_as_text

from drivers.opencv import cv2

FULL, QUICK = (2000, 100), (200, 10)
"""Frames with a needle, of which there are as many without; insertions."""
BASELINES = ("gabor-ransac", "hough")
TIMED_FILES = 4
"""Of frames, ten pictures each; of insertions half as many."""


def main() -> None:
    """Run, and print one JSON document."""
    asked = _asked()
    cv2.setNumThreads(1)
    make_factory(asked.detector)  # a wrong name is told before pictures are made
    count, sequences = QUICK if asked.quick else FULL
    frames = needle_frames(asked.cache, asked.seed, count)
    large = large_frames(asked.cache, asked.seed, 5 * TIMED_FILES)
    runs = insertions(asked.cache, asked.seed, sequences)
    timed = frames[:TIMED_FILES], large, runs[: TIMED_FILES // 2]
    plain = {name: _plain(name, asked.data, frames, timed) for name in BASELINES}
    ours = _plain(asked.detector, asked.data, frames, timed)
    ours["insertions"] = over_time(_judged_apart(asked.detector, runs))
    _add_ratios(ours["speed"], {name: one["speed"] for name, one in plain.items()})
    document = {"benchmark": "needle", "detector": asked.detector, "seed": asked.seed}
    document |= {"quick": asked.quick, "table": rows(ours), **ours, "baselines": plain}
    print(json.dumps(document))
    if asked.table:
        _tell(document)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    names = ", ".join(DETECTORS)
    parser.add_argument("--detector", default="guidance", help=f"{names}, or module:factory")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    kept = Path(tempfile.gettempdir()) / "needle-frames"
    parser.add_argument("--cache", type=Path, default=kept, help="folder for simulated pictures")
    parser.add_argument("--seed", type=int, default=HELD_OUT)
    parser.add_argument("--quick", action="store_true", help="a tenth of what is simulated")
    parser.add_argument("--table", action="store_true", help="also a table on standard error")
    return parser.parse_args()


def _plain(
    name: str, data: Path, frames: list[Path], timed: tuple[list[Path], list[Path], list[Path]]
) -> Figures:
    """What can be asked of any detector."""
    factory = make_factory(name)
    said = loose = _judged(name, frames)
    if "least_confidence" in inspect.signature(factory).parameters:
        loose = _judged(name, frames, loose=True)
    return {
        "frames": single_frames(said, loose),
        "real": on_real(data, factory),
        "speed": speed(factory, *timed),
    }


def _judged(name: str, paths: list[Path], loose: bool = False) -> Columns:
    work = [Judging(path, name, loose) for path in paths]
    what = f"{name} at any confidence" if loose else name
    return columns(list(chain.from_iterable(in_processes(f"{what}, frames", judge_file, work))))


def _judged_apart(name: str, paths: list[Path]) -> list[Columns]:
    work = [Judging(path, name, sequence=True) for path in paths]
    return [columns(one) for one in in_processes(f"{name}, insertions", judge_file, work)]


def _add_ratios(ours: Figures, plain: dict[str, Figures]) -> None:
    for what, spread in ours.items():
        spread["ratio_to"] = {
            name: round(spread["median_ms"] / one[what]["median_ms"], 2)
            for name, one in plain.items()
            if spread["median_ms"] and one[what]["median_ms"]
        }


def _tell(document: Figures) -> None:
    texts = [as_text(document["table"]), strata_as_text(document["detector"], document["frames"])]
    texts += [strata_as_text(name, one["frames"]) for name, one in document["baselines"].items()]
    found = document["insertions"]
    texts += [insertions_as_text(found), calibration_as_text(found["calibration"])]
    print(*texts, sep="\n\n", file=sys.stderr)


if __name__ == "__main__":
    main()
