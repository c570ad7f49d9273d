"""A VideoSource whose device is read by a child process."""

import threading
from typing import Protocol

from drivers.api.errors import (
    Busy,
    DeviceError,
    Disconnected,
    NotFound,
    ProtocolViolation,
    Timeout,
)
from drivers.api.ports import Clock, SourceInfo
from drivers.api.samples import Stamp, VideoFrame
from drivers.isolation.channel import ChannelClosed, Message, PictureRecord
from drivers.isolation.process import ReaderProcess
from drivers.isolation.reader import Opened, ReaderSpec, ReadFailure, Waiting, explain_waiting

START_LIMIT_S = 60.0
"""For the child to start and load its libraries: 0.3 s, but no device is to blame on a machine
that is slower. Only the disk can hold it up."""
OPEN_LIMIT_S = 9.0
"""For opening the device and its first picture."""
HEARTBEAT_LIMIT_S = 1.0
"""The child reports ten times a second; one that is silent for this long hangs."""
PICTURE_LIMIT_S = 2.0
"""Without a picture for this long, or for three periods, the device is opened again."""
LOOK_PERIOD_NS = 1_000_000_000
"""How often the device may look around while it is read."""

_KINDS: dict[str, type[DeviceError]] = {
    kind.__name__: kind for kind in (Busy, Disconnected, NotFound, ProtocolViolation, Timeout)
}
_HANGS = "it does not answer"
_HANGS_ADVICE = "It is opened again; if this stays so, unplug it and plug it in."
_LATE = "the part of this program that reads it does not start"
_LATE_ADVICE = "Close other programs; it is started again."
_CRASHED = "the part of this program that reads it has crashed"
_CRASHED_ADVICE = "It is started again."


class IsolatedDevice(Protocol):
    """Which device is meant, and how it is read; one object for all openings of a source."""

    @property
    def title(self) -> str:
        """What a person calls it, as the beginning of a sentence."""
        ...

    def locate(self) -> ReaderSpec:
        """How to read the device, wherever it is now; NotFound when it is not there."""
        ...

    def confirm(self, opened: Opened) -> SourceInfo:
        """What was opened; NotFound when it turns out to be another device."""
        ...

    def look(self) -> None:
        """Called about once a second while it is read; quick: learns what else is attached."""
        ...

    def explain(self, failure: DeviceError) -> DeviceError:
        """The same failure, with what this side knows of it (who holds it)."""
        ...


class IsolatedSource:
    """Reads a device in a child process, which is killed when it hangs.

    A child that crashes ends nothing but itself; both are told as DeviceError, and who wants the
    device back opens the source again. `Stamp.arrival_ns` is taken in the child, by the clock
    that SystemClock reads.
    """

    def __init__(self, device: IsolatedDevice, clock: Clock) -> None:
        """`clock` measures how long no picture comes, and when the device looks around."""
        self._device = device
        self._clock = clock
        self._interrupted = threading.Event()
        self._process: ReaderProcess | None = None
        self._info: SourceInfo | None = None
        self._first: int | None = None
        self._look_due_ns = 0

    @property
    def pid(self) -> int | None:
        """The child's process number; None while closed."""
        return None if self._process is None else self._process.pid

    def open(self) -> SourceInfo:
        """Start the child and have it open the device and wait for the first picture.

        Timeout when none comes; a device that hangs is given up OPEN_LIMIT_S after the child has
        started, which is 10 s in all unless the computer is very busy.
        """
        self.close()
        self._process = self._start(self._device.locate())
        try:
            self._info = self._device.confirm(self._await_opened(self._process))
        except BaseException:
            self.close()
            raise
        return self._info

    def read(self) -> VideoFrame:
        """The next picture.

        Timeout when the child hangs or no picture comes, Disconnected when the device or the
        child is gone or reading was interrupted.
        """
        if self._process is None or self._info is None:
            raise self._error(Disconnected, "it is not open", "Open it again to go on.")
        limit_s = max(PICTURE_LIMIT_S, 3 / (self._info.nominal_rate_hz or 3))
        deadline_ns = self._clock.now_ns() + round(limit_s * 1e9)
        while True:
            self._look()
            message = self._receive(self._process, HEARTBEAT_LIMIT_S)
            if isinstance(message, PictureRecord):
                return self._frame(self._process, message, self._info)
            if isinstance(message, ReadFailure):
                raise self._translated(message)
            if isinstance(message, Waiting) and self._clock.now_ns() > deadline_ns:
                raise self._translated(explain_waiting(message))

    def interrupt(self) -> None:
        """End a blocked open() or read(), and all later ones; for good."""
        self._interrupted.set()
        process = self._process
        if process is not None:
            process.interrupt()

    def close(self) -> None:
        """End the child; the device is free then."""
        process, self._process, self._info, self._first = self._process, None, None, None
        if process is not None:
            process.close()

    def _look(self) -> None:
        now_ns = self._clock.now_ns()
        if now_ns >= self._look_due_ns:
            self._look_due_ns = now_ns + LOOK_PERIOD_NS
            self._device.look()

    def _start(self, spec: ReaderSpec) -> ReaderProcess:
        try:
            return ReaderProcess(spec)
        except OSError as error:
            cause = f"the part of this program that reads it cannot be started ({error.strerror})"
            raise self._error(Disconnected, cause, "Close other programs.") from None

    def _await_opened(self, process: ReaderProcess) -> Opened:
        message = self._receive(process, START_LIMIT_S, (_LATE, _LATE_ADVICE))
        if isinstance(message, Waiting):  # it is loaded, and turns to the device
            message = self._receive(process, OPEN_LIMIT_S)
        if isinstance(message, Opened):
            return message
        if isinstance(message, ReadFailure):
            raise self._translated(message)
        raise self._error(Disconnected, _CRASHED, _CRASHED_ADVICE)

    def _receive(
        self,
        process: ReaderProcess,
        limit_s: float,
        words: tuple[str, str] = (_HANGS, _HANGS_ADVICE),
    ) -> Message:
        """The child's next message; a child that gives none is ended here."""
        try:
            if self._interrupted.is_set():
                raise ChannelClosed
            return process.receive(limit_s)
        except TimeoutError:
            error = self._error(Timeout, *words)
        except ChannelClosed:
            error = self._ended()
        self.close()
        raise error

    def _ended(self) -> DeviceError:
        if self._interrupted.is_set():
            return self._error(Disconnected, "reading was stopped", "Open it again to go on.")
        return self._error(Disconnected, _CRASHED, _CRASHED_ADVICE)

    def _frame(self, process: ReaderProcess, record: PictureRecord, info: SourceInfo) -> VideoFrame:
        if self._first is None:
            self._first = record.arrival.sequence
        arrival = record.arrival
        stamp = Stamp(arrival.sequence - self._first, arrival.arrival_ns, arrival.device_ns)
        return VideoFrame(process.take(record), record.geometry.pixel_format, stamp, info.origin)

    def _translated(self, failure: ReadFailure) -> DeviceError:
        kind = _KINDS.get(failure.kind, Disconnected)
        return self._device.explain(self._error(kind, failure.cause, failure.advice))

    def _error(self, kind: type[DeviceError], cause: str, advice: str) -> DeviceError:
        operation = "open" if self._info is None else "read"
        return kind(self._device.title, operation, cause, advice)
