"""A run on simulated time: capture, processing and screen in one thread, with heartbeats."""

import threading
from dataclasses import dataclass, field

from drivers.api.clock import ManualClock
from drivers.api.ports import VideoSource
from drivers.api.samples import VideoFrame
from guidance_app.domain.commands import Command, CommandOutcome
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot, TruthState
from guidance_app.presentation.live import Situation, live_view
from guidance_app.presentation.view import LiveView
from guidance_app.runtime.acquisition import Acquisition
from guidance_app.runtime.engine import HEARTBEAT_S, Engine, Notice, Published, notice_nothing
from guidance_app.runtime.item_proofs import ItemProofs
from guidance_app.runtime.mailbox import Delivery, Mailbox

START_NS = 3_000_000_000
MS = 1_000_000
HEARTBEAT_MS = round(HEARTBEAT_S * 1000)


class SteppedClock(ManualClock):
    """Whoever waits moves the time; on the way every heartbeat of the processing comes."""

    def __init__(self) -> None:
        super().__init__(START_NS)
        self.beat = lambda: None

    def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
        period_ns = HEARTBEAT_MS * MS
        while not interrupted.is_set() and self.now_ns() < deadline_ns:
            next_ns = (self.now_ns() // period_ns + 1) * period_ns
            self.advance(min(next_ns, deadline_ns) - self.now_ns())
            if self.now_ns() == next_ns:
                self.beat()
        return not interrupted.is_set()


class PromptMailbox(Mailbox):
    """Processing takes every frame as soon as it is there."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = lambda: None

    def put_frame(self, delivery: Delivery) -> None:
        super().put_frame(delivery)
        self.arrived()


@dataclass
class Shown:
    """One snapshot, with the screen that was made of it."""

    at_ms: float
    """Since the source was opened."""
    snapshot: GuidanceSnapshot
    view: LiveView

    @property
    def state(self) -> TruthState:
        return self.snapshot.truth.state

    @property
    def overlay(self) -> bool:
        return bool(self.view.picture.primitives)


@dataclass
class SimulatedRun:
    """Runs a source through capture, processing and presentation until it has played out."""

    source: VideoSource
    clock: SteppedClock
    facts: list[FrameFacts] = field(default_factory=list)
    events: list[CommandOutcome | GuidanceSnapshot] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    asked: list[tuple[float, Command]] = field(default_factory=list)
    mailbox: PromptMailbox = field(default_factory=PromptMailbox)
    notice: Notice = notice_nothing
    """Looks at each frame before it is judged."""

    def ask(self, at_ms: float, command: Command) -> None:
        """Somebody asks this at that moment."""
        self.asked.append((at_ms, command))

    def play(self, seconds: float) -> list[Shown]:
        """Run for so long."""
        proofs = ItemProofs(self.mailbox.put_command, self._is_kept)

        def publish(published: Published) -> None:
            self._show(published)
            proofs.look_at(published)

        engine = Engine(self.clock, self.mailbox, self, publish, self.notice)
        acquisition = Acquisition(lambda: self.source, self.clock, self.mailbox)
        stopping = threading.Event()

        def process() -> None:
            if self._now_ms() >= seconds * 1000:
                stopping.set()
                acquisition.interrupt()
            for at_ms, command in [asked for asked in self.asked if asked[0] <= self._now_ms()]:
                self.mailbox.put_command(command)
                self.asked.remove((at_ms, command))
            engine.handle(self.mailbox.take(0))

        self.clock.beat = self.mailbox.arrived = process
        acquisition.sink.set_result(self)
        acquisition.run(stopping)
        return self.shown

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        self.facts.append(facts)

    def record(self, event: CommandOutcome | GuidanceSnapshot) -> object:
        self.events.append(event)
        return None

    def _is_kept(self, frame: int) -> bool:
        return frame < len(self.facts)

    def between(self, from_ms: float, until_ms: float) -> list[Shown]:
        """What was shown in this time."""
        return [shown for shown in self.shown if from_ms <= shown.at_ms < until_ms]

    def first(self, state: TruthState, from_ms: float) -> Shown:
        """The first snapshot in this state from a moment on."""
        return next(s for s in self.shown if s.at_ms >= from_ms and s.state is state)

    def _now_ms(self) -> float:
        return (self.clock.now_ns() - START_NS) / MS

    def _show(self, published: Published) -> None:
        situation = Situation(published.snapshot, published.state, self.clock.now_ns(), None)
        self.shown.append(Shown(self._now_ms(), published.snapshot, live_view(situation, None)))
