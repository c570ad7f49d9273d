"""Recording 1920x1080 gray at 30 frames a second while the live view runs on the same machine.

Reports frames offered, written and lost (goal: none lost) and the share of one core that the
whole application takes, against the same frames only compressed by the same codec.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

SECONDS = 20.0
RATE_HZ = 30.0
SIZE = (1920, 1080)


def main() -> None:
    """Measure, and print one JSON document."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    counts, share = _application()
    reference_share = _reference_share()
    figures = {
        "benchmark": "record",
        "size": SIZE,
        "rate_hz": RATE_HZ,
        "seconds": SECONDS,
        **counts,
        "cpu_share_of_one_core": round(share, 3),
        "reference": "the same frames compressed by the same codec, nothing else",
        "reference_cpu_share": round(reference_share, 3),
        "ratio": round(share / reference_share, 2),
    }
    print(json.dumps(figures))


def _application() -> tuple[dict[str, int], float]:
    from live_run import LiveRun

    with tempfile.TemporaryDirectory() as folder:
        run = LiveRun(Path(folder), SIZE, RATE_HZ, (1600, 900))
        began_cpu_s, began_s = time.process_time(), time.monotonic()
        run.play(SECONDS)
        share = (time.process_time() - began_cpu_s) / (time.monotonic() - began_s)
        status = run.stop()
    return {
        "frames_offered": status.frames_offered,
        "frames_written": status.frames_written,
        "frames_lost": status.frames_lost,
        "frames_painted": len(run.times_ms),
    }, share


def _reference_share() -> float:
    """Processor time of compressing as many frames, over the time in which they would come."""
    import av
    from sources import speckle

    from guidance_app.session.video import CODEC, CODEC_OPTIONS

    pictures = speckle(*SIZE)
    codec = av.CodecContext.create(CODEC, "w")
    codec.width, codec.height = SIZE
    codec.pix_fmt, codec.framerate, codec.options = "gray", round(RATE_HZ), CODEC_OPTIONS
    codec.time_base, codec.thread_count = 1 / codec.framerate, 1
    count = 120
    began_s = time.process_time()
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(pictures[number % len(pictures)], format="gray")
        frame.pts = number
        codec.encode(frame)
    return (time.process_time() - began_s) / (count / RATE_HZ)


if __name__ == "__main__":
    sys.exit(main())
