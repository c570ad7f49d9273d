"""Moments of a session found without reading all of it: a long one is open in no time.

Only heads of records are looked at; a record is decoded when it is asked for, and damage is met
then. Whether a session is whole, SessionReader and verify say.
"""

import re
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC

from drivers.api.samples import ImageU8
from guidance_app.domain.commands import CommandOutcome, OverlayHidden
from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.session.disk import open_plain
from guidance_app.session.errors import SessionError
from guidance_app.session.format import (
    JOURNAL_NAME,
    MAX_RECORD_BYTES,
    FrameRecord,
    Topic,
    decode_command,
    decode_frame,
    decode_snapshot,
)
from guidance_app.session.manifest import read_manifest
from guidance_app.session.picture_files import PictureFiles

_HEAD = struct.Struct("<BQHIQQ")
"""Of a message: opcode, length, channel, sequence, its time twice."""
_OF_RECORD = struct.calcsize("<BQ")
NEAR = 128
"""Bytes: so much of a payload tells what it is of."""
BLOCK_BYTES = 1 << 20
FRAME_NUMBER = re.compile(rb'\{"facts":\{"number":(\d{1,16}),')
KIND = b'"kind":"' + OverlayHidden.__name__.encode() + b'"'

Place = tuple[int, int]
"""Offset and length of a payload in the journal."""


class Glance:
    """Snapshots and pictures of one session by their place; one thread. Close it.

    Holds 24 bytes for each snapshot and about 100 for each frame.
    """

    def __init__(self, path: Path) -> None:
        """Raises SessionError where there is no usable manifest or no journal."""
        self.path = path
        self.manifest = read_manifest(path)
        self._journal = open_plain(path / JOURNAL_NAME)
        self._pictures = PictureFiles(path)
        self._frames: dict[int, Place] = {}
        self._offsets, self._lengths = array("q"), array("q")
        self.snapshot_times_ns = array("q")
        """When each snapshot was made, in the order in which they were written."""
        self.commands: list[CommandOutcome] = []
        """Those on which the overlay depends, and no others."""
        try:
            for head in _message_heads(self._journal):
                self._note(head)
        except SessionError:
            self.close()
            raise

    def snapshot_at(self, place: int) -> GuidanceSnapshot:
        """The snapshot at a place of `snapshot_times_ns`; raises DamagedSession."""
        return decode_snapshot(self._read((self._offsets[place], self._lengths[place])))

    def frame(self, number: int) -> FrameRecord:
        """The frame with this number; SessionError when none was offered under it."""
        if number not in self._frames:
            raise SessionError(
                f"{self.path} has no frame {number}.", "Choose one that was recorded."
            )
        return decode_frame(self._read(self._frames[number]))

    def picture(self, record: FrameRecord) -> ImageU8:
        """The pixels of a frame; SessionError when they were lost or are not intact."""
        return self._pictures.picture(record)

    def close(self) -> None:
        """Release the files; idempotent."""
        self._pictures.close()
        self._journal.close()

    def _read(self, place: Place) -> bytes:
        offset, length = place
        self._journal.seek(offset)
        return self._journal.read(length)

    def _note(self, head: "_MessageHead") -> None:
        if head.channel == Topic.SNAPSHOT:
            self.snapshot_times_ns.append(head.time_ns)
            self._offsets.append(head.place[0])
            self._lengths.append(head.place[1])
        elif head.channel == Topic.FRAME:
            if found := FRAME_NUMBER.match(head.block, head.at):
                self._frames[int(found[1])] = head.place
        elif head.channel == Topic.COMMAND and head.block.find(KIND, head.at, head.at + NEAR) > 0:
            self.commands.append(decode_command(self._read(head.place)))


class _MessageHead(NamedTuple):
    """Of one record, in the block of the file that was read with it."""

    channel: int
    time_ns: int
    place: Place
    block: bytes
    at: int
    """Where its payload begins in the block."""


def _message_heads(file: BinaryIO) -> Iterator[_MessageHead]:
    """All messages, up to the end or to where the journal cannot be followed any further."""
    position, begins, block = len(MCAP0_MAGIC), 0, b""
    while True:
        at = position - begins
        if at + _HEAD.size + NEAR > len(block):
            file.seek(position)
            begins, at, block = position, 0, file.read(BLOCK_BYTES)
        if len(block) < at + _HEAD.size:
            return
        opcode, length, channel, _, time_ns, _ = _HEAD.unpack_from(block, at)
        if length > MAX_RECORD_BYTES or opcode == Opcode.FOOTER:
            return
        if opcode == Opcode.MESSAGE:
            place = (position + _HEAD.size, length + _OF_RECORD - _HEAD.size)
            yield _MessageHead(channel, time_ns, place, block, at + _HEAD.size)
        position += _OF_RECORD + length
