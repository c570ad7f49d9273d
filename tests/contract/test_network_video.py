"""Network video against real servers on this computer: what comes, and how it fails."""

import socket
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from mjpeg_server import MjpegServer, grey_picture
from sample_clips import grey, noise, write_video
from stream_servers import http_answer, rtsp_server, udp_sender

from drivers.api.errors import (
    Busy,
    DeviceError,
    Disconnected,
    NotFound,
    ProtocolViolation,
    Timeout,
)
from drivers.api.ports import VideoSource
from drivers.api.samples import ImageU8, Origin
from drivers.opencv import cv2

Create = Callable[..., VideoSource]
Refusal = Callable[[str], DeviceError]

LIMIT_S = 10.0
"""Far beyond what is promised (a second or two): only a read that hangs gets here."""


@pytest.fixture
def camera() -> Iterator[MjpegServer]:
    with MjpegServer() as server:
        yield server


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port at which nobody listens, kept from others by a socket that is bound and no more."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


MULTIPART = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
JPEG = cv2.imencode(".jpg", noise(1))[1].tobytes()


MORE_THAN_BUFFERS_HOLD = 5000
"""Pictures that a server can only have sent when somebody takes them in."""


def jpeg_parts(pictures: list[bytes]) -> bytes:
    """Pictures as they follow the MULTIPART head."""
    return b"".join(
        b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n"
        % (len(picture), picture)
        for picture in pictures
    )


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


def read_until_it_fails(source: VideoSource) -> DeviceError:
    with pytest.raises(DeviceError) as raised:
        while True:
            source.read()
    return raised.value


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


HTML = b"<html><body>Please log in to the camera</body></html>"
PLAY_LIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mkv\n#EXT-X-ENDLIST\n"


def page(kind: str, body: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (page("text/html", HTML), ProtocolViolation, "not with video"),
        (page("text/html", HTML * 2000), ProtocolViolation, "not with video"),
        (page("application/vnd.apple.mpegurl", PLAY_LIST), ProtocolViolation, "not with video"),
        (page("image/jpeg", JPEG), ProtocolViolation, "not with video"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", NotFound, "no such page"),
        (b"HTTP/1.1 401 Unauthorized\r\n\r\n", NotFound, "password"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", Disconnected, "cannot be reached"),
        (b"", Disconnected, "cannot be reached"),
    ],
    ids=["page", "long page", "play list", "one picture", "404", "401", "503", "nothing"],
)
def test_answers_that_are_no_video_are_refused(
    answer: bytes, kind: type[DeviceError], words: str, refusal: Refusal
) -> None:
    with http_answer([answer]) as url:
        error = refusal(url)
    assert type(error) is kind and words in str(error)


def test_a_server_that_says_nothing_is_a_timeout(refusal: Refusal) -> None:
    with http_answer([], keep=True) as url:
        assert isinstance(refusal(url), Timeout)


def test_a_redirection_to_a_file_of_this_computer_is_not_followed(
    tmp_path: Path, refusal: Refusal
) -> None:
    write_video(tmp_path / "private.mkv", [grey(1)] * 5, range(0, 200, 40))
    target = f"file://{tmp_path / 'private.mkv'}"
    answer = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n".encode()
    with http_answer([answer]) as url:
        assert isinstance(refusal(url), ProtocolViolation)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_refused_port_is_not_found(scheme: str, free_port: int, refusal: Refusal) -> None:
    error = refusal(f"{scheme}://127.0.0.1:{free_port}/video")
    assert isinstance(error, NotFound)
    assert f"127.0.0.1:{free_port}: nothing is sending video" in str(error)


def test_udp_without_a_sender_is_a_timeout(refusal: Refusal) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(refusal(f"udp://127.0.0.1:{port}"), Timeout)


def test_a_udp_port_in_use_is_busy(refusal: Refusal) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        assert isinstance(refusal(f"udp://127.0.0.1:{other.getsockname()[1]}"), Busy)


@pytest.mark.parametrize("url", ["http:///video", "http://host:99999/", "rtsp://[bad/"])
def test_impossible_addresses_are_refused_when_made(url: str, create: Create) -> None:
    with pytest.raises(NotFound, match="Write "):
        create(url)


def test_a_name_that_cannot_be_one_is_not_found(refusal: Refusal) -> None:
    assert isinstance(refusal("http://camera..ward/video"), NotFound)


def test_a_password_appears_neither_in_what_is_said_nor_in_what_is_recorded(
    camera: MjpegServer, create: Create
) -> None:
    source = create(camera.url.replace("//", "//nurse:secret@"))
    info = source.open()
    camera.unplug()
    error = read_until_it_fails(source)
    assert info.address == camera.url
    assert "secret" not in f"{info}{error}{error.device}"
