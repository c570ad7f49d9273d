"""One run: a source, its capture thread, the processing thread and what keeps the recording."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from drivers.api.ports import Clock, HandMove, SourceInfo, Steered, VideoSource
from drivers.api.samples import ImageU8, VideoFrame
from guidance_app.domain.commands import Command, CommandOutcome, SourceFailed
from guidance_app.domain.snapshot import FrameFacts, GuidanceSnapshot
from guidance_app.processing.layout import Layout
from guidance_app.processing.layout_finding import FoundLayout
from guidance_app.processing.needle.search import NeedleSearch
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.acquisition import Acquisition
from guidance_app.runtime.engine import Engine, Published
from guidance_app.runtime.item_proofs import ItemProofs
from guidance_app.runtime.layout_search import LayoutSearch
from guidance_app.runtime.mailbox import Mailbox
from guidance_app.runtime.mirror_watch import MirrorWatch
from guidance_app.runtime.needle_watch import NeedleWatch, Search
from guidance_app.runtime.recorder import RecordingStatus
from guidance_app.runtime.worker import Worker
from guidance_app.session.format import PaintRecord

SEAL_DEADLINE_S = 20.0
"""A full queue takes a few seconds to write."""


class CaptureFailed(Exception):
    """A driver broke off with something that is no DeviceError; `str()` is for the user."""


class Recording(Protocol):
    """Who keeps frames and events, and says how that goes."""

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        """Take the frame or count it as lost; never blocks."""
        ...

    def record(self, event: CommandOutcome | GuidanceSnapshot | PaintRecord) -> object:
        """Take the event for writing; never blocks."""
        ...

    def is_kept(self, frame: int) -> bool | None:
        """Whether the frame with this number is in the recording; None while that is open."""
        ...

    def status(self) -> RecordingStatus | None:
        """How the recording stands; None when nothing is recorded."""
        ...

    def stop(self, within_s: float) -> None:
        """Write what waits and close the recording."""
        ...


class Unrecorded:
    """A run that keeps nothing, because what it shows is a recording already."""

    def offer_frame(self, frame: VideoFrame, facts: FrameFacts) -> None:
        """Let the frame go."""

    def record(self, event: CommandOutcome | GuidanceSnapshot | PaintRecord) -> object:
        """Let the event go."""
        return None

    def is_kept(self, frame: int) -> bool | None:
        """No frame is."""
        return False

    def status(self) -> RecordingStatus | None:
        """Nothing is recorded."""
        return None

    def stop(self, within_s: float) -> None:
        """Nothing to close."""


def no_commands(source: VideoSource, frame: VideoFrame) -> Iterable[Command]:
    """What every source but a replay had been asked: nothing."""
    return ()


def _leave_to_hand(sentence: str) -> None:
    """A search that failed is in the log; the scale is then set by hand, as the screen says."""


FindLayout = Callable[[SourceInfo, Sequence[ImageU8]], FoundLayout | None]
"""Where the picture lies in frames of a source, and what its ruler may mean; may take its time."""


def find_nothing(info: SourceInfo, frames: Sequence[ImageU8]) -> FoundLayout | None:
    """Search no frame."""
    return None


class Pipeline:
    """Owns the threads of a run: open(), begin() once it is open, stop(); from one thread."""

    def __init__(
        self,
        create: Callable[[], VideoSource],
        clock: Clock,
        recorded_commands: Callable[[VideoSource, VideoFrame], Iterable[Command]] = no_commands,
        find_layout: FindLayout = find_nothing,
        find_needle: Callable[[], Search] = NeedleSearch,
    ) -> None:
        """`create` makes an unopened source, on the capture thread.

        `recorded_commands` gives what a replayed source had been asked just before a frame.
        """
        self._clock = clock
        self._mailbox = Mailbox()
        self._layouts = LayoutSearch(self._search, self.submit, clock)
        self._find_layout = find_layout
        self._needles = NeedleWatch(find_needle, clock)

        def submit_recorded(source: VideoSource, frame: VideoFrame) -> None:
            for command in recorded_commands(source, frame):
                self.submit(command)

        self._acquisition = Acquisition(create, clock, self._mailbox, submit_recorded)
        self._capture = Worker(
            "video capture", self._acquisition.run, self._fail_capture, self._acquisition.interrupt
        )
        self._processing: Worker | None = None
        self._searching: Worker | None = None
        self._preparing: Worker | None = None
        self._recording: Recording = Unrecorded()

    @property
    def skipped(self) -> int:
        """Frames that a newer one replaced before they were processed."""
        return self._mailbox.overwritten

    @property
    def is_steered(self) -> bool:
        """Whether the source that was opened takes what steer() is given."""
        return isinstance(self._acquisition.source, Steered)

    @property
    def task(self) -> str:
        """What the needle of a source that is steered is meant for; empty for all others."""
        source = self._acquisition.source
        return source.task if isinstance(source, Steered) else ""

    def steer(self, move: HandMove) -> None:
        """Ask hands for a movement, where the source has some; any thread."""
        source = self._acquisition.source
        if isinstance(source, Steered):
            source.steer(move)

    def keep_truth(self, path: Path) -> None:
        """Let a source that is steered write what is where into this file; before begin().

        Raises OSError where it cannot be written.
        """
        source = self._acquisition.source
        if isinstance(source, Steered):
            source.keep_truth(path)

    def open(self) -> Future[SourceInfo]:
        """Start opening the source on the capture thread; once.

        Resolved by what was opened, or by the source's DeviceError, or CaptureFailed when its
        driver is broken; stop() is due in all cases.
        """
        self._capture.start()
        return self._acquisition.first_open

    def begin(self, recording: Recording, publish: Callable[[Published], None]) -> None:
        """Let frames flow: recorded first, processed and published second."""
        self._recording = recording

        def publish_and_search(published: Published) -> None:
            publish(published)
            layouts.look_at(published)
            proofs.look_at(published)

        layouts, mirrors, needles = self._layouts, MirrorWatch(), self._needles
        proofs = ItemProofs(self.submit, recording.is_kept)

        def notice(frame: VideoFrame, facts: FrameFacts, state: PipelineState) -> Iterable[Command]:
            return (
                *layouts.notice(frame, facts, state),
                *mirrors.notice(frame, facts, state),
                *needles.notice(frame, facts, state),
            )

        engine = Engine(self._clock, self._mailbox, recording, publish_and_search, notice)
        self._processing = Worker("image processing", engine.run, self._fail, engine.interrupt)
        self._processing.start()
        self._searching = Worker("layout search", layouts.run, _leave_to_hand, layouts.interrupt)
        self._searching.start()
        self._preparing = Worker("needle search", needles.run, needles.give_up, needles.interrupt)
        self._preparing.start()
        self._acquisition.sink.set_result(recording)

    def submit(self, command: Command) -> None:
        """Ask something of the engine; the answer comes with a later snapshot. Any thread."""
        self._mailbox.put_command(command)

    def record_paint(self, paint: PaintRecord) -> None:
        """A frame has come to the screen; never blocks."""
        self._recording.record(paint)

    def recording_status(self) -> RecordingStatus | None:
        """How the recording stands; None when nothing is recorded."""
        return self._recording.status()

    def stop(self) -> None:
        """End capture, processing and recording, in this order."""
        self._capture.stop()
        for worker in (self._processing, self._searching, self._preparing):
            if worker is not None:
                worker.stop()
        self._recording.stop(SEAL_DEADLINE_S)

    def watches_layout(self, state: PipelineState) -> bool:
        """Whether a change of the console's depth would be noticed; any thread."""
        return self._layouts.watches(state)

    def layout(self, number: int) -> Layout | None:
        """The console's layout that was found under this number; None where none was."""
        return self._layouts.layout(number)

    def _search(self, frames: Sequence[ImageU8]) -> FoundLayout | None:
        return self._find_layout(self._acquisition.first_open.result(), frames)

    def _fail_capture(self, sentence: str) -> None:
        if not self._acquisition.first_open.done():
            self._acquisition.first_open.set_exception(CaptureFailed(sentence))
        self._fail(sentence)

    def _fail(self, sentence: str) -> None:
        self._mailbox.put_command(SourceFailed(sentence))
