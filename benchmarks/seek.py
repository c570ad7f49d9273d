"""Opening a session of ten minutes, and going to random moments in it, as the workspace does.

Open: from nothing to the first picture with its overlay (goal: 500 ms), and to the whole time
line. Seek: from asking for a time to its picture and view (goal: 50 ms for 95 of 100). Reference:
the same pictures found and decoded by FFmpeg alone, through the file's own index.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

MINUTES = 10.0
RATE_HZ = 30
SEEKS = 200


def main() -> None:
    """Measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--size", default="640x480", help="640x480 or another, WxH")
    options = parser.parse_args()
    size = tuple(int(side) for side in options.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        path = _recorded(Path(folder), options.minutes, size)
        opened_ms, whole_ms = _opened_ms(path)
        sought_ms, reference_ms = _sought_ms(path), _reference_ms(path)
        size_mb = sum(file.stat().st_size for file in path.iterdir()) / 1e6
    figures = {
        "benchmark": "seek",
        "size": size,
        "minutes": options.minutes,
        "session_mb": round(size_mb),
        "open_to_first_picture_ms": round(opened_ms, 1),
        "open_to_time_line_ms": round(whole_ms, 1),
        "seek_p50_ms": round(float(np.percentile(sought_ms, 50)), 2),
        "seek_p95_ms": round(float(np.percentile(sought_ms, 95)), 2),
        "reference": "the same pictures by FFmpeg alone",
        "reference_p95_ms": round(float(np.percentile(reference_ms, 95)), 2),
        "ratio": round(float(np.median(sought_ms) / np.median(reference_ms)), 2),
    }
    print(json.dumps(figures))


def _recorded(folder: Path, minutes: float, size: tuple[int, ...]) -> Path:
    from recorded_session import record_session

    return record_session(folder, round(minutes * 60 * RATE_HZ), RATE_HZ, size)


def _opened_ms(path: Path) -> tuple[float, float]:
    from guidance_app.presentation.recorded import RecordedScreen
    from guidance_app.session.glance import Glance
    from guidance_app.session.reader import SessionReader
    from guidance_app.training.timeline import read_timeline

    began_s = time.perf_counter()
    with closing(Glance(path)) as glance:
        RecordedScreen(glance).at_place(0)
        first_s = time.perf_counter()
    with SessionReader(path) as reader:
        read_timeline(reader.engine_events(), reader.ended_ns)
    return (first_s - began_s) * 1e3, (time.perf_counter() - first_s) * 1e3


def _sought_ms(path: Path) -> list[float]:
    from guidance_app.presentation.recorded import RecordedScreen
    from guidance_app.session.glance import Glance

    with closing(Glance(path)) as glance:
        screen, chance = RecordedScreen(glance), random.Random(1)
        first_ns, last_ns = screen.times_ns[0], screen.times_ns[-1]
        times_ns = [chance.randint(first_ns, last_ns) for _ in range(SEEKS)]
        return [_timed_ms(lambda at=at: screen.at_time(at)) for at in times_ns]


def _reference_ms(path: Path) -> list[float]:
    import av

    files, chance = sorted(path.glob("video-*.nut")), random.Random(1)
    taken = []
    for file in (chance.choice(files) for _ in range(SEEKS)):
        with av.open(file) as container:
            video = container.streams.video[0]
            at_s = chance.uniform(0.0, 55.0)

            def find(container=container, video=video, at_s=at_s) -> None:  # noqa: ANN001
                container.seek(round(at_s / video.time_base), stream=video)
                next(container.decode(video)).to_ndarray(format="gray")

            taken.append(_timed_ms(find))
    return taken


def _timed_ms(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return (time.perf_counter() - began_s) * 1e3


if __name__ == "__main__":
    sys.exit(main())
