"""Network video against real servers on this computer: what comes, and how it fails."""

import socket
import struct
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import md5
from itertools import accumulate, count
from urllib.request import parse_http_list, parse_keqv_list

import numpy as np
import pytest
from mjpeg_server import MjpegServer, grey_picture
from refusing import read_until_it_fails
from sample_clips import JPEG, number_shown, reordered_stream
from stream_servers import (
    BUFFERS_BYTES,
    MULTIPART,
    Flood,
    dripping,
    http_answer,
    jpeg_parts,
    rtsp_server,
    serving,
    udp_sender,
)

from drivers.api.clock import ManualClock
from drivers.api.errors import DeviceError, Disconnected, ProtocolViolation, Timeout
from drivers.api.ports import VideoSource
from drivers.api.samples import ImageU8, Origin, VideoFrame
from drivers.media.http_body import MOST_BYTES_A_PICTURE

Create = Callable[..., VideoSource]

LIMIT_S = 10.0
"""Far beyond what is promised (a second or two): only a read that hangs gets here."""


@pytest.fixture
def camera() -> Iterator[MjpegServer]:
    with MjpegServer() as server:
        yield server


MORE_THAN_BUFFERS_HOLD = 5000
"""Pictures that a server can only have sent when somebody takes them in."""


def fail_in_time(source: VideoSource) -> DeviceError:
    """Read on another thread until it fails, which must be before LIMIT_S."""
    errors: list[DeviceError] = []
    reader = threading.Thread(
        target=lambda: errors.append(read_until_it_fails(source)), daemon=True
    )
    reader.start()
    reader.join(LIMIT_S)
    (error,) = errors
    return error


def test_mjpeg_pictures_come_in_order_without_invented_times(
    camera: MjpegServer, create: Create
) -> None:
    source = create(camera.url)
    info = source.open()
    frames = [source.read() for _ in range(5)]
    levels = [int(frame.pixels[0, 0]) for frame in frames]
    assert info.origin is Origin.DEVICE and info.nominal_rate_hz is None
    assert levels == list(range(levels[0], levels[0] + 5))
    assert [frame.stamp.sequence for frame in frames] == [0, 1, 2, 3, 4]
    assert {frame.stamp.device_ns for frame in frames} == {None}


def test_single_pictures_are_delivered_as_they_come(create: Create) -> None:
    with MjpegServer(rate_hz=50) as camera:
        source = create(camera.url)
        source.open()
        source.read()
        camera.go_silent()
        camera.send(2)
        source.read()
        source.read()


def test_a_camera_that_hangs_is_a_timeout(camera: MjpegServer, create: Create) -> None:
    source = create(camera.url)
    source.open()
    source.read()
    camera.go_silent()
    error = fail_in_time(source)
    assert isinstance(error, Timeout) and "no picture came for 1 s" in str(error)


def test_a_stream_with_a_clock_that_falls_silent_is_a_timeout(create: Create) -> None:
    with rtsp_server(count=200) as url:
        source = create(url)
        source.open()
        source.read()
        assert isinstance(fail_in_time(source), Timeout)
        source.close()


def test_a_sender_that_stops_is_a_timeout(create: Create) -> None:
    with udp_sender() as url:
        source = create(url)
        source.open()
        source.read()
    assert isinstance(fail_in_time(source), Timeout)


def test_a_picture_that_comes_in_drops_is_a_timeout(create: Create) -> None:
    start = MULTIPART + jpeg_parts([JPEG] * 3) + jpeg_parts([JPEG])[:100]
    with serving(dripping(start, (bytes([byte]) for byte in JPEG))) as url:
        source = create(url)
        source.open()
        source.read()
        assert isinstance(fail_in_time(source), Timeout)
        source.close()


def test_only_damaged_pictures_are_a_fault_in_the_end(create: Create) -> None:
    clock = ManualClock()
    whole, cut = jpeg_parts([JPEG] * 2), jpeg_parts([JPEG[:-100]])

    def pictures() -> Iterator[bytes]:
        yield MULTIPART + whole
        while True:
            yield cut
            clock.advance(20_000_000)

    with http_answer(pictures()) as url:
        source = create(url, clock)
        source.open()
        error = fail_in_time(source)
        source.close()
    assert isinstance(error, ProtocolViolation) and "only damaged pictures come" in str(error)


def test_reading_can_be_interrupted_while_only_damaged_pictures_come(create: Create) -> None:
    whole, cut = jpeg_parts([JPEG] * 2), jpeg_parts([JPEG[:-100]])
    reading = threading.Event()

    def pictures() -> Iterator[bytes]:
        yield MULTIPART + whole
        for number in count():
            yield cut
            if number == MORE_THAN_BUFFERS_HOLD:
                reading.set()

    with http_answer(pictures()) as url:
        source = create(url)
        source.open()
        source.read()
        stopper = threading.Thread(target=lambda: reading.wait(LIMIT_S) and source.interrupt())
        stopper.start()
        assert isinstance(fail_in_time(source), Disconnected)
        stopper.join()
        source.close()


def test_a_camera_that_goes_is_disconnected_and_can_be_opened_anew(
    camera: MjpegServer, create: Create
) -> None:
    source = create(camera.url)
    source.open()
    source.read()
    camera.unplug()
    assert isinstance(read_until_it_fails(source), Disconnected)
    assert isinstance(read_until_it_fails(source), Disconnected)
    source.close()
    camera.plug_in()
    again = create(camera.url)
    again.open()
    assert again.read().stamp.sequence == 0


def test_a_camera_may_change_its_picture_size(create: Create) -> None:
    def picture(number: int) -> ImageU8:
        level = grey_picture(number)
        return level if number % 2 else np.vstack([level, level])

    with MjpegServer(picture) as camera:
        source = create(camera.url)
        source.open()
        heights = {source.read().geometry.height_px for _ in range(4)}
    assert heights == {48, 96}


def test_a_picture_that_breaks_off_is_left_out(create: Create) -> None:
    parts = jpeg_parts([JPEG, JPEG, JPEG[:-100], JPEG, JPEG])
    with http_answer([MULTIPART + parts], keep=True) as url:
        source = create(url)
        source.open()
        sequences = [source.read().stamp.sequence for _ in range(4)]
    assert sequences == [0, 1, 3, 4]


@pytest.mark.parametrize("server", [rtsp_server, udp_sender], ids=["rtsp", "udp"])
def test_streams_with_a_clock_keep_its_times(
    server: Callable[[], Iterator[str]], create: Create
) -> None:
    with server() as url:
        source = create(url)
        source.open()
        frames = [source.read() for _ in range(4)]
    times_ns = [frame.stamp.device_ns or 0 for frame in frames]
    assert np.diff(times_ns).tolist() == [40_000_000] * 3


def test_a_picture_without_an_end_is_left_before_it_fills_the_memory(create: Create) -> None:
    head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 2000000000\r\n\r\n"
    flood = Flood(MULTIPART + jpeg_parts([JPEG] * 2) + head, b"a" * 65536)
    with serving(flood) as url:
        source = create(url)
        source.open()
        error = fail_in_time(source)
        source.close()
    assert isinstance(error, ProtocolViolation) and "too large for a picture" in str(error)
    assert flood.sent_bytes < MOST_BYTES_A_PICTURE + BUFFERS_BYTES


def test_a_picture_that_grows_beyond_every_size_is_left_out(create: Create) -> None:
    size_at = JPEG.index(b"\xff\xc0") + 5
    huge = JPEG[:size_at] + struct.pack(">HH", 60_000, 60_000) + JPEG[size_at + 4 :]
    with http_answer([MULTIPART + jpeg_parts([JPEG, JPEG, huge, JPEG])], keep=True) as url:
        source = create(url)
        source.open()
        frames = [source.read() for _ in range(3)]
    assert [frame.stamp.sequence for frame in frames] == [0, 1, 3]
    assert {frame.geometry.width_px for frame in frames} == {64}


def test_a_part_that_breaks_off_is_no_picture_though_one_stands_in_it(create: Create) -> None:
    head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 5000000\r\n\r\n"
    with http_answer([MULTIPART + jpeg_parts([JPEG] * 2) + head + JPEG * 2]) as url:
        source = create(url)
        source.open()
        assert [source.read().stamp.sequence for _ in range(2)] == [0, 1]
        with pytest.raises(Disconnected):
            source.read()


def test_a_silent_camera_does_not_hold_up_who_interrupts(
    camera: MjpegServer, create: Create
) -> None:
    source = create(camera.url)
    source.open()
    source.read()
    camera.go_silent()
    stopper = threading.Thread(target=source.interrupt)
    stopper.start()
    assert isinstance(fail_in_time(source), Disconnected)
    stopper.join()


def knows_the_password(request: str) -> bool:
    """Whether it answers its challenge for nurse with p@ss: Basic, or Digest as of RFC 2617."""
    if f"Authorization: Basic {b64encode(b'nurse:p@ss').decode()}" in request:
        return True
    _, found, answer = request.partition("Authorization: Digest ")
    if not found:
        return False
    said = parse_keqv_list(parse_http_list(answer.partition("\r\n")[0]))
    secret, place = md5_hex("nurse:x:p@ss"), md5_hex(f"GET:{request.split(' ', 2)[1]}")
    proof = md5_hex(f"{secret}:1:{said['nc']}:{said['cnonce']}:auth:{place}")
    return (said["username"], said["response"]) == ("nurse", proof)


def md5_hex(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("scheme", "challenge"),
    [("Basic", 'realm="x"'), ("Digest", 'realm="x", nonce="1", qop="auth"')],
)
def test_a_camera_gets_the_password_it_asks_for_and_no_other_place(
    scheme: str, challenge: str, create: Create
) -> None:
    requests: list[str] = []

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        requests.append(client.recv(4096).decode())
        if knows_the_password(requests[-1]):
            client.sendall(MULTIPART + jpeg_parts([JPEG] * 3))
            stopping.wait()
        head = (
            f"HTTP/1.1 401 X\r\nWWW-Authenticate: {scheme} {challenge}\r\nContent-Length: 0\r\n\r\n"
        )
        client.sendall(head.encode())

    with serving(talk, path="/video?camera=2") as url:
        source = create(url.replace("//", "//nurse:p%40ss@"))
        source.open()
        source.read()
        source.close()
    assert len(requests) == 2 and "Authorization: " not in requests[0]
    assert all(request.startswith("GET /video?camera=2 ") for request in requests)
    assert f"Authorization: {scheme} " in requests[1]


def test_a_password_appears_neither_in_what_is_said_nor_in_what_is_recorded(
    camera: MjpegServer, create: Create
) -> None:
    source = create(camera.url.replace("//", "//nurse:secret@") + "?user=nurse&pwd=secret")
    info = source.open()
    camera.unplug()
    error = read_until_it_fails(source)
    assert info.address == camera.url
    assert "secret" not in f"{info}{error}{error.device}"


def test_a_url_may_hold_letters_that_are_quoted_on_the_way(create: Create) -> None:
    requests: list[str] = []

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        requests.append(client.recv(4096).decode())
        client.sendall(MULTIPART + jpeg_parts([JPEG] * 3))
        stopping.wait()

    with serving(talk, path="/Röntgen 1/%41?name=Übersicht 2&x=a?b") as url:
        source = create(url)
        source.open()
        source.read()
        source.close()
    path = "/R%C3%B6ntgen%201/%41?name=%C3%9Cbersicht%202&x=a?b"
    assert requests[0].startswith(f"GET {path} HTTP/1.1")


class ArrivalClock:
    """Every look at it is 20 ms after the last; it keeps what the receiving thread was told.

    That looks when it begins to open, at each packet, and at FFmpeg's own packet, the end.
    """

    def __init__(self) -> None:
        self.arrivals_ns: list[int] = []
        self._now_ns = 0
        self._changed = threading.Condition()

    def now_ns(self) -> int:
        with self._changed:
            self._now_ns += 20_000_000
            if threading.current_thread().name == "network video":
                self.arrivals_ns.append(self._now_ns)
                self._changed.notify_all()
            return self._now_ns

    def wait_for_arrivals(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.arrivals_ns) >= count, LIMIT_S)


def test_no_picture_is_stamped_newer_than_it_came_by_a_decoder_with_delay(
    create: Create,
) -> None:
    data, sent = reordered_stream(count=120)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n"
    clock = ArrivalClock()
    with http_answer([head + data]) as url:
        source = create(url, clock)
        source.open()
        clock.wait_for_arrivals(len(sent) + 2)
        frames = list(read_to_the_end(source))
        source.close()
    came_ns = dict(zip(sent, clock.arrivals_ns[1:-1], strict=True))
    shown = [number_shown(frame.pixels) for frame in frames]
    assert shown == sorted(shown) and len(shown) < len(sent)  # a slow reader: some are left out
    # In the order of showing no stamp goes back, so one that came ahead waits for those before.
    expected_ns = accumulate((came_ns[number] for number in shown), max)
    assert [frame.stamp.arrival_ns for frame in frames] == list(expected_ns)


def read_to_the_end(source: VideoSource) -> Iterator[VideoFrame]:
    with suppress(Disconnected):
        while True:
            yield source.read()
