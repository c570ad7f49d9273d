"""What is shown of a needle belongs to one frame, and ends with its evidence."""

from dataclasses import replace

import pytest

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.calibration import PixelScale
from guidance_app.domain.commands import NeedleSought
from guidance_app.domain.correction import Task
from guidance_app.domain.guided_needle import NeedleState, PlaneState
from guidance_app.domain.needle import MOST_COASTED, NeedleSight, SeenNeedle
from guidance_app.domain.plan import Plan, TipMark
from guidance_app.domain.trajectory import measure
from guidance_app.processing.needle_guide import (
    NOT_SEARCHED,
    GuidedNeedle,
    NeedleMemory,
    guide,
    remember,
)

GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)
SCALE = PixelScale(0.1, 0.1, 0.5, GEOMETRY, "two clicks")
PLAN = Plan(GEOMETRY, (500.0, 350.0), (100.0, 50.0), tip=TipMark((110.0, 60.0), 0))
NEEDLE = SeenNeedle((260.0, 170.0), (100.0, 50.0), 0.6435, 3.0, 1.0, 0.005, 0.95)


def memory_of(*sights: NeedleSight) -> NeedleMemory:
    memory = NeedleMemory()
    for sequence, sight in enumerate(sights):
        memory = remember(memory, NeedleSought(sequence, sight))
    return memory


def shown(memory: NeedleMemory, sequence: int, scale: PixelScale | None = SCALE) -> GuidedNeedle:
    needle = guide(memory, sequence, PLAN, scale)[1]
    assert needle is not None
    return needle


def test_where_nothing_was_searched_nothing_is_said() -> None:
    assert guide(NeedleMemory(), 0, PLAN, SCALE) == (NeedleMemory(), None)


def test_a_needle_that_is_seen_comes_with_all_its_figures() -> None:
    needle = shown(memory_of(NeedleSight(NEEDLE)), 0)
    assert (needle.state, needle.plane) == (NeedleState.SEEN, PlaneState.NEAR)
    assert (needle.sigma_along_mm, needle.sigma_across_mm) == pytest.approx((0.3, 0.1))
    assert needle.to_plan_rad == pytest.approx(0.0, abs=1e-3)
    assert needle.path is not None
    assert needle.correction is not None
    assert needle.correction.task is Task.ADVANCE


def test_a_picture_that_could_not_be_searched_is_no_evidence_of_an_advance() -> None:
    moving = [
        NeedleSight(replace(NEEDLE, tip_px=(200.0 + 4.0 * n, 125.0 + 3.0 * n))) for n in range(8)
    ]
    gone = NeedleSight(None, "gone")
    for searched in (True, False):
        memory = remember(memory_of(*moving), NeedleSought(8, gone, searched))
        needle = shown(memory, 8)
        assert (needle.reason, needle.advances_unseen) == ("gone", searched)


def test_it_is_shown_on_its_own_frame_and_on_no_other() -> None:
    memory = memory_of(NeedleSight(NEEDLE))
    older = shown(memory, 1)
    assert (older.state, older.reason, older.needle) == (NeedleState.NONE, NOT_SEARCHED, None)


def test_a_frame_stays_guided_while_a_replay_announces_the_next() -> None:
    moved = replace(NEEDLE, tip_px=(262.0, 171.5))
    memory = memory_of(NeedleSight(NEEDLE), NeedleSight(moved))
    assert shown(memory, 0).needle == NEEDLE
    assert shown(memory, 1).needle == moved


@pytest.mark.parametrize("coasted", range(1, MOST_COASTED + 3))
def test_it_is_carried_on_over_three_frames_and_no_further(coasted: int) -> None:
    needle = shown(memory_of(NeedleSight(replace(NEEDLE, coasted=coasted))), 0)
    known = coasted <= MOST_COASTED
    assert needle.state is (NeedleState.CARRIED_ON if known else NeedleState.NONE)
    assert (needle.needle is None) is not known
    assert bool(needle.reason) is not known


def test_without_its_tip_there_is_neither_path_nor_correction() -> None:
    needle = shown(memory_of(NeedleSight(replace(NEEDLE, tip_visible=False))), 0)
    assert needle.state is NeedleState.TIP_NOT_VISIBLE
    assert (needle.path, needle.correction, needle.has_tip) == (None, None, False)


def test_a_fading_shaft_is_told_as_a_cue() -> None:
    needle = shown(memory_of(NeedleSight(replace(NEEDLE, fading=True))), 0)
    assert needle.plane is PlaneState.FADING


def test_none_is_given_with_its_reason() -> None:
    needle = shown(memory_of(NeedleSight(None, "Two lines look alike.")), 0)
    assert (needle.state, needle.reason) == (NeedleState.NONE, "Two lines look alike.")


def test_without_a_scale_nothing_is_in_millimetres() -> None:
    needle = shown(memory_of(NeedleSight(NEEDLE)), 0, None)
    assert (needle.sigma_along_mm, needle.sigma_across_mm) == (None, None)
    assert needle.path is not None
    assert needle.path.radii_mm == ()


def test_figures_are_of_the_seen_tip_or_else_of_the_marked_one() -> None:
    seen, marked = measure(PLAN, SCALE, 1, NEEDLE), measure(PLAN, SCALE, 1)
    assert seen.to_target is not None
    assert marked.to_target is not None
    assert (seen.tip_seen, marked.tip_seen) == (True, False)
    assert seen.to_target.mm == pytest.approx(30.0)
    assert seen.to_target.sigma_mm > SCALE.sigma_mm(30.0)
    hidden = measure(PLAN, SCALE, 1, replace(NEEDLE, tip_visible=False))
    assert hidden == marked
