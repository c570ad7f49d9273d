"""Reads a V4L2 device with memory-mapped buffers; runs in the child process."""

import errno
import os
import select
import time

import linuxpy.video.device as v4l2
import numpy as np

from drivers.api.ports import VideoFormat
from drivers.api.samples import ImageU8, PictureGeometry
from drivers.attached.buffer_layout import COMPRESSED, BufferLayout
from drivers.attached.formats import FormatChoice, FormatWish, choose_format, describe_offer
from drivers.attached.pixels import convert
from drivers.attached.sequence import SequenceUnwrapper
from drivers.attached.v4l2_offer import CAPTURE, can_capture, offered_formats
from drivers.isolation.reader import Arrival, Opened, ReadFailure, Waiting

BUFFERS = 4
"""One is being converted, one is being filled, and two wait for a loop that is late."""
STATUS_PERIOD_S = 0.1
"""How often the device is asked whether there is a signal at its input; at once when it says that
something has changed there. No wait is longer."""
AWAY_LIMIT_S = 0.25
"""Longer between two looks at the device, and this process was stopped or held up: what lies in
the buffers then came at a time that nobody knows. A loop that runs takes half of it at most."""

_NO_SIGNAL = (
    v4l2.InputStatus.NO_POWER
    | v4l2.InputStatus.NO_SIGNAL
    | v4l2.InputStatus.NO_SYNC
    | v4l2.InputStatus.NO_H_LOCK
)
_GONE = (errno.ENODEV, errno.ENXIO)
_UNPLUGGED = ("Disconnected", "it was unplugged", "Check its cable.")
_CHANGED = ("Disconnected", "its picture has changed its size", "It is opened again.")
_REFUSALS = {
    **dict.fromkeys(
        (*_GONE, errno.ENOENT), ("NotFound", "it is not attached", "Plug it in, or choose another.")
    ),
    errno.EBUSY: ("Busy", "another program uses it", "Close the other program."),
    errno.ENOSPC: (
        "Disconnected",
        "its USB connection has no room for such pictures beside the other devices",
        "Plug it into another port, or ask for a smaller size or for format=MJPG.",
    ),
    errno.EACCES: ("NotFound", "this user may not open it", "Ask an administrator."),
    errno.ENOTTY: ("NotFound", "this is no video device", "Choose one that is."),
}


class V4l2Reader:
    """A DeviceReader over one device file. Buffers that are short or marked as damaged are lost."""

    def __init__(
        self,
        node: str,
        width_px: int | None = None,
        height_px: int | None = None,
        rate_hz: float | None = None,
        code: str | None = None,
    ) -> None:
        """What stands beside `node` is the wish of the address."""
        size_px = None if width_px is None or height_px is None else (width_px, height_px)
        self._node = node
        self._wish = FormatWish(size_px, rate_hz, code)
        self._unwrapper = SequenceUnwrapper()
        self._poll = select.poll()
        self._held: v4l2.raw.v4l2_buffer | None = None
        self._status_due_s = 0.0
        self._waiting = Waiting.SILENT
        self._looked_s = 0.0

    def open(self) -> Opened:
        """Agree on a format and start; ReadFailure with what the device offers when it cannot."""
        try:
            self._fd = os.open(self._node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _refused(error) from None
        try:
            return self._set_up()
        except OSError as error:
            os.close(self._fd)  # who looks for its holder must not find this process
            raise _refused(error) from None

    def wait(self, limit_s: float) -> Arrival | Waiting:
        """The next whole buffer; it is lent until the next call."""
        deadline_s = time.monotonic() + limit_s
        try:
            self._give_back()
            while (left_s := deadline_s - time.monotonic()) > 0:
                if (arrival := self._wait_once(left_s)) is not None:
                    return arrival
        except OSError as error:
            raise _lost(error) from None
        return self._waiting

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        """The picture of the buffer that wait() has given."""
        assert self._held is not None
        return convert(self._bytes(self._held), self._layout, space)

    def _set_up(self) -> Opened:
        if not can_capture(self._fd):
            raise ReadFailure("NotFound", "this device gives no pictures", "Choose another.")
        self._follow_the_input()
        offered = offered_formats(self._fd, self._wish)
        choice = choose_format(offered, self._wish)
        agreed = self._agree(choice, offered)
        self._start()
        return agreed

    def _follow_the_input(self) -> None:
        """Set an HDMI or DVI input to the signal that is there; other devices have no such call."""
        timings = v4l2.raw.v4l2_dv_timings()
        try:
            v4l2.ioctl(self._fd, v4l2.IOC.QUERY_DV_TIMINGS, timings)
            v4l2.ioctl(self._fd, v4l2.IOC.S_DV_TIMINGS, timings)
        except OSError as error:
            if error.errno in (*_GONE, errno.EBUSY):
                raise

    def _input_size(self, request: v4l2.IOC) -> tuple[int, int] | None:
        """Size of the signal at the input, or of the one that it is set to; None without one."""
        timings = v4l2.raw.v4l2_dv_timings()
        try:
            v4l2.ioctl(self._fd, request, timings)
        except OSError as error:
            if error.errno in _GONE:
                raise
            return None
        return timings.bt.width, timings.bt.height

    def _agree(self, choice: FormatChoice, offered: list[VideoFormat]) -> Opened:
        wanted = choice.format
        v4l2.set_format(self._fd, CAPTURE, wanted.width_px, wanted.height_px, f"{wanted.code:<4}")
        rate_hz = self._set_rate(choice.rate_hz)
        given = v4l2.get_raw_format(self._fd, CAPTURE).fmt.pix
        code = v4l2.human_pixel_format(given.pixelformat).strip(" ")
        self._layout = BufferLayout(code, given.width, given.height, given.bytesperline)
        agreed = VideoFormat(code, given.width, given.height, wanted.rates_hz)
        achieved = VideoFormat(code, given.width, given.height, (rate_hz,) if rate_hz else ())
        if code != wanted.code or not self._wish.allows(achieved):
            raise ReadFailure(
                "ProtocolViolation",
                f"it does not give {self._wish if str(self._wish) else wanted.code}",
                f"It offers {describe_offer([achieved, *offered], self._wish)}.",
            )
        if flaw := self._layout.flaw:
            raise ReadFailure("ProtocolViolation", flaw, "Ask for another size or format.")
        return Opened(agreed, rate_hz)

    def _set_rate(self, rate_hz: float | None) -> float | None:
        """Ask for a rate; what the device then says, None when it says nothing."""
        try:
            if rate_hz is not None:
                v4l2.set_fps(self._fd, CAPTURE, rate_hz)
            period = v4l2.get_parm(self._fd, CAPTURE).parm.capture.timeperframe
        except OSError as error:
            if error.errno in (errno.ENOTTY, errno.EINVAL):  # it has one rate and keeps it
                return None
            raise
        return period.denominator / period.numerator if period.numerator else None

    def _start(self) -> None:
        memory = v4l2.Memory.MMAP
        made = v4l2.request_buffers(self._fd, CAPTURE, memory, BUFFERS).count
        self._buffers: list[ImageU8] = []
        for index in range(made):
            buffer = v4l2.query_buffer(self._fd, CAPTURE, memory, index)
            mapping = v4l2.mmap_from_buffer(self._fd, buffer)
            self._buffers.append(np.frombuffer(mapping, np.uint8))
            v4l2.enqueue_buffer(self._fd, CAPTURE, memory, 0, index)
        self._listen_for_changes()
        v4l2.stream_on(self._fd, CAPTURE)
        self._poll.register(self._fd, select.POLLIN | select.POLLPRI)
        self._looked_s = time.perf_counter()

    def _listen_for_changes(self) -> None:
        try:
            v4l2.subscribe_event(self._fd, v4l2.EventType.SOURCE_CHANGE)
        except OSError as error:
            if error.errno in _GONE:
                raise

    def _wait_once(self, limit_s: float) -> Arrival | None:
        """One call of poll and what it announces; None when that is no whole picture."""
        announced = self._poll.poll(min(limit_s, STATUS_PERIOD_S) * 1000)
        before_s, self._looked_s = self._looked_s, time.perf_counter()
        if self._looked_s - before_s > AWAY_LIMIT_S:
            self._drain()
            return None
        ready = dict(announced).get(self._fd, 0)
        if ready & select.POLLPRI:
            self._look_at_event()
        if ready & (select.POLLIN | select.POLLERR | select.POLLHUP):
            return self._dequeue(ready)
        self._look_at_signal()
        return None

    def _look_at_event(self) -> None:
        try:
            event = v4l2.deque_event(self._fd)
        except OSError as error:
            if error.errno == errno.ENOENT:  # none is waiting
                return
            raise
        if event.type != v4l2.EventType.SOURCE_CHANGE:
            return
        now, before = map(self._input_size, (v4l2.IOC.QUERY_DV_TIMINGS, v4l2.IOC.G_DV_TIMINGS))
        if before is None or now not in (None, before):  # None: the signal has gone, or comes back
            raise ReadFailure(*_CHANGED)
        self._status_due_s = 0.0

    def _drain(self) -> None:
        """Leave out the pictures that have waited; the next sequence shows the gap."""
        for _ in self._buffers:
            try:
                buffer = v4l2.dequeue_buffer(self._fd, CAPTURE, v4l2.Memory.MMAP)
            except OSError as error:
                if error.errno in _GONE:
                    raise
                return  # no more; what else is wrong shows when it is looked at again
            self._unwrapper.follow(buffer.sequence)
            v4l2.enqueue_buffer(self._fd, CAPTURE, v4l2.Memory.MMAP, 0, buffer.index)

    def _dequeue(self, ready: int) -> Arrival | None:
        try:
            buffer = v4l2.dequeue_buffer(self._fd, CAPTURE, v4l2.Memory.MMAP)
        except OSError as error:
            if error.errno in _GONE or ready & (select.POLLERR | select.POLLHUP):
                raise
            return None  # nothing there after all, or damaged on the way
        arrival_ns = time.perf_counter_ns()
        self._held = buffer
        sequence = self._unwrapper.follow(buffer.sequence)
        self._look_at_signal()
        held_up = arrival_ns / 1e9 - self._looked_s > AWAY_LIMIT_S  # between the look and now
        if held_up or self._waiting is Waiting.NO_SIGNAL or self._is_damaged(buffer):
            self._give_back()
            return None
        taken = buffer.timestamp
        return Arrival(sequence, arrival_ns, taken.secs * 1_000_000_000 + taken.usecs * 1000)

    def _is_damaged(self, buffer: "v4l2.raw.v4l2_buffer") -> bool:
        marked = bool(buffer.flags & v4l2.BufferFlag.ERROR)
        return marked or buffer.bytesused < self._layout.needed_bytes

    def _bytes(self, buffer: "v4l2.raw.v4l2_buffer") -> ImageU8:
        data: ImageU8 = self._buffers[buffer.index]
        return data[: buffer.bytesused] if self._layout.code in COMPRESSED else data

    def _give_back(self) -> None:
        if self._held is not None:
            index, self._held = self._held.index, None
            v4l2.enqueue_buffer(self._fd, CAPTURE, v4l2.Memory.MMAP, 0, index)

    def _look_at_signal(self) -> None:
        """Some devices go on sending noise when their cable is pulled, and say so only here."""
        now_s = time.monotonic()
        if now_s < self._status_due_s:
            return
        self._status_due_s = now_s + STATUS_PERIOD_S
        status = self._input_status()
        self._waiting = Waiting.NO_SIGNAL if status & _NO_SIGNAL else Waiting.SILENT

    def _input_status(self) -> int:
        try:
            entry = v4l2.raw.v4l2_input()
            entry.index = v4l2.get_input(self._fd)
            v4l2.ioctl(self._fd, v4l2.IOC.ENUMINPUT, entry)
        except OSError as error:
            if error.errno in _GONE:
                raise
            return 0
        return int(entry.status)


def _refused(error: OSError) -> ReadFailure:
    words = _REFUSALS.get(error.errno or 0)
    if words is None:
        words = (
            "Disconnected",
            f"it does not start ({error.strerror})",
            "Ask for another size or format, or plug it in again.",
        )
    return ReadFailure(*words)


def _lost(error: OSError) -> ReadFailure:
    if error.errno in _GONE:
        return ReadFailure(*_UNPLUGGED)
    return ReadFailure(
        "Disconnected", "it has stopped sending pictures", "Check its cable and its input."
    )
