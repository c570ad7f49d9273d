"""Finds the layout of a console's screen, on a thread of its own, and watches it in each frame."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.api.ports import Clock
from drivers.api.samples import ImageU8, Origin, VideoFrame
from guidance_app.domain.commands import Command, LayoutFound, LayoutLost
from guidance_app.domain.snapshot import TruthState
from guidance_app.processing.compute import PipelineState
from guidance_app.processing.layout import Layout, layout_changed
from guidance_app.processing.layout_finding import FoundLayout
from guidance_app.runtime.engine import Published

SAMPLES = 6
SAMPLE_PERIOD_NS = 400_000_000
"""Two seconds of frames: in so long a clock on the screen has moved."""
PAUSES_S = (1.0, 2.0, 5.0)
"""Between two searches that found nothing; the last one repeats."""
IDLE_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    frame: VideoFrame
    number: int
    """Of the layout that is looked for."""
    still: bool


class LayoutSearch:
    """Searches while a picture is believed and its layout is not known; then watches that.

    A recording brings what was found when it was made, so a replay is not searched; nor is a
    picture whose source states its scale. `notice` and `look_at` belong to the processing
    thread, `run` to one of its own.
    """

    def __init__(
        self,
        find: Callable[[Sequence[ImageU8]], FoundLayout | None],
        tell: Callable[[Command], None],
        clock: Clock,
    ) -> None:
        """`find` gets frames of one geometry, the newest last, and may take its time."""
        self._find = find
        self._tell = tell
        self._clock = clock
        self._changed = threading.Condition()
        self._newest: _Sample | None = None
        self._samples: list[_Sample] = []
        self._sample_due_ns = 0
        self._fruitless = 0
        self._found: tuple[int, Layout] | None = None

    def notice(self, frame: VideoFrame, state: PipelineState) -> Command | None:
        """LayoutLost when the frame shows another layout than the one that was found."""
        found = self._found
        if found is None or state.area is None or found[0] != state.layout_number:
            return None
        return LayoutLost(found[0]) if layout_changed(found[1], frame.pixels) else None

    def look_at(self, published: Published) -> None:
        """Take note of the newest picture; never blocks."""
        now_ns = self._clock.now_ns()
        if now_ns < self._sample_due_ns:
            return
        sample = _sample(published)
        if sample is not None:
            self._sample_due_ns = now_ns + SAMPLE_PERIOD_NS
            with self._changed:
                self._newest = sample
                self._changed.notify()

    def layout(self, number: int) -> Layout | None:
        """The layout that was found under this number; any thread."""
        found = self._found
        return found[1] if found is not None and found[0] == number else None

    def run(self, stopping: threading.Event) -> None:
        """The search thread's work; returns when stopped."""
        while not stopping.is_set():
            self.step(IDLE_S, stopping)

    def step(self, timeout_s: float, stopping: threading.Event) -> None:
        """Take the picture that was noted, and search when there are enough of one layout.

        Called by run(), or by hand on a manual clock.
        """
        sample = self._take(timeout_s)
        if sample is not None and self._is_enough(sample):
            self._search(stopping)

    def interrupt(self) -> None:
        """Let run() notice that it is to stop; any thread."""
        with self._changed:
            self._changed.notify_all()

    def _take(self, timeout_s: float) -> _Sample | None:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None, timeout_s)
            sample, self._newest = self._newest, None
            return sample

    def _is_enough(self, sample: _Sample) -> bool:
        """Keep the sample; whether there are now enough of one layout."""
        first = self._samples[0] if self._samples else sample
        same = first.number == sample.number and first.frame.geometry == sample.frame.geometry
        self._samples = [*self._samples[1 - SAMPLES :], sample] if same else [sample]
        return sample.still or len(self._samples) == SAMPLES

    def _search(self, stopping: threading.Event) -> None:
        samples, self._samples = self._samples, []
        newest = samples[-1]
        found = self._find([sample.frame.pixels for sample in samples])
        if found is None:
            self._pause(stopping)
            return
        self._fruitless = 0
        self._found = newest.number, found.layout
        area, geometry = found.layout.area, newest.frame.geometry
        self._tell(LayoutFound(newest.number, area, geometry, found.proposals))

    def _pause(self, stopping: threading.Event) -> None:
        pause_s = PAUSES_S[min(self._fruitless, len(PAUSES_S) - 1)]
        self._fruitless += 1
        self._clock.wait_until(self._clock.now_ns() + int(pause_s * 1e9), stopping)


def _sample(published: Published) -> _Sample | None:
    frame, state = published.frame, published.state
    if frame is None or frame.origin is Origin.REPLAY or frame.regions or state.area is not None:
        return None
    still = state.source is not None and state.source.still
    if not still and published.snapshot.truth.state is not TruthState.LIVE:
        return None
    return _Sample(frame, state.layout_number, still)
