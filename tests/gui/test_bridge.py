"""Between the processing thread and the window: which frames nobody came to see is counted."""

from gui_records import frame_of
from pytestqt.qtbot import QtBot

from drivers.api.samples import VideoFrame
from guidance_app.processing.compute import evaluate
from guidance_app.processing.state import PipelineState
from guidance_app.processing.truth import Arrivals
from guidance_app.runtime.engine import Published
from guidance_app.ui.bridge import Bridge


def published(frame: VideoFrame | None) -> Published:
    state, snapshot = evaluate(PipelineState(), Arrivals(), 0, 0)
    return Published(frame, snapshot, state, ())


def test_only_a_frame_that_was_never_taken_is_passed_over(
    qtbot: QtBot, speckle: VideoFrame
) -> None:
    bridge, other, third = Bridge(), frame_of(speckle.pixels), frame_of(speckle.pixels)
    bridge.publish(published(None))
    bridge.publish(published(speckle))
    bridge.publish(published(speckle))  # a heartbeat: the same frame again
    assert bridge.overwritten == 0
    newest, _ = bridge.take()
    assert newest is not None and newest.frame is speckle
    bridge.publish(published(speckle))  # again, and it has been taken
    bridge.publish(published(other))
    assert bridge.overwritten == 0
    bridge.publish(published(third))
    assert bridge.overwritten == 1
    newest, _ = bridge.take()
    assert newest is not None and newest.frame is third


def test_however_many_snapshots_come_one_signal_waits(qtbot: QtBot, speckle: VideoFrame) -> None:
    bridge, signals = Bridge(), []
    bridge.arrived.connect(lambda: signals.append(1))
    for _ in range(5):
        bridge.publish(published(speckle))
    assert len(signals) == 1
    bridge.take()
    bridge.publish(published(speckle))
    assert len(signals) == 2
