"""The time line of a session holds all of its time, and every figure at its own moment."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp
from guidance_app.domain.commands import CommandOutcome, GuidanceSwitched, PictureHeld
from guidance_app.domain.guided_needle import GuidedNeedle, NeedleSource, NeedleState, PlaneState
from guidance_app.domain.people import Person, Role
from guidance_app.domain.snapshot import (
    FrameFacts,
    Guidance,
    GuidanceMode,
    GuidanceSnapshot,
    Truth,
    TruthState,
)
from guidance_app.domain.trajectory import Measured, PlanMeasures
from guidance_app.training.timeline import (
    GOES_ON_UNSEEN,
    Lane,
    Stretch,
    next_picture,
    read_timeline,
)

MS = 1_000_000
OPERATOR = Person("OP-1", Role.OPERATOR)


def snapshot(at_ms: int, state: TruthState = TruthState.LIVE, number: int = 0) -> GuidanceSnapshot:
    geometry = PictureGeometry(64, 48, PixelFormat.GRAY8)
    stamp = Stamp(number, at_ms * MS)
    facts = FrameFacts(number, stamp, geometry, Origin.DEVICE, (), changed=True)
    until_ns = (at_ms + 100) * MS
    return GuidanceSnapshot(
        at_ms, at_ms * MS, until_ns, number + 1, Truth(state, ""), Guidance(GuidanceMode.OFF), facts
    )


@given(st.lists(st.sampled_from(TruthState), min_size=1, max_size=40))
def test_the_picture_lane_covers_all_time_without_gap_or_overlap(states: list[TruthState]) -> None:
    snapshots = [snapshot(10 * place, state) for place, state in enumerate(states)]
    end_ns = 10 * len(states) * MS
    lane = read_timeline(snapshots, end_ns).stretches[Lane.PICTURE]
    borders_ns = [lane[0].begin_ns, *(stretch.end_ns for stretch in lane)]
    assert borders_ns == [*(stretch.begin_ns for stretch in lane), end_ns]
    for one, state in zip(snapshots, states, strict=True):
        (holding,) = [s for s in lane if s.begin_ns <= one.evaluated_ns < s.end_ns]
        assert holding.kind == state
    assert all(a.kind != b.kind for a, b in pairwise(lane))


def test_a_live_picture_that_nothing_replaced_in_time_was_shown_as_late() -> None:
    first, second = snapshot(0), snapshot(300)
    live, late = TruthState.LIVE, TruthState.LATE
    assert read_timeline([first, second], 500 * MS).stretches[Lane.PICTURE] == (
        Stretch(0, 100 * MS + 1, live),
        Stretch(100 * MS + 1, 300 * MS, late),
        Stretch(300 * MS, 400 * MS + 1, live),
        Stretch(400 * MS + 1, 500 * MS, late),
    )
    held = replace(first, held=True)
    (stretch,) = read_timeline([held], 500 * MS).stretches[Lane.PICTURE]
    assert stretch == Stretch(0, 500 * MS, live)


def test_needle_plane_and_guidance_have_stretches_of_their_own() -> None:
    seen = GuidedNeedle(NeedleSource.PICTURE, NeedleState.SEEN, plane=PlaneState.NEAR)
    unseen = replace(seen, state=NeedleState.TIP_NOT_VISIBLE, advances_unseen=True)
    fading = replace(seen, plane=PlaneState.FADING)
    needles = [None, seen, seen, unseen, fading]
    events = [
        replace(snapshot(10 * place), needle=needle, guidance=Guidance(GuidanceMode.ON))
        for place, needle in enumerate(needles)
    ]
    found = read_timeline(events, 50 * MS).stretches
    assert found[Lane.NEEDLE] == (
        Stretch(10 * MS, 30 * MS, NeedleState.SEEN),
        Stretch(30 * MS, 40 * MS, GOES_ON_UNSEEN),
        Stretch(40 * MS, 50 * MS, NeedleState.SEEN),
    )
    assert found[Lane.PLANE] == (
        Stretch(10 * MS, 40 * MS, PlaneState.NEAR),
        Stretch(40 * MS, 50 * MS, PlaneState.FADING),
    )
    assert found[Lane.GUIDANCE] == (Stretch(0, 50 * MS, GuidanceMode.ON),)


def test_what_was_asked_for_lies_in_its_lane_also_when_it_was_refused() -> None:
    switched = CommandOutcome(1, 5 * MS, 0, GuidanceSwitched(True, OPERATOR), "Not yet.")
    held = CommandOutcome(2, 6 * MS, 0, PictureHeld(True))
    timeline = read_timeline([snapshot(0), switched, held], 10 * MS)
    assert timeline.outcomes == {Lane.GUIDANCE: (switched,)}


def test_a_curve_has_the_figure_of_each_snapshot_and_a_gap_where_there_is_none() -> None:
    near = PlanMeasures(to_target=Measured(12.5, 1.0), tip_seen=True)
    by_hand = replace(near, tip_seen=False)
    events = [snapshot(0), replace(snapshot(10), measures=near)]
    events.append(replace(snapshot(20), measures=by_hand))
    (curve,) = [c for c in read_timeline(events, 30 * MS).curves if c.name == "Tip seen, to target"]
    assert curve.time_ns.tolist() == [0, 10 * MS, 20 * MS]
    assert np.isnan(curve.value).tolist() == [True, False, True]
    assert curve.value[1] == pytest.approx(12.5)


def test_pictures_are_stepped_through_whatever_was_judged_of_them_meanwhile() -> None:
    numbers = [0, 0, 1, 1, 1, 2]
    events = [snapshot(10 * place, number=number) for place, number in enumerate(numbers)]
    timeline = read_timeline(events, 100 * MS)
    assert [next_picture(timeline, place, 1) for place in range(6)] == [2, 2, 5, 5, 5, 5]
    assert [next_picture(timeline, place, -1) for place in range(6)] == [0, 0, 0, 0, 0, 2]


def test_a_session_without_any_snapshot_has_an_empty_time_line() -> None:
    timeline = read_timeline([], 7)
    assert (timeline.begin_ns, timeline.end_ns) == (7, 7)
    assert not any(timeline.stretches.values())
