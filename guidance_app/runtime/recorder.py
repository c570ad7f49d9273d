"""The recorder thread: takes frames and events without ever blocking, and writes the session.

Events go first and never make way for frames. When writing falls behind, the oldest waiting
picture is given up, and the recording says so.
"""

import logging
import os
import sys
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.ports import Clock
from drivers.api.samples import VideoFrame
from guidance_app.domain.commands import CommandOutcome
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.runtime.worker import Worker
from guidance_app.session.errors import RecordRefused, SessionError
from guidance_app.session.format import RESERVE_BYTES, FaultRecord, PaintRecord

if TYPE_CHECKING:
    from guidance_app.session.writer import SessionWriter, WriterState  # loads FFmpeg

log = logging.getLogger(__name__)

FRAME_QUEUE_BYTES = 256 << 20
"""About four seconds of 1920x1080 gray at 30 frames a second."""
QUEUE_RECORDS = 20_000
IDLE_S = 0.25
"""With the writer's own rhythm, nothing waits longer than a second to be forced to disk."""
NICENESS = 10
"""Measured: with the writer at 10 the picture is painted 3 to 5 ms sooner than at 0."""

TOO_SLOW = "recorder too slow"

Event = CommandOutcome | GuidanceSnapshot | FaultRecord | PaintRecord


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """How the recording stands."""

    recording: bool
    elapsed_s: float
    frames_offered: int
    frames_written: int
    """Known to be in the video file."""
    frames_lost: int
    free_minutes: float | None
    """Until video stops, at the rate of the recording so far; None while that is unknown."""
    fault: str
    """What is wrong, in a sentence or two; empty when nothing is."""


@dataclass(frozen=True, slots=True, eq=False)
class _WaitingEvent:
    event: Event
    written: "Future[None]"


@dataclass(frozen=True, slots=True, eq=False)
class _WaitingFrame:
    frame: VideoFrame
    facts: FrameFacts


@dataclass(frozen=True, slots=True)
class _LostFrame:
    facts: FrameFacts


_Work = _WaitingEvent | _WaitingFrame | _LostFrame


class _Backlog:
    """What waits to be written, bounded; any thread."""

    def __init__(self, frame_bytes: int, records: int) -> None:
        self._changed = threading.Condition()
        self._events: deque[_WaitingEvent] = deque()
        self._lost: deque[_LostFrame] = deque()  # every one older than those in _frames
        self._frames: deque[_WaitingFrame] = deque()
        self._free_bytes = frame_bytes
        self._records = records
        self._closed = False
        self.frames_offered = 0
        self.frames_unrecorded = 0
        """Lost frames for whose loss there was no room either."""
        self.events_unrecorded = 0

    @property
    def lost_count(self) -> int:
        """Frames given up and not yet written down as such."""
        return len(self._lost)

    def put_frame(self, waiting: _WaitingFrame) -> None:
        """Append a frame, and give up the oldest ones when there is no room."""
        with self._changed:
            if self._closed:
                return
            self.frames_offered += 1
            self._frames.append(waiting)
            self._free_bytes -= waiting.frame.pixels.nbytes
            while self._free_bytes < 0:
                self._lose_oldest()
            self._changed.notify()

    def put_event(self, waiting: _WaitingEvent) -> bool:
        """Append an event; False when there is no room or nothing is taken any more."""
        with self._changed:
            if self._closed:
                return False
            if len(self._events) >= self._records:
                self.events_unrecorded += 1
                return False
            self._events.append(waiting)
            self._changed.notify()
            return True

    def take(self, timeout_s: float) -> _Work | None:
        """The next thing to write; None after the timeout, or when closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._any() or self._closed, timeout_s)
            if self._events:
                return self._events.popleft()
            if self._lost:
                return self._lost.popleft()
            return self._take_frame() if self._frames else None

    def close(self) -> None:
        """Take nothing more; what is waiting can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def discard(self) -> list[_WaitingEvent]:
        """Close, and drop what is waiting; returns the events among it."""
        self.close()
        with self._changed:
            events = list(self._events)
            for queue in (self._events, self._lost, self._frames):
                queue.clear()
            return events

    def is_done(self) -> bool:
        """Closed and empty."""
        with self._changed:
            return self._closed and not self._any()

    def _any(self) -> bool:
        return bool(self._events or self._lost or self._frames)

    def _take_frame(self) -> _WaitingFrame:
        waiting = self._frames.popleft()
        self._free_bytes += waiting.frame.pixels.nbytes
        return waiting

    def _lose_oldest(self) -> None:
        if len(self._lost) >= self._records:
            self.frames_unrecorded += 1
            self._lost.popleft()
        self._lost.append(_LostFrame(self._take_frame().facts))


class Recorder:
    """Owns a session's writer; every method may be called from any thread and none blocks.

    Only stop() waits. What goes wrong shows in status().fault and never stops the caller.
    """

    def __init__(
        self,
        writer: "SessionWriter",
        clock: Clock,
        frame_queue_bytes: int = FRAME_QUEUE_BYTES,
        queue_records: int = QUEUE_RECORDS,
    ) -> None:
        """The writer belongs to the recorder from here on."""
        self.path = writer.path
        self._writer = writer
        self._clock = clock
        self._backlog = _Backlog(frame_queue_bytes, queue_records)
        self._state = writer.state
        self._in_hand: _WaitingEvent | None = None
        self._frames_refused = 0
        self._overflow_noted = 0
        self._complaint = ""
        self._fault = ""
        self._started_ns = clock.now_ns()
        self._ending = threading.Lock()
        self._ended_ns: int | None = None
        self._finished = threading.Event()
        self._worker = Worker("recorder", self._run, self._end, self._backlog.close)

    def start(self) -> None:
        """Start the thread; once."""
        self._worker.start()

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        """Take the frame for writing, or count and record it as lost."""
        self._backlog.put_frame(_WaitingFrame(frame, facts))

    def record(self, event: Event) -> "Future[None]":
        """Take the event for writing; the future is done when it has left the process.

        A mark on the checklist is then also safe from a power cut. The future carries a
        SessionError when the event could not be recorded.
        """
        written: Future[None] = Future()
        written.set_running_or_notify_cancel()  # nobody can cancel what is recorded
        if not self._backlog.put_event(_WaitingEvent(event, written)):
            written.set_exception(_not_recorded(self._fault))
        return written

    def is_kept(self, frame: int) -> bool | None:
        """Whether this frame is in the video file; None while it waits to be written."""
        return self._writer.is_kept(frame)

    def status(self) -> RecordingStatus:
        """How the recording stands; counts of what is on disk, not of what was handed in."""
        state, backlog = self._state, self._backlog
        written, offered = state.counts.frames_written, backlog.frames_offered
        ended_ns = self._ended_ns
        lost = state.counts.frames_lost + self._frames_refused
        lost += backlog.lost_count + backlog.frames_unrecorded
        until_ns = self._clock.now_ns() if ended_ns is None else ended_ns
        elapsed_s = (until_ns - self._started_ns) / 1e9
        return RecordingStatus(
            recording=ended_ns is None,
            elapsed_s=elapsed_s,
            frames_offered=offered,
            frames_written=written,
            frames_lost=lost if ended_ns is None else offered - written,
            free_minutes=_free_minutes(state, offered, elapsed_s),
            fault=self._fault or state.fault or self._complaint,
        )

    def stop(self, within_s: float) -> None:
        """Write what is waiting and seal the session; whether that worked is in status()."""
        self._backlog.close()
        if not self._finished.wait(within_s):
            self._end(
                f"The recording in {self.path} was not closed within {within_s:.0f} s. "
                f"What was written is kept; run: guidance session recover {self.path}"
            )
        self._worker.stop()

    def _run(self, stopping: threading.Event) -> None:
        _lower_priority()
        try:
            while not stopping.is_set() and not self._backlog.is_done():
                self._write(self._backlog.take(IDLE_S))
                self._note_overflow()
                self._state = self._writer.state
                if self._state.must_close:
                    self._backlog.close()
            if not self._finished.is_set():
                self._writer.seal()
                self._state = self._writer.state
                self._end(self._state.must_close)
        except SessionError as error:
            log.error("recording: %s", error)
            self._end(str(error))
        finally:
            self._writer.abandon()  # nothing is left to abandon after sealing

    def _write(self, work: _Work | None) -> None:
        try:
            match work:
                case None:
                    self._writer.keep_up()
                case _WaitingEvent():
                    self._write_event(work)
                case _WaitingFrame(frame, facts):
                    self._writer.write_frame(frame, facts)
                case _LostFrame(facts):
                    self._writer.lose_frame(facts, TOO_SLOW)
        except RecordRefused as refused:
            self._frames_refused += 1
            self._complain(str(refused))

    def _write_event(self, waiting: _WaitingEvent) -> None:
        self._in_hand = waiting
        try:
            match waiting.event:
                case CommandOutcome() as outcome:
                    self._writer.write_command(outcome)
                case GuidanceSnapshot() as snapshot:
                    self._writer.write_snapshot(snapshot)
                case FaultRecord() as fault:
                    self._writer.write_fault(fault)
                case PaintRecord() as paint:
                    self._writer.write_paint(paint)
        except RecordRefused as refused:
            waiting.written.set_exception(refused)
            self._complain(str(refused))
        else:
            if not waiting.written.done():  # stop() may have given up on it
                waiting.written.set_result(None)
        self._in_hand = None

    def _note_overflow(self) -> None:
        unrecorded = self._backlog.frames_unrecorded + self._backlog.events_unrecorded
        if unrecorded > self._overflow_noted:
            self._overflow_noted = unrecorded
            self._complain(
                f"{unrecorded} frames and events could not be recorded: writing to {self.path} "
                "fell too far behind. Check the disk."
            )

    def _complain(self, text: str) -> None:
        log.error("recording: %s", text)
        self._complaint = text
        self._writer.write_fault(FaultRecord(self._clock.now_ns(), text))

    def _end(self, fault: str) -> None:
        """The first end counts: sealed without a fault, or broken off with one."""
        with self._ending:
            if self._ended_ns is not None:
                return
            self._ended_ns = self._clock.now_ns()
            self._fault = fault
        unwritten = self._backlog.discard()
        in_hand = self._in_hand
        for waiting in unwritten if in_hand is None else [in_hand, *unwritten]:
            waiting.written.set_exception(_not_recorded(fault))
        self._finished.set()


def _not_recorded(fault: str) -> SessionError:
    return SessionError("This was not recorded.", fault or "The recording has ended.")


def _free_minutes(state: "WriterState", offered: int, elapsed_s: float) -> float | None:
    """At the rate at which frames come, also while writing is behind them."""
    if elapsed_s <= 0 or not state.bytes_written:
        return None
    behind = offered / max(1, state.counts.frames_written)
    bytes_per_minute = 60.0 * state.bytes_written * max(1.0, behind) / elapsed_s
    return max(0, state.free_bytes - RESERVE_BYTES) / bytes_per_minute


def _lower_priority() -> None:
    """Let the picture go before the recording; only Linux can do this for one thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def recording_fault(recorder: Recorder) -> str:
    """What is wrong with a recording that has ended; empty when nothing is."""
    status = recorder.status()
    if status.fault or not status.frames_lost:
        return status.fault
    return (
        f"{status.frames_lost} of {status.frames_offered} pictures are not in the recording "
        f"{recorder.path}: writing fell behind. End other programs, or use a faster disk."
    )
