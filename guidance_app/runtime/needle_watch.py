"""Searches each new ultrasound frame of a procedure for the needle, without holding it up."""

import math
import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np

from drivers.api.ports import Clock
from drivers.api.samples import Origin, ScaledRegion, VideoFrame
from guidance_app.domain.calibration import PixelScale, Point, largest_region, scale_from_region
from guidance_app.domain.commands import NeedleSought
from guidance_app.domain.modality import Modality
from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.picture_area import area_of_region
from guidance_app.domain.plan import Plan
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.processing.needle.search import Looked
from guidance_app.processing.state import PipelineState, known_area
from guidance_app.runtime.worker import Guarded

TOO_LONG_NS = 100_000_000
"""For one picture: then the next one is late."""
TOO_LONG_IN_A_ROW = 5
REST_NS = 5_000_000_000
"""After that nothing is searched for so long, and then anew."""
SQUARE_WITHIN = 0.02
"""Pixels whose sides differ by less than this share count as square."""
REHEARSED_PX = (240, 320)
GRAIN_PX = 3
"""Wide, and one high, as that of ultrasound: in other pictures nothing is searched."""

NO_AREA = "Where the ultrasound picture lies is not known."
GETTING_READY = "The search for the needle gets ready."
TOO_SLOW = "The search for the needle takes too long just now. Mark the tip by hand."
UNUSABLE = "The search gave no usable figures."


class Search(Protocol):
    """Looks for one needle in the pictures of one source."""

    def look(self, looked: Looked) -> NeedleSight:
        """The needle in this picture, or why none is given."""
        ...


class NeedleWatch:
    """`notice` belongs to the processing thread, `run` to one of its own.

    The search is made, and tried on a picture of speckle, beside the processing: what it loads and
    compiles takes seconds. A search that fails is given up, one that is too slow rests, and both
    are said; pictures go on. While it finds no needle it takes no more than half of the time: the
    rest is for pictures and their recording. A recording brings what was seen when it was made.
    """

    def __init__(self, create: Callable[[], Search], clock: Clock) -> None:
        """`create` makes a search that remembers nothing yet."""
        self._create = create
        self._clock = clock
        self._wanted = threading.Event()
        self._search: Search | None = None
        self._look = Guarded("search for the needle", self._timed_look)
        self._why_not = ""
        self._slow_in_a_row, self._rests_until_ns = 0, 0
        self._nothing, self._next_ns = NeedleSight(None), 0

    def notice(
        self, frame: VideoFrame, facts: FrameFacts, state: PipelineState
    ) -> tuple[NeedleSought, ...]:
        """What this frame shows of the needle; nothing where no procedure needs it."""
        if frame.origin is Origin.REPLAY or state.procedure is None:
            return ()
        if state.modality is not Modality.ULTRASOUND:
            return ()
        self._wanted.set()
        why_not = self._why_not_now(frame, state)
        sight = None if why_not else self._seen_in(frame, facts, state)
        if sight is None:
            unsearched = NeedleSight(None, why_not or self._look.fault)
            return (NeedleSought(frame.stamp.sequence, unsearched, searched=False),)
        usable = sight if _is_usable(sight) else NeedleSight(None, UNUSABLE)
        return (NeedleSought(frame.stamp.sequence, usable),)

    def run(self, stopping: threading.Event) -> None:
        """Make the search ready once it is wanted."""
        self._wanted.wait()
        if not stopping.is_set():
            search = self._create()
            search.look(_rehearsal())
            self._search = self._create()

    def interrupt(self) -> None:
        """Let run() notice that it is to stop; any thread."""
        self._wanted.set()

    def give_up(self, sentence: str) -> None:
        """It could not be made ready; any thread."""
        self._why_not = sentence

    def _why_not_now(self, frame: VideoFrame, state: PipelineState) -> str:
        if self._why_not or self._look.fault:
            return self._why_not or self._look.fault
        if self._search is None:
            return GETTING_READY
        if self._clock.now_ns() < self._rests_until_ns:
            return TOO_SLOW
        return "" if known_area(state, frame) else NO_AREA

    def _seen_in(
        self, frame: VideoFrame, facts: FrameFacts, state: PipelineState
    ) -> NeedleSight | None:
        """None where the search failed; what comes too soon is taken to show what the last did."""
        if self._clock.now_ns() < self._next_ns:
            return self._nothing
        return self._look(looked_at(frame, facts, state))

    def _timed_look(self, looked: Looked) -> NeedleSight:
        assert self._search is not None
        before_ns = self._clock.now_ns()
        sight = self._search.look(looked)
        now_ns = self._clock.now_ns()
        if sight.needle is None:
            self._nothing, self._next_ns = sight, 2 * now_ns - before_ns
        slow = now_ns - before_ns > TOO_LONG_NS
        self._slow_in_a_row = self._slow_in_a_row + 1 if slow else 0
        if self._slow_in_a_row == TOO_LONG_IN_A_ROW:
            self._rests_until_ns = self._clock.now_ns() + REST_NS
            self._search, self._slow_in_a_row = self._create(), 0
        return sight


def looked_at(frame: VideoFrame, facts: FrameFacts, state: PipelineState) -> Looked:
    """A picture with all that the search is told beside it."""
    return Looked(
        frame.pixels,
        known_area(state, frame),
        facts.number,
        fresh=facts.changed,
        mm_per_px=_mm_per_px(_scale(frame, state)),
        path_px=_path_px(state.plan, frame),
    )


def _scale(frame: VideoFrame, state: PipelineState) -> PixelScale | None:
    if state.scale is not None:
        return state.scale if state.scale.geometry == frame.geometry else None
    if not frame.regions:
        return None
    return scale_from_region(largest_region(frame.regions), frame.geometry)


def _mm_per_px(scale: PixelScale | None) -> float | None:
    if scale is None or abs(scale.mm_per_px_x / scale.mm_per_px_y - 1.0) > SQUARE_WITHIN:
        return None
    return math.sqrt(scale.mm_per_px_x * scale.mm_per_px_y)


def _path_px(plan: Plan, frame: VideoFrame) -> tuple[Point, Point] | None:
    if plan.geometry != frame.geometry or plan.entry_px is None or plan.target_px is None:
        return None
    return plan.entry_px, plan.target_px


def _is_usable(sight: NeedleSight) -> bool:
    needle = sight.needle
    return needle is None or all(math.isfinite(figure) for figure in _figures(needle))


def _figures(needle: SeenNeedle) -> tuple[float, ...]:
    return (
        *needle.tip_px,
        *needle.far_px,
        needle.angle_rad,
        needle.sigma_along_px,
        needle.sigma_across_px,
        needle.sigma_angle_rad,
        needle.confidence,
    )


def _rehearsal() -> Looked:
    rows, columns = REHEARSED_PX
    noise = np.random.default_rng(0).integers(0, 256, REHEARSED_PX)
    grain = np.mean([np.roll(noise, shift, axis=1) for shift in range(GRAIN_PX)], axis=0)
    speckle = np.clip(128.0 + 1.5 * (grain - 128.0), 0.0, 255.0).astype(np.uint8)
    whole = ScaledRegion(0, 0, columns - 1, rows - 1, 0.1, 0.1)
    return Looked(speckle, area_of_region(whole), 0)
