"""What happened in a session, side by side on one clock: stretches and moments in lanes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

from guidance_app.debriefing.events import Event, Kind
from guidance_app.domain.checklist import Phase
from guidance_app.domain.commands import CommandOutcome, NeedleSought
from guidance_app.domain.snapshot import Cause, GuidanceMode, TruthState
from guidance_app.reports.attention import PHASE_TITLES
from guidance_app.session.reader import SessionReader
from guidance_app.training.seen_metrics import LONGEST_S, phases
from guidance_app.training.timeline import ENDED, read_timeline
from guidance_app.training.timeline import Lane as TimelineLane
from guidance_app.training.timeline import Stretch as TimelineStretch


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that lasted; seconds from the beginning of the recording."""

    begin_s: float
    end_s: float
    look: str
    """How it is drawn: a class of the drawing."""
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the time line."""

    name: str
    stretches: tuple[Stretch, ...] = ()
    events: tuple[Event, ...] = ()


PICTURE_LOOKS: Mapping[str, str] = {
    TruthState.LIVE: "live",
    TruthState.LATE: "late",
    TruthState.REPEATED: "late",
    TruthState.FROZEN: "frozen",
    Cause.LAST_IMAGE_HOLD: "frozen",
    TruthState.LOST: "lost",
    Cause.NO_IMAGE: "lost",
    ENDED: "lost",
}
GUIDANCE_LOOKS: Mapping[str, str] = {
    GuidanceMode.ON: "on",
    GuidanceMode.HIDDEN: "waits",
    GuidanceMode.CONFIRM: "waits",
}
LANES = {
    "Checklist": (Kind.DONE, Kind.WITHOUT, Kind.REOPENED),
    "Signatures": (Kind.SIGNED, Kind.CLOSED),
    "Moments": (Kind.MARK, Kind.IMAGE, Kind.INJECTION, Kind.EMERGENCY),
    "Faults": (Kind.FAULT, Kind.REFUSED),
    "Trainer": (Kind.TRAINER,),
}
"""What is drawn in which lane."""


def lanes(reader: SessionReader, events: Sequence[Event]) -> tuple[Lane, ...]:
    """All lanes, from the top; reads every snapshot once, and keeps none."""
    began_ns = reader.manifest.started.perf_counter_ns
    timeline = read_timeline(reader.engine_events(), reader.ended_ns)
    pictures = _looking(timeline.stretches[TimelineLane.PICTURE], PICTURE_LOOKS, "")
    guidance = _looking(timeline.stretches[TimelineLane.GUIDANCE], GUIDANCE_LOOKS, "guidance ")
    return (
        Lane("Picture", _joined(pictures, began_ns)),
        Lane("Needle", _joined(_needles(reader.commands), began_ns)),
        Lane("Guidance", _joined(guidance, began_ns)),
        Lane("Phases", _joined(_phases(reader.commands), began_ns)),
        *(_lane(name, [one for one in events if one.kind in LANES[name]]) for name in LANES),
    )


def _lane(name: str, events: Sequence[Event]) -> Lane:
    """What a trainer says of a stretch is drawn as one."""
    stretches = (
        Stretch(one.at_s, one.until_s, one.kind.value, one.words)
        for one in events
        if one.until_s is not None
    )
    return Lane(name, tuple(stretches), tuple(events))


Run = tuple[int, int, str, str]
"""Beginning and end on the host clock, look, words."""


def _looking(
    stretches: Iterable[TimelineStretch], looks: Mapping[str, str], before: str
) -> Iterator[Run]:
    for one in stretches:
        yield one.begin_ns, one.end_ns, looks[one.kind], f"{before}{one.kind}"


def _needles(commands: Iterable[CommandOutcome]) -> Iterator[Run]:
    """By what the search saw; a picture that was not searched is no evidence of anything."""
    sought = [
        (one.time_ns, one.command.sight.needle)
        for one in commands
        if isinstance(one.command, NeedleSought) and one.command.searched
    ]
    for (began_ns, needle), (next_ns, _) in pairwise(sought):
        if needle is not None and next_ns - began_ns <= LONGEST_S * 1e9:
            look, words = ("tip", "tip seen") if needle.tip_visible else ("shaft", "shaft seen")
            yield began_ns, next_ns, look, words


def _phases(commands: Iterable[CommandOutcome]) -> Iterator[Run]:
    """From the signature before, or the start, to the last one of each phase."""
    looks = dict(zip(Phase, cycle(("phase", "next-phase")), strict=False))
    for phase, began_ns, signed_ns in phases(commands):
        yield began_ns, max(began_ns, signed_ns), looks[phase], PHASE_TITLES[phase]


def _joined(runs: Iterable[Run], zero_ns: int) -> tuple[Stretch, ...]:
    """Runs that follow each other and say the same are one."""
    found: list[Stretch] = []
    for began_ns, ended_ns, look, words in runs:
        begin_s, end_s = (max(0.0, (ns - zero_ns) / 1e9) for ns in (began_ns, ended_ns))
        last = found[-1] if found else None
        if last and (last.look, last.words) == (look, words) and begin_s - last.end_s < 1e-6:
            found[-1] = Stretch(last.begin_s, end_s, look, words)
        elif end_s > begin_s:
            found.append(Stretch(begin_s, end_s, look, words))
    return tuple(found)
