"""Stepped replay: the recorded inputs through the same core, snapshot for snapshot."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from guidance_app.domain.commands import Command, CommandOutcome
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.processing.compute import apply_command, evaluate
from guidance_app.processing.state import CommandRefused, PipelineState
from guidance_app.processing.truth import Arrivals, observe


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded event and what the core makes of the same inputs now."""

    recorded: CommandOutcome | GuidanceSnapshot
    again: CommandOutcome | GuidanceSnapshot


Substitute = Callable[[Command, PipelineState, FrameFacts | None], Command]
"""What is handled in place of a recorded command, in the state before it, at the newest frame."""


def as_recorded(command: Command, state: PipelineState, frame: FrameFacts | None) -> Command:
    """The command itself."""
    return command


def recompute(
    frames: Iterable[FrameFacts],
    events: Iterable[CommandOutcome | GuidanceSnapshot],
    substitute: Substitute = as_recorded,
) -> Iterator[Step]:
    """Feed recorded frames and commands to the core, in the order in which they were handled.

    `frames` are all frames offered, by number; `events` all commands and snapshots, by index.
    Ends early where the frames end before the events, as after a kill.
    """
    state, arrivals, waiting = PipelineState(), Arrivals(), iter(frames)
    for event in events:
        for frame in islice(waiting, event.frames_seen - arrivals.count):
            arrivals = observe(arrivals, frame)
        if arrivals.count < event.frames_seen:
            return
        if isinstance(event, GuidanceSnapshot):
            state, snapshot = evaluate(state, arrivals, event.index, event.evaluated_ns)
            yield Step(event, snapshot)
        else:
            command = substitute(event.command, state, arrivals.last)
            state, refusal = _apply(state, command, arrivals, event.time_ns)
            again = CommandOutcome(event.index, event.time_ns, arrivals.count, command, refusal)
            yield Step(event, again)


def _apply(
    state: PipelineState, command: Command, arrivals: Arrivals, time_ns: int
) -> tuple[PipelineState, str | None]:
    try:
        return apply_command(state, command, arrivals, time_ns), None
    except CommandRefused as refused:
        return state, str(refused)
