"""Simulated pictures on real wires: what every protocol keeps to, whoever is at the other end."""

from dataclasses import dataclass
from socket import create_server

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepped_source import WHOLE, SteppedSource, busy, numbered
from wire_viewers import IgtlViewer, MjpegViewer, RtspViewer

from drivers.api.errors import Disconnected, NotFound, Timeout
from drivers.codecs.igtl import Message, Other, Status, encode
from simulators.servers.igtl import IgtlServer
from simulators.servers.rtsp import RtspServer
from simulators.servers.video import MjpegServer

STEPS = 60
MOST_WAITING = 10
"""Busy pictures that a connection whose ends keep their buffers small may hold."""


@dataclass
class Protocol:
    server: type[MjpegServer | RtspServer | IgtlServer]
    viewer: type[MjpegViewer | RtspViewer | IgtlViewer]


@pytest.fixture(
    params=[
        Protocol(MjpegServer, MjpegViewer),
        Protocol(RtspServer, RtspViewer),
        Protocol(IgtlServer, IgtlViewer),
    ],
    ids=["mjpeg", "rtsp", "igtl"],
)
def protocol(request: pytest.FixtureRequest) -> Protocol:
    found: Protocol = request.param
    return found


@pytest.fixture
def source() -> SteppedSource:
    return SteppedSource()


def test_each_picture_comes_once_and_in_order(protocol: Protocol, source: SteppedSource) -> None:
    with protocol.server(source) as server, protocol.viewer(server.port) as viewer:
        for number in range(1, 11):
            source.step()
            assert viewer.next() == number


def test_two_at_once_see_the_same(protocol: Protocol, source: SteppedSource) -> None:
    with (
        protocol.server(source) as server,
        protocol.viewer(server.port) as one,
        protocol.viewer(server.port) as other,
    ):
        for number in range(1, 6):
            source.step()
            assert (one.next(), other.next()) == (number, number)


def test_who_comes_later_begins_with_what_is_new(protocol: Protocol, source: SteppedSource) -> None:
    with protocol.server(source) as server, protocol.viewer(server.port) as one:
        source.step()
        assert one.next() == 1
        with protocol.viewer(server.port) as late:
            source.step()
            assert late.next() == 2


def test_who_does_not_read_holds_nobody_up_and_then_gets_the_newest(protocol: Protocol) -> None:
    source = SteppedSource(busy)
    with (
        protocol.server(source) as server,
        protocol.viewer(server.port) as stuck,
        protocol.viewer(server.port) as reader,
    ):
        for number in range(1, STEPS + 1):
            source.step()
            assert reader.next() == number
        seen = [stuck.next()]
        while seen[-1] < STEPS:
            seen.append(stuck.next())
        assert seen == sorted(set(seen)) and len(seen) <= MOST_WAITING
        source.step()
        assert stuck.next() == STEPS + 1


def test_who_goes_disturbs_nobody(protocol: Protocol, source: SteppedSource) -> None:
    with protocol.server(source) as server, protocol.viewer(server.port) as reader:
        protocol.viewer(server.port).close()
        for number in range(1, 6):
            source.step()
            assert reader.next() == number


def test_a_source_that_is_silent_is_waited_for(protocol: Protocol, source: SteppedSource) -> None:
    with protocol.server(source) as server, protocol.viewer(server.port) as viewer:
        source.failures.append(Timeout("Steps", "read", "nothing came", "Wait."))
        source.step()
        source.step()
        assert viewer.next() == 1


def test_a_source_that_goes_cuts_everybody_off_and_comes_back(
    protocol: Protocol, source: SteppedSource
) -> None:
    gone = Disconnected("Steps", "read", "it has gone", "Plug it in.")
    with protocol.server(source) as server:
        with protocol.viewer(server.port) as viewer:
            source.failures.append(gone)
            source.refusals.append(NotFound("Steps", "open", "it is not there", "Plug it in."))
            source.step()
            assert viewer.hear_rest() == b""
        with protocol.viewer(server.port) as again:
            source.step()
            assert again.next() == 1


def test_the_end_of_the_server_ends_its_connections(
    protocol: Protocol, source: SteppedSource
) -> None:
    with protocol.server(source) as server:
        viewer = protocol.viewer(server.port)
    with viewer:
        assert viewer.hear_rest() == b""


def test_a_source_that_cannot_be_opened_is_said_and_nothing_is_left(
    protocol: Protocol, source: SteppedSource
) -> None:
    source.refusals.append(NotFound("Steps", "open", "it is not there", "Plug it in."))
    with pytest.raises(NotFound, match="it is not there"), protocol.server(source):
        pass


def test_a_port_that_is_taken_is_an_error_of_the_system(
    protocol: Protocol, source: SteppedSource
) -> None:
    with create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        protocol.server(source, taken.getsockname()[1])


def test_pictures_in_colour_are_served_as_well(protocol: Protocol) -> None:
    source = SteppedSource(lambda number: np.dstack([numbered(number)] * 3), (WHOLE,))
    with protocol.server(source) as server, protocol.viewer(server.port) as viewer:
        source.step()
        assert viewer.next() == 1


SAID = [
    b"GET /video HTTP/1.1\r\n",
    b"SETUP rtsp://a/video/track RTSP/1.0\r\n",
    b"PLAY rtsp://a/video RTSP/1.0\r\n",
    b"Transport: RTP/AVP;unicast;client_port=5000-5001,;;=,\r\n",
    b"Session: \xff\r\n",
    b"CSeq: 1\r\n",
    b"Content-Length: 10\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"$\x00\x00\x05",
    encode(Message("", Other("GET_STATUS"), version=2)),
    encode(Message("", Status(1))),
]


def test_nothing_that_is_said_is_more_than_wrong(protocol: Protocol, source: SteppedSource) -> None:
    """Whatever comes, and however it is cut, is answered or passed over."""
    with protocol.server(source) as server:

        @given(st.lists(st.sampled_from(SAID) | st.binary(max_size=70), max_size=12))
        def hear(parts: list[bytes]) -> None:
            conversation = server.converse("127.0.0.1", source.open())
            for part in parts:
                assert isinstance(conversation.hear(part), bytes)

        hear()
