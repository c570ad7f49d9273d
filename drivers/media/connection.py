"""One network connection, read by a thread of its own.

So no picture waits unseen in the buffers of the network while somebody decodes or is held up,
each is stamped when it comes, and whoever waits can stop waiting, whatever the network does.
"""

import socket
import threading
from concurrent.futures import Future
from urllib.parse import SplitResult

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.video.stream import VideoStream

from drivers.api.ports import Clock
from drivers.media.backlog import Backlog, Received
from drivers.media.decoding import (
    VIDEO_FORMATS,
    can_decode,
    limit_size,
    nominal_rate_hz,
    packets,
)
from drivers.media.http_body import Addresses, HttpBody

LOOK_UP_TIMEOUT_S = 2.0
"""For the name of the host; the operating system itself may take half a minute."""
OPEN_TIMEOUT_S = 3.0
"""From the name to the first picture."""
READ_TIMEOUT_S = 1.0

FFMPEG_TIMEOUTS_S = (2.0, 1.5)
"""FFmpeg's own, for each half of opening and for each packet; they end the thread."""
JOIN_TIMEOUT_S = 4.0
"""Longer than FFmpeg's; FFmpeg looks up the name once more, which has no limit."""

_COMMON = {"format_whitelist": VIDEO_FORMATS + ",rtsp", "fpsprobesize": "0"}
"""fpsprobesize 0: no pictures are held back to guess a rate. Measured with MPEG-TS over UDP at
25 a second: open takes 0.13 s instead of 1.0 s, and no burst of 20 old pictures follows."""
_RTSP = {
    "protocol_whitelist": "rtsp,rtsps,rtp,srtp,tcp,udp,tls",
    "rtsp_flags": "prefer_tcp",
    "analyzeduration": "200000",
}
_UDP = {"protocol_whitelist": "udp", "analyzeduration": "500000"}
_OPTIONS = {"rtsp": _RTSP, "rtsps": _RTSP, "udp": _UDP}
_PORTS = {"http": 80, "https": 443}
HTTP_SCHEMES = tuple(_PORTS)


class UnknownHost(Exception):
    """There is no computer of this name."""


class LookUpTimeout(Exception):
    """Nobody said in time whether there is a computer of this name."""


class NoVideo(Exception):
    """It can be read, and has no video that can be decoded."""


class Connection:
    """Receives the pictures of one URL: open() once, take() until it raises, close()."""

    def __init__(self, parts: SplitResult, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock
        self._body = HttpBody(parts) if parts.scheme in HTTP_SCHEMES else None
        self._backlog = Backlog(clock)
        self._found: Future[None] = Future()
        self._opened: Future[float | None] = Future()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="network video", daemon=True)

    @property
    def left_out(self) -> int:
        """Pictures that were received and that nobody got, because decoding is too slow."""
        return self._backlog.left_out

    def open(self) -> float | None:
        """Connect, wait for the first picture, and give the nominal rate in pictures a second.

        Raises LookUpTimeout, UnknownHost, TimeoutError, NoVideo, and what the libraries raise.
        """
        self._thread.start()
        try:
            self._found.result(LOOK_UP_TIMEOUT_S)
        except TimeoutError:
            raise LookUpTimeout from None
        return self._opened.result(OPEN_TIMEOUT_S)

    def take(self) -> Received:
        """The next picture's packet, TimeoutError after a silent second; see Backlog.take()."""
        return self._backlog.take(READ_TIMEOUT_S)

    def interrupt(self) -> None:
        """End a waiting take() and all later ones; any thread."""
        self._backlog.interrupt()

    def close(self) -> None:
        """End the connection and its thread."""
        self._closing.set()
        if self._body is not None:
            self._body.abort()
        if self._found.done():  # else it still looks up the name, which nothing can end
            self._thread.join(JOIN_TIMEOUT_S)

    def _run(self) -> None:
        try:
            addresses = self._look_up()
            self._found.set_result(None)
            if not self._closing.is_set():
                with self._connect(addresses) as container:
                    self._receive(container)
        except Exception as error:  # every error belongs to who waits for a picture
            self._tell(error)
        finally:
            if self._body is not None:
                self._body.close()

    def _look_up(self) -> Addresses:
        host = self._parts.hostname
        if not host:  # udp://:5000 listens on every address of this computer
            return []
        port = self._parts.port or _PORTS.get(self._parts.scheme)
        try:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise UnknownHost from None

    def _connect(self, addresses: Addresses) -> InputContainer:
        source: str | HttpBody = self._parts.geturl()
        if self._body is not None:
            self._body.open(addresses)
            source = self._body
        began_ns = self._clock.now_ns()
        try:
            return self._open_with_ffmpeg(source)
        except av.FFmpegError:  # it gives a time-out inside of RTSP many names
            if self._clock.now_ns() - began_ns >= FFMPEG_TIMEOUTS_S[0] * 1e9:
                raise TimeoutError from None
            raise

    def _open_with_ffmpeg(self, source: str | HttpBody) -> InputContainer:
        return av.open(
            source,
            "r",
            options=_COMMON | _OPTIONS.get(self._parts.scheme, {}),
            timeout=FFMPEG_TIMEOUTS_S,
            metadata_errors="replace",
        )

    def _receive(self, container: InputContainer) -> None:
        if self._body is not None and self._body.failure is not None:
            raise self._body.failure  # what has come is as old as the silence behind it
        stream = _choose(container)
        self._opened.set_result(nominal_rate_hz(stream))
        try:
            self._fill(container, stream)
        except Exception as error:
            self._tell(error)
        self._closing.wait()  # what waits is still decoded, which needs the container

    def _tell(self, error: Exception) -> None:
        cause = (self._body and self._body.failure) or error
        for awaited in (self._found, self._opened):
            if not awaited.done():
                awaited.set_exception(cause)
        self._backlog.end(cause)

    def _fill(self, container: InputContainer, stream: VideoStream) -> None:
        for packet in packets(container):
            if self._closing.is_set():
                return
            if packet.stream_index == stream.index:
                self._backlog.put(packet, self._clock.now_ns())
            if self._body is not None:
                self._body.allow_next_picture()
        raise EOFError


def _choose(container: InputContainer) -> VideoStream:
    streams = container.streams.video
    if not (streams and can_decode(streams[0]) and limit_size(streams[0])):
        raise NoVideo
    stream = streams[0]
    stream.codec_context.thread_count = 1  # each further thread holds back one frame
    stream.codec_context.flags |= Flags.copy_opaque  # a picture tells its packet's arrival
    return stream
