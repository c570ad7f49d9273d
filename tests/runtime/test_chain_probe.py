"""The delay of a device, decoded from pictures that really went over a network connection."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from mjpeg_server import MjpegServer
from pattern_views import camera_view

from drivers.api.clock import ManualClock, SystemClock
from drivers.api.ports import Clock
from drivers.api.samples import ImageU8
from drivers.registry import Registry, load_drivers
from guidance_app.domain.chain_delay import (
    FEWEST_READINGS,
    ChainDelay,
    TooFewReadings,
    summarise_delays,
)
from guidance_app.runtime.chain_probe import ChainProbe
from guidance_app.runtime.engine import Published
from guidance_app.runtime.pipeline import Pipeline, Unrecorded

MS = 1_000_000
SOON_S = 60.0
DELAY_MS = 84
RATE_HZ = 25.0


class Screen:
    """A pattern seen by a camera that is late by DELAY_MS; knows when it took each picture."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.taken_ns: dict[int, int] = {}
        """By the time that the pattern in the picture names, milliseconds."""

    def picture(self, number: int) -> ImageU8:
        now_ns = self._clock.now_ns()
        shown_ms = round(now_ns / 1e6) - DELAY_MS
        self.taken_ns[shown_ms] = now_ns
        return camera_view(shown_ms, np.random.default_rng(number), 1.0, 6.0)


class Looking:
    """A probe in a run on a source; remembers the arrival of each picture that was read."""

    def __init__(self) -> None:
        self.probe = ChainProbe()
        self.arrivals_ns: list[int] = []
        self._looked = threading.Semaphore(0)

    def take(self, published: Published) -> None:
        frames, read = self.probe.frames, len(self.probe.delays_ms)
        self.probe.take(published)
        if len(self.probe.delays_ms) > read and published.frame is not None:
            self.arrivals_ns.append(published.frame.stamp.arrival_ns)
        if self.probe.frames > frames:
            self._looked.release()

    def wait(self) -> None:
        """Until one picture more has been looked at."""
        assert self._looked.acquire(timeout=SOON_S)


@contextmanager
def looking(url: str, clock: Clock) -> Iterator[Looking]:
    """Open the source and look at its pictures until the block ends."""
    registry = Registry(load_drivers())
    pipeline = Pipeline(lambda: registry.create(url, clock), clock)
    look = Looking()
    try:
        pipeline.open().result(SOON_S)
        pipeline.begin(Unrecorded(), look.take)
        yield look
    finally:
        pipeline.stop()


def test_on_a_clock_that_stands_still_the_delay_is_exact_and_counted_once() -> None:
    clock = ManualClock(5_000 * MS)
    screen = Screen(clock)
    with MjpegServer(screen.picture, RATE_HZ) as server, looking(server.url, clock) as look:
        for _ in range(3):
            look.wait()
    assert look.probe.delays_ms == (DELAY_MS,)


def test_over_a_real_connection_each_delay_is_that_of_its_picture() -> None:
    clock = SystemClock()
    screen = Screen(clock)
    with MjpegServer(screen.picture, RATE_HZ) as server, looking(server.url, clock) as look:
        while len(look.probe.delays_ms) < 2 * FEWEST_READINGS:
            look.wait()
    for arrival_ns, delay_ms in zip(look.arrivals_ns, look.probe.delays_ms, strict=True):
        shown_ms = round(arrival_ns / 1e6 - delay_ms)
        taken_ns = screen.taken_ns[shown_ms]  # a moment that was never shown is not there
        assert delay_ms == pytest.approx(DELAY_MS + (arrival_ns - taken_ns) / 1e6, abs=1.0)


@pytest.mark.parametrize("count", [0, FEWEST_READINGS - 1])
def test_too_few_readings_give_no_delay(count: int) -> None:
    with pytest.raises(TooFewReadings, match=f"{count} of {FEWEST_READINGS} pictures"):
        summarise_delays([80.0] * count, 60.0, "2026-11-26", "")


def test_a_delay_says_what_half_and_what_95_percent_met_and_how_sure_that_is() -> None:
    delays_ms = [float(ms) for ms in range(80, 101)]
    expected = ChainDelay(90.0, 99.0, 16.7, 21, "2026-11-26", "YUYV 1280x720")
    assert summarise_delays(delays_ms, 60.0, "2026-11-26", "YUYV 1280x720") == expected
