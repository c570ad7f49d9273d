"""Reading video files: the picture at a place, in order or anywhere, and repair by copying."""

import os
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from guidance_app.session.disk import Disk, open_plain
from guidance_app.session.errors import DamagedSession
from guidance_app.session.format import LARGEST_SIDE_PX, VideoPlace
from guidance_app.session.video import CODEC, CONTAINER, MILLISECOND, STORED_FORMATS, open_muxer

READ_BLOCK_BYTES = 1 << 18

GIVEN_FORMATS = {PixelFormat.GRAY8: "gray", PixelFormat.BGR24: "bgr24"}

INDEX_STARTCODE = bytes.fromhex("4e58dd672f23e64e")
INDEX_TAIL_BYTES = 12
"""A closed file ends with the length of its index and a checksum."""

NEAR_MS = 500
"""A picture this little ahead is reached by reading on, any other by seeking."""

OPENING = {
    "probesize": "32",
    "analyzeduration": "0",
    "max_pixels": str(LARGEST_SIDE_PX * LARGEST_SIDE_PX),
}
"""FFmpeg decodes the first picture while it opens a file: nothing larger may be allocated."""


class SegmentReader:
    """Gives the pictures of one video file, each checked by its CRC. One thread."""

    def __init__(self, path: Path, geometry: PictureGeometry) -> None:
        """Raises NotASession without the file, DamagedSession when it is not what was recorded."""
        self._path = path
        self._geometry = geometry
        self._file = open_plain(path)
        try:
            self._container, self._stream = _open_video(path, self._file)
            self._check_geometry()
        except DamagedSession:
            self._file.close()
            raise
        self._packets = self._container.demux(self._stream)
        self._last_ms = -1

    def picture(self, place: VideoPlace) -> ImageU8:
        """The pixels at a place, read-only; raises DamagedSession when they are not intact."""
        packet = self._find(place)
        if packet is None:
            raise _damaged(self._path, f"the picture at {place.pts_ms} ms is not intact")
        try:
            (picture,) = packet.decode()
        except (av.FFmpegError, ValueError) as error:
            raise _damaged(self._path, str(error)) from None
        given = picture.to_ndarray(format=GIVEN_FORMATS[self._geometry.pixel_format])
        pixels = np.asarray(given, dtype=np.uint8)
        pixels.flags.writeable = False
        return pixels

    def holds(self, place: VideoPlace) -> bool:
        """Whether the compressed picture is there, byte by byte; it is not decoded."""
        return self._find(place) is not None

    def close(self) -> None:
        """Release the file; idempotent."""
        self._container.close()
        self._file.close()

    def _check_geometry(self) -> None:
        expected = self._geometry
        codec = self._stream.codec_context
        found = (codec.name, codec.width, codec.height, codec.pix_fmt)
        stored = STORED_FORMATS[expected.pixel_format]
        if found != (CODEC, expected.width_px, expected.height_px, stored):
            raise _damaged(self._path, "its pictures are not of the size and kind recorded")

    def _find(self, place: VideoPlace) -> "av.Packet[VideoStream] | None":
        """The compressed picture; None when the file does not hold it intact."""
        try:
            packet = self._packet_at(place.pts_ms)
        except (av.FFmpegError, OSError):  # too damaged to be searched
            return None
        return packet if packet is not None and zlib.crc32(packet) == place.crc32 else None

    def _packet_at(self, wanted_ms: int) -> "av.Packet[VideoStream] | None":
        if not self._last_ms < wanted_ms <= self._last_ms + NEAR_MS:
            self._container.seek(self._ticks(wanted_ms), stream=self._stream)
            self._packets = self._container.demux(self._stream)
        for packet in self._packets:
            if packet.pts is None:
                break
            self._last_ms = round(packet.pts * packet.time_base * 1000)
            if self._last_ms >= wanted_ms:
                return packet if self._last_ms == wanted_ms else None
        return None

    def _ticks(self, time_ms: int) -> int:
        """A time in the file's own units, which its writer chose."""
        return round(time_ms * MILLISECOND / (self._stream.time_base or MILLISECOND))


def count_pictures(path: Path) -> int:
    """How many pictures can be followed from the start; nothing is decoded.

    Raises DamagedSession when the file is no video at all.
    """
    with open_plain(path) as file, _open_video(path, file)[0] as container:
        return sum(1 for _ in _packets(container))


def is_finished(path: Path) -> bool:
    """Whether the file was closed, and so ends with an index (NUT, section 4.8.4)."""
    with open_plain(path) as file:
        content_bytes = os.fstat(file.fileno()).st_size
        file.seek(max(0, content_bytes - INDEX_TAIL_BYTES))
        index_bytes = int.from_bytes(file.read(8), "big")
        if not INDEX_TAIL_BYTES < index_bytes <= content_bytes:
            return False
        file.seek(content_bytes - index_bytes)
        return file.read(len(INDEX_STARTCODE)) == INDEX_STARTCODE


def copy_video(disk: Disk, source: Path, target: Path) -> None:
    """Write `target` with the same compressed pictures and an index.

    Raises OSError from the disk, and DamagedSession when the file is too damaged to be copied.
    """
    copy = disk.create(target)
    with closing(copy), open_plain(source) as file, _open_video(source, file)[0] as container:
        try:
            _copy_packets(container, open_muxer(copy))
        except (av.FFmpegError, ValueError) as error:
            raise _damaged(source, str(error)) from None
        copy.sync()


def _copy_packets(container: InputContainer, output: OutputContainer) -> None:
    stream = output.add_stream_from_template(container.streams.video[0])
    for packet in _packets(container):
        packet.stream = stream
        output.mux_one(packet)
    output.close()


def _packets(container: InputContainer) -> "Iterator[av.Packet[VideoStream]]":
    try:
        for packet in container.demux(container.streams.video[0]):
            if packet.pts is not None:
                yield packet
    except av.FFmpegError:
        return


class _Seekable:
    """A file for FFmpeg, in which every seek ends inside the file.

    A file that was not closed has no index; what FFmpeg takes for its place lies anywhere.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self.read = file.read
        self.tell = file.tell

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET:
            offset = min(max(0, offset), self._size)
        return self._file.seek(offset, whence)


def _open_video(path: Path, file: BinaryIO) -> tuple[InputContainer, VideoStream]:
    try:
        container = av.open(
            _Seekable(file),
            "r",
            format=CONTAINER,
            options=OPENING,
            metadata_errors="replace",
            buffer_size=READ_BLOCK_BYTES,
        )
    except (av.FFmpegError, OSError) as error:
        raise _damaged(path, str(error)) from None
    streams = container.streams.video
    if len(streams) != 1 or streams[0].codec_context is None:  # None for an unknown codec
        container.close()
        raise _damaged(path, "it holds no video")
    return container, streams[0]


def _damaged(path: Path, why: str) -> DamagedSession:
    return DamagedSession(f"{path.name}: {why}.", "Check the session with verify.")
