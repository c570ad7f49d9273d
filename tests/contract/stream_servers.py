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
SEND_PERIOD_S = 0.005

RTSP_DESCRIPTION = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 33\r\na=control:track1\r\n"
)


@cache
def stream_packets() -> list[bytes]:
    """A minute of MPEG-TS, cut for the network."""
    data = transport_stream(60)
    return [data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES)]


@contextlib.contextmanager
def udp_sender() -> Iterator[str]:
    """MPEG-TS to a free port; gives the address to open."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stopping = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for packet in itertools.cycle(stream_packets()):
                if stopping.wait(SEND_PERIOD_S):
                    return
                sender.sendto(packet, ("127.0.0.1", port))

    with running(send, stopping):
        yield f"udp://127.0.0.1:{port}"


@contextlib.contextmanager
def rtsp_server() -> Iterator[str]:
    """One RTSP session at a time, MPEG-TS interleaved into its TCP connection (RFC 2326)."""
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                client, _ = listener.accept()
                with client, contextlib.suppress(OSError):  # the client went
                    answer_until_play(client)
                    send_interleaved(client, stopping)

    with running(serve, stopping, listener):
        yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/stream"


def answer_until_play(client: socket.socket) -> None:
    """Answer requests up to and including PLAY."""
    method = ""
    while method != "PLAY":
        request = client.recv(4096).decode()
        method = request.split(" ", 1)[0]
        client.sendall(rtsp_answer(method, request).encode())


def rtsp_answer(method: str, request: str) -> str:
    """The answer to one request."""
    number = re.search(r"CSeq: (\d+)", request)[1]  # type: ignore[index]
    head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n"
    if method == "DESCRIBE":
        length = len(RTSP_DESCRIPTION)
        return f"{head}Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n" + (
            RTSP_DESCRIPTION
        )
    if method == "SETUP":
        return f"{head}Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
    return f"{head}Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"


def send_interleaved(client: socket.socket, stopping: threading.Event) -> None:
    """RTP with payload type 33, MPEG-TS (RFC 2250), behind the four bytes of interleaving."""
    for number, packet in enumerate(itertools.cycle(stream_packets())):
        if stopping.wait(SEND_PERIOD_S):
            return
        rtp = struct.pack(">BBHII", 0x80, 33, number & 0xFFFF, number * 180, 1) + packet
        client.sendall(b"$\x00" + struct.pack(">H", len(rtp)) + rtp)


@contextlib.contextmanager
def http_answer(answer: Iterable[bytes], keep: bool = False) -> Iterator[str]:
    """A server that sends its one client these bytes, then closes or says nothing more."""
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):  # the listener is closed, or the client went
            client, _ = listener.accept()
            with client:
                client.recv(4096)
                for part in answer:
                    client.sendall(part)
                if keep:
                    stopping.wait()

    with running(serve, stopping, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@contextlib.contextmanager
def running(
    work: Callable[[], None],
    stopping: threading.Event,
    listener: socket.socket | None = None,
) -> Iterator[None]:
    """Run `work` on a thread; at the end stop it, wake it from accept(), and wait for it."""
    thread = threading.Thread(target=work, name="test server", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        thread.join(timeout=10)
    assert not thread.is_alive()
