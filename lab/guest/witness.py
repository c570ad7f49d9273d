"""A guided run on a device, and somebody who writes down all that it claims."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from drivers.api.clock import SystemClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import PictureGeometry, VideoFrame
from drivers.registry import Registry
from drivers.video import capture
from guidance_app.domain.checklist import (
    ChecklistEntry,
    ChecklistItem,
    ChecklistTemplate,
    Level,
    Mark,
    Phase,
)
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    GuidanceConfirmed,
    GuidanceSwitched,
    ItemMarked,
    PlanChanged,
    ProcedureStarted,
    SourceFailed,
)
from guidance_app.domain.people import Person, Role
from guidance_app.domain.plan import Plan, place_entry, place_target
from guidance_app.domain.snapshot import FrameFacts, GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.runtime.engine import Published
from guidance_app.runtime.pipeline import Pipeline
from guidance_app.runtime.recorder import RecordingStatus
from guidance_app.session.format import PaintRecord

WITHIN_S = 120.0
"""Longer than anything takes in a machine made of software; who misses it hangs."""

OPERATOR = Person("LAB", Role.OPERATOR)
ITEM = ChecklistItem("LAB-1", Phase.PRE, "ready", "O", (), Level.HARD, "", (Role.OPERATOR,))
TEMPLATE = ChecklistTemplate("lab", "Lab", "1", "0" * 64, (ITEM,))


class NothingHappened(Exception):
    """What had to come did not; `str()` says what."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame as the application was given it."""

    arrival_ns: int
    device_ns: int | None
    sequence: int
    geometry: PictureGeometry


@dataclass(frozen=True, slots=True)
class Claimed:
    """One snapshot: what the application said at one moment."""

    at_ns: int
    frame_ns: int | None
    """Arrival of the frame that it was said of."""
    state: TruthState
    mode: GuidanceMode


class Witness:
    """Keeps frames and claims since the last forget(), in place of a recorder. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.forget()

    def forget(self) -> None:
        """Begin anew with empty lists."""
        with self._changed:
            self.frames: list[Seen] = []
            self.claims: list[Claimed] = []
            self.outcomes: list[CommandOutcome] = []

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        """Write down a frame."""
        stamp = frame.stamp
        seen = Seen(stamp.arrival_ns, stamp.device_ns, stamp.sequence, frame.geometry)
        with self._changed:
            self.frames.append(seen)
            self._changed.notify_all()

    def record(self, event: CommandOutcome | GuidanceSnapshot | PaintRecord) -> None:
        """Write down a claim, or the answer to a command."""
        with self._changed:
            if isinstance(event, CommandOutcome):
                self.outcomes.append(event)
            elif isinstance(event, GuidanceSnapshot):
                frame_ns = event.frame.stamp.arrival_ns if event.frame else None
                self.claims.append(
                    Claimed(event.evaluated_ns, frame_ns, event.truth.state, event.guidance.mode)
                )
            self._changed.notify_all()

    def is_kept(self, frame: int) -> bool | None:
        """No frame is."""
        return False

    def status(self) -> RecordingStatus | None:
        """Nothing is written to a disk."""
        return None

    def stop(self, within_s: float) -> None:
        """Nothing to close."""

    def wait_for(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until `happened`; raises NothingHappened."""
        with self._changed:
            if not self._changed.wait_for(happened, WITHIN_S):
                raise NothingHappened(f"{what}: not within {WITHIN_S:.0f} s")

    def wait_for_frames(self, count: int) -> None:
        """Wait for `count` frames from now on."""
        wanted = len(self.frames) + count
        self.wait_for(f"{count} frames", lambda: len(self.frames) >= wanted)

    def now_live(self) -> bool:
        """The newest claim says LIVE."""
        return bool(self.claims) and self.claims[-1].state is TruthState.LIVE

    def guides_or_asks(self) -> bool:
        """The newest claim guides, or says that it waits to be confirmed."""
        return bool(self.claims) and self.claims[-1].mode in (GuidanceMode.ON, GuidanceMode.CONFIRM)

    def failures(self) -> list[str]:
        """What the source said of its failures."""
        commands = [outcome.command for outcome in self.outcomes]
        return [c.sentence for c in commands if isinstance(c, SourceFailed)]


class GuidedRun:
    """The application's own pipeline on one address, with a person who guides by it."""

    def __init__(self, address: str) -> None:
        clock = SystemClock()
        registry = Registry([capture.DRIVER])  # all others take long to load here
        self.now_ns = clock.now_ns
        self.witness = Witness()
        self._pipeline = Pipeline(lambda: registry.create(address, clock), clock)

    def start(self) -> SourceInfo:
        """Open the source and let frames flow."""
        info = self._pipeline.open().result(WITHIN_S)
        self._pipeline.begin(self.witness, _ignore)
        return info

    def stop(self) -> None:
        """End it."""
        self._pipeline.stop()

    def switch_guidance_on(self) -> None:
        """Checklist, plan and guidance, as at a bedside."""
        self.witness.wait_for("the first live picture", self.witness.now_live)
        started = ProcedureStarted("lab", "P-1", "right", TEMPLATE, (OPERATOR,), True)
        ticked = ChecklistEntry("LAB-1", Mark.DONE, OPERATOR, "2026-01-01T10:00:00+00:00")
        self._ask(started)
        self._ask(ItemMarked(ticked))
        self._ask(PlanChanged(_plan(self.witness.frames[-1].geometry)))
        self._ask_until_granted(GuidanceSwitched(True, OPERATOR))

    def confirm(self) -> None:
        """Say that the plan still fits; again where a stall of this slow machine asks for it."""
        while True:
            self._ask_until_granted(GuidanceConfirmed(OPERATOR))
            self.witness.wait_for("guidance", self.witness.guides_or_asks)
            if self.witness.claims[-1].mode is GuidanceMode.ON:
                return

    def _ask_until_granted(self, command: Command) -> None:
        """Guidance needs a live picture, and one may be late at the moment of asking."""
        for _ in range(100):
            self.witness.wait_for("a live picture", self.witness.now_live)
            if self._ask(command) is None:
                return
        raise NothingHappened(f"{type(command).__name__}: refused 100 times")

    def _ask(self, command: Command) -> str | None:
        answered = len(self.witness.outcomes)
        self._pipeline.submit(command)

        def answers() -> list[str | None]:
            return [o.refusal for o in self.witness.outcomes[answered:] if o.command == command]

        self.witness.wait_for(f"an answer to {type(command).__name__}", lambda: bool(answers()))
        return answers()[0]


def _plan(geometry: PictureGeometry) -> Plan:
    width, height = geometry.width_px, geometry.height_px
    plan = place_target(Plan(), (width * 0.6, height * 0.6), geometry)
    return place_entry(plan, (width * 0.2, height * 0.2), geometry)


def _ignore(published: Published) -> None:
    """Nobody looks at a screen here."""
