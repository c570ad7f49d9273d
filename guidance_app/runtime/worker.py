"""A supervised thread: an exception in it ends it, is logged once, and is told to the owner."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

log = logging.getLogger(__name__)

JOIN_DEADLINE_S = 5.0

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Worker:
    """Runs `run(stopping)` on a thread of its own until it returns or `stop()` is called."""

    def __init__(
        self,
        name: str,
        run: Callable[[threading.Event], None],
        on_fault: Callable[[str], None],
        interrupt: Callable[[], None] = lambda: None,
    ) -> None:
        """`interrupt` must make a blocked `run` return soon; it is called by stop()."""
        self._run = run
        self._on_fault = on_fault
        self._interrupt = interrupt
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread; once."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end and wait for it; who misses the deadline is named in the log."""
        self._stopping.set()
        self._interrupt()
        if self._thread.is_alive():
            self._thread.join(JOIN_DEADLINE_S)
        if self._thread.is_alive():
            log.error("thread %s did not end within %s s", self._thread.name, JOIN_DEADLINE_S)

    def leave(self) -> None:
        """Ask the thread to end, and wait for nothing: it only reads, and nobody listens."""
        self._stopping.set()
        self._interrupt()

    def is_done(self) -> bool:
        """Whether the thread has ended, or was never started."""
        return not self._thread.is_alive()

    def _supervise(self) -> None:
        try:
            self._run(self._stopping)
        except Exception as error:
            log.exception("thread %s failed", self._thread.name)
            self._on_fault(
                f"The {self._thread.name} stopped because of an error in the program "
                f"({type(error).__name__}). Restart the program; the log has the details."
            )


class Guarded(Generic[Given, Result]):
    """A part of a thread's work that it can do without: an error in it ends the part alone."""

    def __init__(self, name: str, call: Callable[Given, Result]) -> None:
        self._name = name
        self._call = call
        self.fault = ""
        """What ended it, a sentence for the user; empty while it works."""

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Result | None:
        """What the call gives; None for good once it has failed, which is logged once."""
        if self.fault:
            return None
        try:
            return self._call(*args, **kwargs)
        except Exception as error:
            log.exception("the %s failed", self._name)
            self.fault = (
                f"The {self._name} stopped because of an error in the program "
                f"({type(error).__name__}). The log has the details."
            )
            return None
