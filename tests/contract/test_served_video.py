"""The simulated picture as network video: seen by our own driver and by FFmpeg, and asked badly."""

import socket
from collections.abc import Callable
from itertools import pairwise

import av
import numpy as np
import pytest
from stepped_source import PERIOD_NS, SteppedSource, number_shown, numbered, stepping
from wire_viewers import LIMIT_S, MjpegViewer, RtspViewer, RtspWire, Wire

from drivers.api.errors import ProtocolViolation
from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import ImageU8, Origin, PixelFormat, Stamp, VideoFrame
from simulators.servers.jpeg import jpeg
from simulators.servers.rtsp import GROUP, RtspServer
from simulators.servers.video import MjpegServer

Create = Callable[..., VideoSource]
Kind = type[MjpegServer | RtspServer]

MORE_THAN_BUFFERS_HOLD = 1000
LOSS = 3.0
"""Grey levels, on average, by which JPEG changes a picture of eight bars."""
TICK_NS = 1_000_000_000 // 90_000


def loss(pixels: ImageU8, served: ImageU8) -> float:
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    return float(np.abs(grey - served.astype(float)).mean())


def seen(source: SteppedSource, client: VideoSource, count: int) -> list[VideoFrame]:
    """What the client reads, step by step, once it has caught up with the source."""
    with stepping(source):
        client.open()
    newest = source.number - 1
    while number_shown(client.read().pixels) != newest % 256:
        pass
    frames = []
    for _ in range(count):
        source.step()
        frames.append(client.read())
    return frames


@pytest.mark.parametrize("kind", [MjpegServer, RtspServer])
def test_our_own_driver_sees_the_pictures_that_are_served(kind: Kind, create: Create) -> None:
    source = SteppedSource()
    with kind(source) as server:
        client = create(server.address)
        frames = seen(source, client, 10)
        client.close()
    numbers = [number_shown(frame.pixels) for frame in frames]
    assert all((later - earlier) % 256 == 1 for earlier, later in pairwise(numbers))
    for number, frame in zip(numbers, frames, strict=True):
        assert loss(frame.pixels, numbered(number)) < LOSS


def test_mjpeg_stays_grey(create: Create) -> None:
    source = SteppedSource()
    with MjpegServer(source) as server:
        client = create(server.address)
        (frame,) = seen(source, client, 1)
        client.close()
    assert frame.pixel_format is PixelFormat.GRAY8


def test_rtsp_carries_the_rate_of_the_source(create: Create) -> None:
    source = SteppedSource()
    with RtspServer(source) as server:
        client = create(server.address)
        times_ns = [frame.stamp.device_ns or 0 for frame in seen(source, client, 6)]
        client.close()
    steps_ns = np.diff(times_ns)
    assert np.abs(steps_ns - PERIOD_NS).max() <= TICK_NS


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_ffmpeg_plays_rtsp(transport: str) -> None:
    source = SteppedSource()
    options = {"rtsp_transport": transport}
    with (
        RtspServer(source) as server,
        stepping(source),
        av.open(server.address, options=options, timeout=LIMIT_S) as stream,
    ):
        frames = [frame for _, frame in zip(range(10), stream.decode(video=0), strict=False)]
    pictures = [frame.to_ndarray(format="gray") for frame in frames]
    numbers = [number_shown(picture) for picture in pictures]
    assert numbers == sorted(set(numbers))
    assert max(loss(p, numbered(n)) for p, n in zip(pictures, numbers, strict=True)) < LOSS


def test_what_comes_out_of_rtp_is_the_jpeg_that_went_in() -> None:
    coarse = np.random.default_rng(3).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    picture = coarse.repeat(8, axis=0).repeat(8, axis=1)
    source = SteppedSource(lambda number: picture)
    with (
        RtspServer(source) as server,
        stepping(source),
        av.open(server.address, timeout=LIMIT_S) as stream,
    ):
        played = next(stream.decode(video=0))
    (direct,) = av.CodecContext.create("mjpeg", "r").decode(av.Packet(jpeg(picture)))
    assert np.array_equal(played.to_ndarray(), direct.to_ndarray())


def test_a_large_picture_gets_through_udp_in_pieces() -> None:
    def noise(number: int) -> ImageU8:
        random = np.random.default_rng(number)
        return random.integers(0, 255, (600, 800), dtype=np.uint8)

    source = SteppedSource(noise)
    with (
        RtspServer(source) as server,
        stepping(source),
        av.open(server.address, options={"rtsp_transport": "udp"}, timeout=LIMIT_S) as stream,
    ):
        frames = [frame for _, frame in zip(range(3), stream.decode(video=0), strict=False)]
    assert {(frame.width, frame.height) for frame in frames} == {(800, 600)}


def test_a_picture_is_filled_up_to_whole_blocks_at_its_right_and_lower_border() -> None:
    source = SteppedSource(lambda number: np.full((50, 90), 200, np.uint8))
    with (
        RtspServer(source) as server,
        stepping(source),
        av.open(server.address, timeout=LIMIT_S) as stream,
    ):
        picture = next(stream.decode(video=0)).to_ndarray(format="gray")
    assert picture.shape == (56, 96)
    assert picture[:48, :88].min() > 180 and picture[52:].max() < 60


def test_a_picture_that_rtsp_cannot_carry_is_said_at_once() -> None:
    source = SteppedSource(lambda number: np.zeros((1200, 2400), np.uint8))
    with pytest.raises(ProtocolViolation, match="2400x1200"), RtspServer(source):
        pass


HTTP_REFUSALS = {
    b"\x00\xff\xfe\r\n\r\n": "400 Bad Request",
    b"x" * 500_000: "400 Bad Request",
    b"GET /other HTTP/1.1\r\n\r\n": "404 Not Found",
    b"POST /video HTTP/1.1\r\n\r\n": "405 Method Not Allowed",
    b"OPTIONS /video RTSP/1.0\r\nCSeq: 1\r\n\r\n": "505 HTTP Version Not Supported",
}


@pytest.mark.parametrize("asked", HTTP_REFUSALS, ids=["bytes", "endless", "path", "method", "rtsp"])
def test_a_wrong_request_for_mjpeg_is_answered_and_ends_its_own_connection_only(
    asked: bytes,
) -> None:
    source = SteppedSource()
    with (
        MjpegServer(source) as server,
        MjpegViewer(server.port) as viewer,
        Wire(server.port) as wrong,
    ):
        wrong.say(asked)
        assert wrong.hear_rest().startswith(f"HTTP/1.1 {HTTP_REFUSALS[asked]}\r\n".encode())
        source.step()
        assert viewer.next() == 1


@pytest.mark.parametrize(
    "asked",
    [
        b"\x00\xff\xfe\r\n\r\n",
        b"x" * 500_000,
        b"OPTIONS * RTSP/1.0\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nCSeq: one\r\n\r\n",
        b"GET /video HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["bytes", "endless", "no number", "no digits", "http"],
)
def test_what_is_no_request_in_rtsp_is_answered_and_ends_its_own_connection_only(
    asked: bytes,
) -> None:
    source = SteppedSource()
    with (
        RtspServer(source) as server,
        RtspViewer(server.port) as viewer,
        Wire(server.port) as wrong,
    ):
        wrong.say(asked)
        assert wrong.hear_rest().startswith(b"RTSP/1.0 400 Bad Request\r\n")
        source.step()
        assert viewer.next() == 1


def test_who_goes_on_sending_after_a_refusal_is_cut_off() -> None:
    with (
        MjpegServer(SteppedSource()) as server,
        Wire(server.port) as wrong,
        pytest.raises(OSError),
    ):
        for _ in range(MORE_THAN_BUFFERS_HOLD):
            wrong.say(bytes(100_000))


def test_who_asks_and_never_listens_is_not_heard_for_ever() -> None:
    question = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 1000
    with RtspServer(SteppedSource()) as server, Wire(server.port) as wire:
        wire.socket.settimeout(1.0)
        with pytest.raises(TimeoutError):
            for _ in range(MORE_THAN_BUFFERS_HOLD):
                wire.say(question)


def test_a_wrong_wish_in_rtsp_is_refused_and_the_next_one_heard() -> None:
    with RtspServer(SteppedSource()) as server, RtspWire(server.port) as wire:
        assert "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN" in wire.ask("OPTIONS")
        assert wire.ask("PLAY").startswith("RTSP/1.0 455 ")
        assert wire.ask("PAUSE").startswith("RTSP/1.0 501 ")
        assert wire.ask("OPTIONS", version="RTSP/2.0").startswith("RTSP/1.0 505 ")
        assert wire.ask("DESCRIBE", wire.url + "s").startswith("RTSP/1.0 404 ")
        assert wire.ask("DESCRIBE", "rtsp://[").startswith("RTSP/1.0 400 ")
        assert wire.ask("SETUP", Transport="RTP/AVP/TCP").startswith("RTSP/1.0 404 ")
        session = wire.set_up()
        assert wire.ask("PLAY", Session="other").startswith("RTSP/1.0 454 ")
        assert wire.ask("PLAY", Session=session).startswith("RTSP/1.0 200 ")
        again = wire.ask("SETUP", f"{wire.url}/track", Transport="RTP/AVP/TCP")
        assert again.startswith("RTSP/1.0 455 ")


@pytest.mark.parametrize(
    "offered",
    [
        "",
        "RTP/AVP;multicast;client_port=5000-5001",
        "RTP/AVP;unicast",
        "RTP/AVP;unicast;client_port=0-1",
        "RTP/AVP;unicast;client_port=99999-100000",
        "RTP/AVP/TCP;unicast;interleaved=255-256",
        "RTP/AVP/TCP;unicast;interleaved=a-b",
        "RAW/RAW/UDP;unicast;client_port=5000-5001",
    ],
)
def test_a_transport_that_cannot_be_had_is_refused(offered: str) -> None:
    with RtspServer(SteppedSource()) as server, RtspWire(server.port) as wire:
        answer = wire.ask("SETUP", f"{wire.url}/track", Transport=offered)
        assert answer.startswith("RTSP/1.0 461 ")


def test_the_first_transport_that_can_be_had_is_taken() -> None:
    with RtspServer(SteppedSource()) as server, RtspWire(server.port) as wire:
        offered = "RTP/AVP;multicast,RTP/AVP/TCP;unicast;interleaved=4-5"
        answer = wire.ask("SETUP", f"{wire.url}/track", Transport=offered)
        assert "Transport: RTP/AVP/TCP;unicast;interleaved=4-5" in answer


def test_what_is_served_is_described() -> None:
    with RtspServer(SteppedSource()) as server, RtspWire(server.port) as wire:
        head = wire.ask("DESCRIBE")
        size = int(head.partition("Content-Length: ")[2].partition("\r\n")[0])
        lines = wire.hear(size).decode().splitlines()
        assert f"Content-Base: {wire.url}/" in head
    assert {"s=Steps", "m=video 0 RTP/AVP 26", "a=control:track", "a=framerate:25"} <= set(lines)


def test_who_tears_down_gets_no_more_and_may_begin_again() -> None:
    source = SteppedSource()
    with (
        RtspServer(source) as server,
        RtspViewer(server.port) as other,
        RtspWire(server.port) as wire,
        socket.socket(type=socket.SOCK_DGRAM) as receiver,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(LIMIT_S)
        port = receiver.getsockname()[1]
        session = wire.set_up(f"RTP/AVP;unicast;client_port={port}-{port + 1}")
        assert wire.ask("PLAY", Session=session).startswith("RTSP/1.0 200 ")
        source.step()
        while not receiver.recv(2000)[1] & 0x80:  # the last packet of the picture
            pass
        assert wire.ask("TEARDOWN", Session=session).startswith("RTSP/1.0 200 ")
        source.step()
        assert (other.next(), other.next()) == (1, 2)
        assert wire.ask("PLAY", Session=wire.set_up()).startswith("RTSP/1.0 200 ")
        source.step()
        assert wire.next() == 3
        receiver.setblocking(False)
        with pytest.raises(BlockingIOError):
            receiver.recv(2000)


def test_datagrams_of_a_picture_leave_in_groups() -> None:
    """All at once they would not fit into the buffers on the way."""
    with (
        RtspServer(SteppedSource()) as server,
        socket.socket(type=socket.SOCK_DGRAM) as receiver,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        port = receiver.getsockname()[1]
        info = SourceInfo("sim:steps", "Steps", None, Origin.SIMULATED)
        session = server.converse("127.0.0.1", info)
        way = f"Transport: RTP/AVP;unicast;client_port={port}-{port + 1}"
        session.hear(f"SETUP /video/track RTSP/1.0\r\nCSeq: 1\r\n{way}\r\n\r\n".encode())
        noise = np.random.default_rng(1).integers(0, 255, (200, 200), dtype=np.uint8)
        frame = VideoFrame(noise, PixelFormat.GRAY8, Stamp(0, 0), Origin.SIMULATED)
        assert session.show(server.prepare(frame)) == b""
        groups = []
        more = True
        while more:
            more = session.post()
            groups.append(len(list(iter(lambda: received(receiver), b""))))
    assert len(groups) > 1 and set(groups[:-1]) == {GROUP} and 0 < groups[-1] <= GROUP


def received(receiver: socket.socket) -> bytes:
    """One datagram, or nothing."""
    try:
        return receiver.recv(2000)
    except BlockingIOError:
        return b""
