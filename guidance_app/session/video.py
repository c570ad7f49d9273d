"""One video file: FFV1 in Matroska, every picture whole in itself, readable after a kill.

The muxer keeps a cluster in memory until the next one begins. With one picture to a cluster,
a picture is in the file when the next one has been added or the file has been closed.
"""

import zlib
from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat, VideoFrame
from guidance_app.session.disk import OutputFile

CLUSTERS = {"cluster_size_limit": "1", "flush_packets": "1"}
"""One picture a cluster; bytes are handed to the file at once."""

CODEC = {"level": "3", "coder": "rice", "slices": "4", "slicecrc": "1", "g": "1"}
"""FFV1 version 3. The Rice coder takes half the time of the range coder for the same size."""

STORED_FORMATS = {PixelFormat.GRAY8: "gray", PixelFormat.BGR24: "bgr0"}
"""Pixel formats of FFV1 that hold ours without loss."""

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
        stream = self._container.add_stream("ffv1", rate=rate, options=CODEC)
        stream.width, stream.height = geometry.width_px, geometry.height_px
        stream.pix_fmt = STORED_FORMATS[geometry.pixel_format]
        stream.codec_context.time_base = MILLISECOND
        stream.codec_context.thread_count = 1
        stream.codec_context.thread_type = "SLICE"
        self._stream = stream

    def compress(self, frame: VideoFrame) -> CompressedPicture:
        """Compress one picture; its time is the arrival in whole milliseconds, always rising."""
        elapsed_ms = (frame.stamp.arrival_ns - self.begins_ns) // NS_PER_MS
        picture = _picture(frame.pixels, self.geometry.pixel_format)
        picture.pts = max(self._pts_ms + 1, elapsed_ms)
        picture.time_base = MILLISECOND
        (packet,) = self._stream.encode(picture)
        return CompressedPicture(packet, picture.pts, zlib.crc32(packet))

    def add(self, picture: CompressedPicture) -> None:
        """Append a picture; those before it are now in the file."""
        self._pts_ms = picture.pts_ms
        self.count += 1
        self._container.mux_one(picture.packet)

    def sync(self) -> None:
        """Return when everything in the file would survive a power cut."""
        self._file.sync()

    def close(self) -> None:
        """Write the last picture and the index, and close the file in any case."""
        try:
            self._container.close()
        finally:
            self._file.close()


def open_muxer(file: OutputFile) -> OutputContainer:
    """A Matroska file into which pictures are put one by one."""
    return av.open(
        file, "w", format="matroska", container_options=CLUSTERS, buffer_size=WRITE_BLOCK_BYTES
    )


def _picture(pixels: ImageU8, pixel_format: PixelFormat) -> av.VideoFrame:
    if pixel_format is PixelFormat.GRAY8:
        return av.VideoFrame.from_ndarray(pixels, format="gray")
    return av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format="bgr0")
