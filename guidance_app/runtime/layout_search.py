"""Finds the layout of a console's screen, on a thread of its own, and watches it in each frame."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.api.ports import Clock
from drivers.api.samples import ImageU8, Origin, VideoFrame
from guidance_app.domain.calibration import Point
from guidance_app.domain.commands import Command, LayoutFound, LayoutLost
from guidance_app.domain.plan import Plan
from guidance_app.domain.snapshot import FrameFacts, TruthState
from guidance_app.processing.layout import Layout, is_of_size, layout_changed, remember_marks
from guidance_app.processing.layout_finding import FoundLayout
from guidance_app.processing.state import PipelineState
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
    """Of the layout that is shown."""
    still: bool
    unknown: bool
    """Where the picture lies is not known yet."""
    marks_px: tuple[Point, ...]
    """Ruler marks of a hand-set scale that are not watched yet."""


@dataclass(frozen=True, slots=True, eq=False)
class _Anchor:
    """The picture on which scale or plan stood first, of one layout."""

    frame: VideoFrame
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """What a layout looks like: of the whole screen, or at the ruler marks of a hand-set scale."""

    layout: Layout
    number: int
    marks_px: tuple[Point, ...] = ()


class LayoutSearch:
    """Searches while a picture is believed and its layout is not known; then watches that.

    A recording brings what was found when it was made, so a replay is not searched; nor is a
    picture whose source states its scale, or one that is held. The marks of a scale that was set
    by hand are watched besides. What is found is compared with the picture on which scale or
    plan was set: the layout may have changed before it was known. `notice` and `look_at` belong
    to the processing thread, `run` to one of its own.
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
        self._anchor: _Anchor | None = None
        self._screen: _Watched | None = None
        self._marks: _Watched | None = None

    def notice(
        self, frame: VideoFrame, facts: FrameFacts, state: PipelineState
    ) -> tuple[LayoutLost, ...]:
        """LayoutLost when the frame shows another layout than the one that is watched.

        A picture that shows nothing at all says nothing of the layout either, and one of another
        size is dropped as that.
        """
        if is_blank(facts.content):
            return ()
        for watched in self._watching(state):
            same_size = is_of_size(watched.layout, frame.pixels)
            if same_size and layout_changed(watched.layout, frame.pixels):
                return (LayoutLost(watched.number),)
        return ()

    def watches(self, state: PipelineState) -> bool:
        """Whether a change of depth would be noticed now; any thread."""
        return bool(self._watching(state))

    def look_at(self, published: Published) -> None:
        """Take note of the newest picture; never blocks."""
        self._note_anchor(published)
        now_ns = self._clock.now_ns()
        if now_ns < self._sample_due_ns:
            return
        sample = self._sample(published)
        if sample is not None:
            self._sample_due_ns = now_ns + SAMPLE_PERIOD_NS
            with self._changed:
                self._newest = sample
                self._changed.notify()

    def layout(self, number: int) -> Layout | None:
        """The layout of the screen that was found under this number; any thread."""
        screen = self._screen
        return screen.layout if screen is not None and screen.number == number else None

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

    def _watching(self, state: PipelineState) -> list[_Watched]:
        """What belongs to the layout and the scale of this state."""
        screen, marks = self._screen, self._marks
        watching = [screen] if screen is not None and state.area is not None else []
        if marks is not None and marks.marks_px == _marks_px(state):
            watching.append(marks)
        return [watched for watched in watching if watched.number == state.layout_number]

    def _note_anchor(self, published: Published) -> None:
        state, anchor = published.state, self._anchor
        if published.frame is None or (state.scale is None and state.plan == Plan()):
            self._anchor = None
        elif anchor is None or anchor.number != state.layout_number:
            self._anchor = _Anchor(published.frame, state.layout_number)

    def _sample(self, published: Published) -> _Sample | None:
        frame, state = published.frame, published.state
        if frame is None or frame.origin is Origin.REPLAY or frame.regions or state.held:
            return None
        still = state.source is not None and state.source.still
        if not still and published.snapshot.truth.state is not TruthState.LIVE:
            return None
        watched = self._marks is not None and self._marks in self._watching(state)
        marks_px, unknown = () if watched else _marks_px(state), state.area is None
        if not unknown and not marks_px:
            return None
        return _Sample(frame, state.layout_number, still, unknown, marks_px)

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
        found = self._find(frames) if newest.unknown else None
        marks = remember_marks(frames, newest.marks_px) if newest.marks_px else None
        seen = (found.layout if found is not None else None, marks)
        layouts = [layout for layout in seen if layout is not None]
        if any(layout_changed(layout, before) for layout in layouts for before in frames[:-1]):
            self._samples = [newest]  # the layout has changed among these frames
            return
        if any(self._was_left(newest.number, layout) for layout in layouts):
            self._tell(LayoutLost(newest.number))
            return
        if marks is not None:
            self._marks = _Watched(marks, newest.number, newest.marks_px)
        if found is not None:
            self._take_found(found, newest)
        self._fruitless = 0 if layouts else self._fruitless + 1
        if not layouts:
            self._pause(stopping)

    def _take_found(self, found: FoundLayout, newest: _Sample) -> None:
        self._screen = _Watched(found.layout, newest.number)
        geometry = newest.frame.geometry
        self._tell(LayoutFound(newest.number, found.area, geometry, found.proposals))

    def _was_left(self, number: int, layout: Layout) -> bool:
        """Whether scale or plan was set on a picture of another layout than this one."""
        anchor = self._anchor
        if anchor is None or anchor.number != number:
            return False
        return layout_changed(layout, anchor.frame.pixels)

    def _pause(self, stopping: threading.Event) -> None:
        pause_s = PAUSES_S[min(self._fruitless, len(PAUSES_S)) - 1]
        self._clock.wait_until(self._clock.now_ns() + int(pause_s * 1e9), stopping)


def _marks_px(state: PipelineState) -> tuple[Point, ...]:
    return state.scale.marks_px if state.scale is not None else ()
