"""What stands in a session's folder: names, limits, and the records of the journal.

Every record is JSON and is read back before it is written, so that what a reader gets
equals what was recorded, to the last bit of every number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar, get_args

import msgspec
import numpy as np

from drivers.api.samples import PictureGeometry
from guidance_app.domain.commands import Command, CommandOutcome
from guidance_app.domain.snapshot import (
    GRID_COLUMNS,
    GRID_ROWS,
    FrameFacts,
    GuidanceSnapshot,
    PictureContent,
)
from guidance_app.session.errors import DamagedSession, RecordRefused

FORMAT_VERSION = 4
"""Raised whenever a reader of before would misread what is written now.

2: frames carry what was measured on their pixels, and the truth is judged by it too;
when they were painted has a channel.
3: snapshots hold the needle seen in their frame, and figures are measured from its tip.
4: that the operator keeps the overlay away is a command.
"""

COMPUTED_AGAIN_FROM = 2
"""Snapshots of formats before are not what the same inputs give now."""

SESSION_SUFFIX = ".session"
MANIFEST_NAME = "manifest.json"
JOURNAL_NAME = "journal.mcap"
RESERVE_NAME = "closing.reserve"

MAX_MANIFEST_BYTES = 1 << 20
MAX_RECORD_BYTES = 1 << 20
"""Text of so many bytes becomes up to thirty times as much in memory."""
MAX_PICTURES = 100_000
"""Of one video file, which takes a minute."""
MAX_RECORDS = 20_000_000
"""About four days at 30 frames a second with a snapshot each."""

RESERVE_BYTES = 1 << 30
"""Free space that video leaves, so that the journal can go on and be closed."""
CLOSING_BYTES = 64 << 20
"""Kept in a file for what waits when the disk is full, the ends of the files, and the seal."""
NEEDED_BYTES = RESERVE_BYTES + CLOSING_BYTES
"""Free space without which no recording is begun."""

SMALLEST_SIDE_PX = 2
"""Nothing smaller is a picture."""
LARGEST_SIDE_PX = 8192
LARGEST_PICTURE_PX = 4096 * 4096
"""As colour these are 48 MiB, of which reading one needs a few at a time."""

LARGEST_NUMBER = 1 << 53
"""For counts and milliseconds read from a file."""

LATEST_TIME_NS = (1 << 64) - 1

Record = TypeVar("Record")


class Topic(IntEnum):
    """The journal's channels; the value is the channel id in the file."""

    FRAME = 1
    COMMAND = 2
    SNAPSHOT = 3
    FAULT = 4
    PAINT = 5


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """Where the picture of a frame stands."""

    segment: int
    """Which video file, counted from 0."""
    index: int
    """Which picture of that file, counted from 0."""
    pts_ms: int
    """Its time in that file: the file keeps whole milliseconds, the exact times are here."""
    crc32: int
    """Of the compressed picture; decoders may hide damage instead of reporting it."""


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """A frame that was offered: written at `place`, or lost."""

    facts: FrameFacts
    place: VideoPlace | None
    why_lost: str = ""
    """A few words; empty when it was written."""


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """A command as it stands in the journal: `body` is what `kind` says."""

    index: int
    time_ns: int
    frames_seen: int
    kind: str
    body: Any
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """Something that went wrong with the recording or the source, in a sentence."""

    time_ns: int
    text: str


@dataclass(frozen=True, slots=True)
class PaintRecord:
    """A frame has come to the screen for the first time; host clock."""

    arrival_ns: int
    """The stamp of the frame, as in its facts."""
    painted_ns: int
    """Painting was done and handed to the window system."""

    @property
    def latency_ns(self) -> int:
        """From the stamp to the paint; below 0 for a stamp that lay ahead."""
        return self.painted_ns - self.arrival_ns


COMMANDS: dict[str, type[Command]] = {kind.__name__: kind for kind in get_args(Command)}

RECORD_TYPES: dict[Topic, type] = {
    Topic.FRAME: FrameRecord,
    Topic.COMMAND: CommandRecord,
    Topic.SNAPSHOT: GuidanceSnapshot,
    Topic.FAULT: FaultRecord,
    Topic.PAINT: PaintRecord,
}

_FRAMES = msgspec.json.Decoder(FrameRecord)
_COMMANDS = msgspec.json.Decoder(CommandRecord)
_SNAPSHOTS = msgspec.json.Decoder(GuidanceSnapshot)
_FAULTS = msgspec.json.Decoder(FaultRecord)
_PAINTS = msgspec.json.Decoder(PaintRecord)


def video_name(segment: int) -> str:
    """The name of a video file; never taken from a file's content."""
    return f"video-{segment:03d}.nut"


def can_be_stored(geometry: PictureGeometry) -> bool:
    """Whether pictures of this size can be recorded, and may be allocated when read."""
    sides = (geometry.width_px, geometry.height_px)
    fits = all(SMALLEST_SIDE_PX <= side <= LARGEST_SIDE_PX for side in sides)
    return fits and geometry.width_px * geometry.height_px <= LARGEST_PICTURE_PX


def encode_frame(record: FrameRecord) -> bytes:
    """The journal's bytes; raises RecordRefused when they would not read back equal."""
    return _encode(record, record, decode_frame)


def encode_snapshot(snapshot: GuidanceSnapshot) -> bytes:
    """The journal's bytes; raises RecordRefused when they would not read back equal."""
    return _encode(snapshot, snapshot, decode_snapshot)


def encode_fault(fault: FaultRecord) -> bytes:
    """The journal's bytes; raises RecordRefused when they would not read back equal."""
    return _encode(fault, fault, decode_fault)


def encode_paint(paint: PaintRecord) -> bytes:
    """The journal's bytes; raises RecordRefused when they would not read back equal."""
    return _encode(paint, paint, decode_paint)


def encode_command(outcome: CommandOutcome) -> bytes:
    """The journal's bytes; raises RecordRefused when they would not read back equal."""
    record = CommandRecord(
        outcome.index,
        outcome.time_ns,
        outcome.frames_seen,
        type(outcome.command).__name__,
        outcome.command,
        outcome.refusal,
    )
    return _encode(outcome, record, decode_command)


def decode_frame(payload: bytes) -> FrameRecord:
    """Inverse of `encode_frame`; raises DamagedSession, also for sizes that are refused."""
    record = _decode(payload, _FRAMES.decode)
    _check_numbers(record.facts.number)
    place = record.place
    if place is not None:
        _check_numbers(place.segment, place.index, place.pts_ms)
        if not can_be_stored(record.facts.geometry):
            raise _damaged("the picture's size is out of range")
    if any(r.mm_per_px_x <= 0 or r.mm_per_px_y <= 0 for r in record.facts.regions):
        raise _damaged("a pixel in it has no size")
    _check_content(record.facts.content)
    return record


def decode_snapshot(payload: bytes) -> GuidanceSnapshot:
    """Inverse of `encode_snapshot`; raises DamagedSession."""
    snapshot = _decode(payload, _SNAPSHOTS.decode)
    _check_numbers(snapshot.index)
    return snapshot


def decode_fault(payload: bytes) -> FaultRecord:
    """Inverse of `encode_fault`; raises DamagedSession."""
    return _decode(payload, _FAULTS.decode)


def decode_paint(payload: bytes) -> PaintRecord:
    """Inverse of `encode_paint`; raises DamagedSession, also for a paint before the stamp."""
    paint = _decode(payload, _PAINTS.decode)
    if not 0 <= paint.arrival_ns <= paint.painted_ns <= LATEST_TIME_NS:
        raise _damaged("a picture in it was painted before it came")
    return paint


def decode_command(payload: bytes) -> CommandOutcome:
    """Inverse of `encode_command`; raises DamagedSession, also for an unknown kind."""
    record = _decode(payload, _COMMANDS.decode)
    _check_numbers(record.index)
    kind = COMMANDS.get(record.kind)
    if kind is None:
        raise _damaged(f'there is no command "{record.kind[:40]}"')
    try:
        command = msgspec.convert(record.body, kind)
    except msgspec.ValidationError as error:
        raise _damaged(str(error)) from None
    return CommandOutcome(record.index, record.time_ns, record.frames_seen, command, record.refusal)


DECODERS: dict[Topic, Callable[[bytes], object]] = {
    Topic.FRAME: decode_frame,
    Topic.COMMAND: decode_command,
    Topic.SNAPSHOT: decode_snapshot,
    Topic.FAULT: decode_fault,
    Topic.PAINT: decode_paint,
}


def decode(topic: Topic, payload: bytes) -> object:
    """The record of a channel; raises DamagedSession."""
    return DECODERS[topic](payload)


def json_schema(topic: Topic) -> bytes:
    """JSON Schema of a channel's records, for other programs."""
    return msgspec.json.encode(msgspec.json.schema(RECORD_TYPES[topic]))


def _check_numbers(*numbers: int) -> None:
    if not all(0 <= number <= LARGEST_NUMBER for number in numbers):
        raise _damaged("a count in it is out of range")


def _check_content(content: PictureContent | None) -> None:
    if content is None:
        return
    rows = content.changed_rows
    if len(rows) != GRID_ROWS or not all(0 <= row < 1 << GRID_COLUMNS for row in rows):
        raise _damaged("the cells that changed are not those of a picture")


def _encode(original: Record, record: object, decode: Callable[[bytes], Record]) -> bytes:
    try:
        payload = msgspec.json.encode(record, enc_hook=_plain_number)
        exact = decode(payload) == original
    except (DamagedSession, TypeError, ValueError, OverflowError, RecursionError):
        exact = False
    if not exact or len(payload) > MAX_RECORD_BYTES:
        raise RecordRefused(
            f"A {type(original).__name__} could not be recorded: it holds a value that cannot "
            "be stored exactly, such as a number that is not finite.",
            "Report this with the log.",
        )
    return payload


def _decode(payload: bytes, decode: Callable[[bytes], Record]) -> Record:
    try:
        return decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(str(error)) from None


def _plain_number(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)


def _damaged(what: str) -> DamagedSession:
    return DamagedSession(f"A record cannot be read: {what}.", "Check the session with verify.")
