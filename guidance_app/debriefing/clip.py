"""A clip that any browser plays: H.264 in MP4, each picture at its own time, no word about anyone.

Browsers play H.264 with one plane of colour for each four pixels; `bf=0` keeps pictures in order,
so that the first one stands at the time zero without an edit list.
"""

from fractions import Fraction
from typing import BinaryIO, cast

import av
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from drivers.api.samples import ImageU8

CODEC = "libx264"
QUALITY = 28
"""Constant rate factor: speckle and thin lines stay readable; ours."""
LARGEST_BYTES = 48_000_000
"""Of a clip; written as text in a page it takes a third more."""
USUAL_BIT_S = 4_000_000
LEAST_BIT_S = 40_000
PICTURES_TO_A_WHOLE_ONE = 48
"""A player that seeks decodes no more than these."""
MILLISECOND = Fraction(1, 1000)
RATE_HZ = 30
"""Only informs players."""
COLOURS = Colorspace.ITU601, ColorRange.MPEG


class ClipWriter:
    """Writes one clip into an open file; one thread. av.FFmpegError passes through."""

    def __init__(self, to: BinaryIO, size_px: tuple[int, int], longest_s: float) -> None:
        """`size_px` is (width, height), both even; `longest_s` bounds what the clip may take."""
        self.pictures_ms: list[int] = []
        """When each picture is shown, from the beginning of the clip."""
        options = {"crf": str(QUALITY), "preset": "veryfast", "bf": "0", **_bounds(longest_s)}
        self._container = av.open(to, "w", format="mp4", options={"fflags": "+bitexact"})
        added = self._container.add_stream(CODEC, rate=RATE_HZ, options=options)
        self._stream = stream = cast(VideoStream, added)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = PICTURES_TO_A_WHOLE_ONE
        stream.codec_context.colorspace, stream.codec_context.color_range = COLOURS
        stream.time_base = stream.codec_context.time_base = MILLISECOND

    def add(self, pixels: ImageU8, at_ms: int) -> None:
        """A BGR picture of the clip's size, shown from this time on; times rise."""
        if self.pictures_ms and at_ms <= self.pictures_ms[-1]:
            raise ValueError(f"a picture at {at_ms} ms comes after one at {self.pictures_ms[-1]}")
        picture = av.VideoFrame.from_ndarray(pixels, "bgr24").reformat(
            format="yuv420p", dst_colorspace=COLOURS[0], dst_color_range=COLOURS[1]
        )
        picture.pts, picture.time_base = at_ms, MILLISECOND
        self._container.mux(self._stream.encode(picture))
        self.pictures_ms.append(at_ms)

    def close(self) -> None:
        """Write what is left, and the index; the file stays open."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


def _bounds(longest_s: float) -> dict[str, str]:
    """A rate that is not gone beyond over ten seconds, so that the whole stays small enough."""
    bit_s = 8 * LARGEST_BYTES / max(longest_s, 1.0)
    most = round(min(max(bit_s, LEAST_BIT_S), USUAL_BIT_S))
    return {"maxrate": str(most), "bufsize": str(10 * most)}
