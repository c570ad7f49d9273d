"""Network devices that misbehave from the first moment: what is refused, when, and in which words.

Every server here is real and stands on a free port of this computer.
"""

import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from refusing import open_in_vain, receiving_threads
from sample_clips import JPEG, grey, noise, write_video
from stream_servers import (
    BUFFERS_BYTES,
    MULTIPART,
    RTSP_DESCRIPTION,
    Flood,
    answer_until_play,
    description,
    dripping,
    free_udp_port,
    http_answer,
    jpeg_parts,
    serving,
    udp_sender,
    unanswered_port,
)

from drivers.api.clock import ManualClock
from drivers.api.errors import (
    Busy,
    DeviceError,
    Disconnected,
    NotFound,
    ProtocolViolation,
    Timeout,
)
from drivers.api.ports import VideoSource
from drivers.media.connection import FFMPEG_TIMEOUTS_S
from drivers.media.http_body import MOST_BYTES_A_PICTURE
from drivers.opencv import cv2

Create = Callable[..., VideoSource]
Refusal = Callable[[str], DeviceError]
Server = Callable[[], AbstractContextManager[str]]

LIMIT_S = 20.0
"""Far beyond what is promised (some seconds): only what hangs gets here."""
FFMPEG_TIMEOUT_NS = round(FFMPEG_TIMEOUTS_S[0] * 1e9)

SMALL_JPEG = cv2.imencode(".jpg", grey(1))[1].tobytes()
PNG = cv2.imencode(".png", noise(1))[1].tobytes()
HTML = b"<html><body>Please log in to the camera</body></html>"
PLAY_LIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n"
LIVE = "answers, but not with live video"


@pytest.fixture
def refusal(refusal: Refusal) -> Refusal:
    """Open an address in vain; the device is still there, and nothing goes on receiving."""

    def find(address: str) -> DeviceError:
        error = refusal(address)
        assert not receiving_threads()
        return error

    return find


def page(kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def status(code: int, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {code} X", *headers, "", ""]).encode()


ANSWERS: dict[str, tuple[bytes, type[DeviceError], str]] = {
    "page": (page("text/html", HTML), ProtocolViolation, LIVE),
    "long page": (page("text/html", HTML * 2000), ProtocolViolation, LIVE),
    "page that claims to be video": (MULTIPART + HTML * 200, ProtocolViolation, LIVE),
    "json": (page("application/json", b"{}"), ProtocolViolation, LIVE),
    "png": (page("image/png", PNG), ProtocolViolation, LIVE),
    "jpeg": (page("image/jpeg", JPEG), ProtocolViolation, LIVE),
    "HLS": (page("application/vnd.apple.mpegurl", PLAY_LIST), ProtocolViolation, "this is HLS"),
    "hidden HLS": (page("video/mp2t", PLAY_LIST), ProtocolViolation, LIVE),
    "400": (status(400), ProtocolViolation, "refuses to send"),
    "401": (status(401), NotFound, "password"),
    "401 Negotiate": (status(401, "WWW-Authenticate: Negotiate"), NotFound, "password"),
    "401 broken": (status(401, "WWW-Authenticate: Digest realm="), NotFound, "password"),
    "403": (status(403), NotFound, "password"),
    "404": (status(404), NotFound, "no such page"),
    "500": (status(500), Disconnected, "a fault of its own"),
    "503": (status(503), Disconnected, "a fault of its own"),
    "nothing": (b"", Disconnected, "closed the connection without a picture"),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-", ProtocolViolation, LIVE),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n", ProtocolViolation, LIVE),
    "TLS": (b"\x15\x03\x01\x00\x02\x02\x16", ProtocolViolation, LIVE),
    "no boundary": (MULTIPART + JPEG * 3, ProtocolViolation, LIVE),
    "lengths too small": (
        MULTIPART + jpeg_parts([JPEG] * 5).replace(b"Length: ", b"Length: 10\r\nX: "),
        ProtocolViolation,
        LIVE,
    ),
}


@pytest.mark.parametrize(("answer", "kind", "words"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answers_that_are_no_video_are_refused(
    answer: bytes, kind: type[DeviceError], words: str, refusal: Refusal
) -> None:
    with http_answer([answer]) as url:
        error = refusal(url)
    assert type(error) is kind and words in str(error)


HEAD = b"HTTP/1.1 200 OK\r\n"
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "line of the head": (HEAD + b"X: ", b"a" * 65536),
    "lines of the head": (HEAD, b"X: b\r\n" * 10_000),
    "continue": (b"HTTP/1.1 100 Continue\r\n", b"X: b\r\n" * 10_000),
    "line of a part": (MULTIPART + b"--frame\r\nX: ", b"a" * 65536),
    "lines of a part": (MULTIPART + b"--frame\r\n", b"X: b\r\n" * 10_000),
    "picture": (MULTIPART + b"--frame\r\nContent-Type: image/jpeg\r\n\r\n", b"a" * 65536),
    "page": (HEAD + b"Content-Type: text/html\r\n\r\n", b"a" * 65536),
    "unknown": (HEAD + b"\r\n", b"a" * 65536),
    "chunk line": (MULTIPART[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", b"a" * 65536),
}


@pytest.mark.parametrize(("start", "unit"), ENDLESS.values(), ids=ENDLESS.keys())
def test_what_never_ends_is_refused_before_it_fills_the_memory(
    start: bytes, unit: bytes, refusal: Refusal
) -> None:
    flood = Flood(start, unit)
    with serving(flood) as url:
        assert isinstance(refusal(url), ProtocolViolation)
    assert flood.sent_bytes < MOST_BYTES_A_PICTURE + BUFFERS_BYTES


def never_answers() -> AbstractContextManager[str]:
    return http_answer([], keep=True)


@contextmanager
def drops_the_greeting() -> Iterator[str]:
    with unanswered_port() as port:
        yield f"http://127.0.0.1:{port}/"


def rtsp(after: Callable[[socket.socket], None] | None = None, **answers: str) -> Server:
    """An RTSP server that gives these answers, then goes on in this way, then is silent."""

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        if answer_until_play(client, **answers) and after is not None:
            while not stopping.is_set():
                after(client)
        stopping.wait()

    return lambda: serving(talk, "rtsp", "/stream")


def send_noise(client: socket.socket) -> None:
    client.sendall(b"$\x00\x05\x00" + bytes(range(256)) * 5)


def send_sound(client: socket.socket) -> None:
    """A second of it, in RTP with payload type 0 (RFC 3551)."""
    for number in range(50):
        rtp = struct.pack(">BBHII", 0x80, 0, number, number * 160, 1) + bytes(160)
        client.sendall(b"$\x00" + struct.pack(">H", len(rtp)) + rtp)


def drip(start: bytes, drops: Iterator[bytes], scheme: str = "http") -> Server:
    return lambda: serving(dripping(start, drops), scheme)


@contextmanager
def nobody_sends() -> Iterator[str]:
    yield f"udp://127.0.0.1:{free_udp_port()}"


SILENT: dict[str, Server] = {
    "no connection": drops_the_greeting,
    "no answer": never_answers,
    "half a status line": lambda: http_answer([b"HTTP/1.1 2"], keep=True),
    "status line in drops": drip(b"", itertools.repeat(b"H")),
    "head in drops": drip(HEAD + b"X: ", itertools.repeat(b"a")),
    "part in drops": drip(MULTIPART + b"--frame\r\nX: ", itertools.repeat(b"a")),
    "picture in drops": drip(
        MULTIPART + jpeg_parts([JPEG])[:100], (bytes([byte]) for byte in JPEG)
    ),
    "too little to be recognised": lambda: http_answer(
        [MULTIPART + jpeg_parts([SMALL_JPEG] * 2)], keep=True
    ),
    "TLS without an answer": lambda: http_answer([], keep=True, scheme="https"),
    "TLS in drops": drip(b"\x16\x03\x03\x40\x00", itertools.repeat(b"\x02"), "https"),
    "RTSP without an answer": rtsp(OPTIONS=""),
    "RTSP head in drops": drip(b"RTSP/1.0 200 OK\r\nX: ", itertools.repeat(b"a"), "rtsp"),
    "RTSP that says nothing of its video": rtsp(DESCRIBE=""),
    "RTSP that never sets up": rtsp(SETUP=""),
    "RTSP that never plays": rtsp(PLAY=""),
    "RTSP without pictures": rtsp(),
    "RTSP with noise": rtsp(send_noise),
    "RTSP with endless lines": lambda: serving(
        Flood(b"RTSP/1.0 200 OK\r\n", b"X: b\r\n" * 10_000), "rtsp"
    ),
    "UDP without a sender": nobody_sends,
    "UDP with noise": lambda: udp_sender(b"\xa5" * 100),
}


def test_whoever_keeps_a_person_waiting_is_left_in_time(create: Create) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(len(SILENT)) as pool:
        urls = {name: stack.enter_context(server()) for name, server in SILENT.items()}
        waiting = {name: pool.submit(open_in_vain, create(url)) for name, url in urls.items()}
        errors = {name: attempt.result(LIMIT_S) for name, attempt in waiting.items()}
        assert not receiving_threads()
    assert {name: type(error) for name, error in errors.items()} == dict.fromkeys(SILENT, Timeout)
    assert {error.cause for error in errors.values()} == {"no picture came in time"}


NO_PAGE = "RTSP/1.0 404 Not Found\r\n"
OTHER_TRANSPORT = "Transport: RTP/AVP;unicast;client_port=5000-5001;server_port=9-10\r\n"
SOUND = RTSP_DESCRIPTION.replace("m=video 0 RTP/AVP 33", "m=audio 0 RTP/AVP 0")

RTSP_ANSWERS: dict[str, tuple[Server, type[DeviceError], str]] = {
    "404": (rtsp(DESCRIBE=NO_PAGE), NotFound, "no such page"),
    "401": (rtsp(DESCRIBE="RTSP/1.0 401 Unauthorized\r\n"), NotFound, "password"),
    "454": (rtsp(SETUP="RTSP/1.0 454 No Session\r\n"), ProtocolViolation, "refuses to send"),
    "461": (rtsp(SETUP="RTSP/1.0 461 Unsupported\r\n"), ProtocolViolation, "refuses to send"),
    "500": (rtsp(PLAY="RTSP/1.0 500 Fault\r\n"), Disconnected, "a fault of its own"),
    "another transport": (
        rtsp(SETUP=f"RTSP/1.0 200 OK\r\nSession: 1\r\n{OTHER_TRANSPORT}"),
        ProtocolViolation,
        LIVE,
    ),
    "sound only": (rtsp(send_sound, DESCRIBE=description(SOUND)), ProtocolViolation, LIVE),
    "redirection to a file": (
        rtsp(DESCRIBE="RTSP/1.0 302 Moved\r\nLocation: file:///etc/hostname\r\n"),
        ProtocolViolation,
        LIVE,
    ),
}


@pytest.mark.parametrize(
    ("server", "kind", "words"), RTSP_ANSWERS.values(), ids=RTSP_ANSWERS.keys()
)
def test_rtsp_answers_that_lead_to_no_video_are_refused(
    server: Server, kind: type[DeviceError], words: str, refusal: Refusal
) -> None:
    with server() as url:
        error = refusal(url)
    assert type(error) is kind and words in str(error)


def test_a_slow_look_up_of_the_name_is_not_a_silent_device(
    create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()

    def look_up(*_: object, **__: object) -> list[object]:
        clock.advance(FFMPEG_TIMEOUT_NS)
        return []  # FFmpeg looks for itself

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with rtsp(DESCRIBE=NO_PAGE)() as url:
        assert isinstance(open_in_vain(create(url, clock)), NotFound)


def test_rtsp_that_fails_after_the_time_it_has_is_silent(create: Create) -> None:
    clock = ManualClock()

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        clock.advance(FFMPEG_TIMEOUT_NS)
        answer_until_play(client, DESCRIBE=NO_PAGE)

    with serving(talk, "rtsp") as url:
        assert isinstance(open_in_vain(create(url, clock)), Timeout)


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/video", "/", "file:///etc/hostname", "concat:a|b", "udp://:{port}"],
)
def test_a_redirection_is_told_and_never_followed(target: str, refusal: Refusal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.setblocking(False)
        address = target.format(port=other.getsockname()[1])
        with http_answer([status(302, f"Location: {address}")]) as url:
            error = refusal(url)
        with pytest.raises(BlockingIOError):
            other.accept()
    assert isinstance(error, ProtocolViolation) and "sends you to another address" in str(error)
    assert (f"write {address} instead" in str(error)) == address.startswith("http")


def test_a_redirection_does_not_show_its_password(refusal: Refusal) -> None:
    moved = status(302, "Location: http://nurse:secret@camera/video?pwd=secret")
    with http_answer([moved]) as url:
        error = refusal(url)
    assert "write http://camera/video instead" in str(error) and "secret" not in str(error)


@pytest.mark.parametrize("kind", ["application/vnd.apple.mpegurl", "video/x-motion-jpeg", "a/b"])
def test_nothing_that_a_play_list_names_is_fetched(
    kind: str, tmp_path: Path, refusal: Refusal
) -> None:
    write_video(tmp_path / "private.mkv", [grey(1)] * 5, range(0, 200, 40))
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.setblocking(False)
        for named in (
            f"http://127.0.0.1:{other.getsockname()[1]}/clip.ts",
            f"file://{tmp_path / 'private.mkv'}",
        ):
            with http_answer([page(kind, PLAY_LIST % named.encode())]) as url:
                assert isinstance(refusal(url), ProtocolViolation)
        with pytest.raises(BlockingIOError):
            other.accept()


@pytest.mark.parametrize(
    "path", ["live.m3u8", "LIVE.M3U8?token=1", "live.mpd", "live.m3u8#faults=unplug"]
)
def test_a_play_list_is_refused_by_its_name_before_it_is_asked_for(
    path: str, create: Create
) -> None:
    with pytest.raises(NotFound, match="HLS, which is many seconds late by design: not for guid"):
        create(f"http://camera.ward/{path}")


@pytest.mark.parametrize("scheme", ["http", "https", "rtsp"])
def test_a_refused_port_is_not_found(scheme: str, free_port: int, refusal: Refusal) -> None:
    error = refusal(f"{scheme}://127.0.0.1:{free_port}/video")
    assert isinstance(error, NotFound)
    assert f"127.0.0.1:{free_port}: nothing is sending video" in str(error)


def test_https_to_a_port_without_it_is_said(refusal: Refusal) -> None:
    with http_answer([status(400)], scheme="https") as url:
        error = refusal(url)
    assert isinstance(error, ProtocolViolation) and "Write http:// instead" in str(error)


def test_a_udp_port_in_use_is_busy(refusal: Refusal) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        assert isinstance(refusal(f"udp://127.0.0.1:{other.getsockname()[1]}"), Busy)


@pytest.mark.parametrize(
    "url", ["http:///video", "http://host:99999/", "rtsp://[bad/", "http://nurse:se/cret@host/"]
)
def test_impossible_addresses_are_refused_when_made(url: str, create: Create) -> None:
    with pytest.raises(NotFound, match="Write ") as raised:
        create(url)
    assert "cret" not in str(raised.value)
