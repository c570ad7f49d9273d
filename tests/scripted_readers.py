"""Readers for the child process that behave as devices do, and as they should not.

The child imports this module by its name.
"""

import os
import signal
import threading
import time
from pathlib import Path

from drivers.api.ports import VideoFormat
from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from drivers.isolation.memory import shaped
from drivers.isolation.reader import Arrival, Opened, ReadFailure, Waiting

BLOCKED_FOR_EVER = threading.Event()


class Numbered:
    """Pictures whose pixels all are their number, as fast as they are taken or at a rate."""

    def __init__(
        self,
        width_px: int = 64,
        height_px: int = 48,
        rate_hz: float = 0.0,
        colour: int = 0,
        start: int = 0,
        count: int = -1,
        then: str = "silent",
    ) -> None:
        """`count` pictures from number `start`, for ever with -1; `then` names what follows."""
        self._geometry = PictureGeometry(
            width_px, height_px, PixelFormat.BGR24 if colour else PixelFormat.GRAY8
        )
        self._rate_hz, self._count, self._then = rate_hz, count, then
        self._start, self._next, self._began_s = start, start, 0.0

    def open(self) -> Opened:
        self._began_s = time.perf_counter()
        width_px, height_px = self._geometry.width_px, self._geometry.height_px
        return Opened(VideoFormat("GREY", width_px, height_px, (60.0,)), self._rate_hz or None)

    def wait(self, limit_s: float) -> Arrival | Waiting:
        made = self._next - self._start
        if self._count >= 0 and made >= self._count:
            return self._follow(limit_s)
        if self._rate_hz:
            due_s = self._began_s + made / self._rate_hz
            time.sleep(max(0.0, due_s - time.perf_counter()))
        arrival = Arrival(self._next, time.perf_counter_ns(), self._next * 1000)
        self._next += 1
        return arrival

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        shaped(space, self._geometry)[:] = (self._next - 1) % 256
        return self._geometry

    def _follow(self, limit_s: float) -> Arrival | Waiting:
        match self._then:
            case "hang":
                BLOCKED_FOR_EVER.wait()
            case "abort":
                os.abort()
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "raise":
                raise RuntimeError("a line\nand another")
            case "unplugged":
                raise ReadFailure("Disconnected", "it was unplugged", "Check its cable.")
            case "no signal":
                time.sleep(limit_s)
                return Waiting.NO_SIGNAL
        time.sleep(limit_s)
        return Waiting.SILENT


class Paused(Numbered):
    """Makes 100 pictures at once, and more when the pipe has been opened and closed."""

    def __init__(self, pipe: str) -> None:
        super().__init__()
        self._pipe = Path(pipe)

    def wait(self, limit_s: float) -> Arrival | Waiting:
        if self._next == 100:
            self._pipe.read_bytes()
        return super().wait(limit_s)


class Plugged(Numbered):
    """Is there as long as its device file is."""

    def __init__(self, node: str) -> None:
        super().__init__(rate_hz=100.0)
        self._node = Path(node)

    def wait(self, limit_s: float) -> Arrival | Waiting:
        if not self._node.exists():
            raise ReadFailure("Disconnected", "it was unplugged", "Check its cable.")
        return super().wait(limit_s)


class Damaged(Numbered):
    """Every third picture turns out to be damaged when it is converted."""

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        return None if (self._next - 1) % 3 == 1 else super().convert(space)


class Growing(Numbered):
    """Every other picture is larger and in colour."""

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        if self._next % 2:
            return super().convert(space)
        geometry = PictureGeometry(80, 60, PixelFormat.BGR24)
        shaped(space, geometry)[:] = (self._next - 1) % 256
        return geometry


class SendsNothing(Numbered):
    def __init__(self) -> None:
        super().__init__(count=0, then="no signal")


class HangsWhileStarting(Numbered):
    def __init__(self) -> None:
        BLOCKED_FOR_EVER.wait()


class HangsWhileOpening(Numbered):
    def open(self) -> Opened:
        BLOCKED_FOR_EVER.wait()
        return super().open()


class CrashesWhileOpening(Numbered):
    def open(self) -> Opened:
        os.abort()


class IsBusy(Numbered):
    def open(self) -> Opened:
        raise ReadFailure("Busy", "another program uses it", "Close it there.")


class SpeaksNonsense(Numbered):
    """Claims a picture that is larger than the memory."""

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        return PictureGeometry(60000, 60000, PixelFormat.BGR24)
