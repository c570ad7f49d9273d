"""A source whose pictures tell their number; cheap, and steady on whatever clock it gets."""

import threading

import numpy as np

from drivers.api.errors import Disconnected, EndOfStream
from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import ImageU8, Origin, PixelFormat, Stamp, VideoFrame

WIDTH_PX, HEIGHT_PX = 64, 48


def picture(number: int) -> ImageU8:
    """Stripes that move on with every number, none like the one before."""
    row = (np.arange(WIDTH_PX) * 4 + 32 * number) % 224 + 16
    return np.tile(row.astype(np.uint8), (HEIGHT_PX, 1))


class CountingSource:
    """`rate_hz` pictures a second after open(); ends after `count` of them if that is given."""

    def __init__(
        self,
        clock: Clock,
        origin: Origin = Origin.DEVICE,
        rate_hz: float = 25.0,
        count: int | None = None,
        identity: str | None = None,
    ) -> None:
        self._clock = clock
        self._info = SourceInfo("count:1", "Counter", identity, origin, rate_hz)
        self._period_ns = round(1e9 / rate_hz)
        self._count = count
        self._interrupted = threading.Event()
        self._next: int | None = None
        self._opened_ns = 0
        self.openings = 0

    def open(self) -> SourceInfo:
        self._opened_ns, self._next = self._clock.now_ns(), 0
        self.openings += 1
        return self._info

    def read(self) -> VideoFrame:
        if self._next is None:
            raise Disconnected("Counter", "read", "it is not open", "Open it again.")
        if self._next == self._count:
            raise EndOfStream("Counter", "read", "the recording has ended", "Open it again.")
        number, device_ns = self._next, self._next * self._period_ns
        if not self._clock.wait_until(self._opened_ns + device_ns, self._interrupted):
            raise Disconnected("Counter", "read", "reading was stopped", "Open it again.")
        self._next += 1
        pixels = picture(number)
        pixels.flags.writeable = False
        stamp = Stamp(number, self._clock.now_ns(), device_ns)
        return VideoFrame(pixels, PixelFormat.GRAY8, stamp, self._info.origin)

    def interrupt(self) -> None:
        self._interrupted.set()

    def close(self) -> None:
        self._next = None
