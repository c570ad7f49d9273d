"""OpenIGTLink to bytes and back: against known messages, cut anywhere, and against garbage."""

import struct
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codecs.crc64 import crc64
from drivers.codecs.igtl import (
    MOST_BYTES,
    MOST_IMAGE_BYTES,
    Decoder,
    Garbage,
    Image,
    Message,
    Other,
    Status,
    Transform,
    encode,
)

HEADER_BYTES = 58
NUMBERS = (-0.954892, 0.196632, -0.222525, -0.196632, 0.142857, 0.970014)
NUMBERS += (0.222525, 0.970014, -0.0977491, 46.0531, 19.4709, 46.0531)
POSE = np.vstack([np.array(NUMBERS).reshape(4, 3).T, [0, 0, 0, 1]])
PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)
PLACED = np.array([[0.1, 0, 0, -3.0], [0, 0, -0.1, 2.0], [0, 0.2, 0, 5.0], [0, 0, 0, 1]])


def decode_all(parts: Sequence[bytes]) -> list[Message]:
    decoder = Decoder()
    messages = [message for part in parts for message in decoder.feed(part)]
    assert decoder.damaged == 0
    return messages


def decode(data: bytes) -> Message:
    (message,) = decode_all([data])
    return message


def checksum(data: bytes) -> int:
    return int.from_bytes(data[50:58])


# The checksums are those of the messages with these contents in the tests of the reference
# library (openigtlink/OpenIGTLink, Testing/igtlutil): a byte that differs gives another one.
KNOWN = {
    "transform": (Message("DeviceName", Transform(POSE)), 0xF6DD2B8EB4DF6DD2, 48),
    "transform, version 2": (
        Message(
            "DeviceName",
            Transform(POSE),
            version=2,
            metadata={"First patient age": "22", "Second patient age": "25"},
            number=1,
        ),
        0xF698F64FDAE266DD,
        0x75,
    ),
    "status": (
        Message("DeviceName", Status(15, "Actuator A is disabled.", "ACTUATOR_DISABLED", 10)),
        0x98EE43EED8E431CF,
        0x36,
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_message_has_its_known_checksum(name: str) -> None:
    message, known, size = KNOWN[name]
    data = encode(message)
    assert len(data) == HEADER_BYTES + size
    assert checksum(data) == known


def test_the_header_is_as_the_protocol_lays_it_out() -> None:
    data = encode(Message("ProbeToReference", Other("GET_STATUS"), time_ns=3_500_000_000))
    fields = struct.unpack(">H12s20sIIQQ", data)
    kind, device = b"GET_STATUS".ljust(12, b"\0"), b"ProbeToReference".ljust(20, b"\0")
    assert fields == (1, kind, device, 3, 1 << 31, 0, 0)


def test_an_image_is_placed_by_its_middle() -> None:
    data = encode(Message("Image_Reference", Image(PIXELS, PLACED)))
    head = struct.unpack_from(">HBBBB3H12f6H", data, HEADER_BYTES)
    assert head[:8] == (1, 1, 3, 2, 1, 4, 3, 1)  # version, grey of 8 bits, RAS, size
    assert np.allclose(head[8:17], [0.1, 0, 0, 0, 0, 0.2, 0, -0.1, 0])
    assert np.allclose(head[17:20], [-3.0 + 0.1 * 1.5, 2.0, 5.0 + 0.2 * 1.0])
    assert head[20:] == (0, 0, 0, 4, 3, 1)
    assert data[HEADER_BYTES + 72 :] == PIXELS.tobytes()


def test_an_image_comes_back() -> None:
    image = decode(encode(Message("Image_Reference", Image(PIXELS, PLACED)))).content
    assert isinstance(image, Image)
    assert np.array_equal(image.pixels, PIXELS)
    assert np.allclose(image.ijk_to_world, PLACED, atol=1e-6)


def test_an_image_in_the_other_coordinates_is_turned() -> None:
    data = bytearray(encode(Message("Image", Image(PIXELS, PLACED))))
    data[HEADER_BYTES + 5] = 2  # LPS: x to the left, y to the back
    image = decode(sealed(data)).content
    assert isinstance(image, Image)
    assert np.allclose(image.ijk_to_world, np.diag([-1, -1, 1, 1]) @ PLACED, atol=1e-6)


def sealed(data: bytes | bytearray) -> bytes:
    """With size and checksum of the body that it has now."""
    body = bytes(data[HEADER_BYTES:])
    return bytes(data[:42]) + struct.pack(">QQ", len(body), crc64(body)) + body


@pytest.mark.parametrize(
    ("place", "value"),
    [(2, 3), (3, 5), (5, 9), (11, 2), (61, 1)],
    ids=["colour", "16 bits", "coordinates", "volume", "piece"],
)
def test_an_image_of_another_kind_is_told_and_not_read(place: int, value: int) -> None:
    data = bytearray(encode(Message("Image", Image(PIXELS, PLACED))))
    data[HEADER_BYTES + place] = value
    assert decode(sealed(data)).content == Other("IMAGE")


@pytest.mark.parametrize("version", [1, 2])
def test_poses_and_status_come_back(version: int) -> None:
    pose = decode(encode(Message("A", Transform(POSE), 123_456_789_012, version)))
    assert isinstance(pose.content, Transform)
    assert np.allclose(pose.content.matrix, POSE, atol=1e-6)
    assert (pose.device, pose.time_ns, pose.version) == ("A", 123_456_789_012, version)
    status = Status(13, "It is starting up. Größe", "NOT_READY", -4)
    assert decode(encode(Message("B", status, version=version))).content == status


def test_metadata_come_back_and_need_version_2() -> None:
    metadata = {"TransformStatus": "OK", "Größe": "1 µm"}
    message = Message("A", Transform(POSE), version=2, metadata=metadata, number=7)
    again = decode(encode(message))
    assert (again.metadata, again.number) == (metadata, 7)
    plain = decode(encode(Message("A", Transform(POSE), metadata=metadata)))
    assert plain.metadata == {}


def test_a_name_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 20"):
        encode(Message("A" * 21, Transform(POSE)))
    with pytest.raises(ValueError, match="ascii"):
        encode(Message("Größe", Transform(POSE)))


STREAM = [
    Message("Image_Reference", Image(PIXELS, PLACED), 1),
    Message("ProbeToReference", Transform(POSE), 2, version=2, metadata={"a": "b"}),
    Message("Simulator", Status(1, "ok", "OK"), 3),
    Message("", Other("GET_STATUS"), 4),
]
DATA = b"".join(map(encode, STREAM))


@given(st.lists(st.integers(0, len(DATA)), max_size=8))
def test_messages_do_not_depend_on_how_they_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(DATA)]
    parts = [DATA[a:b] for a, b in pairwise(edges)]
    again = decode_all(parts)
    assert [message.time_ns for message in again] == [1, 2, 3, 4]
    assert b"".join(map(encode, again)) == DATA


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_a_changed_byte_never_becomes_a_false_body(place: int, change: int) -> None:
    data = bytearray(DATA)
    data[place] ^= change
    sent = [encode(message)[HEADER_BYTES:] for message in STREAM]
    try:
        for message in Decoder().feed(bytes(data)):
            assert encode(replace(message, device=""))[HEADER_BYTES:] in [*sent, b""]
    except Garbage:
        pass


@given(st.binary(min_size=HEADER_BYTES, max_size=300))
def test_noise_is_garbage_or_waits(noise: bytes) -> None:
    decoder = Decoder()
    try:
        assert [m for m in decoder.feed(noise) if not isinstance(m.content, Other)] == []
    except Garbage:
        with pytest.raises(Garbage):
            list(decoder.feed(encode(STREAM[0])))


def test_good_messages_in_front_of_garbage_are_read() -> None:
    found = []
    with pytest.raises(Garbage):
        for message in Decoder().feed(DATA + b"GET / HTTP/1.1\r\n" + bytes(60)):
            found.append(message)
    assert len(found) == len(STREAM)


def test_a_damaged_message_is_left_out_and_counted() -> None:
    data = bytearray(encode(STREAM[1]))
    data[HEADER_BYTES + 20] ^= 1
    decoder = Decoder()
    (message,) = decoder.feed(bytes(data) + encode(STREAM[2]))
    assert message.content == STREAM[2].content
    assert decoder.damaged == 1


BAD_BODIES = {
    "a pose that is too short": ("TRANSFORM", 1, bytes(44)),
    "a pose that is no number": ("TRANSFORM", 1, struct.pack(">12f", *[float("nan")] * 12)),
    "a picture without its end": ("IMAGE", 1, encode(STREAM[0])[HEADER_BYTES:-1]),
    "a picture without a head": ("IMAGE", 1, bytes(10)),
    "a status without a name": ("STATUS", 1, bytes(10)),
    "no extended header": ("STATUS", 2, bytes(8)),
    "metadata larger than the body": ("STATUS", 2, struct.pack(">HHII", 12, 2, 900, 0)),
    "a content that begins behind it": ("STATUS", 2, struct.pack(">HHII", 900, 0, 0, 0)),
    "metadata that break off": ("X", 2, struct.pack(">HHIIH", 12, 2, 0, 0, 9)),
    "metadata with a false length": (
        "X",
        2,
        struct.pack(">HHIIHHHI", 12, 10, 0, 0, 1, 5, 3, 4_000_000_000),
    ),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_cannot_be_is_damaged_whatever_its_checksum(name: str) -> None:
    kind, version, body = BAD_BODIES[name]
    head = struct.pack(">H12s20sQQQ", version, kind.encode(), b"A", 0, len(body), crc64(body))
    decoder = Decoder()
    assert list(decoder.feed(head + body)) == []
    assert decoder.damaged == 1


@pytest.mark.parametrize(
    ("version", "kind", "size"),
    [
        (0, b"IMAGE", 100),
        (3, b"IMAGE", 100),
        (1, b"", 100),
        (1, b"IM\xc4GE", 100),
        (1, b"IMAGE\0X", 100),
        (1, b"IMAGE", MOST_IMAGE_BYTES + 1),
        (1, b"STATUS", MOST_BYTES + 1),
        (1, b"STATUS", 1 << 63),
    ],
)
def test_a_header_that_cannot_be_is_garbage_before_memory_is_taken(
    version: int, kind: bytes, size: int
) -> None:
    head = struct.pack(">H12s20sQQQ", version, kind, b"A", 0, size, 0)
    with pytest.raises(Garbage):
        list(Decoder().feed(head))


def test_a_large_picture_may_be_waited_for() -> None:
    head = struct.pack(">H12s20sQQQ", 1, b"IMAGE", b"A", 0, MOST_IMAGE_BYTES, 0)
    assert list(Decoder().feed(head)) == []
