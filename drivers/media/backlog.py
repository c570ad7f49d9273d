"""What was received and waits to be decoded: between the thread that receives and the reader."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from av.packet import Packet

from drivers.api.ports import Clock

PATIENCE_NS = 1_000_000_000
"""Behind for longer, the reader is not working off a burst but slower than the sender (ours)."""
MOST_BYTES = 64 * 1024 * 1024
"""Compressed pictures that may wait for a reader that does not come (ours)."""


class Overrun(Exception):
    """More waits than may, and decoding cannot begin behind it."""


class Interrupted(Exception):
    """Somebody asked the reader to stop."""


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """One compressed picture and when it came."""

    packet: "Packet[Any]"
    arrival_ns: int
    overtaken: bool
    """A newer one has come already."""


class Backlog:
    """Packets in the order of their arrival; one thread puts, another takes.

    A burst is worked off whole: nothing of it is missing from a recording. Whoever has been
    behind for PATIENCE_NS gets the newest only, until nothing had to be left out for as long.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Packet[Any], int]] = deque()
        self._waiting_bytes = 0
        self._end: Exception | None = None
        self._interrupted = False
        self._behind_since_ns: int | None = None
        self._newest_only_until_ns = 0
        self._left_out = 0

    @property
    def left_out(self) -> int:
        """Packets that nobody will get, because the reader was too slow for them."""
        return self._left_out

    def put(self, packet: "Packet[Any]", arrival_ns: int) -> None:
        """Append a packet; raises Overrun."""
        with self._changed:
            self._waiting.append((packet, arrival_ns))
            self._waiting_bytes += packet.size
            if self._waiting_bytes > MOST_BYTES:
                self._skip()
            if self._waiting_bytes > MOST_BYTES:
                raise Overrun
            self._changed.notify()

    def end(self, error: Exception) -> None:
        """Nothing more comes; `error` is raised behind the last packet."""
        with self._changed:
            self._end = error
            self._changed.notify()

    def interrupt(self) -> None:
        """End a waiting take() and all later ones."""
        with self._changed:
            self._interrupted = True
            self._changed.notify()

    def take(self, timeout_s: float) -> Received:
        """The oldest packet, or the newest when too slow; TimeoutError, Interrupted, the end."""
        with self._changed:
            self._changed.wait_for(self._is_ready, timeout_s)
            if self._interrupted:
                raise Interrupted
            if self._waiting:
                return self._take()
            raise self._end or TimeoutError

    def _is_ready(self) -> bool:
        return bool(self._waiting or self._end or self._interrupted)

    def _take(self) -> Received:
        newest_only = self._is_too_slow(self._clock.now_ns())
        if newest_only:
            self._skip()
        packet, arrival_ns = self._waiting.popleft()
        self._waiting_bytes -= packet.size
        return Received(packet, arrival_ns, bool(self._waiting) and not newest_only)

    def _is_too_slow(self, now_ns: int) -> bool:
        if len(self._waiting) == 1:
            self._behind_since_ns = None
            return False
        if self._behind_since_ns is None:
            self._behind_since_ns = now_ns
        if now_ns - self._behind_since_ns > PATIENCE_NS or now_ns < self._newest_only_until_ns:
            self._newest_only_until_ns = now_ns + PATIENCE_NS
        return now_ns < self._newest_only_until_ns

    def _skip(self) -> None:
        """Leave out everything before the newest packet with which decoding can begin."""
        keys = [n for n, (packet, _) in enumerate(self._waiting) if packet.is_keyframe]
        for _ in range(keys[-1] if keys else 0):
            packet, _ = self._waiting.popleft()
            self._waiting_bytes -= packet.size
            self._left_out += 1
