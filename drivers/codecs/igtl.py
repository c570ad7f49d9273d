"""OpenIGTLink: images, poses and status between messages and bytes, header versions 1 and 2.

Source: the documents of protocol version 3 (openigtlink.org): header, image, transform, status.
Version 2 of the header puts an extended header and metadata around the content; the receiver has
to know it, so it is sent only to who has sent it.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.codecs.crc64 import crc64

Mat4: TypeAlias = NDArray[np.float64]

VERSIONS = (1, 2)
MOST_BYTES = 1 << 20
"""Of a body (ours); a picture may have MOST_IMAGE_BYTES."""
MOST_IMAGE_BYTES = 64 << 20
OK, CHECKSUM_ERROR, UNKNOWN_INSTRUCTION = 1, 9, 12
"""Codes of a status, as far as they are used here."""

_HEADER = struct.Struct(">H12s20sIIQQ")
_EXTENDED = struct.Struct(">HHII")
_METADATA = struct.Struct(">HHI")
_TRANSFORM = struct.Struct(">12f")
_IMAGE = struct.Struct(">HBBBB3H12f6H")
_STATUS = struct.Struct(">Hq20s")
_TYPE = re.compile(rb"[!-~]{1,12}\0*")
_UINT8, _LITTLE, _RAS, _LPS = 3, 2, 1, 2
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_ASCII, _UTF8 = 3, 106
"""Numbers of these character sets with IANA."""
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Transform:
    """Where one space lies in another, in mm: "ProbeToReference" takes points of Probe there."""

    matrix: Mat4


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A grey picture of 8 bits, (height, width), and where its pixels lie."""

    pixels: ImageU8
    ijk_to_world: Mat4
    """From (column, row, 0) to mm; x to the right of a person, y to the front, z up (RAS)."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the sender is."""

    code: int
    text: str = ""
    name: str = ""
    """At most 20 bytes; says the same as the code."""
    sub_code: int = 0


@dataclass(frozen=True, slots=True)
class Other:
    """Only the type of a message: a question such as GET_STATUS, or what is not read here."""

    kind: str


Content: TypeAlias = Transform | Image | Status | Other


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message, under the name of the device that it comes from."""

    device: str
    """At most 20 ASCII characters; the receiver keeps one picture or pose for each name."""
    content: Content
    time_ns: int = 0
    """When it was made; the sender's own time, 0 where it says none."""
    version: int = 1
    """Of the header: 1 or 2."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """In version 2 only."""
    number: int = 0
    """In version 2 only."""


class Garbage(Exception):
    """What came is no OpenIGTLink, and where the next message begins cannot be known."""


class _Header(NamedTuple):
    version: int
    kind: str
    device: str
    time_ns: int
    size: int
    crc: int


def encode(message: Message) -> bytes:
    """The bytes of a message; ValueError for a name or a content that cannot be sent."""
    kind, content = _encode_content(message.content)
    body = content if message.version == 1 else _extend(message, content)
    seconds, rest_ns = divmod(message.time_ns, _SECOND_NS)
    header = _HEADER.pack(
        message.version,
        _name(kind, 12),
        _name(message.device, 20),
        seconds,
        (rest_ns << 32) // _SECOND_NS,
        len(body),
        crc64(body),
    )
    return header + body


class Decoder:
    """Messages out of a stream of bytes, however it was cut."""

    def __init__(self) -> None:
        self.damaged = 0
        """Messages left out so far: a false checksum, or a content that cannot be."""
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that `data` completes; raises Garbage behind the last good one, for good.

        No memory is taken for a message before it comes, and none longer than allowed is waited
        for.
        """
        self._data += data
        return self._messages()

    def _messages(self) -> Iterator[Message]:
        while (header := self._header()) is not None:
            end = _HEADER.size + header.size
            if len(self._data) < end:
                return
            body = bytes(self._data[_HEADER.size : end])
            del self._data[:end]
            message = _decode(header, body)
            if message is None:
                self.damaged += 1
            else:
                yield message

    def _header(self) -> _Header | None:
        """The next one when it is there; raises Garbage."""
        if len(self._data) < _HEADER.size:
            return None
        version, kind, device, seconds, fraction, size, crc = _HEADER.unpack_from(self._data)
        most = MOST_IMAGE_BYTES if kind.rstrip(b"\0") == b"IMAGE" else MOST_BYTES
        if version not in VERSIONS or not _TYPE.fullmatch(kind) or size > most:
            raise Garbage
        time_ns = seconds * _SECOND_NS + -(-fraction * _SECOND_NS >> 32)
        return _Header(version, _text(kind), _text(device), time_ns, size, crc)


def _encode_content(content: Content) -> tuple[str, bytes]:
    match content:
        case Transform(matrix):
            return "TRANSFORM", _TRANSFORM.pack(*matrix[:3].T.ravel())
        case Image():
            return "IMAGE", _encode_image(content)
        case Status():
            name = _name(content.name, 20)
            told = content.text.encode() + b"\0"
            return "STATUS", _STATUS.pack(content.code, content.sub_code, name) + told
        case Other(kind):
            return kind, b""


def _encode_image(image: Image) -> bytes:
    height, width = image.pixels.shape
    size = (width, height, 1)
    placed = image.ijk_to_world.copy()
    placed[:3, 3] += placed[:3, :2] @ _middle(width, height)
    numbers = placed[:3].T.ravel()
    kind = (1, 1, _UINT8, _LITTLE, _RAS)
    return _IMAGE.pack(*kind, *size, *numbers, 0, 0, 0, *size) + image.pixels.tobytes()


def _middle(width: int, height: int) -> NDArray[np.float64]:
    """The middle, by which a picture is placed; in pixels from the centre of the first one."""
    return np.array([(width - 1) / 2, (height - 1) / 2])


def _extend(message: Message, content: bytes) -> bytes:
    pairs = [(key.encode(), value.encode()) for key, value in message.metadata.items()]
    sizes = b"".join(_METADATA.pack(len(key), _charset(value), len(value)) for key, value in pairs)
    head = struct.pack(">H", len(pairs)) + sizes
    texts = b"".join(key + value for key, value in pairs)
    extended = _EXTENDED.pack(_EXTENDED.size, len(head), len(texts), message.number)
    return extended + content + head + texts


def _charset(value: bytes) -> int:
    return _ASCII if value.isascii() else _UTF8


def _name(text: str, size: int) -> bytes:
    name = text.encode("ascii")
    if len(name) > size:
        raise ValueError(f"{text} is longer than {size} characters")
    return name


def _decode(header: _Header, body: bytes) -> Message | None:
    """None when it is damaged."""
    if crc64(body) != header.crc:
        return None
    try:
        number, content, metadata = _parts(header.version, body)
        decoded = _decode_content(header.kind, content)
    except (ValueError, struct.error):
        return None
    return Message(header.device, decoded, header.time_ns, header.version, metadata, number)


def _parts(version: int, body: bytes) -> tuple[int, bytes, Mapping[str, str]]:
    """Number, content and metadata of a body."""
    if version == 1:
        return 0, body, {}
    start, head_size, texts_size, number = _EXTENDED.unpack_from(body)
    end = len(body) - head_size - texts_size
    if not _EXTENDED.size <= start <= end:
        raise ValueError
    metadata = _metadata(body[end : end + head_size], body[end + head_size :]) if head_size else {}
    return number, body[start:end], metadata


def _metadata(head: bytes, texts: bytes) -> Mapping[str, str]:
    (count,) = struct.unpack_from(">H", head)
    found: dict[str, str] = {}
    at = 0
    for place in range(count):
        key_size, _, value_size = _METADATA.unpack_from(head, 2 + place * _METADATA.size)
        value_at, end = at + key_size, at + key_size + value_size
        if end > len(texts):
            raise ValueError
        found[texts[at:value_at].decode(errors="replace")] = texts[value_at:end].decode(
            errors="replace"
        )
        at = end
    return found


def _decode_content(kind: str, content: bytes) -> Content:
    match kind:
        case "TRANSFORM":
            return Transform(_matrix(_TRANSFORM.unpack(content)))
        case "IMAGE":
            return _decode_image(content)
        case "STATUS":
            code, sub_code, name = _STATUS.unpack_from(content)
            return Status(code, _text(content[_STATUS.size :]), _text(name), sub_code)
    return Other(kind)


def _decode_image(content: bytes) -> Image | Other:
    """Pictures in colour, with more bits, in space or in pieces are not read."""
    fields = _IMAGE.unpack_from(content)
    components, scalar, _, world, width, height, depth = fields[1:8]
    matrix, part = _matrix(fields[8:20]), fields[20:]
    whole = (0, 0, 0, width, height, depth)
    if (components, scalar, depth, part) != (1, _UINT8, 1, whole) or world not in (_RAS, _LPS):
        return Other("IMAGE")
    pixels = np.frombuffer(content, np.uint8, offset=_IMAGE.size).reshape(height, width)
    matrix[:3, 3] -= matrix[:3, :2] @ _middle(width, height)
    return Image(pixels, _LPS_TO_RAS @ matrix if world == _LPS else matrix)


def _matrix(numbers: tuple[float, ...]) -> Mat4:
    """Twelve numbers, column by column."""
    matrix = np.eye(4)
    matrix[:3] = np.array(numbers).reshape(4, 3).T
    if not np.isfinite(matrix).all():
        raise ValueError
    return matrix


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode(errors="replace")
