"""One video file: MagicYUV in NUT, every picture whole in itself, readable after a kill.

Both are native to FFmpeg, and lossless; a picture is in the file as soon as it has been added.
Why these: docs/decisions/0006.
"""

import zlib
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.container import OutputContainer
from av.video.plane import VideoPlane
from av.video.stream import VideoStream

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat, VideoFrame
from drivers.opencv import cv2
from guidance_app.session.disk import OutputFile

CONTAINER = "nut"
CONTAINER_OPTIONS = {"flush_packets": "1"}
"""Bytes are handed to the file at once."""

CODEC = "magicyuv"
CODEC_OPTIONS = {"pred": "median"}
"""The predictor that makes the smallest files, at no cost in time."""

STORED_FORMATS = {PixelFormat.GRAY8: "gray", PixelFormat.BGR24: "gbrp"}
"""Pixel formats of the codec that hold ours without loss."""

MILLISECOND = Fraction(1, 1000)
NS_PER_MS = 1_000_000
DEFAULT_RATE_HZ = 30.0
WRITE_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class CompressedPicture:
    """A picture on its way into the file."""

    packet: "av.Packet[VideoStream]"
    pts_ms: int
    crc32: int


class SegmentWriter:
    """Writes one video file; one thread. OSError and av.FFmpegError pass through."""

    def __init__(
        self, file: OutputFile, geometry: PictureGeometry, begins_ns: int, rate_hz: float | None
    ) -> None:
        """`begins_ns` is the arrival of the first frame; `rate_hz` only informs players."""
        self.geometry = geometry
        self.begins_ns = begins_ns
        self.count = 0
        self._pts_ms = -1
        self._file = file
        self._container = open_muxer(file)
        rate = Fraction(rate_hz or DEFAULT_RATE_HZ).limit_denominator(1001)
        added = self._container.add_stream(CODEC, rate=rate, options=CODEC_OPTIONS)
        stream = cast(VideoStream, added)
        stream.width, stream.height = geometry.width_px, geometry.height_px
        stream.pix_fmt = STORED_FORMATS[geometry.pixel_format]
        stream.codec_context.time_base = MILLISECOND
        stream.codec_context.thread_count = 1
        stream.codec_context.thread_type = "SLICE"
        self._stream = stream
        self._planes = _Planes(geometry)

    def compress(self, frame: VideoFrame) -> CompressedPicture:
        """Compress one picture; its time is the arrival in whole milliseconds, always rising."""
        elapsed_ms = (frame.stamp.arrival_ns - self.begins_ns) // NS_PER_MS
        picture = self._planes.fill(frame.pixels)
        picture.pts = max(self._pts_ms + 1, elapsed_ms)
        picture.time_base = MILLISECOND
        (packet,) = self._stream.encode(picture)
        return CompressedPicture(packet, picture.pts, zlib.crc32(packet))

    def add(self, picture: CompressedPicture) -> None:
        """Append a picture; when this returns the operating system has it."""
        self._pts_ms = picture.pts_ms
        self.count += 1
        self._container.mux_one(picture.packet)

    def sync(self) -> None:
        """Return when everything in the file would survive a power cut."""
        self._file.sync()

    def close(self) -> None:
        """Write the index, and close the file in any case."""
        try:
            self._container.close()
        finally:
            self._file.close()


def open_muxer(file: OutputFile) -> OutputContainer:
    """A file into which pictures are put one by one."""
    return av.open(
        file,
        "w",
        format=CONTAINER,
        container_options=CONTAINER_OPTIONS,
        buffer_size=WRITE_BLOCK_BYTES,
    )


class _Planes:
    """One picture of FFmpeg's, filled again for each frame.

    Memory that is new to the process costs more than compressing: measured, 20 ms of 42 for a
    colour picture of 1920x1080. The encoder keeps no picture beyond its call: docs/decisions/0006.
    """

    def __init__(self, geometry: PictureGeometry) -> None:
        size = (geometry.width_px, geometry.height_px)
        self.picture = av.VideoFrame(*size, STORED_FORMATS[geometry.pixel_format])
        self._planes = [_rows(plane)[:, : size[0]] for plane in self.picture.planes]

    def fill(self, pixels: ImageU8) -> av.VideoFrame:
        """The picture with these pixels; colour is taken apart into green, blue and red.

        Raises TypeError for pixels of another kind, which would be copied as something else.
        """
        if pixels.dtype != np.uint8:
            raise TypeError(f"pixels are {pixels.dtype}, not uint8")
        if pixels.ndim == 2:
            self._planes[0][:] = pixels
        else:
            green, blue, red = self._planes
            cv2.split(pixels, [blue, green, red])
        return self.picture


def _rows(plane: VideoPlane) -> ImageU8:
    """Its memory, line by line with their padding."""
    memory = memoryview(plane)
    return np.frombuffer(memory, np.uint8).reshape(plane.height, plane.line_size)
