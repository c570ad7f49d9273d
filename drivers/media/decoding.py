"""From FFmpeg's packets to whole pictures; importing this costs 80 ms, so it is done late."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame as DecodedFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from drivers.api.samples import ImageU8, PixelFormat
from drivers.media.jpeg import is_cut_jpeg

MAX_SIDE_PX = 8192
"""Larger pictures are refused before memory is taken for them."""

VIDEO_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,mjpeg,mpjpeg,"
    "nut,asf,flv,ogg,h264,hevc,m4v,ivf,dv,mxf,gif,yuv4mpegpipe"
)
"""What may be opened. Left out on purpose: play lists and scripts, which name other files and
hosts, and text, which FFmpeg would draw letter by letter."""


class Decoder:
    """Turns the packets of one stream into whole pictures and counts the damaged ones."""

    def __init__(self) -> None:
        self.lost = 0
        """Pictures left out so far, because they could not be decoded or came in part."""
        self.broken = False
        """Nothing whole has come since the last damaged picture."""

    def decode(self, packet: "Packet[Any]") -> list[DecodedFrame]:
        """The whole pictures that `packet` completes; often one, sometimes none."""
        jpeg = packet.size > 0 and packet.stream.codec_context.name == "mjpeg"
        if jpeg and (packet.is_corrupt or is_cut_jpeg(bytes(packet))):
            return self._whole([], 1)
        try:
            frames: list[DecodedFrame] = packet.decode()
        except av.FFmpegError:
            return self._whole([], 1)
        whole = [frame for frame in frames if not frame.is_corrupt]
        return self._whole(whole, len(frames) - len(whole))

    def _whole(self, frames: list[DecodedFrame], damaged: int) -> list[DecodedFrame]:
        self.lost += damaged
        self.broken = damaged > 0 or (self.broken and not frames)
        return frames


class PixelConverter:
    """Frames to arrays: GRAY8 when the stream is grey or `gray` is asked for, else BGR24."""

    def __init__(self, gray: bool = False) -> None:
        self._gray = gray
        self._reformatter = VideoReformatter()

    def convert(self, frame: DecodedFrame) -> tuple[ImageU8, PixelFormat]:
        """Pixels of their own, contiguous and read-only."""
        gray = self._gray or frame.format.name.startswith("gray")
        name = "gray" if gray else "bgr24"
        converted = self._reformatter.reformat(frame, format=name)
        pixels = np.ascontiguousarray(converted.to_ndarray(), np.uint8)
        pixels.flags.writeable = False
        return pixels, PixelFormat.GRAY8 if gray else PixelFormat.BGR24


def time_ns(frame: DecodedFrame) -> int | None:
    """The time that the stream gives the frame, in nanoseconds; None when it gives none."""
    if frame.pts is None or frame.time_base is None:
        return None
    return round(frame.pts * frame.time_base * 1_000_000_000)


def nominal_rate_hz(stream: VideoStream) -> float | None:
    """Frames a second as the stream states it, without FFmpeg's guess of 25."""
    return float(stream.average_rate) if stream.average_rate else None


def packets(container: InputContainer, *streams: VideoStream) -> "Iterator[Packet[Any]]":
    """The packets of these streams, of all when none is named; raises av.FFmpegError.

    PyAV 18 raises IndexError behind the last packet when a stream has appeared on the way.
    """
    with suppress(IndexError):
        yield from container.demux(*streams)


def can_decode(stream: VideoStream) -> bool:
    """Whether there is a decoder; without one PyAV gives the stream no context."""
    return stream.codec_context is not None


def limit_size(stream: VideoStream) -> bool:
    """Whether the announced size is sound; pictures that grow beyond it later do not decode."""
    context = stream.codec_context
    context.options = {"max_pixels": str(MAX_SIDE_PX**2)}
    sides = (context.width, context.height)
    return 0 < min(sides) <= max(sides) <= MAX_SIDE_PX
