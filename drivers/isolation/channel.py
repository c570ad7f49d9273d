"""Messages between the two processes: fixed records over a stream socket.

Child to parent: OPENED and FAILED with a JSON text, PICTURE, and BEAT when there was nothing
else to say. Parent to child: one byte, the number of a slot that is free again.
"""

import enum
import json
import socket
import struct
from dataclasses import asdict, dataclass

from drivers.api.ports import VideoFormat
from drivers.api.samples import PictureGeometry, PixelFormat
from drivers.isolation.memory import SLOTS, fits
from drivers.isolation.reader import Arrival, Opened, ReadFailure, Waiting

_HEAD = struct.Struct("<BxxxI")
_PICTURE = struct.Struct("<qqqIIIB")
_NO_TIME = -(2**63)
_LONGEST = 65536
_PIXEL_FORMATS = tuple(PixelFormat)


class Kind(enum.IntEnum):
    """What a message is; stands in its head, before its length."""

    OPENED = 1
    FAILED = 2
    PICTURE = 3
    BEAT = 4


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """A picture lies in a slot."""

    slot: int
    arrival: Arrival
    geometry: PictureGeometry


Message = Opened | ReadFailure | PictureRecord | Waiting


class ChannelClosed(Exception):
    """The other process is gone, or speaks nonsense because its memory is damaged."""


def pack(message: Message) -> bytes:
    """A message as bytes."""
    match message:
        case PictureRecord():
            return _framed(Kind.PICTURE, _pack_picture(message))
        case Opened():
            return _framed(Kind.OPENED, json.dumps(asdict(message)).encode())
        case ReadFailure():
            words = [message.kind, message.cause, message.advice]
            return _framed(Kind.FAILED, json.dumps(words).encode())
    return _framed(Kind.BEAT, bytes([message]))


def receive(connection: socket.socket) -> Message:
    """Block for one message, as long as the socket's time-out allows (TimeoutError).

    ChannelClosed when the other process has ended. The sender writes each message at once, so a
    first byte is followed by the rest.
    """
    kind, length = _HEAD.unpack(_receive_exactly(connection, _HEAD.size))
    if length > _LONGEST:
        raise ChannelClosed
    body = _receive_exactly(connection, length)
    try:
        return _unpack(kind, body)
    except (ValueError, LookupError, TypeError, struct.error):
        raise ChannelClosed from None


def _unpack(kind: int, body: bytes) -> Message:
    match Kind(kind):
        case Kind.PICTURE:
            return _unpack_picture(body)
        case Kind.OPENED:
            return _unpack_opened(body)
        case Kind.FAILED:
            return ReadFailure(*json.loads(body))
    return Waiting(body[0])


def _framed(kind: Kind, body: bytes) -> bytes:
    return _HEAD.pack(kind, len(body)) + body


def _receive_exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        try:
            part = connection.recv(count - len(data))
        except ConnectionError:
            raise ChannelClosed from None
        if not part:
            raise ChannelClosed
        data += part
    return data


def _pack_picture(record: PictureRecord) -> bytes:
    arrival, geometry = record.arrival, record.geometry
    return _PICTURE.pack(
        arrival.sequence,
        arrival.arrival_ns,
        _NO_TIME if arrival.device_ns is None else arrival.device_ns,
        record.slot,
        geometry.width_px,
        geometry.height_px,
        _PIXEL_FORMATS.index(geometry.pixel_format),
    )


def _unpack_picture(body: bytes) -> PictureRecord:
    sequence, arrival_ns, device_ns, slot, width_px, height_px, code = _PICTURE.unpack(body)
    arrival = Arrival(sequence, arrival_ns, None if device_ns == _NO_TIME else device_ns)
    geometry = PictureGeometry(width_px, height_px, _PIXEL_FORMATS[code])
    if slot >= SLOTS or not fits(geometry):
        raise ValueError("a picture outside the memory")
    return PictureRecord(slot, arrival, geometry)


def _unpack_opened(body: bytes) -> Opened:
    fields = json.loads(body)
    stated = fields["format"]
    if stated is not None:
        stated = VideoFormat(**stated | {"rates_hz": tuple(stated["rates_hz"])})
    return Opened(stated, fields["rate_hz"])
