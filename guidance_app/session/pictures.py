"""Reading video files: the picture at a place, in order or anywhere, and repair by copying."""

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from guidance_app.session.disk import Disk, open_plain
from guidance_app.session.errors import DamagedSession
from guidance_app.session.format import (
    LARGEST_PICTURE_PX,
    LARGEST_SIDE_PX,
    MAX_PICTURES,
    VideoPlace,
)
from guidance_app.session.video import CODEC, CONTAINER, MILLISECOND, STORED_FORMATS, open_muxer

READ_BLOCK_BYTES = 1 << 18

GIVEN_FORMATS = {PixelFormat.GRAY8: "gray", PixelFormat.BGR24: "bgr24"}

INDEX_STARTCODE = bytes.fromhex("4e58dd672f23e64e")
INDEX_TAIL_BYTES = 12
"""A closed file ends with the length of its index and a checksum."""

NEAR_MS = 500
"""A picture this little ahead is reached by reading on, any other by seeking."""

ALIGNMENT_PX = 64
"""FFmpeg counts the pixels of rows in full steps of this."""

OPENING = {
    "probesize": "32",
    "analyzeduration": "0",
    "max_pixels": str(LARGEST_PICTURE_PX + ALIGNMENT_PX * LARGEST_SIDE_PX),
}
"""FFmpeg decodes the first picture while it opens a file: nothing larger may be allocated."""

PictureKey = tuple[int, int]
"""Time in the file in milliseconds, and CRC-32 of the compressed picture."""


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
        largest_px = (geometry.width_px + ALIGNMENT_PX) * geometry.height_px
        self._stream.codec_context.options = {"max_pixels": str(largest_px)}
        self._packets = self._container.demux(self._stream)
        self._last_ms = -1
        self._present: set[PictureKey] | None = None

    def picture(self, place: VideoPlace) -> ImageU8:
        """The pixels at a place, read-only; raises DamagedSession when they are not intact."""
        packet = self._find(place)
        if packet is None:
            raise _damaged(self._path, f"the picture at {place.pts_ms} ms is not intact")
        picture = self._decode(packet)
        given = picture.to_ndarray(format=GIVEN_FORMATS[self._geometry.pixel_format])
        pixels = np.asarray(given, dtype=np.uint8)
        pixels.flags.writeable = False
        return pixels

    def keys(self, decoded: bool) -> Iterator[PictureKey]:
        """What can be followed from the start, and decoded if asked; once, on a fresh reader."""
        for packet in _packets(self._container):
            with suppress(DamagedSession):
                if decoded:
                    self._decode(packet)
                yield _key(packet)

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

    def _decode(self, packet: "av.Packet[VideoStream]") -> av.VideoFrame:
        try:
            (picture,) = packet.decode()
        except (av.FFmpegError, ValueError) as error:
            raise _damaged(self._path, str(error)) from None
        if (picture.width, picture.height) != (self._geometry.width_px, self._geometry.height_px):
            raise _damaged(self._path, "a picture in it has another size than was recorded")
        return picture

    def _find(self, place: VideoPlace) -> "av.Packet[VideoStream] | None":
        """The compressed picture; None when the file does not hold it intact.

        After the first that is missing it is known which are: each search in a damaged file may
        go through all of it.
        """
        if self._present is not None and (place.pts_ms, place.crc32) not in self._present:
            return None
        try:
            packet = self._packet_at(place.pts_ms)
        except (av.FFmpegError, OSError):  # too damaged to be searched
            packet = None
        if packet is not None and _key(packet) == (place.pts_ms, place.crc32):
            return packet
        if self._present is None:
            self._present = find_pictures(self._path, self._geometry)
        return None

    def _packet_at(self, wanted_ms: int) -> "av.Packet[VideoStream] | None":
        if not self._last_ms < wanted_ms <= self._last_ms + NEAR_MS:
            self._container.seek(self._ticks(wanted_ms), stream=self._stream)
            self._packets = self._container.demux(self._stream)
        for packet in self._packets:
            if packet.pts is None:
                break
            self._last_ms = _time_ms(packet)
            if self._last_ms >= wanted_ms:
                return packet if self._last_ms == wanted_ms else None
        return None

    def _ticks(self, time_ms: int) -> int:
        """A time in the file's own units, which its writer chose."""
        return round(time_ms * MILLISECOND / (self._stream.time_base or MILLISECOND))


def find_pictures(
    path: Path,
    geometry: PictureGeometry,
    decoded: bool = False,
    told: Callable[[int], None] = lambda done: None,
) -> set[PictureKey]:
    """What a file holds, byte by byte, and can be decoded if asked; one pass, whatever is in it.

    `told` hears how many pictures were looked at. Raises NotASession without the file,
    DamagedSession when it is not what was recorded.
    """
    found = set()
    with closing(SegmentReader(path, geometry)) as video:
        for done, key in enumerate(video.keys(decoded)):
            found.add(key)
            told(done + 1)
    return found


def check_head(path: Path, geometry: PictureGeometry) -> None:
    """Raises DamagedSession when the head of a file is not that of such pictures."""
    SegmentReader(path, geometry).close()


def list_pictures(path: Path) -> list[PictureKey]:
    """The pictures that can be followed from the start; nothing is decoded.

    Raises DamagedSession when the file is no video at all.
    """
    with open_plain(path) as file, _open_video(path, file)[0] as container:
        return [_key(packet) for packet in _packets(container)]


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


def copy_video(disk: Disk, source: Path, target: Path) -> list[PictureKey]:
    """Write `target` with the same compressed pictures and an index; returns which these are.

    Raises OSError from the disk, and DamagedSession when the file is too damaged to be copied.
    """
    copy = disk.create(target)
    with closing(copy), open_plain(source) as file, _open_video(source, file)[0] as container:
        try:
            copied = _copy_packets(container, open_muxer(copy))
        except (av.FFmpegError, ValueError) as error:
            raise _damaged(source, str(error)) from None
        copy.sync()
    return copied


def _copy_packets(container: InputContainer, output: OutputContainer) -> list[PictureKey]:
    copied = []
    stream = output.add_stream_from_template(container.streams.video[0])
    for packet in _packets(container):
        copied.append(_key(packet))
        packet.stream = stream
        output.mux_one(packet)
    output.close()
    return copied


def _packets(container: InputContainer) -> "Iterator[av.Packet[VideoStream]]":
    try:
        for packet in islice(container.demux(container.streams.video[0]), MAX_PICTURES):
            if packet.pts is not None:
                yield packet
    except av.FFmpegError:
        return


def _time_ms(packet: "av.Packet[VideoStream]") -> int:
    return round((packet.pts or 0) * packet.time_base * 1000)


def _key(packet: "av.Packet[VideoStream]") -> PictureKey:
    return _time_ms(packet), zlib.crc32(packet)


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
