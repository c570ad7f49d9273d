"""Devices that send video over the network, on free ports of this computer."""

import contextlib
import itertools
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from sample_clips import transport_stream

PACKET_BYTES = 7 * 188
"""Seven packets of MPEG-TS fit into one of the network."""
BUFFERS_BYTES = 16 * 1024 * 1024
"""More than the sockets of this computer hold between them."""
SEND_PERIOD_S = 0.005
DRIP_PERIOD_S = 0.02

MULTIPART = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"

RTSP_DESCRIPTION = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 33\r\na=control:track1\r\n"
)


@cache
def stream_packets() -> list[bytes]:
    """A minute of MPEG-TS, cut for the network."""
    data = transport_stream(60)
    return [data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)]


def free_udp_port() -> int:
    """A port of this computer to which nobody is bound now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def udp_sender(packet: bytes | None = None) -> Iterator[str]:
    """MPEG-TS, or always the same packet, to a free port; gives the address to open."""
    port, stopping = free_udp_port(), threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for data in itertools.cycle([packet] if packet else stream_packets()):
                if stopping.wait(SEND_PERIOD_S):
                    return
                sender.sendto(data, ("127.0.0.1", port))

    with running(send, stopping):
        yield f"udp://127.0.0.1:{port}"


Talk = Callable[[socket.socket, threading.Event], None]
"""What a server does with one client, until it returns or the event is set."""


@contextlib.contextmanager
def serving(talk: Talk, scheme: str = "http", path: str = "/") -> Iterator[str]:
    """A server that treats every client in the same way, one at a time; gives its address."""
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    clients: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                client, _ = listener.accept()
                clients.append(client)
                with client, contextlib.suppress(OSError):  # the client went
                    talk(client, stopping)

    with running(serve, stopping, listener, clients):
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}{path}"


def rtsp_server(count: int | None = None) -> contextlib.AbstractContextManager[str]:
    """One RTSP session at a time, MPEG-TS interleaved into its TCP connection (RFC 2326).

    After `count` packets it is silent.
    """

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        answer_until_play(client)
        packets = itertools.cycle(stream_packets())
        send_interleaved(client, itertools.islice(packets, count), stopping)
        stopping.wait()

    return serving(talk, "rtsp", "/stream")


def answer_until_play(client: socket.socket, **instead: str) -> str:
    """Answer requests up to and including PLAY, or up to a closed connection; the last method.

    `instead` gives other answers by method, without the line that numbers them; an empty one is
    none at all.
    """
    method = ""
    while method != "PLAY":
        request = client.recv(4096).decode()
        if not request:
            return ""
        method = request.split(" ", 1)[0]
        if instead.get(method) == "":
            return method
        client.sendall(rtsp_answer(method, request, instead.get(method)).encode())
    return method


def rtsp_answer(method: str, request: str, instead: str | None = None) -> str:
    """The answer to one request."""
    number = re.search(r"CSeq: (\d+)", request)[1]  # type: ignore[index]
    if instead is None and method == "DESCRIBE":
        instead = description(RTSP_DESCRIPTION)
    if instead is not None:
        status, _, rest = instead.partition("\r\n")
        return f"{status}\r\nCSeq: {number}\r\n{rest}\r\n"
    head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n"
    if method == "SETUP":
        return f"{head}Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
    return f"{head}Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"


def description(text: str) -> str:
    """An answer to DESCRIBE, without its last end of line, which every answer gets."""
    head = f"RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: {len(text)}"
    return f"{head}\r\n\r\n{text}".removesuffix("\r\n")


def send_interleaved(
    client: socket.socket, packets: Iterable[bytes], stopping: threading.Event
) -> None:
    """RTP with payload type 33, MPEG-TS (RFC 2250), behind the four bytes of interleaving."""
    for number, packet in enumerate(packets):
        if stopping.wait(SEND_PERIOD_S):
            return
        rtp = struct.pack(">BBHII", 0x80, 33, number & 0xFFFF, number * 180, 1) + packet
        client.sendall(b"$\x00" + struct.pack(">H", len(rtp)) + rtp)


def http_answer(
    answer: Iterable[bytes], keep: bool = False, scheme: str = "http"
) -> contextlib.AbstractContextManager[str]:
    """A server that sends a client these bytes, then closes or says nothing more."""

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        client.recv(4096)
        for part in answer:
            client.sendall(part)
        if keep:
            stopping.wait()

    return serving(talk, scheme)


def jpeg_parts(pictures: Iterable[bytes]) -> bytes:
    """Pictures as they follow the MULTIPART head."""
    return b"".join(
        b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n"
        % (len(picture), picture)
        for picture in pictures
    )


def dripping(start: bytes, drops: Iterable[bytes]) -> Talk:
    """Send `start`, then a drop each DRIP_PERIOD_S for ever."""

    def talk(client: socket.socket, stopping: threading.Event) -> None:
        client.recv(4096)
        client.sendall(start)
        for drop in drops:
            if stopping.wait(DRIP_PERIOD_S):
                return
            client.sendall(drop)

    return talk


class Flood:
    """Sends `start`, then `unit` as fast as they are taken; counts the bytes."""

    def __init__(self, start: bytes, unit: bytes) -> None:
        self._start, self._unit = start, unit
        self.sent_bytes = 0

    def __call__(self, client: socket.socket, stopping: threading.Event) -> None:
        client.recv(4096)
        client.sendall(self._start)
        while not stopping.is_set():
            self.sent_bytes += client.send(self._unit)


@contextlib.contextmanager
def unanswered_port() -> Iterator[int]:
    """A port that no SYN gets an answer from: its listener's queue is full. Linux."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield listener.getsockname()[1]


@contextlib.contextmanager
def running(
    work: Callable[[], None],
    stopping: threading.Event,
    listener: socket.socket | None = None,
    clients: Iterable[socket.socket] = (),
) -> Iterator[None]:
    """Run `work` on a thread; at the end stop it, wake it, and wait for it."""
    thread = threading.Thread(target=work, name="test server", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for client in clients:
            with contextlib.suppress(OSError):  # it has gone
                client.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)
    assert not thread.is_alive()
