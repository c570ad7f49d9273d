"""The processing thread: frames and commands in, recorded snapshots out."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from drivers.api.ports import Clock
from drivers.api.samples import VideoFrame
from guidance_app.domain.commands import Command, CommandOutcome
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.processing.compute import apply_command, evaluate
from guidance_app.processing.state import CommandRefused, PipelineState
from guidance_app.processing.truth import Arrivals
from guidance_app.runtime.mailbox import Inbox, Mailbox

HEARTBEAT_S = 0.05
"""Even when nothing comes the picture is judged this often."""


class Journal(Protocol):
    """Who keeps every command and every snapshot."""

    def record(self, event: CommandOutcome | GuidanceSnapshot) -> object:
        """Take the event for writing; never blocks."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """A snapshot with its own frame, and the state behind it."""

    frame: VideoFrame | None
    snapshot: GuidanceSnapshot
    state: PipelineState
    outcomes: tuple[CommandOutcome, ...]
    """The commands handled on the way to this snapshot."""


Notice = Callable[[VideoFrame, FrameFacts, PipelineState], Iterable[Command]]
"""Looks at a new frame before it is judged, and may ask for something; must not block."""


def notice_nothing(frame: VideoFrame, facts: FrameFacts, state: PipelineState) -> Iterable[Command]:
    """Watch no frame."""
    return ()


class Engine:
    """Turns what is in the mailbox into one snapshot; recorded first, published second."""

    def __init__(
        self,
        clock: Clock,
        mailbox: Mailbox,
        journal: Journal,
        publish: Callable[[Published], None],
        notice: Notice = notice_nothing,
    ) -> None:
        """`publish` and `notice` are called on the processing thread and must not block."""
        self._clock = clock
        self._mailbox = mailbox
        self._journal = journal
        self._publish = publish
        self._notice = notice
        self._state = PipelineState()
        self._arrivals = Arrivals()
        self._newest: VideoFrame | None = None
        self._held: VideoFrame | None = None
        self._index = 0

    def run(self, stopping: threading.Event) -> None:
        """The processing thread's work; returns when stopped."""
        while not stopping.is_set():
            self.handle(self._mailbox.take(HEARTBEAT_S))

    def interrupt(self) -> None:
        """Let run() notice that it is to stop; any thread."""
        self._mailbox.wake()

    def handle(self, inbox: Inbox) -> None:
        """Process one emptied mailbox; called by run(), or by hand on a manual clock."""
        if inbox.delivery is not None:
            self._arrivals = inbox.delivery.arrivals
            self._newest = inbox.delivery.frame
        outcomes = tuple(self._apply(command) for command in self._commands(inbox))
        self._state, snapshot = evaluate(
            self._state, self._arrivals, self._next_index(), self._clock.now_ns()
        )
        self._journal.record(snapshot)
        frame = self._held if self._state.held is not None else self._newest
        self._publish(Published(frame, snapshot, self._state, outcomes))

    def _commands(self, inbox: Inbox) -> Iterator[Command]:
        """What was asked, then what the new frame itself asks for, so that it has the last word."""
        yield from inbox.commands
        facts = self._arrivals.last
        if inbox.delivery is not None and facts is not None:
            yield from self._notice(inbox.delivery.frame, facts, self._state)

    def _apply(self, command: Command) -> CommandOutcome:
        now_ns, refusal = self._clock.now_ns(), None
        try:
            state = apply_command(self._state, command, self._arrivals, now_ns)
        except CommandRefused as refused:
            refusal = str(refused)
        else:
            if state.held is not self._state.held:
                self._held = self._newest
            self._state = state
        outcome = CommandOutcome(self._next_index(), now_ns, self._arrivals.count, command, refusal)
        self._journal.record(outcome)
        return outcome

    def _next_index(self) -> int:
        index = self._index
        self._index += 1
        return index
