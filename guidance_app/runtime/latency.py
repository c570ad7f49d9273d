"""How long pictures take from the driver's stamp to the screen, over the last second."""

from collections import deque
from dataclasses import dataclass

from guidance_app.session.format import PaintRecord

REMEMBERED_NS = 1_000_000_000
MOST_REMEMBERED = 240
"""A second of the fastest source; a burst must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Half of the pictures took at most `median_ns`, 95 % at most `p95_ns`."""

    median_ns: int
    p95_ns: int


class LatencyMeter:
    """Remembers the paints of the last second. One thread."""

    def __init__(self) -> None:
        self._paints: deque[PaintRecord] = deque(maxlen=MOST_REMEMBERED)

    def note(self, paint: PaintRecord) -> None:
        """Take one paint more."""
        self._paints.append(paint)

    def recent(self, now_ns: int) -> Latency | None:
        """Of what was painted within the last second; None when nothing was."""
        latencies_ns = sorted(
            paint.latency_ns for paint in self._paints if now_ns - paint.painted_ns <= REMEMBERED_NS
        )
        if not latencies_ns:
            return None
        count = len(latencies_ns)
        return Latency(latencies_ns[(count - 1) // 2], latencies_ns[-(-95 * count // 100) - 1])
