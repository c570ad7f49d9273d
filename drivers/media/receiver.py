"""Video over the network: one connection, read to its end; who wants it back opens it again."""

import errno
import socket
import threading
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

import av
from av.container import InputContainer
from av.video.frame import VideoFrame as DecodedFrame
from av.video.stream import VideoStream

from drivers.api.errors import (
    Busy,
    DeviceError,
    Disconnected,
    NotFound,
    ProtocolViolation,
    Timeout,
)
from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import Origin, Stamp, VideoFrame
from drivers.media.decoding import (
    VIDEO_FORMATS,
    Decoder,
    PixelConverter,
    can_decode,
    limit_size,
    nominal_rate_hz,
    packets,
    time_ns,
)

OPEN_TIMEOUT_S = 2.0
"""For connecting, and once more for the first picture."""
READ_TIMEOUT_S = 1.0

_COMMON = {"format_whitelist": VIDEO_FORMATS + ",rtsp", "fpsprobesize": "0"}
"""fpsprobesize 0: no pictures are held back to guess a rate. Measured with MPEG-TS over UDP at
25 a second: open takes 0.13 s instead of 1.0 s, and no burst of 20 old pictures follows."""
_RTSP = {"rtsp_flags": "prefer_tcp", "analyzeduration": "200000"}
_UDP = {"analyzeduration": "500000"}
_OPTIONS = {"rtsp": _RTSP, "rtsps": _RTSP, "udp": _UDP}

_HTTP_SCHEMES = ("http", "https")
_SILENCE = (av.error.ExitError, av.error.TimeoutError)
_NO_VIDEO = (
    ProtocolViolation,
    "this address answers, but not with video",
    "Check the address in the manual of the device.",
)
_REFUSALS: tuple[tuple[tuple[type[Exception], ...], type[DeviceError], str, str], ...] = (
    (
        _SILENCE,
        Timeout,
        f"no picture came within {OPEN_TIMEOUT_S:.0f} s",
        "Check that the device is switched on and sending.",
    ),
    (
        (av.error.ConnectionRefusedError,),
        NotFound,
        "nothing is sending video at this address",
        "Start sending on the device, or check the address and its port number.",
    ),
    (
        (av.error.HTTPNotFoundError,),
        NotFound,
        "the device has no such page",
        "Check the part of the address after the host name.",
    ),
    (
        (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError),
        NotFound,
        "it asks for another user name and password",
        "Write them before the host name, as name:password@host.",
    ),
    (
        (av.error.InvalidDataError, av.error.ArgumentError, av.error.DecoderNotFoundError),
        *_NO_VIDEO,
    ),
)
"""What opening can meet, and how it is said."""


class StreamSource:
    """A VideoSource over a URL that FFmpeg can receive.

    `interrupt()` is noticed between two packets, and in a silent moment when the read times out:
    read() ends within READ_TIMEOUT_S, open() within twice OPEN_TIMEOUT_S after the name is known.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._parts = urlsplit(url)
        self._clock = clock
        self._interrupted = threading.Event()
        self._container: InputContainer | None = None
        self._frames: Iterator[DecodedFrame] = iter(())
        self._decoder = Decoder()
        self._converter = PixelConverter()
        self._delivered = 0

    def open(self) -> SourceInfo:
        """Connect and wait for the first picture; NotFound, Timeout, Busy, ProtocolViolation."""
        self.close()
        self._require_host()
        self._container = self._connect()
        stream = self._choose_stream(self._container)
        self._frames = self._receive(self._container, stream)
        self._decoder = Decoder()
        self._delivered = 0
        return SourceInfo(
            address=without_password(self._parts),
            name=f"Network video from {self._place}",
            identity=None,
            origin=Origin.DEVICE,
            nominal_rate_hz=nominal_rate_hz(stream),
        )

    def read(self) -> VideoFrame:
        """The next whole picture; Timeout after a silent second, Disconnected at the end."""
        if self._container is None:
            raise self._error(Disconnected, "it is not open", "Open it again to go on.")
        if self._interrupted.is_set():
            raise self._stopped()
        try:
            frame = next(self._frames, None)
        except av.FFmpegError as error:
            raise self._explain_loss(error) from None
        if frame is None:
            raise self._closed()
        return self._stamped(frame, self._clock.now_ns())

    def interrupt(self) -> None:
        """End a blocked read() within READ_TIMEOUT_S, and all later ones; for good."""
        self._interrupted.set()

    def close(self) -> None:
        """Close the connection."""
        if self._container is not None:
            self._container.close()
            self._container = None

    def _require_host(self) -> None:
        host = self._parts.hostname
        if not host:
            return  # udp://:5000 listens on every address of this computer
        try:
            socket.getaddrinfo(host, None)
        except (OSError, UnicodeError):
            raise self._error(
                NotFound, f'no computer called "{host}" is known here', "Check the name."
            ) from None

    def _connect(self) -> InputContainer:
        try:
            return av.open(
                self._url,
                options=_COMMON | _OPTIONS.get(self._parts.scheme, {}),
                timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S),
                metadata_errors="replace",
            )
        except av.FFmpegError as error:
            raise self._explain_refusal(error) from None

    def _choose_stream(self, container: InputContainer) -> VideoStream:
        streams = container.streams.video
        if not (streams and can_decode(streams[0]) and limit_size(streams[0])):
            self.close()
            raise self._error(*_NO_VIDEO)
        stream = streams[0]
        stream.codec_context.thread_count = 1  # each further thread holds back one frame
        return stream

    def _receive(self, container: InputContainer, stream: VideoStream) -> Iterator[DecodedFrame]:
        deadline_ns = self._deadline_ns()
        for packet in packets(container):
            if self._interrupted.is_set():
                raise self._stopped()
            if packet.stream_index == stream.index:
                yield from self._decoder.decode(packet)
                deadline_ns = self._deadline_ns()
            elif self._clock.now_ns() > deadline_ns:  # sound goes on, the picture does not
                raise self._silent()

    def _deadline_ns(self) -> int:
        return self._clock.now_ns() + round(READ_TIMEOUT_S * 1e9)

    def _stamped(self, frame: DecodedFrame, arrival_ns: int) -> VideoFrame:
        # FFmpeg invents the times of MJPEG: 40 ms steps at any rate.
        device_ns = None if self._parts.scheme in _HTTP_SCHEMES else time_ns(frame)
        stamp = Stamp(self._delivered + self._decoder.lost, arrival_ns, device_ns)
        self._delivered += 1
        pixels, pixel_format = self._converter.convert(frame)
        return VideoFrame(pixels, pixel_format, stamp, Origin.DEVICE)

    def _explain_refusal(self, error: av.FFmpegError) -> DeviceError:
        for kinds, device_error, cause, advice in _REFUSALS:
            if isinstance(error, kinds):
                return self._error(device_error, cause, advice)
        if error.errno == errno.EIO:  # an answer that ends before FFmpeg could recognise it
            return self._error(*_NO_VIDEO)
        if error.errno == errno.EADDRINUSE:
            return self._error(
                Busy, "another program receives this stream", "Close the other program."
            )
        return self._error(
            Disconnected, "it cannot be reached", "Check the network cable and the device."
        )

    def _explain_loss(self, error: av.FFmpegError) -> DeviceError:
        if isinstance(error, _SILENCE):
            return self._silent()
        return self._closed()

    def _silent(self) -> DeviceError:
        return self._error(
            Timeout,
            f"no picture came for {READ_TIMEOUT_S:.0f} s",
            "Check the device and the network cable.",
        )

    def _closed(self) -> DeviceError:
        return self._error(
            Disconnected, "the connection was closed", "Check that the device is still sending."
        )

    def _stopped(self) -> DeviceError:
        return self._error(Disconnected, "reading was stopped", "Open it again to go on.")

    def _error(self, kind: type[DeviceError], cause: str, advice: str) -> DeviceError:
        operation = "open" if self._container is None else "read"
        return kind(f"The video from {self._place}", operation, cause, advice)

    @property
    def _place(self) -> str:
        return _host_and_port(self._parts)


def without_password(parts: SplitResult) -> str:
    """The URL without name and password, for recordings and messages."""
    return parts._replace(netloc=_host_and_port(parts)).geturl()


def _host_and_port(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]
