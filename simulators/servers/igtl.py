"""OpenIGTLink: each picture with where it lies, and the pose of the probe, as PLUS servers do.

A client is sent version 1 of the header until it has sent a message with version 2.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from drivers.api.errors import ProtocolViolation
from drivers.api.ports import SourceInfo, VideoSource
from drivers.api.samples import ImageU8, ScaledRegion, VideoFrame
from drivers.codecs.igtl import (
    CHECKSUM_ERROR,
    OK,
    UNKNOWN_INSTRUCTION,
    Content,
    Decoder,
    Garbage,
    Image,
    Mat4,
    Message,
    Other,
    Status,
    Transform,
    encode,
)
from drivers.opencv import cv2
from simulators.servers.feed import source_time_ns
from simulators.servers.serving import HOST, Conversation, Server

IMAGE_NAME = "Image_Reference"
TRANSFORM_NAME = "ProbeToReference"
STATUS_NAME = "Simulator"
_SECOND_NS = 1_000_000_000

Pose = Callable[[float], Mat4]
"""From the source's own time in seconds to where the probe is: Probe to Reference, in mm.

Probe space lies in the picture: its origin is the middle of the upper border, x goes to the right,
z down, and y towards who looks at the picture.
"""


def at_rest(time_s: float) -> Mat4:
    """A probe that lies at the origin and never moves."""
    return np.eye(4)


class TrackedPicture:
    """A picture and a pose of the same moment, as bytes once somebody takes them."""

    def __init__(self, frame: VideoFrame, pose: Pose) -> None:
        """ProtocolViolation for a picture without a scale."""
        if not frame.regions:
            raise ProtocolViolation(
                "The picture",
                "send",
                "OpenIGTLink tells how large each pixel is, and here that is not known",
                "Serve it as video.",
            )
        time_ns = source_time_ns(frame)
        probe_to_reference = pose(time_ns / _SECOND_NS)
        placed = probe_to_reference @ image_to_probe(frame.regions[0])
        self._contents: dict[str, Content] = {
            TRANSFORM_NAME: Transform(probe_to_reference),
            IMAGE_NAME: Image(_grey(frame.pixels), placed),
        }
        self._time_ns = time_ns
        self.data = cache(self._encoded)
        """The messages for a version of the header."""

    def _encoded(self, version: int) -> bytes:
        return b"".join(
            encode(Message(name, content, self._time_ns, version))
            for name, content in self._contents.items()
        )


def image_to_probe(region: ScaledRegion) -> Mat4:
    """From pixels (column, row, 0) to Probe; a third axis completes a right-handed three."""
    across, down = region.mm_per_px_x, region.mm_per_px_y
    middle_px = (region.left_px + region.right_px) / 2
    return np.array(
        [
            [across, 0.0, 0.0, -across * middle_px],
            [0.0, 0.0, -across, 0.0],
            [0.0, down, 0.0, down * (0.5 - region.top_px)],
            [0.0, 0.0, 0.0, 1.0],
        ]
    )


def _grey(pixels: ImageU8) -> ImageU8:
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


class _Receiver(Conversation[TrackedPicture]):
    """Gets everything from the beginning, and may ask how the simulator is."""

    playing = True

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._damaged = 0
        self._version = 1

    def hear(self, data: bytes) -> bytes:
        answers = b""
        try:
            for message in self._decoder.feed(data):
                self._version = max(self._version, message.version)
                if message.content == Other("GET_STATUS"):
                    answers += self._status(OK, "OK", "Pictures are being sent.")
        except Garbage:
            self.ended, self.playing = True, False
            told = "This is no OpenIGTLink."
            answers += self._status(UNKNOWN_INSTRUCTION, "UNKNOWN_INSTRUCTION", told)
        if self._decoder.damaged > self._damaged:
            self._damaged = self._decoder.damaged
            answers += self._status(CHECKSUM_ERROR, "CHECKSUM_ERROR", "A message was damaged.")
        return answers

    def show(self, picture: TrackedPicture) -> bytes:
        return picture.data(self._version)

    def _status(self, code: int, name: str, text: str) -> bytes:
        return encode(Message(STATUS_NAME, Status(code, text, name), version=self._version))


class IgtlServer(Server[TrackedPicture]):
    """Serves a source in grey, with its poses."""

    def __init__(self, source: VideoSource, port: int = 0, pose: Pose = at_rest) -> None:
        """`port` 0 takes a free one; OSError when it is taken."""
        super().__init__(source, port)
        self._pose = pose

    @property
    def address(self) -> str:
        """Host and port, as programs that speak OpenIGTLink ask for them."""
        return f"{HOST}:{self.port}"

    def prepare(self, frame: VideoFrame) -> TrackedPicture:
        """ProtocolViolation for a picture without a scale."""
        return TrackedPicture(frame, self._pose)

    def converse(self, host: str, info: SourceInfo) -> Conversation[TrackedPicture]:
        """The same for everybody."""
        return _Receiver()
