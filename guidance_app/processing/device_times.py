"""What a device's own time stamps tell: whether they can be right, and how old a picture is.

A doubtful stamp costs no frame: it is recorded as it came, counted here, and not believed.
"""

from dataclasses import dataclass, replace

from drivers.api.samples import Stamp

MS = 1_000_000
AHEAD_NS = 2_000 * MS
"""A device's clock that runs so far ahead of the host's between two stamps has jumped."""
DRIFT_DIVISOR = 500
"""What a delay grows by slowly is drift: clocks differ by up to 500 ppm, and a stream of 29.97
pictures a second that is dated as 30 by 1000. Twice that is forgiven; a real delay of 340 ms is
so believed gone after two minutes."""

JUDGED_FRAMES = 5
"""So many frames in a row are delayed, or none is: a busy computer takes up one of them late."""


@dataclass(frozen=True, slots=True)
class DeviceTimes:
    """What is remembered of a source's device times; empty while it gives none."""

    trusted: Stamp | None = None
    """The newest stamp that can be right."""
    newest: Stamp | None = None
    doubtful: int = 0
    """Stamps so far that cannot be right."""
    doubtful_in_a_row: int = 0
    delays_ns: tuple[int, ...] = ()
    """How much longer the newest trusted frames took to come than the fastest one did."""

    @property
    def behind_ns(self) -> int:
        """What the last JUDGED_FRAMES are behind at least."""
        return min(self.delays_ns) if len(self.delays_ns) == JUDGED_FRAMES else 0

    def delay_ns(self, stamp: Stamp) -> int | None:
        """How much longer this newest stamp took than the fastest; None where it is not known."""
        return self.delays_ns[-1] if self.delays_ns and self.trusted is stamp else None

    def after(self, stamp: Stamp) -> "DeviceTimes":
        """What is remembered after one stamp more."""
        if stamp.device_ns is None:
            return self
        if self.trusted is None or self.newest is None:
            return DeviceTimes(stamp, stamp)
        if _follows(self.trusted, stamp):
            last_ns = self.delays_ns[-1] if self.delays_ns else 0
            delay_ns = max(0, last_ns + _delay_growth_ns(self.trusted, stamp))
            delays_ns = (*self.delays_ns, delay_ns)[-JUDGED_FRAMES:]
            return replace(self._trust(stamp), delays_ns=delays_ns)
        if _follows(self.newest, stamp):  # the device's clock was set anew
            return replace(self._trust(stamp), delays_ns=())
        return replace(
            self,
            newest=stamp,
            doubtful=self.doubtful + 1,
            doubtful_in_a_row=self.doubtful_in_a_row + 1,
        )

    def _trust(self, stamp: Stamp) -> "DeviceTimes":
        return replace(self, trusted=stamp, newest=stamp, doubtful_in_a_row=0)


def _steps_ns(before: Stamp, now: Stamp) -> tuple[int, int]:
    device_ns = (now.device_ns or 0) - (before.device_ns or 0)
    return max(0, now.arrival_ns - before.arrival_ns), device_ns


def _follows(before: Stamp, now: Stamp) -> bool:
    arrival_step_ns, device_step_ns = _steps_ns(before, now)
    return 0 < device_step_ns <= arrival_step_ns + AHEAD_NS


def _delay_growth_ns(before: Stamp, now: Stamp) -> int:
    arrival_step_ns, device_step_ns = _steps_ns(before, now)
    return arrival_step_ns - device_step_ns - arrival_step_ns // DRIFT_DIVISOR
