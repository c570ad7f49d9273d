"""The one clock of the application, and a hand-driven one for tests and stepped replay."""

import threading
import time


class SystemClock:
    """Monotonic host time in nanoseconds; any thread."""

    def now_ns(self) -> int:
        """Nanoseconds since an arbitrary fixed moment."""
        return time.perf_counter_ns()

    def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
        """Block until the deadline (True) or until `interrupted` is set (False)."""
        remaining_ns = deadline_ns - self.now_ns()
        return not interrupted.wait(max(0, remaining_ns) / 1e9)


class ManualClock:
    """Time that moves only when told, or when somebody waits for it."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """The time it was last moved to, in nanoseconds."""
        return self._now_ns

    def advance(self, step_ns: int) -> None:
        """Move time forward by `step_ns`; a negative step is refused with ValueError."""
        if step_ns < 0:
            raise ValueError(f"time cannot go back by {-step_ns} ns")
        self._now_ns += step_ns

    def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
        """Jump to the deadline at once, unless interrupted."""
        if interrupted.is_set():
            return False
        self._now_ns = max(self._now_ns, deadline_ns)
        return True
