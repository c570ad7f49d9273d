"""Frame truth against the fault matrix's bounds, on times that are handed in."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.samples import Origin, PictureGeometry, PixelFormat, Stamp
from guidance_app.domain.snapshot import FrameFacts, TruthState
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


def test_a_still_picture_is_never_live_and_a_fault_is_lost_with_its_reason() -> None:
    arrivals = stream(20, 200)
    assert judge(arrivals, last_ns(arrivals), still=True).state is TruthState.FROZEN
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
