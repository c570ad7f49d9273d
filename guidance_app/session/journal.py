"""The journal: an unchunked MCAP file, written record by record and read up to where it breaks.

Chunks are not used because what stands in an open chunk dies with the process, and not
accepted because a compressed one may expand without bound.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC, CompressionType, IndexType, Writer

from guidance_app.session.disk import OutputFile
from guidance_app.session.errors import RecordRefused
from guidance_app.session.format import (
    LATEST_TIME_NS,
    MAX_RECORD_BYTES,
    MAX_RECORDS,
    Topic,
    json_schema,
)

PROFILE = "guidance"

_RECORD_HEAD = struct.Struct("<BQ")
_MESSAGE_HEAD = struct.Struct("<HIQQ")
_CHUNK_RECORDS = (Opcode.CHUNK, Opcode.MESSAGE_INDEX, Opcode.CHUNK_INDEX)
_LAST_STANDARD_OPCODE = 0x7F


class JournalWriter:
    """Writes one journal; every record has left the process when its call returns. One thread.

    OSError from the disk passes through; what was written before stays readable.
    """

    def __init__(self, file: OutputFile) -> None:
        self._file = file
        self._count = 0
        self._writer = Writer(
            file,  # type: ignore[arg-type]  # only write and tell are used
            use_chunking=False,
            compression=CompressionType.NONE,
            index_types=IndexType.NONE,
        )
        self._writer.start(PROFILE, f"{PROFILE} session")
        for topic in Topic:
            self._register(topic)

    def append(self, topic: Topic, time_ns: int, payload: bytes) -> None:
        """Write one record; raises RecordRefused for a time that the format cannot hold."""
        if not 0 <= time_ns <= LATEST_TIME_NS:
            raise RecordRefused(
                f"A {topic.name.lower()} could not be recorded: its time is {time_ns} ns.",
                "Report this with the log.",
            )
        self._writer.add_message(topic, time_ns, payload, time_ns, self._count)
        self._count = (self._count + 1) & 0xFFFFFFFF

    def sync(self) -> None:
        """Return when everything appended would survive a power cut."""
        self._file.sync()

    def finish(self) -> None:
        """Append what ordinary MCAP readers look for at the end."""
        self._writer.finish()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Close the file as it is; idempotent."""
        self._file.close()

    def _register(self, topic: Topic) -> None:
        name = topic.name.lower()
        schema = self._writer.register_schema(name, "jsonschema", json_schema(topic))
        self._writer.register_channel(name, "json", schema)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One record as it stands in the file."""

    topic: Topic
    time_ns: int
    offset: int
    """Of the payload in the file."""
    payload: bytes


class Ending(StrEnum):
    """How a journal ends."""

    CLOSED = "closed"
    UNCLOSED = "not closed"
    """Every record is whole, the end mark is missing: the program was killed."""
    CUT_OFF = "cut off"
    """The last record is not whole."""
    DAMAGED = "damaged"
    """Something in it is wrong; what follows cannot be reached."""


class JournalBroken(Exception):
    """The journal cannot be followed any further; `str()` says where and why."""

    def __init__(self, where: int, why: str, ending: Ending) -> None:
        super().__init__(f"It is readable up to byte {where}: {why}.")
        self.ending = ending


def read_journal(file: BinaryIO) -> Iterator[JournalEntry]:
    """All records in order; raises JournalBroken unless the last one is followed by the end.

    Nothing is allocated for a length that the file only claims to have.
    """
    if _read(file, len(MCAP0_MAGIC), 0) != MCAP0_MAGIC:
        raise JournalBroken(0, "it does not begin as a journal", Ending.DAMAGED)
    position = len(MCAP0_MAGIC)
    data_ended = False
    for _ in range(MAX_RECORDS):
        opcode, body = _read_record(file, position, data_ended)
        offset = position + _RECORD_HEAD.size
        if opcode == Opcode.MESSAGE:
            yield _entry(body, offset, position)
        elif opcode == Opcode.FOOTER:
            _check_end(file, offset + len(body))
            return
        elif opcode in _CHUNK_RECORDS:
            raise JournalBroken(position, "chunks are not accepted", Ending.DAMAGED)
        elif not 0 < opcode <= _LAST_STANDARD_OPCODE:
            raise JournalBroken(position, f"there is no record kind {opcode}", Ending.DAMAGED)
        data_ended = data_ended or opcode == Opcode.DATA_END
        position = offset + len(body)
    raise JournalBroken(position, "it has too many records", Ending.DAMAGED)


def _read_record(file: BinaryIO, position: int, data_ended: bool) -> tuple[int, bytes]:
    head = _read(file, _RECORD_HEAD.size, position)
    if not head:
        raise JournalBroken(position, "it was not closed", Ending.UNCLOSED)
    cut_off = JournalBroken(
        position,
        "the last record is cut off",
        Ending.UNCLOSED if data_ended else Ending.CUT_OFF,
    )
    if len(head) < _RECORD_HEAD.size:
        raise cut_off
    opcode, length = _RECORD_HEAD.unpack(head)
    if length > MAX_RECORD_BYTES:
        raise JournalBroken(position, "a record is longer than any can be", Ending.DAMAGED)
    body = _read(file, length, position)
    if len(body) < length:
        raise cut_off
    return opcode, body


def _read(file: BinaryIO, length: int, position: int) -> bytes:
    try:
        return file.read(length)
    except OSError as error:
        why = f"the disk cannot read on ({error.strerror})"
        raise JournalBroken(position, why, Ending.DAMAGED) from None


def _entry(body: bytes, offset: int, position: int) -> JournalEntry:
    try:
        channel, _, time_ns, _ = _MESSAGE_HEAD.unpack_from(body)
        topic = Topic(channel)
    except (struct.error, ValueError):
        raise JournalBroken(position, "a record is malformed", Ending.DAMAGED) from None
    payload = body[_MESSAGE_HEAD.size :]
    return JournalEntry(topic, time_ns, offset + _MESSAGE_HEAD.size, payload)


def _check_end(file: BinaryIO, position: int) -> None:
    mark = _read(file, len(MCAP0_MAGIC), position)
    if mark != MCAP0_MAGIC:
        ending = Ending.UNCLOSED if MCAP0_MAGIC.startswith(mark) else Ending.DAMAGED
        raise JournalBroken(position, "its end mark is missing", ending)
