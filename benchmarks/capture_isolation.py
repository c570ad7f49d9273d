"""What reading in a child process costs, against the same reader in this process.

1920x1080 at 60 pictures a second, gray and colour, taken as the capture thread takes them: each
picture becomes a read-only array of its own. The reader converts buffers as the V4L2 reader
does (GREY and YUYV); no device is needed. Prints one JSON document: milliseconds from the moment
a buffer has come to the picture in hand, pictures lost, and what the child adds.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from drivers.api.clock import SystemClock
from drivers.api.errors import DeviceError
from drivers.api.ports import SourceInfo, VideoFormat
from drivers.api.samples import ImageU8, Origin, PictureGeometry, Stamp
from drivers.attached.buffer_layout import BufferLayout
from drivers.attached.pixels import convert
from drivers.isolation.reader import Arrival, Opened, ReaderSpec, Waiting
from drivers.isolation.source import IsolatedSource

WIDTH_PX, HEIGHT_PX, RATE_HZ = 1920, 1080, 60.0
ROUNDS = 5
PICTURES = 240
WARM_UP = 30
ROW_BYTES = {"GREY": WIDTH_PX, "YUYV": WIDTH_PX * 2}


class PacedReader:
    """A DeviceReader over buffers in memory, one every 1/60 s; late ones are lost, as in V4L2."""

    def __init__(self, code: str) -> None:
        self._layout = BufferLayout(code, WIDTH_PX, HEIGHT_PX, ROW_BYTES[code])
        generator = np.random.default_rng(1)
        size = self._layout.needed_bytes
        self._buffers = [generator.integers(0, 255, size, np.uint8) for _ in range(4)]
        self._next = 0
        self._began_s = 0.0

    def open(self) -> Opened:
        self._began_s = time.perf_counter()
        return Opened(VideoFormat(self._layout.code, WIDTH_PX, HEIGHT_PX), RATE_HZ)

    def wait(self, limit_s: float) -> Arrival | Waiting:
        periods = (time.perf_counter() - self._began_s) * RATE_HZ
        self._next = max(self._next + 1, int(periods) - len(self._buffers) + 1)
        due_s = self._began_s + self._next / RATE_HZ
        time.sleep(max(0.0, due_s - time.perf_counter()))
        return Arrival(self._next, time.perf_counter_ns(), None)

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        return convert(self._buffers[self._next % len(self._buffers)], self._layout, space)


class PacedDevice:
    """An IsolatedDevice that is read by PacedReader."""

    title = "The paced reader"

    def __init__(self, code: str) -> None:
        self._code = code

    def locate(self) -> ReaderSpec:
        return ReaderSpec("capture_isolation:PacedReader", {"code": self._code})

    def confirm(self, opened: Opened) -> SourceInfo:
        return SourceInfo("paced:1", "Paced", None, Origin.SIMULATED, opened.rate_hz)

    def look(self) -> None:
        """Nothing else is attached."""

    def explain(self, failure: DeviceError) -> DeviceError:
        return failure


def main() -> None:
    """Measure both formats and print."""
    sys.path.insert(0, str(Path(__file__).parent))  # where the child finds PacedReader
    figures = {name: _compare(code) for name, code in (("gray", "GREY"), ("bgr", "YUYV"))}
    size = f"{WIDTH_PX}x{HEIGHT_PX}"
    print(
        json.dumps({"benchmark": "capture_isolation", "size": size, "rate_hz": RATE_HZ} | figures)
    )


def _compare(code: str) -> dict[str, object]:
    """Rounds of both in turn, so that other load on the machine falls on both."""
    rounds = [(_isolated(code), _in_process(code)) for _ in range(ROUNDS)]
    isolated, reference = ([one[side] for one in rounds] for side in (0, 1))
    added_ms = [statistics.median(a[0]) - statistics.median(b[0]) for a, b in rounds]
    return {
        "isolated": _summary(isolated),
        "reference, same reader in this process": _summary(reference),
        "added_median_ms": round(statistics.median(added_ms), 2),
        "ratio": round(_median(isolated) / _median(reference), 2),
    }


Measured = tuple[list[float], int, float]
"""Milliseconds for each picture, how many were lost, and how many came in a second."""


def _isolated(code: str) -> Measured:
    source = IsolatedSource(PacedDevice(code), SystemClock())
    source.open()
    try:
        return _measure(lambda: source.read().stamp)
    finally:
        source.close()


def _in_process(code: str) -> Measured:
    reader = PacedReader(code)
    reader.open()
    channels = 1 if code == "GREY" else 3

    def read() -> Arrival:
        arrival = reader.wait(1.0)
        assert isinstance(arrival, Arrival)
        pixels = np.empty(WIDTH_PX * HEIGHT_PX * channels, np.uint8)
        reader.convert(pixels)
        pixels.flags.writeable = False
        return arrival

    return _measure(read)


def _measure(read: Callable[[], Arrival | Stamp]) -> Measured:
    times_ms, numbers = [], []
    for _ in range(WARM_UP + PICTURES):
        stamp = read()
        times_ms.append((time.perf_counter_ns() - stamp.arrival_ns) / 1e6)
        numbers.append((stamp.sequence, stamp.arrival_ns))
    (first, began_ns), (last, ended_ns) = numbers[WARM_UP], numbers[-1]
    lost = last - first - (PICTURES - 1)
    return times_ms[WARM_UP:], lost, (PICTURES - 1) * 1e9 / (ended_ns - began_ns)


def _summary(rounds: list[Measured]) -> dict[str, float]:
    p50, p95, p99 = np.percentile([ms for one in rounds for ms in one[0]], [50, 95, 99])
    return {
        "p50_ms": round(p50, 2),
        "p95_ms": round(p95, 2),
        "p99_ms": round(p99, 2),
        "pictures_a_second": round(statistics.median(one[2] for one in rounds), 2),
        "lost": sum(one[1] for one in rounds),
        "of": len(rounds) * PICTURES,
    }


def _median(rounds: list[Measured]) -> float:
    return statistics.median(ms for one in rounds for ms in one[0])


if __name__ == "__main__":
    main()
