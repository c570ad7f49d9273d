"""The moments of a session that somebody will want to go to, worded without names."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from guidance_app.debriefing.words import Words
from guidance_app.domain.checklist import Mark as ItemMark
from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    EmergencyDeclared,
    GuidanceSwitched,
    ItemMarked,
    MomentKind,
    MomentMarked,
    PhaseSigned,
    RecordClosed,
    SourceFailed,
)
from guidance_app.reports.attention import PHASE_TITLES
from guidance_app.reports.procedure import MARK_WORDS
from guidance_app.session.reader import SessionReader
from guidance_app.session.review import Review


class Kind(StrEnum):
    """What sort of moment it is; the time line draws each its own way."""

    MARK = "mark"
    IMAGE = "image"
    INJECTION = "injection"
    EMERGENCY = "emergency"
    DONE = "done"
    WITHOUT = "without"
    """Gone on without an item, skipped, or it does not apply."""
    REOPENED = "reopened"
    SIGNED = "signed"
    CLOSED = "closed"
    FAULT = "fault"
    REFUSED = "refused"
    TRAINER = "trainer"


@dataclass(frozen=True, slots=True)
class Event:
    """One moment."""

    at_s: float
    """From the beginning of the recording."""
    kind: Kind
    words: str
    who: str = ""
    until_s: float | None = None
    """Where it is a stretch of which a trainer speaks."""


MARK_KINDS = {ItemMark.DONE: Kind.DONE, ItemMark.REOPENED: Kind.REOPENED}
MOMENT_WORDS = {
    MomentKind.MARK: "mark",
    MomentKind.IMAGE: "image stored",
    MomentKind.INJECTION: "injection begins",
}
KINDS = {
    MomentKind.MARK: Kind.MARK,
    MomentKind.IMAGE: Kind.IMAGE,
    MomentKind.INJECTION: Kind.INJECTION,
}
REFUSED_WORDS: dict[type[Command], str] = {
    GuidanceSwitched: "guidance was refused",
    MomentMarked: "a mark was refused",
    ItemMarked: "a mark in the checklist was refused",
    PhaseSigned: "a signature was refused",
    RecordClosed: "closing the record was refused",
}
RECORDING_FAULT = "a fault of the recording or the clock"
SOURCE_FAILED, SOURCE_ENDED = "the source failed", "the source ended"


def session_events(reader: SessionReader, review: Review, words: Words) -> tuple[Event, ...]:
    """All of them, in order of time."""
    zero_ns = reader.manifest.started.perf_counter_ns

    def at_s(time_ns: int) -> float:
        return max(0.0, (time_ns - zero_ns) / 1e9)

    found = [
        *(event for one in reader.commands for event in _of_command(one, at_s, words)),
        *(Event(at_s(one.time_ns), Kind.FAULT, RECORDING_FAULT) for one in reader.faults),
        *trainer_events(review, at_s, words),
    ]
    return tuple(sorted(found, key=lambda event: event.at_s))


def trainer_events(review: Review, at_s: Callable[[int], float], words: Words) -> Iterable[Event]:
    """What trainers marked afterwards."""
    trainers = {code: n for n, code in enumerate(dict.fromkeys(m.author for m in review.marks), 1)}
    for mark in review.marks:
        until_s = at_s(mark.until_ns) if mark.until_ns > mark.time_ns else None
        who = f"trainer {trainers[mark.author]}" if len(trainers) > 1 else "trainer"
        yield Event(at_s(mark.time_ns), Kind.TRAINER, words.typed(mark.text), who, until_s)


def _of_command(
    outcome: CommandOutcome, at_s: Callable[[int], float], words: Words
) -> Iterator[Event]:
    command, time_s = outcome.command, at_s(outcome.time_ns)
    if outcome.refusal is not None:
        if type(command) in REFUSED_WORDS:
            yield Event(time_s, Kind.REFUSED, REFUSED_WORDS[type(command)])
        return
    match command:
        case MomentMarked(label, person, moment):
            yield Event(time_s, KINDS[moment], _label(label, moment, words), words.person(person))
        case ItemMarked(entry):
            item = words.item(entry.item)
            told = f"{item} {MARK_WORDS[entry.mark]}"
            kind = MARK_KINDS.get(entry.mark, Kind.WITHOUT)
            yield Event(time_s, kind, told, words.person(entry.person))
        case PhaseSigned(signatures) if signatures:
            parts = {signature.subject.part for signature in signatures}
            phases = [title for phase, title in PHASE_TITLES.items() if phase in parts]
            what = ", ".join(phases) or _items(len(signatures))
            yield Event(time_s, Kind.SIGNED, f"{what} signed", words.person(signatures[0].person))
        case EmergencyDeclared(emergency):
            told = f"emergency declared: {words.typed(emergency.reason)}"
            yield Event(time_s, Kind.EMERGENCY, told, words.person(emergency.person))
        case RecordClosed(person):
            yield Event(time_s, Kind.CLOSED, "record closed", words.person(person))
        case SourceFailed(_, ended):
            yield Event(time_s, Kind.FAULT, SOURCE_ENDED if ended else SOURCE_FAILED)


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"


def _label(label: str, kind: MomentKind, words: Words) -> str:
    """What was done is known; what somebody wrote about it is not."""
    usual = MOMENT_WORDS[kind]
    if not label or label == usual:
        return usual
    return words.label(label, usual)
