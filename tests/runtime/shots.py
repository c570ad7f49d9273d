"""A source that follows a script of shots, with capture and engine driven on one manual clock.

While the script waits, the engine judges every 10 ms, as the heartbeat and the paint timer do
together. What was recorded is computed again at the end, and must come out equal.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from drivers.api.clock import ManualClock
from drivers.api.errors import EndOfStream
from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PixelFormat, Stamp, VideoFrame
from guidance_app.domain.commands import Command, CommandOutcome
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot, TruthState
from guidance_app.runtime.acquisition import Acquisition
from guidance_app.runtime.engine import Engine
from guidance_app.runtime.mailbox import Mailbox
from guidance_app.runtime.recompute import recompute

MS = 1_000_000
PAINT_MS = 10
SIZE = (240, 320)


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture that comes at `at_ms`; a wrong stamp may stand on it."""

    at_ms: float
    pixels: ImageU8
    device_ms: float | None = None
    stamped_ms: float | None = None
    """Its arrival as the source says it; None: the truth."""
    sequence: int | None = None


@dataclass
class Watched:
    """Every snapshot of a run, and every frame that was offered."""

    snapshots: list[GuidanceSnapshot] = field(default_factory=list)
    facts: list[FrameFacts] = field(default_factory=list)
    events: list[CommandOutcome | GuidanceSnapshot] = field(default_factory=list)

    def between(self, from_ms: float, until_ms: float) -> list[GuidanceSnapshot]:
        return [s for s in self.snapshots if from_ms * MS < s.evaluated_ns <= until_ms * MS]

    def states(self, from_ms: float, until_ms: float) -> set[TruthState]:
        return {snapshot.truth.state for snapshot in self.between(from_ms, until_ms)}

    def at(self, at_ms: float) -> GuidanceSnapshot:
        """The snapshot that stood on the screen at this moment."""
        return [s for s in self.snapshots if s.evaluated_ns <= at_ms * MS][-1]

    def first_ms(self, state: TruthState, after_ms: float) -> float:
        """How long after `after_ms` the state was seen for the first time."""
        seen = (s for s in self.snapshots if s.evaluated_ns > after_ms * MS)
        return next(s.evaluated_ns for s in seen if s.truth.state is state) / MS - after_ms


class ShotSource:
    """Delivers shots at their times, and lets the engine work in between."""

    def __init__(
        self,
        shots: Iterable[Shot],
        end_ms: float,
        commands: dict[float, Command],
        stated_rate_hz: float | None,
    ) -> None:
        self.clock, self.mailbox, self.watched = ManualClock(), Mailbox(), Watched()
        self._shots, self._end_ms, self._delivered = iter(shots), end_ms, 0
        self._commands = sorted(commands.items(), key=lambda item: item[0], reverse=True)
        self._stated_rate_hz = stated_rate_hz
        self._engine = Engine(self.clock, self.mailbox, self, lambda published: None)

    def open(self) -> SourceInfo:
        return SourceInfo("shots:1", "shots", "1", Origin.DEVICE, self._stated_rate_hz)

    def read(self) -> VideoFrame:
        shot = next(self._shots, None)
        if shot is None:
            self._wait_until(self._end_ms)
            raise EndOfStream("shots", "read", "the script has ended", "Write a longer one.")
        self._wait_until(shot.at_ms)
        arrival_ms = shot.at_ms if shot.stamped_ms is None else shot.stamped_ms
        device_ns = None if shot.device_ms is None else int(shot.device_ms * MS)
        sequence = self._delivered if shot.sequence is None else shot.sequence
        self._delivered = sequence + 1
        stamp = Stamp(sequence, int(arrival_ms * MS), device_ns)
        pixel_format = PixelFormat.GRAY8 if shot.pixels.ndim == 2 else PixelFormat.BGR24
        return VideoFrame(shot.pixels, pixel_format, stamp, Origin.DEVICE)

    def interrupt(self) -> None: ...

    def close(self) -> None: ...

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        self.watched.facts.append(facts)

    def record(self, event: CommandOutcome | GuidanceSnapshot) -> object:
        self.watched.events.append(event)
        if isinstance(event, GuidanceSnapshot):
            self.watched.snapshots.append(event)
        return None

    def _wait_until(self, due_ms: float) -> None:
        self._engine.handle(self.mailbox.take(0))
        while self.clock.now_ns() < int(due_ms * MS):
            step_ns = min(PAINT_MS * MS, int(due_ms * MS) - self.clock.now_ns())
            self.clock.advance(step_ns)
            while self._commands and self._commands[-1][0] * MS <= self.clock.now_ns():
                self.mailbox.put_command(self._commands.pop()[1])
            self._engine.handle(self.mailbox.take(0))


def watch_shots(
    shots: Iterable[Shot],
    end_ms: float,
    commands: dict[float, Command] | None = None,
    stated_rate_hz: float | None = None,
) -> Watched:
    """Run a script; commands are given at their times in milliseconds."""
    source = ShotSource(shots, end_ms, commands or {}, stated_rate_hz)
    acquisition = Acquisition(lambda: source, source.clock, source.mailbox)
    acquisition.sink.set_result(source)
    acquisition.run(threading.Event())
    watched = source.watched
    for step in recompute(watched.facts, watched.events):
        assert step.again == step.recorded
    return watched


def steady(
    from_ms: float, until_ms: float, rate_hz: float, pictures: Iterator[ImageU8]
) -> list[Shot]:
    """Pictures at a steady rate, the first at `from_ms`, the last before `until_ms`."""
    count = int(np.ceil((until_ms - from_ms) * rate_hz / 1000 - 1e-6))
    return [Shot(from_ms + 1000 * n / rate_hz, next(pictures)) for n in range(count)]


def speckle(seed: int = 1) -> Iterator[ImageU8]:
    """Pictures that differ from each other everywhere, as those of a moving probe."""
    generator = np.random.default_rng(seed)
    while True:
        yield frozen(generator.integers(0, 200, SIZE, dtype=np.uint8))


def again(picture: ImageU8) -> Iterator[ImageU8]:
    """The same picture for ever."""
    while True:
        yield picture


def frozen(pixels: ImageU8) -> ImageU8:
    """The pixels, read-only as a driver gives them."""
    pixels.flags.writeable = False
    return pixels
