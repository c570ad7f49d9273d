"""What a journal holds: everything intact, and a list of what is not."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO

from guidance_app.domain.commands import CommandOutcome
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.session.errors import DamagedSession
from guidance_app.session.format import (
    JOURNAL_NAME,
    FaultRecord,
    FrameRecord,
    PaintRecord,
    decode,
    decode_snapshot,
)
from guidance_app.session.journal import Ending, JournalBroken, JournalEntry, read_journal
from guidance_app.session.manifest import Counts, Problem

MAX_PROBLEMS = 100
"""A list for people; a file of nothing but damage must not fill the memory."""


@dataclass(slots=True)
class SnapshotIndex:
    """Where the snapshots stand in the journal: they are most of it, and read one by one."""

    indices: "array[int]" = field(default_factory=lambda: array("q"))
    times_ns: "array[int]" = field(default_factory=lambda: array("q"))
    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    lengths: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, snapshot: GuidanceSnapshot, entry: JournalEntry) -> None:
        """Remember one snapshot."""
        self.indices.append(snapshot.index)
        self.times_ns.append(snapshot.evaluated_ns)
        self.offsets.append(entry.offset)
        self.lengths.append(len(entry.payload))

    def after(self, file: BinaryIO, index: int) -> GuidanceSnapshot | None:
        """The first snapshot under a larger index; DamagedSession if the file has changed since."""
        later = (place for place, own in enumerate(self.indices) if own > index)
        place = min(later, key=self.indices.__getitem__, default=None)
        return None if place is None else self.read_one(file, place)

    def read(self, file: BinaryIO) -> Iterator[GuidanceSnapshot]:
        """The snapshots by their index; raises DamagedSession if the file has changed since."""
        for place in self.order():
            yield self.read_one(file, place)

    def order(self) -> list[int]:
        """The places of the snapshots here, by their index."""
        return sorted(range(len(self.indices)), key=self.indices.__getitem__)

    def read_one(self, file: BinaryIO, place: int) -> GuidanceSnapshot:
        """The snapshot at a place; raises DamagedSession if the file has changed since."""
        file.seek(self.offsets[place])
        return decode_snapshot(file.read(self.lengths[place]))


@dataclass(slots=True)
class JournalContent:
    """Everything intact in a journal."""

    frames: list[FrameRecord] = field(default_factory=list)
    commands: list[CommandOutcome] = field(default_factory=list)
    faults: list[FaultRecord] = field(default_factory=list)
    snapshots: SnapshotIndex = field(default_factory=SnapshotIndex)
    latencies_ns: "array[int]" = field(default_factory=lambda: array("q"))
    """From stamp to paint, of every frame that came to the screen."""
    problems: list[Problem] = field(default_factory=list)
    last_ns: int = 0
    """Time of the latest record; 0 without any."""
    ending: Ending = Ending.CLOSED

    @property
    def counts(self) -> Counts:
        """How many records of each kind there are."""
        return Counts(
            frames_offered=len(self.frames),
            frames_written=sum(record.place is not None for record in self.frames),
            commands=len(self.commands),
            snapshots=len(self.snapshots.indices),
            faults=len(self.faults),
        )


def read_content(file: BinaryIO) -> JournalContent:
    """Read a journal up to where it breaks; damage is listed, never raised."""
    content = JournalContent()
    try:
        for entry in read_journal(file):
            _take(content, entry)
    except JournalBroken as broken:
        content.ending = broken.ending
        _note(content, str(broken))
    content.frames.sort(key=lambda record: record.facts.number)
    content.commands.sort(key=lambda outcome: outcome.index)
    _note_repeated(content, "frame", [record.facts.number for record in content.frames])
    indices = [outcome.index for outcome in content.commands]
    _note_repeated(content, "event", sorted([*indices, *content.snapshots.indices]))
    return content


def _take(content: JournalContent, entry: JournalEntry) -> None:
    try:
        record = decode(entry.topic, entry.payload)
    except DamagedSession as damage:
        _note(content, f"At byte {entry.offset}: {damage.cause}")
        return
    content.last_ns = max(content.last_ns, entry.time_ns)
    match record:
        case FrameRecord():
            content.frames.append(record)
        case CommandOutcome():
            content.commands.append(record)
        case GuidanceSnapshot():
            content.snapshots.add(record, entry)
        case FaultRecord():
            content.faults.append(record)
        case PaintRecord():
            content.latencies_ns.append(record.latency_ns)


def _note_repeated(content: JournalContent, what: str, rising: list[int]) -> None:
    for before, number in pairwise(rising):
        if before == number:
            _note(content, f"There is more than one {what} {number}.")


def _note(content: JournalContent, what: str) -> None:
    if len(content.problems) < MAX_PROBLEMS:
        content.problems.append(Problem(JOURNAL_NAME, what))
