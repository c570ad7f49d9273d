"""Reads the time pattern in the pictures of a run and notes how late each of them was."""

from drivers.api.samples import VideoFrame
from guidance_app.domain.chain_delay import LONGEST_MS
from guidance_app.processing.time_pattern import WRAP_MS, PatternReader
from guidance_app.runtime.engine import Published


class ChainProbe:
    """Gets what a pipeline publishes; a pattern that was read before is not counted again.

    `take` belongs to the processing thread; the figures may be looked at from any.
    """

    def __init__(self) -> None:
        self._reader = PatternReader()
        self._frame: VideoFrame | None = None
        self._shown_ms: int | None = None
        self._delays_ms: list[float] = []
        self._frames = 0

    @property
    def delays_ms(self) -> tuple[float, ...]:
        """From the moment that a pattern names to the arrival of the picture with it."""
        return tuple(self._delays_ms)

    @property
    def frames(self) -> int:
        """How many pictures were looked at."""
        return self._frames

    def take(self, published: Published) -> None:
        """Look at the frame of a snapshot, once."""
        frame = published.frame
        if frame is None or frame is self._frame:
            return
        self._frame = frame
        self._frames += 1
        shown_ms = self._reader.read(frame.pixels)
        if shown_ms is None or shown_ms == self._shown_ms:
            return
        self._shown_ms = shown_ms
        delay_ms = (frame.stamp.arrival_ns / 1e6 - shown_ms) % WRAP_MS
        if delay_ms <= LONGEST_MS:
            self._delays_ms.append(delay_ms)
