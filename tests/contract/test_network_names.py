"""From the name of a network device to a connection: who looks up, who waits, and for how long."""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from refusing import open_in_vain, receiving_threads
from sample_clips import JPEG
from stream_servers import MULTIPART, http_answer, jpeg_parts, unanswered_port

from drivers.api.errors import NotFound, Timeout
from drivers.api.ports import VideoSource
from drivers.media.http_body import HttpBody

Create = Callable[..., VideoSource]

LIMIT_S = 20.0
"""Far beyond what is promised (some seconds): only what hangs gets here."""


def test_a_name_that_cannot_be_one_is_not_found(create: Create) -> None:
    assert isinstance(open_in_vain(create("http://camera..ward/video")), NotFound)


def test_a_name_that_nobody_answers_for_is_left_in_time(
    create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        answered.wait(LIMIT_S)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    error = open_in_vain(create("http://camera.ward/video"))
    answered.set()
    for thread in receiving_threads():
        thread.join(LIMIT_S)
    assert isinstance(error, Timeout) and "name of the device could not be looked up" in str(error)


def test_a_name_with_many_silent_addresses_is_left_as_soon_as_one_with_a_single_one(
    create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_ups = []

    def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        look_ups.append(host)
        return [reached_at(port)] * 5

    with unanswered_port() as port:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        error = open_in_vain(create("http://camera.ward/video"))
        assert not receiving_threads()
    assert isinstance(error, Timeout) and "no picture came in time" in str(error)
    assert look_ups == ["camera.ward"]


def test_the_addresses_of_a_name_share_the_time_there_is(
    create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = [MULTIPART + jpeg_parts([JPEG] * 3)]
    with unanswered_port() as silent, http_answer(video, keep=True) as url:
        found = [reached_at(silent)] * 3 + [reached_at(urlsplit(url).port)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        source = create("http://camera.ward/video")
        source.open()
        source.read()
        source.close()


def reached_at(port: int | None) -> tuple[object, ...]:
    """As getaddrinfo() says it."""
    return (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))


def test_who_waits_for_a_connection_ends_when_it_is_aborted() -> None:
    body = HttpBody(urlsplit("http://camera.ward/video"))
    with unanswered_port() as port, ThreadPoolExecutor(1) as pool:
        others = count_connecting(port)
        attempt = pool.submit(body.open, [reached_at(port)] * 5)
        while not attempt.done() and count_connecting(port) == others:
            pass
        body.abort()
        with pytest.raises(URLError) as raised:
            attempt.result(LIMIT_S)
    body.close()
    assert isinstance(raised.value.reason, ConnectionAbortedError)


def count_connecting(port: int) -> int:
    """Sockets that wait for an answer from this port. Linux."""
    lines = Path("/proc/self/net/tcp").read_text().splitlines()[1:]
    places = [tuple(line.split()[2:4]) for line in lines]
    return places.count((f"0100007F:{port:04X}", "02"))  # 02: SYN_SENT
