"""Moving speckle from memory, so that a benchmark measures the application and no decoder."""

import threading
from collections.abc import Callable

import numpy as np

from drivers.api.errors import Disconnected
from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import ImageU8, Origin, PixelFormat, Stamp, VideoFrame
from drivers.opencv import cv2

PICTURES = 24


def speckle(width_px: int, height_px: int) -> list[ImageU8]:
    """Pictures of moving speckle in a sector with black around it, as a scanner's."""
    generator = np.random.default_rng(1)
    fan = np.zeros((height_px, width_px), np.uint8)
    centre = (width_px // 2, -height_px // 3)
    cv2.ellipse(fan, centre, (int(height_px * 1.3),) * 2, 0, 55, 125, 1, -1)
    noise = generator.normal(0, 1, (2, height_px, width_px)).astype(np.float32)
    field = cv2.GaussianBlur(noise[0], (0, 0), 1.5), cv2.GaussianBlur(noise[1], (0, 0), 1.5)
    pictures = []
    for shift in range(PICTURES):
        envelope = np.hypot(np.roll(field[0], shift * 2, 0), np.roll(field[1], shift * 2, 0))
        grey = np.clip(110 + 40 * np.log(envelope * 4 + 1e-3), 0, 255).astype(np.uint8) * fan
        grey.flags.writeable = False
        pictures.append(grey)
    return pictures


def coloured(pictures: list[ImageU8]) -> list[ImageU8]:
    """The same, as a console shows flow: a box of them in red and blue."""
    made = []
    for grey in pictures:
        colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
        height, width = grey.shape
        box = colour[height // 3 : height // 2, width // 3 : width // 2]
        box[..., 0], box[..., 1] = 255 - box[..., 0], box[..., 1] // 3
        colour.flags.writeable = False
        made.append(colour)
    return made


class MemorySource:
    """Delivers pictures at a steady rate; a VideoSource."""

    def __init__(self, pictures: list[ImageU8], rate_hz: float, clock: Clock) -> None:
        self._pictures = pictures
        self._rate_hz = rate_hz
        self._clock = clock
        self._interrupted = threading.Event()
        self._sequence = 0
        self._began_ns = 0

    def open(self) -> SourceInfo:
        self._began_ns = self._clock.now_ns()
        return SourceInfo("memory:speckle", "Speckle", None, Origin.SIMULATED, self._rate_hz)

    def read(self) -> VideoFrame:
        due_ns = self._began_ns + round(self._sequence * 1e9 / self._rate_hz)
        if not self._clock.wait_until(due_ns, self._interrupted):
            raise Disconnected("Speckle", "read", "it was interrupted", "Open it again.")
        stamp = Stamp(self._sequence, self._clock.now_ns())
        pixels = self._pictures[self._sequence % len(self._pictures)]
        self._sequence += 1
        pixel_format = PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24
        return VideoFrame(pixels, pixel_format, stamp, Origin.SIMULATED)

    def interrupt(self) -> None:
        self._interrupted.set()

    def close(self) -> None: ...


def memory_source(
    width_px: int, height_px: int, rate_hz: float, clock: Clock
) -> Callable[[], MemorySource]:
    """Makes a source of such pictures; the pictures are made once."""
    pictures = speckle(width_px, height_px)
    return lambda: MemorySource(pictures, rate_hz, clock)
