"""The pattern on a real window, seen by a real network camera, decoded from its pictures."""

from collections.abc import Iterator

import numpy as np
import pytest
from gui_records import rgb_of
from mjpeg_server import MjpegServer
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.api.clock import ManualClock, SystemClock
from drivers.api.samples import ImageU8
from drivers.registry import Registry, load_drivers
from guidance_app.domain.chain_delay import FEWEST_READINGS, TooFewReadings
from guidance_app.processing.time_pattern import PatternReader
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.ui.chain_measurement import ChainMeasurement
from guidance_app.ui.pattern_window import PatternWindow

WAIT_MS = 60_000
LOOK_MS = 20


def grey_of(window: PatternWindow) -> ImageU8:
    return rgb_of(window.grab().toImage())[:, :, 0].copy()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 1280)])
def test_the_window_shows_the_moment_of_its_painting(qtbot: QtBot, size: tuple[int, int]) -> None:
    clock = ManualClock(5_000_000_000)
    window = PatternWindow(clock)
    qtbot.addWidget(window)
    window.resize(*size)
    window.say("Let the device see this whole screen.")
    reader = PatternReader()
    assert reader.read(grey_of(window)) == 5_000
    clock.advance(17_000_000)
    assert reader.read(grey_of(window)) == 5_017


class Camera:
    """Serves what the window last showed, as a camera in front of it would."""

    def __init__(self) -> None:
        self.seen: ImageU8 = np.zeros((360, 640), np.uint8)

    def picture(self, number: int) -> ImageU8:
        return self.seen


@pytest.fixture
def measuring(qtbot: QtBot) -> Iterator[tuple[ChainMeasurement, Camera]]:
    clock, registry, camera = SystemClock(), Registry(load_drivers()), Camera()
    with MjpegServer(camera.picture, rate_hz=25.0) as server:
        pipeline = Pipeline(lambda: registry.create(server.url, clock), clock)
        measurement = ChainMeasurement(pipeline, clock, WAIT_MS / 1000)
        qtbot.addWidget(measurement.window)
        yield measurement, camera
        measurement.stop()


def test_a_camera_before_the_screen_gives_the_delay(
    measuring: tuple[ChainMeasurement, Camera], qtbot: QtBot
) -> None:
    measurement, camera = measuring
    look = QTimer()
    look.timeout.connect(lambda: setattr(camera, "seen", grey_of(measurement.window)))
    measurement.start()
    look.start(LOOK_MS)
    qtbot.waitUntil(lambda: _has(measurement), timeout=WAIT_MS)
    look.stop()
    delay = measurement.result()
    assert delay.count >= FEWEST_READINGS
    assert 0 < delay.median_ms <= delay.p95_ms
    assert measurement.info is not None and measurement.window.isFullScreen()


def _has(measurement: ChainMeasurement) -> bool:
    try:
        measurement.result()
    except TooFewReadings:
        return False
    return True


def test_escape_ends_it_and_nothing_seen_is_no_delay(
    measuring: tuple[ChainMeasurement, Camera], qtbot: QtBot
) -> None:
    measurement, _ = measuring
    measurement.start()
    qtbot.waitUntil(lambda: measurement.frames > 0, timeout=WAIT_MS)
    with qtbot.waitSignal(measurement.finished):
        QTest.keyClick(measurement.window, Qt.Key.Key_Escape)
    with pytest.raises(TooFewReadings):
        measurement.result()


def test_a_source_that_cannot_be_opened_ends_it_with_the_reason(qtbot: QtBot) -> None:
    clock, registry = SystemClock(), Registry(load_drivers())
    pipeline = Pipeline(lambda: registry.create("file:absent.mp4", clock), clock)
    measurement = ChainMeasurement(pipeline, clock, WAIT_MS / 1000)
    qtbot.addWidget(measurement.window)
    with qtbot.waitSignal(measurement.finished, timeout=WAIT_MS):
        measurement.start()
    assert "absent.mp4" in str(measurement.failure)
    measurement.stop()
