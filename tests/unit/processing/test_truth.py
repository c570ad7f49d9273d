"""Frame truth against the fault matrix's bounds, on times that are handed in."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rectangles import rectangle

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp
from guidance_app.domain.modality import Modality
from guidance_app.domain.snapshot import (
    GRID_COLUMNS,
    GRID_ROWS,
    FrameFacts,
    PictureContent,
    TruthState,
)
from guidance_app.processing.area import watch
from guidance_app.processing.change import content_changed, thumbnail
from guidance_app.processing.truth import Arrivals, judge, live_until_ns, observe

MS = 1_000_000
GEOMETRY = PictureGeometry(640, 480, PixelFormat.GRAY8)


def facts(number: int, arrival_ns: int, changed: bool = True) -> FrameFacts:
    return FrameFacts(number, Stamp(number, arrival_ns), GEOMETRY, Origin.DEVICE, (), changed)


def stream(count: int, period_ms: float, new_every: int = 1, start_ms: float = 0) -> Arrivals:
    """`count` frames at a steady rate, of which every `new_every`th shows something new."""
    arrivals = Arrivals()
    for number in range(count):
        at_ns = int((start_ms + number * period_ms) * MS)
        arrivals = observe(arrivals, facts(number, at_ns, number % new_every == 0))
    return arrivals


def last_ns(arrivals: Arrivals) -> int:
    assert arrivals.last is not None
    return arrivals.last.stamp.arrival_ns


def first_state_change_ms(arrivals: Arrivals, wanted: TruthState) -> float:
    """How long after the last frame the state `wanted` appears if nothing more comes."""
    return next(
        ms for ms in range(10_000) if judge(arrivals, last_ns(arrivals) + ms * MS).state is wanted
    )


def black_facts(number: int, at_ms: int) -> FrameFacts:
    content = PictureContent(0.0, 0.0, 0, 0, (0,) * GRID_ROWS)
    return replace(facts(number, at_ms * MS, changed=False), content=content)


def test_no_frame_yet_is_lost_and_says_so() -> None:
    truth = judge(Arrivals(), 5 * MS)
    assert truth.state is TruthState.LOST
    assert truth.reason


@pytest.mark.parametrize(
    ("period_ms", "bound_ms"), [(1000 / 60, 250), (1000 / 30, 250), (100, 300), (1000, 3000)]
)
def test_stall_is_lost_within_its_bound(period_ms: float, bound_ms: float) -> None:
    arrivals = stream(40, period_ms)
    assert judge(arrivals, last_ns(arrivals) + int(bound_ms * MS)).state is not TruthState.LOST
    assert judge(arrivals, last_ns(arrivals) + int(bound_ms * MS) + MS).state is TruthState.LOST


@pytest.mark.parametrize(("period_ms", "bound_ms"), [(1000 / 60, 500), (50, 500), (250, 750)])
def test_unchanging_content_is_frozen_within_its_bound(period_ms: float, bound_ms: float) -> None:
    arrivals = stream(40, period_ms)
    frozen_from_ns, number = last_ns(arrivals), 40
    states = []
    while last_ns(arrivals) - frozen_from_ns <= (bound_ms + period_ms) * MS:
        at_ns = last_ns(arrivals) + int(period_ms * MS)
        arrivals = observe(arrivals, facts(number, at_ns, changed=False))
        states.append((at_ns - frozen_from_ns, judge(arrivals, at_ns).state))
        number += 1
    frozen = [age_ns for age_ns, state in states if state is TruthState.FROZEN]
    assert frozen
    assert frozen[0] <= (bound_ms + period_ms) * MS
    assert all(age_ns > bound_ms * MS for age_ns in frozen)


def test_a_fast_grab_of_a_slow_scanner_stays_live() -> None:
    """60 fps of 20 fps: two frames of three repeat."""
    arrivals = Arrivals()
    for number in range(300):
        at_ns = int(number * 1e9 / 60)
        arrivals = observe(arrivals, facts(number, at_ns, number % 3 == 0))
        assert judge(arrivals, at_ns).state is TruthState.LIVE
    assert arrivals.unique_period_ns == pytest.approx(50 * MS, rel=0.01)


def test_repeats_beyond_the_rhythm_are_told_before_the_freeze() -> None:
    arrivals = stream(60, 1000 / 60)
    start_ns = last_ns(arrivals)
    seen = []
    for number in range(60, 100):
        at_ns = last_ns(arrivals) + int(1e9 / 60)
        arrivals = observe(arrivals, facts(number, at_ns, changed=False))
        seen.append((judge(arrivals, at_ns).state, (at_ns - start_ns) / MS))
    order = [state for state, _ in seen]
    assert [a for a, b in pairwise([*order, None]) if a != b] == [
        TruthState.LIVE,
        TruthState.REPEATED,
        TruthState.FROZEN,
    ]
    assert next(ms for state, ms in seen if state is TruthState.REPEATED) > 250


def test_late_comes_before_lost_and_live_until_agrees() -> None:
    arrivals = stream(60, 1000 / 60)
    late_ms = first_state_change_ms(arrivals, TruthState.LATE)
    assert 100 <= late_ms <= 101
    assert first_state_change_ms(arrivals, TruthState.LOST) > late_ms
    assert judge(arrivals, live_until_ns(arrivals)).state is TruthState.LIVE
    assert judge(arrivals, live_until_ns(arrivals) + 1).state is not TruthState.LIVE


def test_one_long_stall_does_not_teach_a_slow_rhythm() -> None:
    arrivals = stream(40, 1000 / 30)
    arrivals = observe(arrivals, facts(40, last_ns(arrivals) + 8_000 * MS))
    arrivals = observe(arrivals, facts(41, last_ns(arrivals) + 33 * MS))
    assert judge(arrivals, last_ns(arrivals) + 251 * MS).state is TruthState.LOST


def deliver(arrivals: Arrivals, *steps_ms: float) -> tuple[Arrivals, list[TruthState]]:
    """Frames with new content after these steps, and the state at each arrival."""
    states = []
    for step_ms in steps_ms:
        at_ns = last_ns(arrivals) + int(step_ms * MS)
        arrivals = observe(arrivals, facts(arrivals.count, at_ns))
        states.append(judge(arrivals, at_ns).state)
    return arrivals, states


LIVE, LATE = TruthState.LIVE, TruthState.LATE


def test_a_single_late_frame_is_believed_when_the_next_one_takes_its_time() -> None:
    _, states = deliver(stream(40, 33), 400, 33, 33)
    assert states == [LATE, LIVE, LIVE]


def test_a_queue_of_old_pictures_is_live_when_it_is_spent_or_the_rhythm_is_back() -> None:
    _, back = deliver(stream(40, 33), 1_000, *[3] * 20, 33, 33)
    assert back == [LATE] * 21 + [LIVE, LIVE]
    _, spent = deliver(stream(40, 33), 1_000, *[3] * 40)  # 30 of them were queued
    assert spent.index(LIVE) == 1 + 1_000 // 30 - 1
    assert set(spent[spent.index(LIVE) :]) == {LIVE}


def test_a_second_stall_while_catching_up_begins_a_new_queue() -> None:
    _, states = deliver(stream(40, 33), 1_000, 300, 2, 2, 2, 33)
    assert states == [LATE] * 5 + [LIVE]


def test_a_burst_teaches_no_fast_rhythm() -> None:
    arrivals, _ = deliver(stream(40, 33), 2_000, *[1] * 50)
    assert arrivals.period_ns == pytest.approx(33 * MS, rel=0.01)


def test_frames_that_a_network_delivers_in_pairs_are_live() -> None:
    arrivals, _ = deliver(stream(1, 33), *[66, 0.5] * 20)
    assert arrivals.period_ns == pytest.approx(33 * MS, rel=0.02)
    arrivals, states = deliver(arrivals, *[66, 0.5] * 20)
    assert set(states) == {LIVE}
    arrivals, states = deliver(arrivals, 400, 0.5, 66, 0.5, 66)
    assert states == [LATE, LATE, LIVE, LIVE, LIVE]
    _, states = deliver(arrivals, 600, *[0.5] * 12, 66)
    assert states == [LATE] * 13 + [LIVE]


@pytest.mark.parametrize("jitter_ms", [5, 15, 30])
def test_jitter_alone_is_no_burst(jitter_ms: int) -> None:
    generator = np.random.default_rng(jitter_ms)
    _, states = deliver(stream(40, 40), *(40 + generator.uniform(-jitter_ms, jitter_ms, 500)))
    assert set(states) == {LIVE}


def test_a_source_that_becomes_faster_after_a_pause_is_live_again() -> None:
    _, states = deliver(stream(40, 66), 2_000, *[16] * 100)
    assert states[-1] is LIVE
    assert states.index(LIVE) < 45


def test_a_slower_rhythm_is_learned_from_three_intervals() -> None:
    arrivals, states = deliver(stream(40, 33), *[200] * 6)
    assert arrivals.period_ns == 200 * MS
    assert states == [LATE] * 3 + [LIVE] * 3


def test_a_still_picture_is_never_live_and_a_fault_is_lost_with_its_reason() -> None:
    arrivals = stream(20, 200)
    assert judge(arrivals, last_ns(arrivals), still=True).state is TruthState.FROZEN
    blank = PictureContent(0.0, 0.0, 0, 0, (0,) * GRID_ROWS)
    black = observe(observe(arrivals, black_facts(20, 5_000)), black_facts(21, 5_001))
    assert black.last is not None
    assert black.last.content == blank
    assert judge(black, 5_001 * MS, still=True).state is TruthState.FROZEN
    truth = judge(arrivals, last_ns(arrivals), fault="The cable is out.")
    assert (truth.state, truth.reason) == (TruthState.LOST, "The cable is out.")


@given(
    st.lists(st.tuples(st.integers(1, 3_000), st.booleans()), min_size=1, max_size=60),
    st.integers(0, 20_000),
)
def test_live_means_recent_and_new(steps: list[tuple[int, bool]], wait_ms: int) -> None:
    """Whatever came before, LIVE is never older than the widest bound allows."""
    arrivals, at_ms = Arrivals(), 0
    for number, (step_ms, changed) in enumerate(steps):
        at_ms += step_ms
        arrivals = observe(arrivals, facts(number, at_ms * MS, changed or number == 0))
    truth = judge(arrivals, (at_ms + wait_ms) * MS)
    if truth.state is TruthState.LIVE:
        assert wait_ms <= 4_000
        assert truth.content_age_ns is not None
        assert truth.content_age_ns <= 4_000 * MS
    assert arrivals.count == len(steps)


ROWS = st.tuples(*[st.integers(0, (1 << GRID_COLUMNS) - 1)] * GRID_ROWS)
FRAMES = st.lists(
    st.tuples(
        st.integers(-5_000, 5_000),
        st.none() | st.integers(-(10**7), 10**7),
        st.booleans(),
        st.sampled_from([0, 100]),
        ROWS,
    ),
    min_size=1,
    max_size=40,
)


@given(FRAMES, st.integers(-5_000, 5_000), st.sampled_from(Modality))
def test_whatever_the_stamps_say_live_is_recent_and_no_interval_is_negative(
    frames: list[tuple[int, int | None, bool, int, tuple[int, ...]]],
    wait_ms: int,
    modality: Modality,
) -> None:
    area = watch(rectangle(100, 100, 500, 400), GEOMETRY)
    arrivals, at_ms = Arrivals(), 10**6
    for number, (step_ms, device_ms, changed, spread, rows) in enumerate(frames):
        at_ms += step_ms
        stamp = Stamp(number, at_ms * MS, None if device_ms is None else device_ms * MS)
        content = PictureContent(9.0, float(spread), 0, spread, rows)
        frame = FrameFacts(number, stamp, GEOMETRY, Origin.DEVICE, (), changed, content)
        arrivals = observe(arrivals, frame)
        area = area.after(arrivals.cells_new_ns)
        for rhythm in (arrivals.frames, arrivals.content, area.content, area.surroundings):
            assert all(interval_ns > 0 for interval_ns in rhythm.intervals_ns)
    assert arrivals.count == len(frames)
    now_ns = (at_ms + wait_ms) * MS
    for watching in (None, area):
        truth = judge(arrivals, now_ns, modality=modality, watch=watching)
        if truth.state is TruthState.LIVE:
            assert 0 <= wait_ms <= 4_000
            assert arrivals.blank_frames == 0
            assert now_ns <= live_until_ns(arrivals, modality, watching)
        assert (truth.reason == "") is (truth.state is TruthState.LIVE)


def test_noise_is_no_change_and_a_small_moving_needle_is() -> None:
    generator = np.random.default_rng(3)
    picture = generator.integers(0, 200, (480, 640), dtype=np.uint8)
    noisy = np.clip(picture.astype(int) + generator.integers(-6, 7, picture.shape), 0, 255)
    assert not content_changed(thumbnail(picture), thumbnail(noisy.astype(np.uint8)))
    moved = picture.copy()
    moved[200:204, 100:400] = 255
    assert content_changed(thumbnail(picture), thumbnail(moved))


def test_another_size_is_a_change_and_colour_is_read_by_its_green() -> None:
    grey = np.zeros((480, 640), np.uint8)
    assert content_changed(thumbnail(grey), thumbnail(grey[:400]))
    colour = np.zeros((480, 640, 3), np.uint8)
    green = colour.copy()
    green[:, :, 1] = 90
    assert content_changed(thumbnail(colour), thumbnail(green))
