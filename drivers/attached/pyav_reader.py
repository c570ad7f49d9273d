"""Reads an attached device through FFmpeg on Windows and macOS; runs in the child process.

On Windows FFmpeg's read blocks while the device is silent. The parent then misses the heartbeat and
ends this process, so a silent device and one that hangs are told alike there, and a rate near one a
second cannot be read. On macOS it does not wait: it fails as long as there is no picture.
Pictures are counted as FFmpeg gives them: what the system or FFmpeg loses in a buffer of its own
leaves no gap.
Never tried with a device: the tests read FFmpeg's own test picture through it.
"""

import time
from fractions import Fraction
from functools import partial

import av
import numpy as np
from av.video.frame import VideoFrame as DecodedFrame

from drivers.api.ports import VideoFormat
from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from drivers.isolation.memory import fits, shaped
from drivers.isolation.reader import Arrival, Opened, ReadFailure, Waiting

PAUSE_S = 0.002
"""Between two reads where FFmpeg does not wait; a picture is stamped up to about that much late."""


class PyavReader:
    """A DeviceReader over one of FFmpeg's input devices (dshow, avfoundation)."""

    def __init__(
        self,
        url: str,
        input_format: str,
        width_px: int | None = None,
        height_px: int | None = None,
        rate_hz: float | None = None,
    ) -> None:
        """`url` names the device as `input_format` wants it; the rest is the address's wish."""
        self._url, self._input_format = url, input_format
        self._options: dict[str, str] = {}
        if width_px is not None and height_px is not None:
            self._options["video_size"] = f"{width_px}x{height_px}"
        if rate_hz is not None:
            self._options["framerate"] = f"{rate_hz:g}"
        self._arrived = 0
        self._frame: DecodedFrame | None = None

    def open(self) -> Opened:
        """Open the device; ReadFailure when FFmpeg cannot."""
        try:
            container = av.open(self._url, format=self._input_format, options=self._options)
        except (av.FFmpegError, OSError):
            raise ReadFailure(
                "Busy",
                "it cannot be opened: it is not attached, another program uses it, or it does"
                " not offer what the address asks for",
                "Close other programs, or choose it again without size and fps.",
            ) from None
        stream = container.streams.video[0]
        self._decode = partial(container.decode, stream)
        self._frames = self._decode()
        context = stream.codec_context
        rate: Fraction | None = stream.average_rate
        stated = VideoFormat(context.name, context.width, context.height)
        return Opened(stated, float(rate) if rate else None)

    def wait(self, limit_s: float) -> Arrival | Waiting:
        """The next picture; where FFmpeg's read blocks, however long that takes."""
        deadline_s = time.monotonic() + limit_s
        while (frame := self._next_frame()) is None:
            if time.monotonic() >= deadline_s:
                return Waiting.SILENT
            time.sleep(PAUSE_S)
        arrival_ns = time.perf_counter_ns()
        self._arrived += 1
        self._frame = frame
        time_s = frame.time
        return Arrival(self._arrived, arrival_ns, None if time_s is None else round(time_s * 1e9))

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        """The last picture, in colour."""
        assert self._frame is not None
        geometry = PictureGeometry(self._frame.width, self._frame.height, PixelFormat.BGR24)
        if self._frame.is_corrupt or not fits(geometry):
            return None
        np.copyto(shaped(space, geometry), self._frame.to_ndarray(format="bgr24"))
        return geometry

    def _next_frame(self) -> DecodedFrame | None:
        """None while there is none yet."""
        try:
            return next(self._frames)
        except (BlockingIOError, av.error.InvalidDataError):  # none yet, or a damaged one
            self._frames = self._decode()  # an error has ended the one before
            return None
        except (av.FFmpegError, StopIteration):
            raise ReadFailure("Disconnected", "it was unplugged", "Check its cable.") from None
