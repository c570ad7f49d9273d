"""A real server, a real source and the real threads: what is recorded, what is shown as live."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from mjpeg_server import MjpegServer
from stream_servers import MULTIPART, jpeg_parts, serving

from drivers.api.clock import SystemClock
from drivers.api.samples import ImageU8, VideoFrame
from drivers.opencv import cv2
from drivers.registry import Registry
from guidance_app.domain.commands import CommandOutcome, GuidanceConfirmed, PlanChanged
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, place_target
from guidance_app.domain.snapshot import FrameFacts, GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.runtime.engine import Published
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.runtime.recorder import RecordingStatus

LIMIT_S = 30.0
BURST = 20
COMMENT = b"\xff\xfe\xff\xff" + b"a" * 65533
"""A segment that decoders pass over (ITU-T T.81, B.2.4.5): much to send, little to decode."""


class Keeper:
    """A recording in memory, whose writer can be held up; and everything that was published."""

    def __init__(self) -> None:
        self.facts: list[FrameFacts] = []
        self.published: list[Published] = []
        self.busy_at: int | None = None
        self.is_held_up = threading.Event()
        self.goes_on = threading.Event()
        self._changed = threading.Condition()

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        self.facts.append(facts)
        if facts.number == self.busy_at:
            self.is_held_up.set()
            assert self.goes_on.wait(LIMIT_S)

    def publish(self, published: Published) -> None:
        with self._changed:
            self.published.append(published)
            self._changed.notify_all()

    def wait(self, condition: Callable[[Published], bool]) -> Published:
        """The first snapshot from now on of which this is so."""
        with self._changed:
            seen = len(self.published)
            found = self._changed.wait_for(
                lambda: next(filter(condition, self.published[seen:]), None), LIMIT_S
            )
        assert found is not None
        return found

    def record(self, event: CommandOutcome | GuidanceSnapshot) -> object:
        return None

    def is_kept(self, frame: int) -> bool | None:
        return frame < len(self.facts)

    def status(self) -> RecordingStatus | None:
        return None

    def stop(self, within_s: float) -> None: ...


@contextmanager
def running_pipeline(url: str, registry: Registry, keeper: Keeper) -> Iterator[Pipeline]:
    clock = SystemClock()
    pipeline = Pipeline(lambda: registry.create(url, clock), clock)
    try:
        pipeline.open().result(LIMIT_S)
        pipeline.begin(keeper, keeper.publish)
        yield pipeline
    finally:
        pipeline.stop()


def is_live(published: Published) -> bool:
    return published.snapshot.truth.state is TruthState.LIVE


def flickering(number: int) -> ImageU8:
    """64x48 pixels, half of them lit, so that it is no empty picture; two of them take turns."""
    pixels = np.full((48, 64), 60 + 60 * (number % 2), np.uint8)
    pixels[:, 32:] = 0
    return pixels


def large_jpeg(number: int) -> bytes:
    """A megabyte that decodes in no time; every second picture looks the same."""
    jpeg: bytes = cv2.imencode(".jpg", flickering(number))[1].tobytes()
    return jpeg[:2] + COMMENT * 16 + jpeg[2:]


def test_after_a_pause_every_picture_is_recorded_and_only_the_newest_is_shown(
    registry: Registry,
) -> None:
    keeper = Keeper()
    keeper.busy_at = 2
    has_burst = threading.Event()

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        client.recv(4096)
        client.sendall(MULTIPART + jpeg_parts(map(large_jpeg, range(3))))
        assert keeper.is_held_up.wait(LIMIT_S)
        # More than buffers hold: when it is sent, the first half has been received.
        client.sendall(jpeg_parts(map(large_jpeg, range(3, 3 + 2 * BURST))))
        has_burst.set()
        number = 3 + 2 * BURST
        while not stopping.wait(0.02):
            client.sendall(jpeg_parts([large_jpeg(number)]))
            number += 1

    with serving(talk) as url, running_pipeline(url, registry, keeper):
        assert has_burst.wait(LIMIT_S)
        keeper.wait(lambda published: not is_live(published))
        keeper.goes_on.set()
        keeper.wait(is_live)
    after = [published for published in keeper.published if published.snapshot.frames_seen > 3]
    shown = [p.snapshot.frame.stamp.sequence for p in after if is_live(p) and p.snapshot.frame]
    assert shown and min(shown) >= 3 + BURST
    sequences = [facts.stamp.sequence for facts in keeper.facts]
    assert sequences == list(range(len(sequences)))


def test_a_server_that_starts_again_is_found_again_and_guidance_waits_for_a_person(
    registry: Registry,
) -> None:
    keeper = Keeper()
    with (
        MjpegServer(flickering) as camera,
        running_pipeline(camera.url, registry, keeper) as pipeline,
    ):
        first = keeper.wait(is_live)
        assert first.frame is not None
        plan = place_target(Plan(), (30.0, 20.0), first.frame.geometry)
        pipeline.submit(PlanChanged(plan))
        keeper.wait(lambda published: published.snapshot.plan_shown)

        camera.unplug()
        lost = keeper.wait(lambda published: published.snapshot.truth.state is TruthState.LOST)
        assert "the connection was closed" in lost.snapshot.truth.reason
        camera.plug_in()

        back = keeper.wait(is_live)
        assert back.snapshot.guidance.mode is GuidanceMode.CONFIRM
        assert not back.snapshot.plan_shown
        pipeline.submit(GuidanceConfirmed(Person("OP-1", Role.OPERATOR)))
        keeper.wait(lambda published: published.snapshot.plan_shown)
    numbers = [facts.number for facts in keeper.facts]
    assert numbers == list(range(len(numbers)))
    assert [facts.stamp.sequence for facts in keeper.facts].count(0) == 2
