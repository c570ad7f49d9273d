"""When the layout of a console is searched, what comes of it, and how its loss is noticed."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from rectangles import rectangle

from drivers.api.clock import ManualClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import (
    ImageU8,
    Origin,
    PictureGeometry,
    PixelFormat,
    ScaledRegion,
    Stamp,
    VideoFrame,
)
from guidance_app.domain.calibration import scale_from_two_points
from guidance_app.domain.commands import Command, LayoutFound, LayoutLost
from guidance_app.domain.scale_proposal import ScaleProposal
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.processing.change import measure, thumbnail
from guidance_app.processing.layout import remember
from guidance_app.processing.layout_finding import FoundLayout
from guidance_app.processing.state import PipelineState
from guidance_app.runtime.engine import Published
from guidance_app.runtime.layout_search import SAMPLE_PERIOD_NS, SAMPLES, LayoutSearch

AREA = rectangle(40, 30, 199, 149)
PROPOSAL = ScaleProposal(0.05, 0.1, "ruler found")
GEOMETRY = PictureGeometry(320, 240, PixelFormat.GRAY8)


def screen(seed: int = 1, shift: int = 0) -> ImageU8:
    """Speckle in the area, and still bars beside it, which another layout has elsewhere."""
    pixels = np.zeros((240, 320), np.uint8)
    pixels[30:150, 40:200] = np.random.default_rng(seed).integers(0, 255, (120, 160))
    for top in range(20, 200, 24):
        pixels[top + shift : top + shift + 12, 220:310:2] = 255
    return pixels


def frame(pixels: ImageU8, origin: Origin = Origin.DEVICE) -> VideoFrame:
    return VideoFrame(pixels, PixelFormat.GRAY8, Stamp(0, 0), origin)


STATED = replace(frame(screen()), regions=(ScaledRegion(0, 0, 9, 9, 0.1, 0.1),))
LOST = Truth(TruthState.LOST, "gone")
LIVE = Truth(TruthState.LIVE, "")


def published(
    shown: VideoFrame, state: PipelineState | None = None, truth: Truth = LIVE
) -> Published:
    snapshot = GuidanceSnapshot(0, 0, 0, 1, truth, Guidance(GuidanceMode.OFF))
    return Published(shown, snapshot, state or PipelineState(), ())


class Bench:
    """A search driven by hand; `told` is what it asked of the engine, `searched` what it saw."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.told: list[Command] = []
        self.searched: list[list[ImageU8]] = []
        self.find_something = True
        self.search = LayoutSearch(self._find, self.told.append, self.clock)

    def _find(self, frames: Sequence[ImageU8]) -> FoundLayout | None:
        self.searched.append(list(frames))
        if not self.find_something:
            return None
        return FoundLayout(remember(frames, AREA, None), AREA, (PROPOSAL,))

    def show(self, *shown: Published) -> None:
        """Publish these, each when the next sample is due."""
        for one in shown:
            self.clock.advance(SAMPLE_PERIOD_NS)
            self.search.look_at(one)
            self.search.step(0, threading.Event())


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_two_seconds_of_live_pictures_are_searched_and_what_is_found_is_told(bench: Bench) -> None:
    bench.show(*(published(frame(screen(seed))) for seed in range(SAMPLES - 1)))
    assert bench.told == []
    bench.show(published(frame(screen(SAMPLES))))
    assert bench.told == [LayoutFound(0, AREA, GEOMETRY, (PROPOSAL,))]
    (searched,) = bench.searched
    assert np.array_equal(searched[-1], screen(SAMPLES))
    assert bench.search.layout(0) is not None
    assert bench.search.layout(1) is None


def test_a_still_picture_is_searched_at_once(bench: Bench) -> None:
    source = SourceInfo("file:a.png", "a.png", None, Origin.FILE, still=True)
    state = PipelineState(source=source)
    frozen = Truth(TruthState.FROZEN, "A still picture: for planning only.")
    bench.show(published(frame(screen(), Origin.FILE), state, frozen))
    assert len(bench.told) == 1


@pytest.mark.parametrize(
    "never",
    [
        published(frame(screen(), Origin.REPLAY)),
        published(STATED),
        published(frame(screen()), truth=LOST),
        published(frame(screen()), PipelineState(area=AREA)),
    ],
    ids=["replay", "source states its scale", "not live", "known already"],
)
def test_nothing_is_searched_where_there_is_no_need_or_no_belief(
    bench: Bench, never: Published
) -> None:
    bench.show(*[never] * (2 * SAMPLES))
    assert bench.searched == []


def test_pictures_of_two_layouts_are_not_searched_together(bench: Bench) -> None:
    bench.show(*[published(frame(screen()))] * (SAMPLES - 1))
    bench.show(*[published(frame(screen(2)), PipelineState(layout_number=1))] * (SAMPLES - 1))
    assert bench.searched == []
    bench.show(published(frame(screen(3)), PipelineState(layout_number=1)))
    assert [type(told) for told in bench.told] == [LayoutFound]
    (searched,) = bench.searched
    assert not any(np.array_equal(pixels, screen()) for pixels in searched)


def test_where_nothing_is_found_the_search_is_repeated_at_growing_distance(bench: Bench) -> None:
    bench.find_something = False
    assert pauses_s(bench, PipelineState(), 5) == pytest.approx([0.5, 1.0, 2.0, 2.0, 2.0])
    assert bench.told == []


def test_marks_that_are_watched_do_not_hurry_a_search_that_finds_nothing(bench: Bench) -> None:
    bench.find_something = False
    hand_set = PipelineState(scale=HAND_SET)
    assert pauses_s(bench, hand_set, 5) == pytest.approx([0.0, 0.5, 1.0, 2.0, 2.0])
    assert bench.search.watches(hand_set)
    assert bench.told == []


def pauses_s(bench: Bench, state: PipelineState, count: int) -> list[float]:
    """How long the search rested after each of so many times."""
    pauses = []
    for _ in range(count):
        before_ns = bench.clock.now_ns()
        bench.show(*[published(frame(screen()), state)] * SAMPLES)
        pauses.append((bench.clock.now_ns() - before_ns - SAMPLES * SAMPLE_PERIOD_NS) / 1e9)
    assert len(bench.searched) == count
    return pauses


def facts(pixels: ImageU8) -> FrameFacts:
    content = measure(None, thumbnail(pixels))
    return FrameFacts(0, Stamp(0, 0), GEOMETRY, Origin.DEVICE, (), True, content)


def notice(bench: Bench, pixels: ImageU8, state: PipelineState) -> Command | None:
    return next(iter(bench.search.notice(frame(pixels), facts(pixels), state)), None)


def test_the_frame_of_another_layout_is_noticed_and_moving_speckle_is_not(bench: Bench) -> None:
    bench.show(*(published(frame(screen(seed))) for seed in range(SAMPLES)))
    state = PipelineState(area=AREA)
    assert notice(bench, screen(99), state) is None
    other = screen(99, shift=8)
    assert notice(bench, other, state) == LayoutLost(0)
    assert notice(bench, other, PipelineState(area=AREA, layout_number=1)) is None
    assert notice(bench, other, PipelineState()) is None


def test_a_black_picture_says_nothing_of_the_layout(bench: Bench) -> None:
    bench.show(*(published(frame(screen(seed))) for seed in range(SAMPLES)))
    assert notice(bench, np.zeros_like(screen()), PipelineState(area=AREA)) is None


def test_a_picture_of_another_size_is_not_told_as_another_depth(bench: Bench) -> None:
    bench.show(*(published(frame(screen(seed))) for seed in range(SAMPLES)))
    assert notice(bench, screen(99)[:200], PipelineState(area=AREA)) is None


def test_where_no_picture_is_found_the_marks_of_a_hand_set_scale_are_watched(bench: Bench) -> None:
    bench.find_something = False
    scale = scale_from_two_points((265.0, 26.0), (265.0, 170.0), 20.0, GEOMETRY)
    state = PipelineState(scale=scale)
    bench.show(*(published(frame(screen(seed)), state) for seed in range(SAMPLES)))
    assert bench.told == []
    assert notice(bench, screen(99), state) is None
    assert notice(bench, screen(99, shift=8), state) == LayoutLost(0)
    assert notice(bench, screen(99, shift=8), PipelineState()) is None
    assert bench.search.layout(0) is None


HAND_SET = scale_from_two_points((265.0, 26.0), (265.0, 170.0), 20.0, GEOMETRY)


@pytest.mark.parametrize("before", range(1, SAMPLES))
@pytest.mark.parametrize("found", [False, True], ids=["marks", "picture"])
def test_a_depth_that_changes_before_it_is_known_is_noticed_all_the_same(
    bench: Bench, before: int, found: bool
) -> None:
    bench.find_something = found
    state = PipelineState(scale=HAND_SET)
    at_first = [published(frame(screen(seed)), state) for seed in range(before)]
    after = [published(frame(screen(seed, shift=8)), state) for seed in range(2 * SAMPLES)]
    bench.show(*at_first, *after[: SAMPLES - before])
    bench.show(*after)
    assert LayoutLost(0) in bench.told


def test_a_picture_that_is_held_is_not_searched(bench: Bench) -> None:
    held = PipelineState(held=facts(screen()))
    bench.show(*[published(frame(screen()), held)] * (2 * SAMPLES))
    assert bench.searched == []


def test_marks_are_watched_beside_a_picture_that_was_found(bench: Bench) -> None:
    bench.show(*(published(frame(screen(seed))) for seed in range(SAMPLES)))
    state = PipelineState(area=AREA, scale=HAND_SET)
    bench.show(*(published(frame(screen(seed)), state) for seed in range(SAMPLES)))
    assert bench.search.watches(state)
    moved = screen(99)
    moved[20:200, 240:300] = np.roll(moved[20:200, 240:300], 8, axis=0)
    assert notice(bench, moved, state) == LayoutLost(0)


def test_marks_on_what_moves_are_not_watched_and_that_is_known(bench: Bench) -> None:
    bench.find_something = False
    in_speckle = scale_from_two_points((60.0, 40.0), (60.0, 140.0), 20.0, GEOMETRY)
    state = PipelineState(scale=in_speckle)
    bench.show(*(published(frame(screen(seed)), state) for seed in range(SAMPLES)))
    assert not bench.search.watches(state)
