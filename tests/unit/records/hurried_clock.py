"""A clock for a writing thread that does not wait for long."""

import threading

from drivers.api.clock import ManualClock
from guidance_app.records.worker import PATIENCE_NS


class HurriedClock(ManualClock):
    """A wait takes half the patience, so that a lock is tried three times and no longer."""

    def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
        return super().wait_until(deadline_ns + PATIENCE_NS // 2, interrupted)
