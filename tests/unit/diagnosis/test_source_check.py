"""A source watched on simulated time: its rate, a rate under its promise, and a short file."""

import threading

import numpy as np
import pytest

from drivers.api.clock import ManualClock
from drivers.api.errors import Disconnected, EndOfStream
from drivers.api.ports import SourceInfo, VideoFormat
from drivers.api.samples import Origin, PixelFormat, Stamp, VideoFrame
from drivers.registry import Registry, load_drivers
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.diagnosis.source import SourceCheck
from guidance_app.diagnosis.storage import judge_space

GB = 1_000_000_000


class Camera:
    """A camera that promises 30 pictures a second and delivers another number of them."""

    def __init__(self, clock: ManualClock, rate_hz: float, code: str, count: int = 1_000) -> None:
        self._clock = clock
        self._period_ns = round(1e9 / rate_hz)
        self._code = code
        self._count = count
        self._number = 0
        self._stopped = threading.Event()

    def open(self) -> SourceInfo:
        found = VideoFormat(self._code, 1920, 1080)
        return SourceInfo("v4l2:/dev/video0", "Webcam", "A1", Origin.DEVICE, 30.0, format=found)

    def read(self) -> VideoFrame:
        if self._number >= self._count:
            raise EndOfStream("Webcam", "read", "it is over", "Open it again.")
        if not self._clock.wait_until(self._clock.now_ns() + self._period_ns, self._stopped):
            raise Disconnected("Webcam", "read", "reading was stopped", "Open it again.")
        stamp = Stamp(self._number, self._clock.now_ns())
        self._number += 1
        pixels = np.random.default_rng(self._number).integers(0, 256, (48, 64), dtype=np.uint8)
        return VideoFrame(pixels, PixelFormat.GRAY8, stamp, Origin.DEVICE)

    def interrupt(self) -> None:
        self._stopped.set()

    def close(self) -> None:
        self._number = 0


def watch(rate_hz: float, code: str = "YUYV", count: int = 1_000) -> Finding:
    clock = ManualClock()
    camera = Camera(clock, rate_hz, code, count)
    (found,) = SourceCheck(lambda address: camera, clock).check("v4l2:/dev/video0")
    return found


@pytest.mark.parametrize(
    ("rate_hz", "outcome"),
    [(30.0, Outcome.OK), (7.6, Outcome.OK), (7.4, Outcome.WARNING), (1.5, Outcome.WARNING)],
)
def test_a_rate_under_a_quarter_of_the_promise_is_doubted(rate_hz: float, outcome: Outcome) -> None:
    found = watch(rate_hz)
    assert found.outcome is outcome
    assert f"{rate_hz:.1f}" in found.what
    assert ("of the 30 that it promises" in found.what) is (outcome is Outcome.WARNING)


def test_the_advice_for_a_low_rate_depends_on_the_format() -> None:
    assert "smaller size" in watch(5.0, "YUYV").advice
    assert "more light" in watch(5.0, "MJPG").advice


def test_a_file_that_is_over_before_the_time_has_been_seen_whole() -> None:
    found = watch(30.0, count=5)
    assert (found.outcome, found.what) == (
        Outcome.OK,
        "Webcam delivers pictures of 64x48, 30.0 a second.",
    )


def test_a_simulator_is_watched_on_its_own_time() -> None:
    clock, registry = ManualClock(), Registry(load_drivers())
    check = SourceCheck(lambda address: registry.create(address, clock), clock)
    (found,) = check.check("sim:knee")
    assert found.outcome is Outcome.OK and found.what.endswith(", 30.0 a second.")


def test_an_interrupted_check_ends_with_a_finding() -> None:
    clock = ManualClock()
    camera = Camera(clock, 30.0, "YUYV")
    camera.interrupt()
    (found,) = SourceCheck(lambda address: camera, clock).check("v4l2:/dev/video0")
    assert found.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("free_bytes", "outcome", "words"),
    [
        (GB // 2, Outcome.FAILED, "only 0.5 GB free"),
        (41 * GB, Outcome.WARNING, "at least 19 minutes"),
        (200 * GB, Outcome.OK, "at least 99 minutes"),
    ],
)
def test_the_room_on_the_disk_is_told_in_minutes(
    free_bytes: int, outcome: Outcome, words: str
) -> None:
    found = judge_space(free_bytes)
    assert found.outcome is outcome and words in found.what
