"""A source with faults on a script: any address takes `faults=PLAN`, a file or a drill's name."""

import threading
from collections import Counter, deque
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.api.address import with_option
from drivers.api.errors import Disconnected, EndOfStream, NotFound, Timeout
from drivers.api.ports import Clock, HandMove, SourceInfo, SourceOption, Steered, VideoSource
from drivers.api.samples import Origin, Stamp, VideoFrame
from simulators.fault_kinds import SlowOpen, Unplug
from simulators.fault_plan import FaultPlan, load_plan
from simulators.frame_faults import FrameFaults, Outcome

NAME = "faults"
SILENCE_NS = 1_000_000_000
"""A read ends after so long without a picture, as a driver's does; not while one is held back."""
LONGEST_OPEN_NS = 10_000_000_000
"""What the contract of a source allows open()."""
HELD_BYTES = 256 << 20
"""Pictures held back beyond this are lost, the oldest first."""
FIRST_DEVICE = "first"
"""Identity of a source that states none, where a plan plugs in another one."""
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """What became of the pictures: made + duplicated = delivered + lost + waiting."""

    made: int
    """Pictures that the source gave."""
    duplicated: int
    delivered: int
    lost: int
    """By the plan; those of one opening show as gaps in the sequence."""
    waiting: int
    """Held back at the moment."""


class PlanTime:
    """Nanoseconds since the source was first opened, by the injected clock.

    A file, a replay or a simulator has a time of its own, which counts instead, so that the same
    pictures meet the same faults however fast they are read.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zero_ns: int | None = None
        self._origin = Origin.DEVICE
        self._period_ns = 0
        self._opened_ns = 0
        self._own_zero_ns: int | None = None

    def start(self) -> None:
        """Let time run, unless it does."""
        if self._zero_ns is None:
            self._zero_ns = self._clock.now_ns()

    def now_ns(self) -> int:
        """Plan time now; 0 before it runs."""
        return 0 if self._zero_ns is None else self._clock.now_ns() - self._zero_ns

    def begin(self, info: SourceInfo) -> None:
        """The source has been opened, and its pictures follow."""
        self._opened_ns = self.now_ns()
        self.start()
        self._origin = info.origin
        self._period_ns = _period_ns(info)
        self._own_zero_ns = None

    def of(self, frame: VideoFrame) -> int:
        """When the picture came, or was due by the source's own time."""
        device_ns = frame.stamp.device_ns
        if self._origin is Origin.DEVICE or device_ns is None:
            # A device may have its first picture before open() returned.
            return max(0, frame.stamp.arrival_ns - (self._zero_ns or 0))
        if self._own_zero_ns is None:
            self._own_zero_ns = self._own_zero(device_ns, frame.stamp.sequence)
        time_ns = self._opened_ns + device_ns - self._own_zero_ns
        self._catch_up(time_ns)
        return time_ns

    def _own_zero(self, device_ns: int, sequence: int) -> int:
        """The source's own time at its opening; a late reader's first picture is not its first."""
        zero_ns = device_ns - sequence * self._period_ns
        return 0 if abs(zero_ns) < self._period_ns else zero_ns

    def deadline_ns(self, time_ns: int) -> int:
        """The moment on the host's clock at which plan time is `time_ns`."""
        return (self._zero_ns or 0) + time_ns

    def _catch_up(self, time_ns: int) -> None:
        """A file that is read faster than it plays takes the plan's time along."""
        if self._zero_ns is not None:
            self._zero_ns -= max(0, time_ns - self.now_ns())


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    frame: VideoFrame
    sequence: int
    due_ns: int
    waits: bool
    """It is delivered later than it came, and stamped then."""
    arrival_offset_ns: int


class FaultySource:
    """A VideoSource around another, into which it puts the faults of a plan.

    Plan time goes on while it is closed. The device's own time may be false; the stamp of arrival
    is taken after the delivery, unless the plan has the driver lie about it. A lost picture is a
    gap in the sequence.
    """

    def __init__(
        self, source: VideoSource, plan: FaultPlan, clock: Clock, option: str = ""
    ) -> None:
        """`option` is how the plan was named in the address."""
        self._source = source
        self._name = "The source"
        self._plan = plan
        self._unplugs = [fault for fault in plan.faults if isinstance(fault, Unplug)]
        self._clock = clock
        self._option = option or plan.name
        self._interrupted = threading.Event()
        self._time = PlanTime(clock)
        self._faults = FrameFaults(plan)
        self._info: SourceInfo | None = None
        self._held: deque[_Held] = deque()
        self._held_bytes = 0
        self._end: EndOfStream | None = None
        self._looked_ns = 0
        """Plan time up to which it is known whether the device was plugged in."""
        self._base = self._next = self._copies = 0
        self._last_arrival_ns = self._period_ns = self._last_due_ns = 0
        self._made = self._duplicated = self._delivered = self._lost = 0
        self.event_counts: Counter[str] = Counter()
        """How many faults of each kind were put in."""

    @property
    def counts(self) -> SourceCounts:
        """What became of the pictures so far."""
        return SourceCounts(
            self._made, self._duplicated, self._delivered, self._lost, len(self._held)
        )

    def open(self) -> SourceInfo:
        """Open the source; NotFound while it is unplugged, Timeout when opening takes too long."""
        self.close()
        self._require_plugged()
        self._wait_slowly()
        info = self._source.open()
        self._time.begin(info)
        self._looked_ns = self._time.now_ns()
        self._period_ns = _period_ns(info)
        self._info = self._describe(info)
        self._name = self._info.name
        return self._info

    def read(self) -> VideoFrame:
        """The next picture that the plan lets through; Timeout after a silent second.

        What is held back is waited for instead, at most LONGEST_HELD_S, as the plan was bounded.
        """
        if self._info is None:
            raise self._stopped("it is not open")
        silent_ns = self._clock.now_ns() + SILENCE_NS
        while not self._interrupted.is_set():
            if self._held and self._is_next(self._held[0]):
                return self._deliver()
            if self._end is not None:
                raise self._end
            self._take()
            if not self._held and self._clock.now_ns() > silent_ns:
                raise Timeout(
                    self._name, "read", "no picture came for 1 s", "Check its cable and its input."
                )
        raise self._stopped("reading was stopped")

    def interrupt(self) -> None:
        """End a blocked read() or open() and all later reads; for good."""
        self._interrupted.set()
        self._source.interrupt()

    def close(self) -> None:
        """Close the source; what was held back is lost."""
        self._source.close()
        self._lost += len(self._held)
        self._held.clear()
        self._held_bytes = self._last_due_ns = 0
        self._info, self._end = None, None
        self._base += self._next
        self._next = self._copies = 0

    def _require_plugged(self) -> None:
        time_ns = self._time.now_ns()
        if any(fault.window(time_ns) for fault in self._unplugs):
            self._time.start()
            raise NotFound(self._name, "open", "it is not attached", "Plug it in again.")

    def _wait_slowly(self) -> None:
        delay_ns = self._plan.opening_delay_ns(self._time.now_ns())
        if not delay_ns:
            return
        self.event_counts[SlowOpen.kind] += 1
        until_ns = self._clock.now_ns() + min(delay_ns, LONGEST_OPEN_NS)
        if not self._clock.wait_until(until_ns, self._interrupted):
            raise self._stopped("opening was stopped")
        if delay_ns > LONGEST_OPEN_NS:
            raise Timeout(self._name, "open", "it did not answer within 10 s", "Switch it on.")

    def _describe(self, info: SourceInfo) -> SourceInfo:
        other = self._device_now()
        own = info.identity or (FIRST_DEVICE if any(f.returns_as for f in self._unplugs) else None)
        return replace(
            info,
            address=with_option(info.address, NAME, self._option),
            name=f"{info.name} ({other})" if other else info.name,
            identity=other or own,
            fault_plan=self._plan.name,
        )

    def _device_now(self) -> str:
        """What was plugged in last; empty while it is the device itself."""
        time_ns = self._time.now_ns()
        windows = ((fault.last_window(time_ns), fault.returns_as) for fault in self._unplugs)
        plugged = [(w.end_ns, device) for w, device in windows if w is not None and w.end_ns]
        return max(plugged, default=(0, ""))[1]

    def _is_next(self, held: _Held) -> bool:
        """Whether nothing can come from the source before this is due."""
        next_ns = self._last_arrival_ns + self._period_ns
        return self._end is not None or not held.waits or held.due_ns <= next_ns

    def _deliver(self) -> VideoFrame:
        held = self._held[0]
        if held.waits and not self._clock.wait_until(held.due_ns, self._interrupted):
            raise self._stopped("reading was stopped")
        self._held.popleft()
        self._held_bytes -= held.frame.pixels.nbytes
        self._delivered += 1
        stamp = held.frame.stamp
        arrival_ns = self._clock.now_ns() if held.waits else stamp.arrival_ns
        arrival_ns += held.arrival_offset_ns
        return replace(held.frame, stamp=Stamp(held.sequence, arrival_ns, stamp.device_ns))

    def _take(self) -> None:
        """Read the source once, and hold what the plan makes of it."""
        try:
            frame = self._source.read()
        except EndOfStream as end:
            if not self._held:
                raise
            self._end = end
            return
        time_ns, number = self._time.of(frame), self._base + frame.stamp.sequence
        self._observe(frame)
        self._require_still_plugged(time_ns)
        outcome = self._faults.apply(frame, time_ns, number)
        self.event_counts.update(outcome.kinds)
        self._hold(outcome)

    def _observe(self, frame: VideoFrame) -> None:
        stamp = frame.stamp
        self._made += 1
        if stamp.sequence == self._next and self._next:
            self._period_ns = stamp.arrival_ns - self._last_arrival_ns
        self._next, self._last_arrival_ns = stamp.sequence + 1, stamp.arrival_ns

    def _require_still_plugged(self, time_ns: int) -> None:
        windows = [fault.last_window(time_ns) for fault in self._unplugs]
        looked_ns, self._looked_ns = self._looked_ns, time_ns
        if any(w and (w.holds(time_ns) or w.start_ns > looked_ns) for w in windows):
            self._lost += 1
            self.event_counts[Unplug.kind] += 1
            raise Disconnected(self._name, "read", "it was unplugged", "Check its cable.")

    def _hold(self, outcome: Outcome) -> None:
        frame = outcome.frame
        arrival_ns, sequence = frame.stamp.arrival_ns, frame.stamp.sequence + self._copies
        due_ns = max(
            arrival_ns + outcome.delay_ns,
            self._time.deadline_ns(outcome.not_before_ns) if outcome.not_before_ns else 0,
            self._last_due_ns,
        )
        self._lost += outcome.copies == 0
        for copy in range(outcome.copies):
            waits = due_ns > arrival_ns or bool(self._held)
            offset_ns = outcome.arrival_offset_ns
            self._held.append(_Held(frame, sequence + copy, due_ns, waits, offset_ns))
            self._held_bytes += frame.pixels.nbytes
            self._last_due_ns = due_ns
        further = max(0, outcome.copies - 1)
        self._copies += further
        self._duplicated += further
        self._lose_what_is_too_much()

    def _lose_what_is_too_much(self) -> None:
        while self._held_bytes > HELD_BYTES:
            self._held_bytes -= self._held.popleft().frame.pixels.nbytes
            self._lost += 1

    def _stopped(self, cause: str) -> Disconnected:
        return Disconnected(self._name, "read", cause, "Open it again to go on.")


def _period_ns(info: SourceInfo) -> int:
    """By the stated rate; 0 where none is stated."""
    return round(_SECOND_NS / info.nominal_rate_hz) if info.nominal_rate_hz else 0


class FaultySteeredSource(FaultySource):
    """The same around a source that is steered."""

    def __init__(self, source: Steered, plan: FaultPlan, clock: Clock, option: str = "") -> None:
        super().__init__(source, plan, clock, option)
        self._steered = source

    @property
    def task(self) -> str:
        """That of the source."""
        return self._steered.task

    def steer(self, move: HandMove) -> None:
        """Hand it on: faults are in the picture, not in the hands."""
        self._steered.steer(move)

    def keep_truth(self, path: Path) -> None:
        """Hand it on."""
        self._steered.keep_truth(path)


def wrap(source: VideoSource, plan: str, clock: Clock) -> VideoSource:
    """The source with the faults of the plan that is named so; raises what load_plan() does."""
    if isinstance(source, Steered):
        return FaultySteeredSource(source, load_plan(plan), clock, plan)
    return FaultySource(source, load_plan(plan), clock, plan)


OPTION = SourceOption(NAME, "faults=unplug", wrap)
