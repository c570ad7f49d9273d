"""RTSP 1.0 (RFC 2326) with JPEG over RTP, interleaved into its TCP connection or over UDP."""

import contextlib
import secrets
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import VideoFrame
from simulators.servers.requests import Refused, Request, RequestReader
from simulators.servers.rtp_jpeg import PAYLOAD_TYPE, JpegPicture, RtpStream
from simulators.servers.serving import HOST, Conversation, Server

PATH = "/video"
TRACK = "track"
GROUP = 16
"""Datagrams that are sent at once."""
_OK = 200
_REASONS = {
    _OK: "OK",
    400: "Bad Request",
    404: "Not Found",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    501: "Not Implemented",
    505: "RTSP Version not supported",
}


@dataclass(frozen=True, slots=True)
class _Interleaved:
    """Packets go into the connection, on this channel."""

    channel: int

    def wrap(self, packet: bytes) -> bytes:
        return bytes([0x24, self.channel]) + len(packet).to_bytes(2) + packet


@dataclass(frozen=True, slots=True)
class _Datagrams:
    """Packets go to this port of the client's computer."""

    port: int


class _Ports:
    """Two neighbouring ports, of which the first is even (RFC 3550, 11); nothing is read there."""

    def __init__(self) -> None:
        self.rtp, self.rtcp = _bind_pair()
        self.rtp.setblocking(False)

    @property
    def text(self) -> str:
        """Both numbers as RTSP writes them."""
        return f"{self.rtp.getsockname()[1]}-{self.rtcp.getsockname()[1]}"

    def send(self, packet: bytes, to: tuple[str, int]) -> None:
        """One that the system does not take is lost, as on any network."""
        with contextlib.suppress(OSError):
            self.rtp.sendto(packet, to)

    def close(self) -> None:
        """Release both."""
        self.rtp.close()
        self.rtcp.close()


def _bind_pair() -> tuple[socket.socket, socket.socket]:
    while True:
        with contextlib.ExitStack() as opened:
            first, second = (
                opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                for _ in range(2)
            )
            first.bind((HOST, 0))
            port = first.getsockname()[1]
            if port % 2:
                continue
            with contextlib.suppress(OSError):  # the neighbour is taken
                second.bind((HOST, port + 1))
                opened.pop_all()
                return first, second


Answer = tuple[dict[str, str], str]
"""Fields and body."""


class _Session(Conversation[JpegPicture]):
    """One connection, which has one session at most; with it the session ends."""

    def __init__(self, host: str, info: SourceInfo, ports: _Ports) -> None:
        self._host, self._info, self._ports = host, info, ports
        self._requests = RequestReader(interleaved=True)
        self._id = secrets.token_hex(8)
        self._stream = RtpStream(secrets.randbits(32))
        self._way: _Interleaved | _Datagrams | None = None
        self._packets: deque[bytes] = deque()
        self._methods: dict[str, Callable[[Request], Answer]] = {
            "OPTIONS": self._options,
            "DESCRIBE": self._describe,
            "SETUP": self._set_up,
            "PLAY": self._play,
            "TEARDOWN": self._tear_down,
        }

    def hear(self, data: bytes) -> bytes:
        answers = b""
        try:
            for request in self._requests.feed(data):
                answers += self._answer(request)
        except Refused as refused:
            self._stop()
            self.ended = True
            answers += _response(refused.status, {}, "")
        return answers

    def show(self, picture: JpegPicture) -> bytes:
        packets = self._stream.packets(picture)
        if isinstance(self._way, _Interleaved):
            return b"".join(map(self._way.wrap, packets))
        self._packets.extend(packets)
        return b""

    def post(self) -> bool:
        if isinstance(self._way, _Datagrams):
            for _ in range(min(GROUP, len(self._packets))):
                self._ports.send(self._packets.popleft(), (self._host, self._way.port))
        return bool(self._packets)

    def _answer(self, request: Request) -> bytes:
        """Refused when not even the answer could be numbered."""
        number = request.fields.get("CSeq", "")
        if not (number.isascii() and number.isdigit()):
            raise Refused(400)
        try:
            fields, body = self._method(request)(request)
        except Refused as refused:
            return _response(refused.status, {"CSeq": number}, "")
        return _response(_OK, {"CSeq": number, **fields}, body)

    def _method(self, request: Request) -> Callable[[Request], Answer]:
        if request.version != "RTSP/1.0":
            raise Refused(505)
        if request.method not in self._methods:
            raise Refused(501)
        return self._methods[request.method]

    def _options(self, request: Request) -> Answer:
        return {"Public": ", ".join(self._methods)}, ""

    def _describe(self, request: Request) -> Answer:
        _require_path(request, PATH)
        base = request.target.rstrip("/") + "/"
        return {"Content-Base": base, "Content-Type": "application/sdp"}, self._description()

    def _description(self) -> str:
        rate_hz = self._info.nominal_rate_hz
        lines = [
            "v=0",
            f"o=- 0 0 IN IP4 {HOST}",
            f"s={self._info.name}",
            "c=IN IP4 0.0.0.0",
            "t=0 0",
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            f"a=control:{TRACK}",
            *([f"a=framerate:{rate_hz:g}"] if rate_hz else []),
        ]
        return "".join(f"{line}\r\n" for line in lines)

    def _set_up(self, request: Request) -> Answer:
        _require_path(request, f"{PATH}/{TRACK}")
        if self.playing:
            raise Refused(455)
        for offered in request.fields.get("Transport", "").split(","):
            if (way := _way(offered)) is not None:
                self._way = way
                return {"Transport": self._transport(way), "Session": self._id}, ""
        raise Refused(461)

    def _transport(self, way: _Interleaved | _Datagrams) -> str:
        if isinstance(way, _Interleaved):
            return f"RTP/AVP/TCP;unicast;interleaved={way.channel}-{way.channel + 1}"
        ports = f"client_port={way.port}-{way.port + 1};server_port={self._ports.text}"
        return f"RTP/AVP;unicast;{ports}"

    def _play(self, request: Request) -> Answer:
        self._require_session(request)
        self.playing = True
        return {"Session": self._id, "Range": "npt=now-"}, ""

    def _tear_down(self, request: Request) -> Answer:
        self._require_session(request)
        self._stop()
        return {}, ""

    def _require_session(self, request: Request) -> None:
        if self._way is None:
            raise Refused(455)
        if request.fields.get("Session", "").partition(";")[0].strip() != self._id:
            raise Refused(454)

    def _stop(self) -> None:
        self.playing = False
        self._way = None
        self._packets.clear()


class RtspServer(Server[JpegPicture]):
    """Serves a source as JPEG over RTP, in colour always, in whole blocks of eight pixels."""

    def __init__(self, source: VideoSource, port: int = 0) -> None:
        """`port` 0 takes a free one; OSError when it is taken."""
        super().__init__(source, port)
        self._ports = _Ports()

    @property
    def address(self) -> str:
        """The URL of the pictures."""
        return f"rtsp://{HOST}:{self.port}{PATH}"

    def prepare(self, frame: VideoFrame) -> JpegPicture:
        """ProtocolViolation for a picture that is too large."""
        return JpegPicture(frame)

    def converse(self, host: str, info: SourceInfo) -> Conversation[JpegPicture]:
        """A session of its own for everybody."""
        return _Session(host, info, self._ports)

    def _close(self) -> None:
        super()._close()
        self._ports.close()


def _require_path(request: Request, path: str) -> None:
    if request.path.rstrip("/") != path:
        raise Refused(404)


def _way(offered: str) -> _Interleaved | _Datagrams | None:
    """What one offer of a client means; None where it cannot be had here."""
    kind, *rest = (part.strip() for part in offered.split(";"))
    options = dict(part.partition("=")[::2] for part in rest)
    if "multicast" in options:
        return None
    if kind == "RTP/AVP/TCP":
        channel = _number(options.get("interleaved", "0-1"))
        return _Interleaved(channel) if 0 <= channel < 255 else None
    if kind in ("RTP/AVP", "RTP/AVP/UDP"):
        port = _number(options.get("client_port", ""))
        return _Datagrams(port) if 0 < port < 65535 else None
    return None


def _number(pair: str) -> int:
    """The first of two numbers; -1 where there is none."""
    first = pair.partition("-")[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) <= 5 else -1


def _response(status: int, fields: dict[str, str], body: str) -> bytes:
    lines = [f"RTSP/1.0 {status} {_REASONS[status]}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
