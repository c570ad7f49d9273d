"""A session as a video at true speed: every picture has its own time in the file.

MP4 holds H.264 in 4:2:0, which plays anywhere, with times in microseconds. MKV holds FFV1, which
loses nothing, grey as grey, with times in milliseconds, as that container has them. The pictures
stand in the upper left corner, pixel by pixel.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from drivers.api.samples import ImageU8, PixelFormat
from guidance_app.exporting.footage import ClipPicture, Footage
from guidance_app.exporting.output import ExportRefused, Progress, Written
from guidance_app.ui.clip_painter import ClipPainter

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

NS_PER_S = 1_000_000_000
INFORMED_RATE_HZ = 30
"""Only informs players."""
BT709 = 1
"""Matrix, primaries and curve of ITU-T H.273, said in the file so that no player guesses."""
LIMITED_RANGE = 1
LONGEST_SHOWN_NS = 60 * NS_PER_S
"""A picture that stays longer is repeated: MP4 holds no longer than 35 minutes for one."""
LONGEST_CLIP_NS = 24 * 3600 * NS_PER_S


class ClipKind(StrEnum):
    """The container, by the name that FFmpeg has for it."""

    MP4 = "mp4"
    MKV = "matroska"


@dataclass(frozen=True, slots=True)
class _Coding:
    codec: str
    options: dict[str, str]
    container_options: dict[str, str]
    ticks_per_s: int


CODINGS = {
    ClipKind.MP4: _Coding(
        "libx264",
        {"crf": "18", "preset": "veryfast", "bf": "0"},  # no picture waits for a later one
        {"movflags": "+faststart"},
        1_000_000,
    ),
    ClipKind.MKV: _Coding("ffv1", {"level": "3", "g": "1", "slicecrc": "1"}, {}, 1000),
}


def write_clip(
    path: Path, kind: ClipKind, footage: Footage, overlay: bool, progress: Progress
) -> Written:
    """Write all of a session; raises ExportRefused where it holds nothing to show, and OSError."""
    if footage.duration_ns > LONGEST_CLIP_NS:
        hours = footage.duration_ns / NS_PER_S / 3600
        raise ExportRefused(f"The session lasts {hours:.0f} hours, and a clip 24 at most.")
    painter = ClipPainter(footage.geometry, footage.mark, overlay)
    grey = not overlay and footage.geometry.pixel_format is PixelFormat.GRAY8
    pictures = footage.shown() if overlay else footage.recorded()
    count = 0
    with _open_video(path, kind, painter.size_px, grey and kind is ClipKind.MKV) as video:
        for picture, until_ns in _with_ends(pictures, footage.duration_ns):
            pixels = painter.paint(picture.frame, picture.view)
            for start_ns in _repeats(picture.start_ns, until_ns):
                video.add(pixels, start_ns, min(until_ns, start_ns + LONGEST_SHOWN_NS))
            count += 1
            progress(min(1.0, until_ns / footage.duration_ns))
    return Written(count, footage.missing, footage.duration_ns)


def _with_ends(
    pictures: Iterator[ClipPicture], duration_ns: int
) -> Iterator[tuple[ClipPicture, int]]:
    """Each picture, and when the next one comes; for the last, when the session ends."""
    for picture, following in pairwise(chain(pictures, [None])):
        if picture is not None:
            yield picture, duration_ns if following is None else following.start_ns


def _repeats(start_ns: int, until_ns: int) -> range:
    """When a picture is put into the file; once also where its time has gone."""
    return range(start_ns, max(until_ns, start_ns + 1), LONGEST_SHOWN_NS)


class _Video:
    """A video file that is being written; one thread. OSError, also of FFmpeg, passes through."""

    def __init__(self, path: Path, kind: ClipKind, size_px: tuple[int, int], grey: bool) -> None:
        import av  # noqa: PLC0415 - 80 ms

        coding = CODINGS[kind]
        self._grey = grey
        self._ticks_per_s = coding.ticks_per_s
        self._pts = -1
        self._lengths: dict[int, int] = {}
        self._container = av.open(
            str(path), "w", format=kind.value, container_options=coding.container_options
        )
        added = self._container.add_stream(
            coding.codec, rate=INFORMED_RATE_HZ, options=coding.options
        )
        self._stream = stream = cast("VideoStream", added)
        stream.width, stream.height = size_px
        stream.time_base = stream.codec_context.time_base = Fraction(1, coding.ticks_per_s)
        self._in_709 = kind is ClipKind.MP4
        stream.pix_fmt = "yuv420p" if self._in_709 else "gray" if grey else "bgr0"
        if self._in_709:
            context = stream.codec_context
            context.colorspace = context.color_primaries = context.color_trc = BT709
            context.color_range = LIMITED_RANGE

    def add(self, pixels: ImageU8, start_ns: int, until_ns: int) -> None:
        """The next picture, BGR, and how long it is shown."""
        frame = self._frame(pixels)
        frame.pts = self._pts = max(self._pts + 1, self._ticks(start_ns))
        frame.time_base = Fraction(1, self._ticks_per_s)
        self._lengths[frame.pts] = max(1, self._ticks(until_ns) - frame.pts)
        self._put(frame)

    def finish(self) -> None:
        """Write what the encoder still holds, and the end of the file."""
        self._put(None)
        self._container.close()

    def give_up(self) -> None:
        """Close the file as it is; after finish() nothing is left to do."""
        import av  # noqa: PLC0415 - see above

        with contextlib.suppress(OSError, av.FFmpegError):
            self._container.close()

    def _frame(self, pixels: ImageU8) -> "av.VideoFrame":
        import av  # noqa: PLC0415 - see above

        if self._grey:
            return av.VideoFrame.from_ndarray(pixels[:, :, 1].copy(), "gray")
        frame = av.VideoFrame.from_ndarray(pixels, "bgr24")
        if self._in_709:
            return frame.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=1)
        return frame.reformat(format="bgr0")

    def _ticks(self, time_ns: int) -> int:
        return round(Fraction(time_ns * self._ticks_per_s, NS_PER_S))

    def _put(self, frame: "av.VideoFrame | None") -> None:
        for packet in self._stream.encode(frame):
            packet.duration = self._lengths.pop(packet.pts or 0)
            self._container.mux_one(packet)


@contextlib.contextmanager
def _open_video(
    path: Path, kind: ClipKind, size_px: tuple[int, int], grey: bool
) -> Iterator[_Video]:
    """FFmpeg crashes when it is told to write on after an error of the disk: it is only closed."""
    import av  # noqa: PLC0415 - see above

    try:
        video = _Video(path, kind, size_px, grey)
        try:
            yield video
            video.finish()
        finally:
            video.give_up()
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise ExportRefused(f"The video cannot be written ({error.strerror}).") from None
