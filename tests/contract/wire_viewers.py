"""Clients that speak a protocol by themselves and tell which pictures come; nothing of ours."""

import re
import socket
import struct
from collections.abc import Iterator

import numpy as np
from stepped_source import PERIOD_NS, number_above

from drivers.codecs.igtl import Decoder, Image, Message, Other, encode
from drivers.opencv import cv2

LIMIT_S = 20.0
"""Only what hangs gets here."""
BUFFER_BYTES = 1 << 16
"""Small, so that what is not read soon waits at the other end."""
TICKS = 3600
"""Of RTP's 90 kHz from one picture to the next."""


class Wire:
    """One end of a connection, which is read when it is asked."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.socket.setsockopt(socket.SOL_SOCKET, buffer, BUFFER_BYTES)
        self.socket.settimeout(LIMIT_S)
        self.socket.connect(("127.0.0.1", port))
        self._heard = b""

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def hear(self, count: int) -> bytes:
        while len(self._heard) < count:
            data = self.socket.recv(1 << 16)
            if not data:
                raise EOFError
            self._heard += data
        data, self._heard = self._heard[:count], self._heard[count:]
        return data

    def hear_head(self) -> str:
        """Up to and without an empty line."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.hear(1)
        return head[:-4].decode()

    def hear_rest(self) -> bytes:
        """To the end of the connection."""
        rest, self._heard = self._heard, b""
        try:
            while data := self.socket.recv(1 << 16):
                rest += data
        except ConnectionResetError:  # it was cut while we were still sending
            pass
        return rest

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class MjpegViewer(Wire):
    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.say(b"GET /video HTTP/1.1\r\nHost: x\r\n\r\n")
        assert self.hear_head().startswith("HTTP/1.1 200 OK\r\n")

    def next(self) -> int:
        """The number of the next picture."""
        size = int(re.search(r"Content-Length: (\d+)", self.hear_head())[1])  # type: ignore[index]
        jpeg = np.frombuffer(self.hear(size), np.uint8)
        assert self.hear(2) == b"\r\n"
        return number_above(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE))


class RtspWire(Wire):
    """Asks, one request after another."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.url = f"rtsp://127.0.0.1:{port}/video"
        self._count = 0

    def ask(self, method: str, url: str = "", version: str = "RTSP/1.0", **fields: str) -> str:
        """The head of the answer to a request, whose number is checked."""
        self._count += 1
        lines = [f"{method} {url or self.url} {version}", f"CSeq: {self._count}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        self.say(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = self.hear_head()
        assert f"\r\nCSeq: {self._count}" in answer
        return answer

    def set_up(self, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1") -> str:
        """The number of the session."""
        answer = self.ask("SETUP", f"{self.url}/track", Transport=transport)
        return re.search(r"Session: (\w+)", answer)[1]  # type: ignore[index]

    def next(self) -> int:
        """The number of the picture whose last packet comes next."""
        while True:
            mark, channel, size = struct.unpack(">cBH", self.hear(4))
            assert (mark, channel) == (b"$", 0)
            _, kind, _, time, _ = struct.unpack_from(">BBHII", self.hear(size))
            if kind & 0x80:
                return time // TICKS


class RtspViewer(RtspWire):
    def __init__(self, port: int) -> None:
        super().__init__(port)
        assert self.ask("PLAY", Session=self.set_up()).startswith("RTSP/1.0 200 OK")


class IgtlViewer(Wire):
    """Gets everything at once, and asks how the server is, to know that it is known there."""

    def __init__(self, port: int, version: int = 1) -> None:
        super().__init__(port)
        self.decoder = Decoder()
        self._messages = self._read()
        self.say(encode(Message("", Other("GET_STATUS"), version=version)))
        while self.message().device != "Simulator":
            pass

    def message(self) -> Message:
        return next(self._messages)

    def next(self) -> int:
        """The number of the next picture."""
        while True:
            message = self.message()
            if isinstance(message.content, Image):
                return round(message.time_ns / PERIOD_NS)

    def _read(self) -> Iterator[Message]:
        while data := self.socket.recv(1 << 16):
            yield from self.decoder.feed(data)
