"""A driver's 32-bit counter as a number that only rises."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.attached.sequence import SequenceUnwrapper

TURN = 2**32


def follow(raws: list[int]) -> list[int]:
    unwrapper = SequenceUnwrapper()
    return [unwrapper.follow(raw) for raw in raws]


@given(st.integers(0, TURN - 1), st.lists(st.integers(1, TURN // 2 - 1), max_size=50))
def test_every_gap_is_kept_over_the_turn_too(first: int, steps: list[int]) -> None:
    raws, numbers = [first], [first]
    for step in steps:
        numbers.append(numbers[-1] + step)
        raws.append(numbers[-1] % TURN)
    assert follow(raws) == numbers


@pytest.mark.parametrize(
    ("raws", "numbers"),
    [
        ([0, 0, 0], [0, 1, 2]),
        ([100, 101, 0, 1, 5], [100, 101, 102, 103, 107]),
        ([TURN - 1, 0, 2], [TURN - 1, TURN, TURN + 2]),
    ],
    ids=["does not count", "begins anew", "turns"],
)
def test_a_counter_that_stands_or_jumps_back_loses_nothing(
    raws: list[int], numbers: list[int]
) -> None:
    assert follow(raws) == numbers


@given(st.lists(st.integers(0, TURN - 1), max_size=100))
def test_it_only_rises(raws: list[int]) -> None:
    assert all(later > earlier for earlier, later in pairwise(follow(raws)))
