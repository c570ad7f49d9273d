"""Video over the network: one connection, read to its end; who wants it back opens it again."""

import threading
from collections import deque
from typing import cast
from urllib.parse import SplitResult, urlsplit

from av.video.frame import VideoFrame as DecodedFrame

from drivers.api.errors import DeviceError, Disconnected, ProtocolViolation
from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import Origin, Stamp, VideoFrame
from drivers.media.backlog import Interrupted, Received
from drivers.media.connection import HTTP_SCHEMES, Connection
from drivers.media.decoding import Decoder, PixelConverter, time_ns
from drivers.media.refusals import Refusal, explain_loss, explain_refusal
from drivers.media.urls import host_and_port, public_url

WHOLE_PICTURE_TIMEOUT_NS = 10_000_000_000
"""Damaged pictures that go on for longer end the connection (ours). A stream that is joined
between two key pictures has nothing whole until the next one, with some cameras for seconds."""

NOT_OPEN = Refusal(Disconnected, "it is not open", "Open it again to go on.")
STOPPED = Refusal(Disconnected, "reading was stopped", "Open it again to go on.")
DAMAGED = Refusal(
    ProtocolViolation,
    "only damaged pictures come",
    "Check the network cable, and choose a smaller picture in the device's settings.",
)


class StreamSource:
    """A VideoSource over a URL: HTTP, RTSP, UDP.

    A picture is stamped when its packet came, or as the one before it when that came later: in
    H.264 a picture may be sent ahead of others that are shown before it.
    open() of HTTP ends 3 s after the name of the host is known at the latest, of RTSP and UDP
    after 4 s (7 s when FFmpeg, which looks up the name once more, gets no answer then); read()
    READ_TIMEOUT_S after the last packet, and at once after interrupt(). What they raise is made
    outside of the handlers: an error that goes on holding the one below it would hold its socket
    as well.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._parts: SplitResult = urlsplit(url)
        self._clock = clock
        self._interrupted = threading.Event()
        self._connection: Connection | None = None
        self._decoded: deque[VideoFrame] = deque()
        self._decoder = Decoder()
        self._converter = PixelConverter()
        self._delivered = 0
        self._newest_ns = 0
        self._whole_by_ns = 0

    def open(self) -> SourceInfo:
        """Connect and wait for the first picture; NotFound, Timeout, Busy, ProtocolViolation."""
        self.close()
        nominal_rate_hz = self._connect()
        self._decoder = Decoder()
        self._delivered = 0
        self._newest_ns = 0
        self._whole_by_ns = self._clock.now_ns() + WHOLE_PICTURE_TIMEOUT_NS
        return SourceInfo(
            address=public_url(self._parts),
            name=f"Network video from {host_and_port(self._parts)}",
            identity=None,
            origin=Origin.DEVICE,
            nominal_rate_hz=nominal_rate_hz,
        )

    def read(self) -> VideoFrame:
        """The next whole picture; Timeout after a silent second, Disconnected at the end."""
        if self._interrupted.is_set():
            raise self._error("read", STOPPED)
        while not self._decoded:
            self._decode(self._take())
            if not self._decoded and self._clock.now_ns() > self._whole_by_ns:
                raise self._error("read", DAMAGED)
        self._whole_by_ns = self._clock.now_ns() + WHOLE_PICTURE_TIMEOUT_NS
        return self._decoded.popleft()

    def interrupt(self) -> None:
        """End a blocked read(), and all later ones, at once and for good."""
        self._interrupted.set()
        connection = self._connection
        if connection is not None:
            connection.interrupt()

    def close(self) -> None:
        """Close the connection; while nothing comes over RTSP or UDP it takes up to 1.5 s."""
        connection, self._connection = self._connection, None
        self._decoded.clear()
        if connection is not None:
            connection.close()

    def _connect(self) -> float | None:
        connection = self._connection = Connection(self._parts, self._clock)
        if self._interrupted.is_set():
            connection.interrupt()
        try:
            return connection.open()
        except Exception as error:
            refusal = explain_refusal(error)
        self.close()
        raise self._error("open", refusal)

    def _take(self) -> Received:
        if self._connection is None:
            raise self._error("read", NOT_OPEN)
        try:
            return self._connection.take()
        except Interrupted:
            refusal = STOPPED
        except Exception as error:
            refusal = explain_loss(error)
        raise self._error("read", refusal)

    def _decode(self, received: Received) -> None:
        # A decoder with delay gives pictures of earlier packets: each carries its own arrival.
        received.packet.opaque = received.arrival_ns, received.overtaken
        pictures = self._decoder.decode(received.packet)
        for number, picture in enumerate(pictures, start=1):
            arrival_ns, overtaken = cast(tuple[int, bool], picture.opaque)
            self._newest_ns = max(self._newest_ns, arrival_ns)
            is_last = number == len(pictures)
            self._decoded.append(self._stamped(picture, overtaken or not is_last))

    def _stamped(self, picture: DecodedFrame, overtaken: bool) -> VideoFrame:
        # FFmpeg invents the times of MJPEG: 40 ms steps at any rate.
        device_ns = None if self._parts.scheme in HTTP_SCHEMES else time_ns(picture)
        assert self._connection is not None
        lost = self._decoder.lost + self._connection.left_out
        stamp = Stamp(self._delivered + lost, self._newest_ns, device_ns)
        self._delivered += 1
        pixels, pixel_format = self._converter.convert(picture)
        return VideoFrame(pixels, pixel_format, stamp, Origin.DEVICE, overtaken=overtaken)

    def _error(self, operation: str, refusal: Refusal) -> DeviceError:
        return refusal.kind(
            f"The video from {host_and_port(self._parts)}",
            operation,
            refusal.cause,
            refusal.advice,
        )
