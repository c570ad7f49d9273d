"""Where a walk along a shaft ends, on walks made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from guidance_app.processing.needle.ends import SHARPEST, End, Walk, end_of

SPECKLE = 2.0
NEAR, FAR, ROWS = 40, 70, 100


def walk(*ends: int, gap: float = -0.3) -> Walk:
    """A shaft up to the last of these rows, unseen for ten rows after each but the last."""
    odds = np.full(ROWS, -0.5)
    odds[: ends[-1] + 1] = 0.5
    for end in ends[:-1]:
        odds[end + 1 : end + 11] = gap
    flat = np.ones(ROWS)
    return Walk(odds, 1.0, flat, flat, np.zeros(ROWS), np.zeros(ROWS))


def is_at(row: float, place: int) -> bool:
    """An echo reaches a speckle beyond its source."""
    return abs(row + SPECKLE - place) < 1.0


def share_of_near(end: End) -> float:
    """How likely the nearer of two places is the end."""
    return (1.0 if is_at(end.row, NEAR) else end.share) / (1.0 + end.share)


def test_one_place_has_no_rival() -> None:
    end = end_of(walk(NEAR), SPECKLE)
    assert is_at(end.row, NEAR)
    assert end.spread == pytest.approx(SHARPEST * SPECKLE)
    assert end.share == 0.0


def test_a_short_gap_is_bridged_and_leaves_a_doubt() -> None:
    end = end_of(walk(NEAR, FAR), SPECKLE)
    assert is_at(end.row, FAR)
    assert 0.0 < end.share < 1.0
    assert end.spread > SHARPEST * SPECKLE


@pytest.mark.parametrize("part", ["heights", "aside", "brightness"])
def test_what_surrounds_an_end_counts(part: str) -> None:
    seen = walk(NEAR, FAR, gap=-0.6)
    told = {
        "heights": (slice(NEAR - 3, NEAR + 1), 2.0, seen.heights),
        "aside": (slice(NEAR + 6, NEAR + 16), 3.0, seen.aside),
        "brightness": (slice(NEAR - 11, NEAR + 1), 2.0, seen.brightness),
    }
    rows, value, plain = told[part]
    changed = plain.copy()
    changed[rows] = value
    before, after = end_of(seen, SPECKLE), end_of(replace(seen, **{part: changed}), SPECKLE)
    assert share_of_near(after) > share_of_near(before) + 0.1


def test_a_shaft_that_is_nowhere_likely_ends_where_it_is_least_unlikely() -> None:
    nowhere = walk(NEAR)
    end = end_of(replace(nowhere, odds=np.full(ROWS, -0.5)), SPECKLE)
    assert end.row < 1.0
