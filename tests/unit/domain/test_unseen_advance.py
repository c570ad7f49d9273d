"""A needle that goes on while its tip is not seen is told."""

import math
from collections.abc import Iterable

from guidance_app.domain.needle import NeedleSight, SeenNeedle
from guidance_app.domain.unseen_advance import UnseenAdvance, after

GONE = NeedleSight(None, "No needle is found.")


def seen(
    inside_px: float, visible: bool = True, coasted: int = 0, far_px: float = 0.0
) -> NeedleSight:
    x, y = math.cos(0.5), math.sin(0.5)
    return NeedleSight(
        SeenNeedle(
            (inside_px * x, inside_px * y),
            (far_px * x, far_px * y),
            0.5,
            2.0,
            1.0,
            0.01,
            0.95,
            tip_visible=visible,
            coasted=coasted,
        )
    )


def told(sights: Iterable[NeedleSight]) -> list[bool]:
    known, each = UnseenAdvance(), []
    for sight in sights:
        known = after(known, sight)
        each.append(known.is_so)
    return each


def test_an_advance_with_the_tip_in_sight_is_none() -> None:
    assert not any(told(seen(100.0 + 5.0 * n) for n in range(20)))


def test_a_shaft_that_grows_without_its_tip_is_told_until_the_tip_is_seen() -> None:
    hidden = [seen(100.0 + 3.0 * n, visible=False) for n in range(5)]
    assert told([seen(100.0), *hidden, seen(112.0)]) == [False] * 4 + [True] * 2 + [False]


def test_a_far_end_that_moves_on_is_told_too() -> None:
    hidden = [seen(100.0, visible=False, far_px=4.0 * n) for n in range(4)]
    assert told(hidden)[-1]


def test_a_hidden_tip_that_stays_or_is_drawn_back_is_not_told() -> None:
    assert not any(told(seen(100.0 - 3.0 * n, visible=False) for n in range(9)))
    assert not any(told(seen(100.0 + 4.0 * (-1) ** n, visible=False) for n in range(9)))


def test_a_needle_lost_on_its_way_is_told_and_one_lost_at_rest_is_not() -> None:
    moving, resting = [seen(100.0 + 2.0 * n) for n in range(8)], [seen(100.0)] * 8
    coasting = [seen(116.0, coasted=n) for n in (1, 2, 3)]
    assert told([*moving, *coasting, GONE, GONE, seen(130.0)])[-3:] == [True, True, False]
    assert not any(told([*resting, GONE, GONE]))
    assert not any(told([*reversed(moving), GONE]))


def test_a_picture_that_repeats_is_no_new_evidence() -> None:
    moving = [seen(100.0 + 2.0 * n) for n in range(8)]
    repeated = [sight for sight in moving for _ in range(4)]
    assert told([*moving, GONE])[-1] == told([*repeated, GONE])[-1] is True
