"""Finds the layout of a console's screen, on a thread of its own, and watches it in each frame."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.api.ports import Clock
from drivers.api.samples import ImageU8, Origin, VideoFrame
from guidance_app.domain.calibration import Point
from guidance_app.domain.commands import Command, LayoutFound, LayoutLost
from guidance_app.domain.snapshot import FrameFacts, TruthState
from guidance_app.processing.compute import PipelineState
from guidance_app.processing.layout import Layout, layout_changed, remember_marks
from guidance_app.processing.layout_finding import FoundLayout
from guidance_app.processing.truth import is_blank
from guidance_app.runtime.engine import Published

SAMPLES = 6
SAMPLE_PERIOD_NS = 400_000_000
"""Two seconds of frames: in so long a clock on the screen has moved."""
PAUSES_S = (0.5, 1.0, 2.0)
"""Between two searches that found nothing; the last one repeats."""
IDLE_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    frame: VideoFrame
    number: int
    """Of the layout that is looked for."""
    still: bool
    marks_px: tuple[Point, ...]
    """Ruler marks of a scale that was set by hand; empty without one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    number: int
    layout: Layout
    marks_px: tuple[Point, ...] = ()
    """The marks that are watched alone, because no picture was found around them."""

    def concerns(self, state: PipelineState) -> bool:
        if self.number != state.layout_number:
            return False
        return state.area is not None or _marks_px(state) == self.marks_px != ()


class LayoutSearch:
    """Searches while a picture is believed and its layout is not known; then watches that.

    A recording brings what was found when it was made, so a replay is not searched; nor is a
    picture whose source states its scale. Where no picture is found, the marks of a scale that
    was set by hand are watched. `notice` and `look_at` belong to the processing
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
        self._watched: _Watched | None = None

    def notice(self, frame: VideoFrame, facts: FrameFacts, state: PipelineState) -> Command | None:
        """LayoutLost when the frame shows another layout than the one that is watched.

        A picture that shows nothing at all says nothing of the layout either.
        """
        watched = self._watched
        if watched is None or not watched.concerns(state) or is_blank(facts.content):
            return None
        changed = layout_changed(watched.layout, frame.pixels)
        return LayoutLost(watched.number) if changed else None

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
        watched = self._watched
        if watched is None or watched.number != number or watched.marks_px:
            return None
        return watched.layout

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
        newest, frames = samples[-1], [sample.frame.pixels for sample in samples]
        found = self._find(frames)
        if found is None:
            self._watch_marks(newest, frames)
            self._pause(stopping)
            return
        self._fruitless = 0
        self._watched = _Watched(newest.number, found.layout)
        self._tell(LayoutFound(newest.number, found.area, newest.frame.geometry, found.proposals))

    def _watch_marks(self, newest: _Sample, frames: Sequence[ImageU8]) -> None:
        watched = self._watched
        known = watched is not None and watched.number == newest.number
        if known and watched is not None and watched.marks_px == newest.marks_px:
            return
        layout = remember_marks(frames, newest.marks_px) if newest.marks_px else None
        if layout is not None:
            self._watched = _Watched(newest.number, layout, newest.marks_px)

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
    return _Sample(frame, state.layout_number, still, _marks_px(state))


def _marks_px(state: PipelineState) -> tuple[Point, ...]:
    return state.scale.marks_px if state.scale is not None else ()
