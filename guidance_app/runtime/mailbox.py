"""Between the capture thread and the processing thread: one frame, and the commands in order."""

import threading
from dataclasses import dataclass

from drivers.api.samples import VideoFrame
from guidance_app.domain.commands import Command
from guidance_app.processing.truth import Arrivals


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """A frame and what is remembered of all frames up to it."""

    frame: VideoFrame
    arrivals: Arrivals


@dataclass(frozen=True, slots=True, eq=False)
class Inbox:
    """What waited when the mailbox was emptied; `delivery` is None when no frame came."""

    delivery: Delivery | None
    commands: tuple[Command, ...]


class Mailbox:
    """Holds the newest frame only; commands are kept all. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._delivery: Delivery | None = None
        self._commands: list[Command] = []
        self._overwritten = 0

    @property
    def overwritten(self) -> int:
        """Frames that were not processed, because a newer one had come."""
        return self._overwritten

    def put_frame(self, delivery: Delivery) -> None:
        """Replace the waiting frame, unless a newer one than this has come; never blocks."""
        with self._changed:
            if delivery.frame.overtaken:
                self._overwritten += 1
                return
            self._overwritten += self._delivery is not None
            self._delivery = delivery
            self._changed.notify()

    def put_command(self, command: Command) -> None:
        """Append a command; never blocks."""
        with self._changed:
            self._commands.append(command)
            self._changed.notify()

    def take(self, timeout_s: float) -> Inbox:
        """Empty the mailbox, after waiting at most `timeout_s` for something to be in it."""
        with self._changed:
            self._changed.wait_for(lambda: self._delivery or self._commands, timeout_s)
            inbox = Inbox(self._delivery, tuple(self._commands))
            self._delivery = None
            self._commands = []
            return inbox

    def wake(self) -> None:
        """Let a waiting take() return at once with what there is."""
        with self._changed:
            self._changed.notify_all()
