"""What happened in a session, in counts, seconds and per cent, from its journal alone."""

from collections.abc import Iterable, Mapping, Sequence

from guidance_app.domain.checklist import Mark
from guidance_app.domain.commands import (
    CommandOutcome,
    EmergencyDeclared,
    ItemMarked,
    MomentKind,
    MomentMarked,
)
from guidance_app.domain.snapshot import Cause, GuidanceSnapshot, TruthState
from guidance_app.records.catalogue import Happening
from guidance_app.session.info import ENDED, picture_times
from guidance_app.session.reader import SessionReader
from guidance_app.training.seen_metrics import NothingSeen, measure_seen, read_seen

Event = CommandOutcome | GuidanceSnapshot


def what_happened(reader: SessionReader) -> dict[Happening, float]:
    """Only what did happen; reads every snapshot."""
    events = list(reader.engine_events())
    snapshots = [event for event in events if isinstance(event, GuidanceSnapshot)]
    found = {
        **_of_picture(snapshots, reader.ended_ns),
        **_of_commands([event for event in events if isinstance(event, CommandOutcome)]),
        **_of_needle(events),
        Happening.FAULT: float(len(reader.faults)),
    }
    return {what: amount for what, amount in found.items() if amount > 0}


def _of_picture(snapshots: Iterable[GuidanceSnapshot], ended_ns: int) -> Mapping[Happening, float]:
    times = picture_times(snapshots, ended_ns)
    ended_ns, held_ns = (times.causes.get(w, 0) for w in (ENDED, Cause.LAST_IMAGE_HOLD.value))
    lengths_ns = {
        Happening.LOST: times.states[TruthState.LOST] - ended_ns,
        Happening.FROZEN: times.states[TruthState.FROZEN] - held_ns,
        Happening.REPEATED: times.states[TruthState.REPEATED],
        Happening.LATE: times.states[TruthState.LATE],
        Happening.NO_IMAGE: times.causes.get(Cause.NO_IMAGE.value, 0),
        Happening.GUIDANCE: times.guidance_shown,
    }
    return {what: length_ns / 1e9 for what, length_ns in lengths_ns.items()}


def _of_commands(outcomes: Sequence[CommandOutcome]) -> Mapping[Happening, float]:
    done = [outcome.command for outcome in outcomes if outcome.refusal is None]
    moments = [one.kind for one in done if isinstance(one, MomentMarked)]
    marks = [one.entry.mark for one in done if isinstance(one, ItemMarked)]
    counts = {
        Happening.REFUSED: len(outcomes) - len(done),
        Happening.EMERGENCY: sum(isinstance(one, EmergencyDeclared) for one in done),
        Happening.OVERRIDDEN: marks.count(Mark.OVERRIDDEN),
        Happening.INJECTION: moments.count(MomentKind.INJECTION),
        Happening.IMAGE_STORED: moments.count(MomentKind.IMAGE),
        Happening.MARKED: moments.count(MomentKind.MARK),
    }
    return {what: float(count) for what, count in counts.items()}


def _of_needle(events: Sequence[Event]) -> Mapping[Happening, float]:
    try:
        figures = {one.name: one.value or 0.0 for one in measure_seen(read_seen(events))}
    except NothingSeen:
        return {}
    return {
        Happening.TIP_UNSEEN: figures["unseen_advances"],
        Happening.NEEDLE_SEEN: figures["needle_seen_share"],
    }
