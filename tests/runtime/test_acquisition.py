"""Capture, recording order, reconnection and the engine, driven by hand on a manual clock."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from drivers.api.clock import ManualClock
from drivers.api.errors import DeviceError, Disconnected, EndOfStream, NotFound
from drivers.api.ports import SourceInfo
from drivers.api.samples import DoseReading, Origin, PixelFormat, Stamp, VideoFrame
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    DoseReceived,
    SourceFailed,
    SourceOpened,
)
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot, TruthState
from guidance_app.runtime.acquisition import Acquisition
from guidance_app.runtime.engine import Engine, Published
from guidance_app.runtime.mailbox import Delivery, Inbox, Mailbox

PERIOD_NS = 33_000_000
Step = int | str | DeviceError


class ScriptedSource:
    """Delivers the script: a number is the grey level of a frame, an error is raised.

    A word stands between failure and next opening: the device that is there now.
    """

    def __init__(self, clock: ManualClock, script: Iterator[Step], origin: Origin) -> None:
        self._clock, self._script, self._origin, self._sequence = clock, script, origin, 0
        self._identity: str | None = None
        self._waiting: Step | None = None
        self.opened = self.closed = 0

    def open(self) -> SourceInfo:
        self.opened += 1
        self._sequence = 0
        self._waiting = next(self._script)
        if isinstance(self._waiting, NotFound):
            raise self._waiting
        if isinstance(self._waiting, str):
            self._identity, self._waiting = self._waiting, None
        return SourceInfo("scripted:1", f"scripted {self._identity}", self._identity, self._origin)

    def read(self) -> VideoFrame:
        self._clock.advance(PERIOD_NS)
        step, self._waiting = self._waiting or next(self._script), None
        if isinstance(step, DeviceError):
            raise step
        assert isinstance(step, int)
        stamp = Stamp(self._sequence, self._clock.now_ns())
        self._sequence += 1
        pixels = np.full((48, 64), step, np.uint8)
        pixels.flags.writeable = False
        return VideoFrame(pixels, PixelFormat.GRAY8, stamp, self._origin)

    def interrupt(self) -> None: ...

    def close(self) -> None:
        self.closed += 1


class Keeper:
    """Keeps what it is offered, and what waited in the mailbox when it was offered."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.facts: list[FrameFacts] = []
        self.commands: list[Command] = []
        self.events: list[CommandOutcome | GuidanceSnapshot] = []

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        inbox = self.mailbox.take(0)
        assert inbox.delivery is None or inbox.delivery.arrivals.count == facts.number
        self.commands.extend(inbox.commands)
        self.facts.append(facts)

    def record(self, event: CommandOutcome | GuidanceSnapshot) -> object:
        self.events.append(event)
        return None


def gone(kind: type[DeviceError] = Disconnected) -> DeviceError:
    return kind("grabber", "read", "it was unplugged", "Check its cable.")


END = EndOfStream("clip", "read", "the recording has ended", "Open it again.")


@dataclass
class Captured:
    """What a capture thread's work left behind."""

    keeper: Keeper
    mailbox: Mailbox
    created: list[ScriptedSource]
    clock: ManualClock


def capture(*steps: Step, origin: Origin = Origin.DEVICE) -> Captured:
    clock, mailbox, script = ManualClock(), Mailbox(), iter(steps)
    captured = Captured(Keeper(mailbox), mailbox, [], clock)

    def create() -> ScriptedSource:
        captured.created.append(ScriptedSource(clock, script, origin))
        return captured.created[-1]

    acquisition = Acquisition(create, clock, mailbox)
    acquisition.sink.set_result(captured.keeper)
    acquisition.run(threading.Event())
    return captured


def test_an_overtaken_frame_is_recorded_and_counted_and_never_shown() -> None:
    captured = capture(10, 90, END)
    newest = captured.mailbox.take(0).delivery
    assert newest is not None
    old = replace(newest.frame, overtaken=True)
    for waits in (False, True):
        if waits:
            captured.mailbox.put_frame(newest)
        captured.mailbox.put_frame(Delivery(old, newest.arrivals))
        assert captured.mailbox.take(0).delivery is (newest if waits else None)
    assert captured.mailbox.overwritten == 2


def test_each_frame_is_recorded_before_it_can_be_shown() -> None:
    captured = capture(10, 10, 90, END)
    facts = captured.keeper.facts
    assert [(f.number, f.changed) for f in facts] == [(0, True), (1, False), (2, True)]
    delivery = captured.mailbox.take(0).delivery
    assert delivery is not None
    assert delivery.arrivals.count == 3


def test_a_device_is_opened_again_and_frame_numbers_go_on() -> None:
    captured = capture(10, gone(), 90, END)
    assert [f.number for f in captured.keeper.facts] == [0, 1]
    assert [f.stamp.sequence for f in captured.keeper.facts] == [0, 0]
    (source,) = captured.created
    assert source.opened == source.closed == 2
    kinds = [type(command) for command in captured.keeper.commands]
    assert kinds == [SourceOpened, SourceFailed, SourceOpened]


def test_the_back_off_grows_while_the_device_stays_away() -> None:
    facts = capture(10, gone(), gone(), gone(), 90, END).keeper.facts
    waited_s = (facts[1].stamp.arrival_ns - facts[0].stamp.arrival_ns - 4 * PERIOD_NS) / 1e9
    assert waited_s == pytest.approx(0.5 + 1.0 + 2.0)


def test_a_device_that_is_absent_is_looked_for_at_a_steady_pace_and_told_once() -> None:
    captured = capture(10, gone(), *[gone(NotFound)] * 20, 90, END)  # one cause, one sentence
    first, second = captured.keeper.facts
    waited_s = (second.stamp.arrival_ns - first.stamp.arrival_ns - 2 * PERIOD_NS) / 1e9
    assert waited_s == pytest.approx(21 * 0.5)
    kinds = [type(command) for command in captured.keeper.commands]
    assert kinds == [SourceOpened, SourceFailed, SourceOpened]


def test_another_device_is_never_read_and_the_first_one_is_taken_back() -> None:
    captured = capture("A", 10, gone(), "B", "B", "A", 90, END)
    assert [f.number for f in captured.keeper.facts] == [0, 1]
    opened = [c.info.identity for c in captured.keeper.commands if isinstance(c, SourceOpened)]
    assert opened == ["A", "A"]
    told = [c.sentence for c in captured.keeper.commands if isinstance(c, SourceFailed)]
    assert len(told) == 2
    assert "another device is there instead (scripted B)" in told[1]


def test_a_file_that_breaks_off_is_not_begun_anew() -> None:
    captured = capture(10, gone(), 90, origin=Origin.FILE)
    assert captured.created[0].opened == 1
    assert [type(command) for command in captured.mailbox.take(0).commands][-1] is SourceFailed


def test_first_open_tells_the_error() -> None:
    def create() -> ScriptedSource:
        raise NotFound("grabber", "open", "it is not there", "Plug it in.")

    mailbox = Mailbox()
    acquisition = Acquisition(create, ManualClock(), mailbox)
    acquisition.run(threading.Event())
    assert isinstance(acquisition.first_open.exception(), NotFound)
    assert mailbox.take(0).commands == (SourceFailed("grabber: it is not there. Plug it in."),)


def test_the_heartbeat_judges_even_when_nothing_comes() -> None:
    clock, mailbox, published = ManualClock(), Mailbox(), list[Published]()
    keeper = Keeper(mailbox)
    engine = Engine(clock, mailbox, keeper, published.append)
    info = SourceInfo("scripted:1", "scripted", None, Origin.DEVICE)
    engine.handle(Inbox(None, (SourceOpened(info),)))
    for _ in range(2):
        clock.advance(50_000_000)
        engine.handle(Inbox(None, ()))
    assert [p.snapshot.index for p in published] == [1, 2, 3]
    assert all(p.snapshot.truth.state is TruthState.LOST for p in published)
    assert [event.index for event in keeper.events] == [0, 1, 2, 3]


def test_the_mailbox_keeps_the_newest_frame_and_every_command() -> None:
    mailbox = Mailbox()
    frames = [capture(10, END).mailbox.take(0).delivery for _ in range(2)]
    for frame in frames:
        assert frame is not None
        mailbox.put_frame(frame)
        mailbox.put_command(SourceFailed("gone"))
    inbox = mailbox.take(0)
    assert inbox.delivery is frames[1]
    assert inbox.commands == (SourceFailed("gone"), SourceFailed("gone"))
    assert mailbox.overwritten == 1
    assert mailbox.take(0).delivery is None


READING = DoseReading(Stamp(0, 0), "a file", 1.5)


class StatingSource(ScriptedSource):
    """One that states a dose."""

    def open(self) -> SourceInfo:
        return replace(super().open(), dose=READING)


def test_a_dose_that_the_source_states_is_told_when_it_is_opened() -> None:
    clock, mailbox = ManualClock(), Mailbox()
    keeper = Keeper(mailbox)
    source = StatingSource(clock, iter([10, END]), Origin.FILE)
    acquisition = Acquisition(lambda: source, clock, mailbox)
    acquisition.sink.set_result(keeper)
    acquisition.run(threading.Event())
    assert isinstance(keeper.commands[0], SourceOpened)
    assert keeper.commands[1:] == [DoseReceived(READING)]
