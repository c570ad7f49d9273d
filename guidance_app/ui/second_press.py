"""What cannot be taken back is pressed twice: not by a bounce, and not long after it was asked."""

from drivers.api.ports import Clock

NOT_BEFORE_NS = 500_000_000
NOT_AFTER_NS = 8_000_000_000
"""As long as the sentence stands that asks for it."""


class SecondPress:
    """Tells a second press from a first one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._first_ns: int | None = None

    def is_one(self) -> bool:
        """Whether this press is the second; one that comes too early leaves the first in force."""
        now_ns = self._clock.now_ns()
        if self._first_ns is None or now_ns - self._first_ns > NOT_AFTER_NS:
            self._first_ns = now_ns
            return False
        if now_ns - self._first_ns < NOT_BEFORE_NS:
            return False
        self._first_ns = None
        return True
