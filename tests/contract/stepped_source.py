"""A source that has its next picture when a test says so, and pictures that tell their number."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

from drivers.api.errors import DeviceError, Disconnected
from drivers.api.ports import SourceInfo
from drivers.api.samples import ImageU8, Origin, PixelFormat, ScaledRegion, Stamp, VideoFrame

PERIOD_NS = 40_000_000
"""By the source's own time, however fast it is stepped."""
STEP_S = 0.02
WIDTH_PX, HEIGHT_PX = 192, 96
BAR_PX = 24
BITS = WIDTH_PX // BAR_PX
WHOLE = ScaledRegion(0, 0, WIDTH_PX - 1, HEIGHT_PX - 1, 0.25, 0.5)


def numbered(number: int) -> ImageU8:
    """Eight bars, dark or bright, for the bits of the number."""
    bits = number >> np.arange(BITS) & 1
    return np.tile(np.repeat(40 + 160 * bits, BAR_PX), (HEIGHT_PX, 1)).astype(np.uint8)


def number_shown(pixels: ImageU8) -> int:
    """The number of a picture, in grey or colour, after any compression."""
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    means = grey.reshape(len(grey), BITS, -1).mean(axis=(0, 2))
    return sum(1 << bit for bit, mean in enumerate(means) if mean > 120)


def busy(number: int) -> ImageU8:
    """The number, and below it noise that does not compress: some 200 kB each."""
    noise = np.random.default_rng(number).integers(0, 255, (1500, WIDTH_PX), dtype=np.uint8)
    return np.vstack([numbered(number), noise])


def number_above(pixels: ImageU8) -> int:
    """The number of a busy picture."""
    return number_shown(pixels[:HEIGHT_PX])


class SteppedSource:
    """A VideoSource: picture 0 is there at once, each later one after a step()."""

    def __init__(
        self,
        picture: Callable[[int], ImageU8] = numbered,
        regions: tuple[ScaledRegion, ...] = (WHOLE,),
    ) -> None:
        self._picture, self._regions = picture, regions
        self._asked = threading.Semaphore(1)
        self._interrupted = False
        self.failures: deque[DeviceError] = deque()
        """What the next reads raise instead of giving a picture, one each."""
        self.refusals: deque[DeviceError] = deque()
        """What the next tries to open it raise."""
        self.number = 0
        """Of the picture that comes next."""

    def step(self) -> None:
        """One picture more; any thread."""
        self._asked.release()

    def open(self) -> SourceInfo:
        if self.refusals:
            raise self.refusals.popleft()
        return SourceInfo("sim:steps", "Steps", None, Origin.SIMULATED, 25.0, simulated=True)

    def read(self) -> VideoFrame:
        self._asked.acquire()
        if self._interrupted:
            raise Disconnected("Steps", "read", "reading was stopped", "Open it again.")
        if self.failures:
            raise self.failures.popleft()
        number, self.number = self.number, self.number + 1
        pixels = self._picture(number)
        colour = PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24
        stamp = Stamp(number, number, device_ns=number * PERIOD_NS)
        return VideoFrame(pixels, colour, stamp, Origin.SIMULATED, self._regions)

    def interrupt(self) -> None:
        self._interrupted = True
        self._asked.release()

    def close(self) -> None:
        """Nothing is held open."""


@contextlib.contextmanager
def stepping(source: SteppedSource) -> Iterator[None]:
    """Step it again and again, for a client that needs several pictures to begin."""
    stopping = threading.Event()

    def step() -> None:
        while not stopping.wait(STEP_S):
            source.step()

    thread = threading.Thread(target=step, name="stepping")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
