"""Recording while the live view runs on the same machine: 1080p30 and 720p60, grey and colour.

For each frames offered, written and lost (goal: none lost), megabytes a minute, and the share of
one core that the whole application takes, against the same frames only compressed by the same
codec. Each runs in a process of its own; `--only 1920x1080@30 --colour` runs one of them here.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

SECONDS = 20.0
RUNS = (
    ("1920x1080@30", False),
    ("1920x1080@30", True),
    ("1280x720@60", False),
    ("1280x720@60", True),
)
COMPRESSED = 120
"""Pictures for the reference."""


def main() -> None:
    """Measure, and print one JSON document."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="WxH@RATE")
    parser.add_argument("--colour", action="store_true")
    options = parser.parse_args()
    if options.only is not None:
        print(json.dumps(_run(options.only, options.colour)))
        return
    runs = [_in_process(what, colour) for what, colour in RUNS]
    print(json.dumps({"benchmark": "record", "seconds": SECONDS, "runs": runs}))


def _in_process(what: str, colour: bool) -> object:
    command = [sys.executable, __file__, "--only", what, *(["--colour"] if colour else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _run(what: str, colour: bool) -> dict[str, object]:
    size_words, rate = what.split("@")
    width, height = (int(side) for side in size_words.split("x"))
    counts, share = _application((width, height), float(rate), colour)
    reference_share = _reference_share((width, height), float(rate), colour)
    return {
        "pictures": what,
        "colour": colour,
        **counts,
        "cpu_share_of_one_core": round(share, 3),
        "reference": "the same frames compressed by the same codec, nothing else",
        "reference_cpu_share": round(reference_share, 3),
        "ratio": round(share / reference_share, 2),
    }


def _application(
    size: tuple[int, int], rate_hz: float, colour: bool
) -> tuple[dict[str, object], float]:
    from live_run import LiveRun
    from sources import MemorySource

    from drivers.api.samples import PixelFormat

    pictures = _pictures(size, colour)
    pixel_format = PixelFormat.BGR24 if colour else PixelFormat.GRAY8
    with tempfile.TemporaryDirectory() as folder:
        source = partial(MemorySource, pictures, rate_hz)
        run = LiveRun(Path(folder), size, rate_hz, (1600, 900), source, pixel_format=pixel_format)
        began_cpu_s, began_s = time.process_time(), time.monotonic()
        run.play(SECONDS)
        share = (time.process_time() - began_cpu_s) / (time.monotonic() - began_s)
        status = run.stop()
        written_mb = sum(file.stat().st_size for file in Path(folder).rglob("*.*")) / 1e6
    return {
        "frames_offered": status.frames_offered,
        "frames_written": status.frames_written,
        "frames_lost": status.frames_lost,
        "frames_painted": len(run.times_ms),
        "mb_per_minute": round(written_mb * 60 * rate_hz / max(1, status.frames_written)),
    }, share


def _pictures(size: tuple[int, int], colour: bool) -> list:  # type: ignore[type-arg]
    from sources import coloured, speckle

    pictures = speckle(*size)
    return coloured(pictures) if colour else pictures


def _reference_share(size: tuple[int, int], rate_hz: float, colour: bool) -> float:
    """Processor time of compressing as many frames, over the time in which they would come."""
    import av

    from guidance_app.session.video import CODEC, CODEC_OPTIONS

    pictures, layout = _pictures(size, colour), "bgr24" if colour else "gray"
    codec = av.CodecContext.create(CODEC, "w")
    codec.width, codec.height = size
    codec.pix_fmt, codec.framerate = ("gbrp" if colour else "gray"), round(rate_hz)
    codec.options, codec.time_base, codec.thread_count = CODEC_OPTIONS, 1 / codec.framerate, 1
    began_s = time.process_time()
    for number in range(COMPRESSED):
        frame = av.VideoFrame.from_ndarray(pictures[number % len(pictures)], format=layout)
        frame = frame.reformat(format=codec.pix_fmt)
        frame.pts = number
        codec.encode(frame)
    return (time.process_time() - began_s) / (COMPRESSED / rate_hz)


if __name__ == "__main__":
    sys.exit(main())
