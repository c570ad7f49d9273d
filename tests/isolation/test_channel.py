"""Messages between the two processes over a real socket."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.ports import VideoFormat
from drivers.api.samples import PictureGeometry, PixelFormat
from drivers.isolation.channel import ChannelClosed, Message, PictureRecord, pack, receive
from drivers.isolation.memory import SLOT_BYTES, SLOTS
from drivers.isolation.reader import Arrival, Opened, ReadFailure, Waiting

GRAY = PictureGeometry(640, 480, PixelFormat.GRAY8)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, childs = socket.socketpair()
    with ours, childs:
        yield ours, childs


@pytest.mark.parametrize(
    "message",
    [
        Opened(VideoFormat("MJPG", 1920, 1080, (60.0, 29.97)), 59.94),
        Opened(None, None),
        PictureRecord(3, Arrival(2**40, 2**60, 5), PictureGeometry(1, 1, PixelFormat.BGR24)),
        PictureRecord(0, Arrival(0, 0, None), GRAY),
        Waiting.SILENT,
        Waiting.NO_SIGNAL,
    ],
)
def test_a_message_arrives_as_it_was(
    pair: tuple[socket.socket, socket.socket], message: Message
) -> None:
    ours, childs = pair
    childs.sendall(pack(message))
    assert receive(ours) == message


def test_a_failure_keeps_its_words(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, childs = pair
    childs.sendall(pack(ReadFailure("Busy", "Größe", "Close it.")))
    failure = receive(ours)
    assert isinstance(failure, ReadFailure)
    assert (failure.kind, failure.cause, failure.advice) == ("Busy", "Größe", "Close it.")


@pytest.mark.parametrize(
    "record",
    [
        PictureRecord(SLOTS, Arrival(0, 0, None), GRAY),
        PictureRecord(0, Arrival(0, 0, None), PictureGeometry(0, 480, PixelFormat.GRAY8)),
        PictureRecord(0, Arrival(0, 0, None), PictureGeometry(SLOT_BYTES, 2, PixelFormat.GRAY8)),
    ],
    ids=["slot", "empty", "too large"],
)
def test_a_picture_outside_the_memory_is_refused(
    pair: tuple[socket.socket, socket.socket], record: PictureRecord
) -> None:
    ours, childs = pair
    childs.sendall(pack(record))
    with pytest.raises(ChannelClosed):
        receive(ours)


@given(st.binary(max_size=200))
def test_garbage_is_a_message_or_the_end_and_nothing_else(data: bytes) -> None:
    ours, childs = socket.socketpair()
    with ours:
        with childs:
            childs.sendall(data)
        try:
            while True:
                receive(ours)
        except ChannelClosed:
            pass
