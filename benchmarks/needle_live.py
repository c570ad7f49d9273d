"""The live screen with the search for the needle: from a frame's stamp to its paint, over time.

The reference's real needle video, to and fro at 30 frames a second, recorded, on the screen with
guidance on; beside it the same run without the search. Each run is judged in two halves: latency
that grows shows in the second. Prints one JSON document.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from needle_real import read_video
from numpy.typing import NDArray
from sources import MemorySource

from drivers.api.ports import Clock, VideoSource
from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from drivers.opencv import cv2
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.checklist import ChecklistTemplate, Emergency
from guidance_app.domain.commands import (
    Command,
    EmergencyDeclared,
    GuidanceSwitched,
    PlanChanged,
    ProcedureStarted,
    ScaleSet,
)
from guidance_app.domain.needle import NeedleSight
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.snapshot import GuidanceMode
from guidance_app.processing.needle.search import Looked, NeedleSearch
from guidance_app.runtime.needle_watch import Search
from guidance_app.session.reader import SessionReader

RATE_HZ, EVERY = 30.0, 2
"""The video has 60 frames a second."""
WINDOW = (1600, 900)
READY_S = 8.0
"""Until the search is ready and guidance is on; nothing is judged before."""
VIDEO = "ph_dev_first3s.mp4"
OPERATOR = Person("bench", Role.OPERATOR)
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "needle" / "paulokwija"

Times: TypeAlias = NDArray[np.float64]


class NoSearch:
    """Looks for the needle in no picture."""

    def look(self, looked: Looked) -> NeedleSight:
        """Nothing, at once."""
        return NeedleSight(None, "Nothing is searched.")


SEARCHES: dict[str, Callable[[], Search]] = {"searched": NeedleSearch, "unsearched": NoSearch}


def main() -> None:
    """Measure each run in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the video")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each run")
    parser.add_argument("--measure", choices=SEARCHES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.data, asked.seconds, SEARCHES[asked.measure])))
        return
    if not (asked.data / VIDEO).is_file():
        print(json.dumps({"benchmark": "needle_live", "skipped": f"{asked.data} is not there"}))
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    document: dict[str, object] = {"benchmark": "needle_live", "rate_hz": RATE_HZ}
    runs = []
    for name in SEARCHES:
        command = [sys.executable, __file__, *sys.argv[1:], "--measure", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
        document[name] = runs[-1]
    medians = [run["paint_ms"][-1]["p50"] for run in runs]
    print(json.dumps(document | {"ratio": round(medians[0] / medians[1], 2)}, indent=1))


def measure(data: Path, seconds: float, find_needle: Callable[[], Search]) -> dict[str, object]:
    """One run; milliseconds of its two halves, and what was on the screen."""
    from live_run import LiveRun
    from PyQt6.QtCore import QTimer

    pictures = to_and_fro(data / VIDEO)
    rows, columns = pictures[0].shape
    size = columns, rows

    def make_source(clock: Clock) -> VideoSource:
        return MemorySource(pictures, RATE_HZ, clock)

    with tempfile.TemporaryDirectory() as folder:
        run = LiveRun(Path(folder), size, RATE_HZ, WINDOW, make_source, find_needle)
        geometry = PictureGeometry(*size, PixelFormat.GRAY8)
        for ms, command in commands(data / "needle.json", geometry):
            QTimer.singleShot(ms, partial(run.pipeline.submit, command))
        QTimer.singleShot(round(READY_S * 1000), run.times_ms.clear)
        run.play(READY_S + seconds)
        status = run.stop()
        seen = _on_screen(next(Path(folder).iterdir()))
    halves = np.array_split(np.array(run.times_ms), 2)
    return {
        "paint_ms": [_summary(half) for half in halves],
        "painted_a_second": round(len(run.times_ms) / seconds, 1),
        "frames_offered": status.frames_offered,
        "frames_written": status.frames_written,
        "frames_lost": status.frames_lost,
        **seen,
    }


def to_and_fro(path: Path) -> list[ImageU8]:
    """The video's pictures, grey, from its start to its end and back."""
    pictures = []
    for picture in list(read_video(path))[::EVERY]:
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        grey.flags.writeable = False
        pictures.append(grey)
    return pictures + pictures[-2:0:-1]


def commands(truth: Path, geometry: PictureGeometry) -> list[tuple[int, Command]]:
    """What switches guidance on along the needle as it was read by eye, and when, in ms."""
    read = json.loads(truth.read_text("utf-8"))
    target, entry = (tuple(point) for point in read["frames"][0]["shaft_eye"])
    plan = place_entry(place_target(Plan(), target, geometry), entry, geometry)
    mm_per_px = read["scale"]["mm_per_px"]
    template = ChecklistTemplate("bench", "Bench", "1", "0", ())
    time_utc = datetime.now(UTC).isoformat(timespec="milliseconds")
    return [
        (500, ProcedureStarted("bench", "P-1", "right", template, (OPERATOR,), True)),
        (600, EmergencyDeclared(Emergency(OPERATOR, time_utc, "A benchmark has no checklist"))),
        (3000, ScaleSet(PixelScale(mm_per_px, mm_per_px, 0.5, geometry, "ruler"), OPERATOR)),
        (3100, PlanChanged(plan)),
        *((ms, GuidanceSwitched(True, OPERATOR)) for ms in (4000, 5000, 6000)),
    ]


def _on_screen(session: Path) -> dict[str, float]:
    """Shares of the snapshots after READY_S, in per cent."""
    with SessionReader(session) as reader:
        every = list(reader.snapshots())
    judged = [one for one in every if one.evaluated_ns - every[0].evaluated_ns > READY_S * 1e9]
    guided = sum(one.guidance.mode is GuidanceMode.ON for one in judged)
    seen = sum(one.needle is not None and one.needle.needle is not None for one in judged)
    return {
        "guided_percent": round(100 * guided / len(judged), 1),
        "needle_percent": round(100 * seen / len(judged), 1),
    }


def _summary(times_ms: Times) -> dict[str, float]:
    p50, p95, p99 = np.percentile(times_ms, [50, 95, 99])
    return {"p50": round(p50, 1), "p95": round(p95, 1), "p99": round(p99, 1)}


if __name__ == "__main__":
    main()
