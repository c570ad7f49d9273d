"""From a frame's stamp to its paint finished, recording on, against a bare OpenCV loop.

1280x720 at 60 frames a second, a plan with its overlay on the picture. The reference reads the
same frames on a thread of its own, resizes them to the same size and draws the same shapes.
Prints one JSON document: milliseconds and the ratio, offscreen and, with xvfb-run, on X11.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sources import memory_source

from drivers.api.clock import SystemClock
from drivers.api.samples import ImageU8, VideoFrame
from drivers.opencv import cv2
from guidance_app.presentation.primitives import Label, Line, Primitive

SECONDS = 12.0
WARM_UP = 60
RATE_HZ = 60.0
SIZE = (1280, 720)
WINDOW = (1600, 900)


def main() -> None:
    """Measure on each platform there is, each in a process of its own."""
    results = {"offscreen": _in_process("offscreen", [])}
    if shutil.which("xvfb-run"):
        wrapper = ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24"]
        results["xcb"] = _in_process("xcb", wrapper)
    print(json.dumps({"benchmark": "frame_to_paint", "size": SIZE, "rate_hz": RATE_HZ} | results))


def _in_process(platform: str, wrapper: list[str]) -> object:
    environment = os.environ | {"QT_QPA_PLATFORM": platform}
    command = [*wrapper, sys.executable, __file__, "--measure"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure() -> None:
    """The application, then the reference, in this process."""
    from live_run import LiveRun

    with tempfile.TemporaryDirectory() as folder:
        run = LiveRun(Path(folder), SIZE, RATE_HZ, WINDOW)
        run.play(SECONDS)
        view_size, shapes = run.picture_size, run.shapes
        status = run.stop()
    ours_ms = run.times_ms[WARM_UP:]
    reference_ms = _reference(view_size, shapes)
    figures = {"ours_ms": _summary(ours_ms), "reference_ms": _summary(reference_ms)}
    ratio = float(np.median(ours_ms) / np.median(reference_ms))
    painted = round(100 * len(run.times_ms) / status.frames_offered, 1)
    rest = {"painted_percent": painted, "frames_lost": status.frames_lost, "shapes": len(shapes)}
    print(json.dumps(figures | {"ratio": round(ratio, 2)} | rest))


def _summary(times_ms: list[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(times_ms, [50, 95, 99])
    return {"p50": round(p50, 2), "p95": round(p95, 2), "p99": round(p99, 2)}


def _reference(size: tuple[int, int], shapes: Sequence[Primitive]) -> list[float]:
    clock = SystemClock()
    source = memory_source(*SIZE, RATE_HZ, clock)()
    source.open()
    slot: queue.Queue[VideoFrame] = queue.Queue(1)
    count = round(SECONDS * RATE_HZ)

    def capture() -> None:
        for _ in range(count):
            slot.put(source.read())

    thread = threading.Thread(target=capture)
    thread.start()
    times_ms = []
    for _ in range(count):
        frame = slot.get()
        _draw(frame.pixels, size, shapes)
        times_ms.append((clock.now_ns() - frame.stamp.arrival_ns) / 1e6)
    thread.join()
    return times_ms[WARM_UP:]


def _draw(pixels: ImageU8, size: tuple[int, int], shapes: Sequence[Primitive]) -> None:
    """Resize, then the same lines with the same halo and the same labels."""
    factor = size[0] / SIZE[0]
    picture = cv2.cvtColor(cv2.resize(pixels, size), cv2.COLOR_GRAY2BGR)
    for shape in shapes:
        if isinstance(shape, Line):
            points = np.array([[(x * factor, y * factor) for x, y in shape.points]], np.int32)
            for colour, width in (((0, 0, 0), 6), ((0, 159, 230), 2)):
                cv2.polylines(picture, points, shape.closed, colour, width, cv2.LINE_AA)
        elif isinstance(shape, Label):
            corner = (int(shape.anchor[0] * factor), int(shape.anchor[1] * factor))
            for colour, width in (((0, 0, 0), 5), ((0, 159, 230), 2)):
                cv2.putText(picture, shape.text, corner, 0, 0.8, colour, width, cv2.LINE_AA)


if __name__ == "__main__":
    measure() if "--measure" in sys.argv else main()
