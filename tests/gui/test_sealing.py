"""A run whose record is closed ends beside the screens, and its end is told once."""

import threading
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from drivers.api.clock import SystemClock
from drivers.registry import Registry, load_drivers
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.ui.sealing import Sealing

SESSION = Path("/sessions/1.session")


class SealsSlowly(Pipeline):
    """A run that never began, whose end takes until the test lets it go."""

    def __init__(self) -> None:
        clock = SystemClock()
        super().__init__(lambda: Registry(load_drivers()).create("sim:knee", clock), clock)
        self.may_end = threading.Event()
        self.ended_on = ""

    def stop(self) -> None:
        self.may_end.wait()
        self.ended_on = threading.current_thread().name


@pytest.fixture
def told(sealing: Sealing) -> list[tuple[Path, str]]:
    told: list[tuple[Path, str]] = []
    sealing.finished.connect(lambda session, fault: told.append((session, fault)))
    return told


@pytest.fixture
def sealing(qtbot: QtBot) -> Sealing:
    return Sealing()


def test_the_screens_go_on_while_a_recording_is_sealed(
    sealing: Sealing, told: list[tuple[Path, str]], qtbot: QtBot
) -> None:
    pipeline = SealsSlowly()
    sealing.begin(pipeline, SESSION)
    QApplication.processEvents()
    assert told == []
    pipeline.may_end.set()
    qtbot.waitUntil(lambda: bool(told))
    assert pipeline.ended_on == "sealing"
    sealing.wait()
    QApplication.processEvents()
    assert told == [(SESSION, "")]


def test_who_waits_for_it_is_told_before_the_wait_ends_and_not_again(
    sealing: Sealing, told: list[tuple[Path, str]]
) -> None:
    pipeline = SealsSlowly()
    sealing.begin(pipeline, SESSION)
    pipeline.may_end.set()
    sealing.wait()
    assert told == [(SESSION, "")]
    QApplication.processEvents()
    assert len(told) == 1


def test_the_late_word_of_one_run_does_not_end_the_next(
    sealing: Sealing, told: list[tuple[Path, str]], qtbot: QtBot
) -> None:
    first, second = SealsSlowly(), SealsSlowly()
    first.may_end.set()
    sealing.begin(first, SESSION)
    sealing.begin(second, Path("/sessions/2.session"))
    QApplication.processEvents()
    assert told == [(SESSION, "")]
    second.may_end.set()
    qtbot.waitUntil(lambda: len(told) == 2)
