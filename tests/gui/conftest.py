"""Offscreen, one window of each size, and records to show in it."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from desk import Desk
from gui_records import frame_of
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from drivers.api.clock import ManualClock
from drivers.api.samples import VideoFrame
from guidance_app.ui.intents import Intents
from guidance_app.ui.main_window import MainWindow


@pytest.fixture
def speckle() -> VideoFrame:
    """A grey picture of the size of a small grabber, the same in every run."""
    return frame_of(np.random.default_rng(7).integers(30, 200, (480, 640), dtype=np.uint8))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """The whole application, on real sources, with its own folder for what it keeps."""
    desk = Desk(qtbot, tmp_path)
    yield desk
    desk.close()


@pytest.fixture(
    params=[QSize(1200, 675), QSize(1280, 720), QSize(1920, 1080), QSize(2560, 1440)],
    ids=["smallest", "720p", "1080p", "1440p"],
)
def window(request: pytest.FixtureRequest, qtbot: QtBot) -> MainWindow:
    """The main window, shown, at each of the sizes that must work."""
    return shown_window(qtbot, request.param)


@pytest.fixture
def large_window(qtbot: QtBot) -> MainWindow:
    """The main window at one size, for behaviour that does not depend on it."""
    return shown_window(qtbot, QSize(1920, 1080))


def shown_window(qtbot: QtBot, size: QSize) -> MainWindow:
    window = MainWindow(Intents(), ManualClock())
    qtbot.addWidget(window)
    window.resize(size)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    return window
