"""What happened in a session, side by side on one clock: stretches and moments in lanes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

from guidance_app.debriefing.events import Event, Kind
from guidance_app.domain.checklist import Phase
from guidance_app.domain.commands import CommandOutcome, NeedleSought, PhaseSigned, ProcedureStarted
from guidance_app.domain.snapshot import GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.reports.attention import PHASE_TITLES
from guidance_app.session.reader import SessionReader
from guidance_app.training.seen_metrics import LONGEST_S


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


TRUTH_LOOKS = {
    TruthState.LIVE: "live",
    TruthState.LATE: "late",
    TruthState.REPEATED: "late",
    TruthState.FROZEN: "frozen",
    TruthState.LOST: "lost",
}
GUIDANCE_LOOKS = {
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
    """All lanes, from the top; reads every snapshot twice, and keeps none."""
    began_ns, ended_ns = reader.manifest.started.perf_counter_ns, reader.ended_ns
    return (
        Lane("Picture", _joined(_pictures(_held(reader.snapshots(), ended_ns)), began_ns)),
        Lane("Needle", _joined(_needles(reader.commands), began_ns)),
        Lane("Guidance", _joined(_guidance(_held(reader.snapshots(), ended_ns)), began_ns)),
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
Held = tuple[GuidanceSnapshot, int]
"""A snapshot, and when the next one took its place."""


def _held(snapshots: Iterable[GuidanceSnapshot], ended_ns: int) -> Iterator[Held]:
    previous = None
    for snapshot in snapshots:
        if previous is not None:
            yield previous, snapshot.evaluated_ns
        previous = snapshot
    if previous is not None:
        yield previous, max(ended_ns, previous.evaluated_ns)


def _pictures(held: Iterable[Held]) -> Iterator[Run]:
    """A snapshot made as LIVE that nothing replaced in its time was shown as late."""
    for snapshot, until_ns in held:
        state, began_ns = snapshot.truth.state, snapshot.evaluated_ns
        aged_ns = snapshot.valid_until_ns + 1
        if state is TruthState.LIVE and not snapshot.held and aged_ns < until_ns:
            yield began_ns, max(began_ns, aged_ns), TRUTH_LOOKS[state], state.value
            began_ns, state = max(began_ns, aged_ns), TruthState.LATE
        yield began_ns, until_ns, TRUTH_LOOKS[state], state.value


def _guidance(held: Iterable[Held]) -> Iterator[Run]:
    for snapshot, until_ns in held:
        mode = snapshot.guidance.mode
        if mode in GUIDANCE_LOOKS:
            words = "guidance on" if mode is GuidanceMode.ON else f"guidance {mode.value}"
            yield snapshot.evaluated_ns, until_ns, GUIDANCE_LOOKS[mode], words


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
    began_ns, signed_ns = 0, dict[Phase, int]()
    for outcome in commands:
        if outcome.refusal is not None:
            continue
        if isinstance(outcome.command, ProcedureStarted):
            began_ns, signed_ns = outcome.time_ns, {}
        elif isinstance(outcome.command, PhaseSigned):
            parts = {signature.subject.part for signature in outcome.command.signatures}
            signed_ns |= {phase: outcome.time_ns for phase in Phase if phase in parts}
    for phase, look in zip(Phase, cycle(("phase", "next-phase")), strict=False):
        if phase in signed_ns:
            yield began_ns, max(began_ns, signed_ns[phase]), look, PHASE_TITLES[phase]
            began_ns = max(began_ns, signed_ns[phase])


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
