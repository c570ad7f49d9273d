"""Video files and still pictures as clips to be played."""

import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame as DecodedFrame

from drivers.api.errors import ProtocolViolation
from drivers.api.samples import DoseReading, PixelFormat, ScaledRegion, Stamp
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
from drivers.media.jpeg import is_cut_jpeg
from drivers.media.playback import Clip, Picture, quoted, require_file
from drivers.opencv import cv2

STILL_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"})
MAX_STILL_BYTES = 256 * 1024**2
MISSING_NS = 500_000_000
"""A file that ends this much before the time it states has been cut off."""
_DEFAULT_PERIOD_NS = 40_000_000
_DURATION_TAG = re.compile(r"(\d{2,4}):(\d\d):(\d\d(?:\.\d{1,9})?)")
"""As Matroska writes it, for example 00:00:01.200000000."""


def open_clip(path: Path, gray: bool) -> Clip:
    """Open a video or still picture; NotFound or ProtocolViolation with a sentence if it fails."""
    require_file(path)
    if path.suffix.lower() in STILL_SUFFIXES:
        return StillClip(path, gray)
    return VideoClip(path, gray)


class StillClip:
    """One picture out of a picture file, 8 bits deep."""

    nominal_rate_hz: float | None = None
    length_s: float | None = None
    modality = ""
    still = True
    regions: tuple[ScaledRegion, ...] = ()

    def __init__(self, path: Path, gray: bool) -> None:
        self.name = path.name
        if path.stat().st_size > MAX_STILL_BYTES:
            raise _unreadable(path, "this picture is too large")
        data = path.read_bytes()
        if data.startswith(b"\xff\xd8") and is_cut_jpeg(data):
            raise _unreadable(path, "this picture breaks off")
        flags = cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_ANYCOLOR
        try:
            pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        except cv2.error:
            raise _unreadable(path, "this picture is damaged or too large") from None
        if pixels is None:
            raise _unreadable(path, "this is not a picture that can be read")
        self._pixels = pixels.astype(np.uint8, copy=False)
        self._pixels.flags.writeable = False

    def pictures(self) -> Iterator[Picture]:
        """The one picture, without a time of its own."""
        gray = self._pixels.ndim == 2
        pixel_format = PixelFormat.GRAY8 if gray else PixelFormat.BGR24
        yield Picture(self._pixels, pixel_format, due_ns=0, device_ns=None)

    def dose(self, stamp: Stamp) -> DoseReading | None:
        """Files of this sort state none."""
        return None

    def close(self) -> None:
        """Nothing is held open."""


class VideoClip:
    """The first video stream of a file."""

    modality = ""
    still = False
    regions: tuple[ScaledRegion, ...] = ()

    def __init__(self, path: Path, gray: bool) -> None:
        self.name = path.name
        self._path = path
        self._container = _open_container(path)
        if not self._container.streams.video:
            self.close()
            raise _unreadable(path, "there is no video in this file")
        self._stream = self._container.streams.video[0]
        if not can_decode(self._stream):
            self.close()
            raise _unreadable(path, "its pictures are packed in a way that cannot be read here")
        if not limit_size(self._stream):
            self.close()
            raise _unreadable(path, "its pictures have no size or are larger than 8192 pixels")
        self.nominal_rate_hz = nominal_rate_hz(self._stream)
        self._period_ns = round(1e9 / self.nominal_rate_hz) if self.nominal_rate_hz else 0
        self.length_s = self._stated_end_ns() / 1e9 or None
        self._converter = PixelConverter(gray)
        self._decoder = Decoder()

    def pictures(self) -> Iterator[Picture]:
        """Every whole picture with the file's own time; ProtocolViolation when the end is cut."""
        first_ns = end_ns = None
        for frame in self._frames():
            own_ns = time_ns(frame)
            due_ns = own_ns if own_ns is not None else end_ns or 0
            pixels, pixel_format = self._converter.convert(frame)
            yield Picture(pixels, pixel_format, due_ns, own_ns, self._decoder.lost)
            first_ns = due_ns if first_ns is None else first_ns
            end_ns = due_ns + self._duration_ns(frame)
        if first_ns is None or end_ns is None:
            raise _unreadable(self._path, "no picture in it can be decoded", "read")
        if self._decoder.broken or self._stated_end_ns() - end_ns > MISSING_NS:
            raise self._broken_off(end_ns - first_ns)

    def dose(self, stamp: Stamp) -> DoseReading | None:
        """Files of this sort state none."""
        return None

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _frames(self) -> Iterator[DecodedFrame]:
        try:
            for packet in packets(self._container, self._stream):
                yield from self._decoder.decode(packet)
        except av.FFmpegError:  # the container itself ends in the middle of something
            self._decoder.broken = True

    def _duration_ns(self, frame: DecodedFrame) -> int:
        if frame.duration and frame.time_base:
            return round(frame.duration * frame.time_base * 1_000_000_000)
        return self._period_ns or _DEFAULT_PERIOD_NS

    def _stated_end_ns(self) -> int:
        stream, container = self._stream, self._container
        if container.format.name == "avi":  # its duration is computed from the size of the file
            return stream.frames * self._period_ns
        if stream.duration and stream.time_base:
            ticks = (stream.start_time or 0) + stream.duration
            return round(ticks * stream.time_base * 1_000_000_000)
        if tag := _DURATION_TAG.fullmatch(stream.metadata.get("DURATION", "")):
            hours, minutes, seconds = map(float, tag.groups())
            return round((hours * 3600 + minutes * 60 + seconds) * 1e9)
        if container.duration and len(container.streams) == 1:
            return container.duration * (1_000_000_000 // av.time_base)
        return 0

    def _broken_off(self, played_ns: int) -> ProtocolViolation:
        cause = f"the video breaks off after {played_ns / 1e9:.1f} s"
        return _unreadable(self._path, cause, "read")


def _open_container(path: Path) -> InputContainer:
    try:
        return av.open(
            str(path.absolute()),
            options={"format_whitelist": VIDEO_FORMATS},
            metadata_errors="replace",
        )
    except av.FFmpegError:
        raise _unreadable(path, "this is not a video that can be read") from None


def _unreadable(path: Path, cause: str, operation: str = "open") -> ProtocolViolation:
    return ProtocolViolation(quoted(path), operation, cause, "Copy or export the file again.")
