"""Where two recordings are put together: an event that both have."""

from collections.abc import Iterator

from guidance_app.domain.commands import GuidanceSwitched, MomentKind, MomentMarked
from guidance_app.training.timeline import Lane, Timeline

BEGINNING = "the beginning"


def shared_events(own: Timeline, other: Timeline) -> tuple[tuple[str, int, int], ...]:
    """What both have, in words, and when it was in each; the likeliest wish first."""
    there = dict(_events(other))
    return tuple((words, at_ns, there[words]) for words, at_ns in _events(own) if words in there)


def _events(timeline: Timeline) -> Iterator[tuple[str, int]]:
    needle = timeline.stretches.get(Lane.NEEDLE, ())
    if needle:
        yield "the first needle in the picture", needle[0].begin_ns
    for outcome in timeline.outcomes.get(Lane.GUIDANCE, ()):
        command = outcome.command
        if isinstance(command, GuidanceSwitched) and command.on and outcome.refusal is None:
            yield "guidance switched on", outcome.time_ns
            break
    for outcome in timeline.outcomes.get(Lane.MARKS, ()):
        command = outcome.command
        if isinstance(command, MomentMarked) and command.kind is MomentKind.INJECTION:
            yield "the injection", outcome.time_ns
            break
    yield BEGINNING, timeline.begin_ns
