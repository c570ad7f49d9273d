"""A replay keeps true time at every speed, and stays inside the recording and its loop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance_app.runtime.playback import SPEEDS, Playback, next_speed

SECOND = 1_000_000_000
BEGIN, END = 7 * SECOND, 67 * SECOND


def begun() -> Playback:
    return Playback(BEGIN, END, BEGIN)


@pytest.mark.parametrize("speed", SPEEDS)
def test_a_minute_takes_a_minute_at_each_speed(speed: float) -> None:
    playback = begun().at_speed(speed, 100).played(100)
    needed_ns = round(60 * SECOND / speed)
    assert not playback.is_over(100 + needed_ns - SECOND // 100)
    assert playback.is_over(100 + needed_ns)
    assert playback.position_ns(100 + needed_ns // 2) == pytest.approx(BEGIN + 30 * SECOND, abs=2)


def test_a_pause_takes_no_time_and_another_speed_counts_from_there() -> None:
    playback = begun().played(0).paused(10 * SECOND)
    assert playback.position_ns(99 * SECOND) == BEGIN + 10 * SECOND
    playback = playback.played(100 * SECOND).at_speed(2.0, 105 * SECOND)
    assert playback.position_ns(110 * SECOND) == BEGIN + 25 * SECOND


def test_at_the_end_it_stands_and_begins_anew_when_played() -> None:
    playback = begun().moved_to(END + SECOND, 0)
    assert playback.position_ns(0) == END
    assert playback.played(5).position_ns(5) == BEGIN


def test_a_loop_is_repeated_from_wherever_it_is_begun() -> None:
    loop = (BEGIN + 10 * SECOND, BEGIN + 12 * SECOND)
    before = begun().looped(loop, 0).played(0)
    assert before.position_ns(11 * SECOND) == BEGIN + 11 * SECOND
    assert before.position_ns(13 * SECOND) == BEGIN + 11 * SECOND
    assert not before.is_over(500 * SECOND)
    behind = begun().moved_to(BEGIN + 40 * SECOND, 0).looped(loop, 0).played(0)
    assert behind.position_ns(SECOND) == BEGIN + 11 * SECOND


@given(
    st.lists(
        st.tuples(st.sampled_from(["play", "pause", "seek", "speed", "loop", "free"]),
                  st.integers(0, 3 * SECOND), st.integers(BEGIN - SECOND, END + SECOND)),
        max_size=30,
    )
)  # fmt: skip
def test_whatever_is_pressed_it_stays_inside(presses: list[tuple[str, int, int]]) -> None:
    playback, now_ns = begun(), 0
    for press, waited_ns, place_ns in presses:
        now_ns += waited_ns
        inside_ns = min(max(place_ns, BEGIN), END - 1)
        match press:
            case "play":
                playback = playback.played(now_ns)
            case "pause":
                playback = playback.paused(now_ns)
            case "seek":
                playback = playback.moved_to(place_ns, now_ns)
            case "speed":
                playback = playback.at_speed(SPEEDS[place_ns % len(SPEEDS)], now_ns)
            case "loop":
                playback = playback.looped((inside_ns, END), now_ns)
            case _:
                playback = playback.looped(None, now_ns)
        assert BEGIN <= playback.position_ns(now_ns) <= END


def test_speeds_are_stepped_between_a_quarter_and_four() -> None:
    assert [next_speed(1.0, step) for step in (-9, -1, 1, 9)] == [0.25, 0.5, 2.0, 4.0]
