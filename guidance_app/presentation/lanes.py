"""The time line as lanes of bars and ticks with their words; shape says what colour does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    DoseReceived,
    EmergencyDeclared,
    GuidanceConfirmed,
    GuidanceSwitched,
    ItemMarked,
    MomentMarked,
    PhaseSigned,
    ProcedureStarted,
    RecordClosed,
    SourceFailed,
)
from guidance_app.domain.guided_needle import NeedleState, PlaneState
from guidance_app.domain.snapshot import Cause, GuidanceMode, TruthState
from guidance_app.presentation.view import Tone
from guidance_app.session.format import FaultRecord
from guidance_app.session.review import Review
from guidance_app.training.timeline import GOES_ON_UNSEEN, Lane, Stretch, Timeline


class Height(IntEnum):
    """Of a bar, in thirds of its lane."""

    LOW = 1
    HALF = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time."""

    begin_ns: int
    end_ns: int
    words: str
    tone: Tone
    height: Height = Height.FULL


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment."""

    time_ns: int
    words: str
    tone: Tone = Tone.NORMAL


@dataclass(frozen=True, slots=True)
class LaneView:
    """One lane, with its name before it."""

    name: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


LOOKS: dict[str, tuple[Tone, Height]] = {
    TruthState.LIVE: (Tone.GOOD, Height.FULL),
    TruthState.LATE: (Tone.CAUTION, Height.HALF),
    TruthState.REPEATED: (Tone.CAUTION, Height.HALF),
    TruthState.FROZEN: (Tone.CAUTION, Height.LOW),
    Cause.LAST_IMAGE_HOLD: (Tone.CAUTION, Height.LOW),
    TruthState.LOST: (Tone.ALARM, Height.LOW),
    Cause.NO_IMAGE: (Tone.ALARM, Height.LOW),
    NeedleState.SEEN: (Tone.NORMAL, Height.FULL),
    NeedleState.CARRIED_ON: (Tone.MUTED, Height.FULL),
    NeedleState.TIP_NOT_VISIBLE: (Tone.MUTED, Height.HALF),
    GOES_ON_UNSEEN: (Tone.ALARM, Height.LOW),
    PlaneState.NEAR: (Tone.NORMAL, Height.FULL),
    PlaneState.FADING: (Tone.CAUTION, Height.LOW),
    GuidanceMode.ON: (Tone.GOOD, Height.FULL),
    GuidanceMode.HIDDEN: (Tone.CAUTION, Height.LOW),
    GuidanceMode.CONFIRM: (Tone.CAUTION, Height.LOW),
}
UNLISTED = (Tone.MUTED, Height.LOW)


def lane_views(
    timeline: Timeline, faults: Iterable[FaultRecord], review: Review, *, blinded: bool = False
) -> tuple[LaneView, ...]:
    """All lanes in their order, also those with nothing in them: places do not move.

    `blinded` leaves out who did what, and what others noted and gave.
    """
    bars = {lane: list(map(_bar, timeline.stretches.get(lane, ()))) for lane in Lane}
    ticks = {
        lane: [_tick(outcome, blinded) for outcome in timeline.outcomes.get(lane, ())]
        for lane in Lane
    }
    ticks[Lane.FAULTS] += [Tick(one.time_ns, one.text, Tone.ALARM) for one in faults]
    if not blinded:
        bars[Lane.MARKS] += _marked_stretches(review)
        ticks[Lane.MARKS] += _marked_moments(review)
        bars[Lane.RATINGS] += _ratings(review, timeline)
    return tuple(
        LaneView(lane.value, tuple(bars[lane]), tuple(sorted(ticks[lane], key=_time)))
        for lane in Lane
    )


def _marked_stretches(review: Review) -> list[Bar]:
    return [
        Bar(one.time_ns, one.until_ns, one.text, Tone.NORMAL)
        for one in review.marks
        if one.until_ns > one.time_ns
    ]


def _marked_moments(review: Review) -> list[Tick]:
    return [Tick(one.time_ns, one.text) for one in review.marks if one.until_ns <= one.time_ns]


def _ratings(review: Review, timeline: Timeline) -> list[Bar]:
    """Each over the whole of it."""
    span = (timeline.begin_ns, timeline.end_ns)
    rated = [f"{one.form}, rated by {one.rater}" for one in review.ratings]
    return [Bar(*span, words, Tone.MUTED, Height.HALF) for words in rated]


def happenings(lanes: Sequence[LaneView]) -> dict[int, str]:
    """What is worth jumping to, in words, by its time and in order: ticks, marked stretches,
    alarms."""
    found: dict[int, list[str]] = {}
    for lane in lanes:
        for tick in lane.ticks:
            found.setdefault(tick.time_ns, []).append(f"{lane.name}: {tick.words}")
        for bar in lane.bars:
            if lane.name == Lane.MARKS or bar.tone is Tone.ALARM:
                found.setdefault(bar.begin_ns, []).append(f"{lane.name}: {bar.words}")
    return {time_ns: " · ".join(found[time_ns]) for time_ns in sorted(found)}


def _time(tick: Tick) -> int:
    return tick.time_ns


def _bar(stretch: Stretch) -> Bar:
    tone, height = LOOKS.get(stretch.kind, UNLISTED)
    return Bar(stretch.begin_ns, stretch.end_ns, stretch.kind, tone, height)


def _tick(outcome: CommandOutcome, blinded: bool) -> Tick:
    words = command_words(outcome, blinded)
    if outcome.refusal is not None:
        return Tick(outcome.time_ns, f"{words}: refused. {outcome.refusal}", Tone.CAUTION)
    grave = isinstance(outcome.command, EmergencyDeclared | SourceFailed)
    return Tick(outcome.time_ns, words, Tone.ALARM if grave else Tone.NORMAL)


def command_words(outcome: CommandOutcome, blinded: bool = False) -> str:
    """What was asked for, in a few words, with the pseudonym of who did unless blinded."""
    what, who = _what_and_who(outcome.command)
    return what if blinded or not who else f"{what}, {who}"


def _what_and_who(command: Command) -> tuple[str, str]:
    match command:
        case ProcedureStarted(template=template, patient=patient):
            return f"{template.title} begins", patient
        case ItemMarked(entry):
            return f"{entry.item} {entry.mark.value}", entry.person.code
        case EmergencyDeclared(emergency):
            return "emergency", emergency.reason
        case PhaseSigned(signatures):
            return f"{signatures[0].subject.part} signed", signatures[0].person.code
        case RecordClosed(person):
            return "record closed", person.code
        case MomentMarked(label, person):
            return label, person.code
        case GuidanceSwitched(on, person):
            return ("guidance switched on" if on else "guidance switched off"), person.code
        case GuidanceConfirmed(person):
            return "plan confirmed", person.code
        case SourceFailed(sentence):
            return sentence, ""
        case DoseReceived():
            return "dose stated", ""
        case other:
            return type(other).__name__, ""
