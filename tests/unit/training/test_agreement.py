"""Intraclass correlations against the table of the paper that defined them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guidance_app.training.agreement import Agreement, Model, RatingsRefused, agreement

SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
"""Six subjects, four judges; Shrout and Fleiss 1979, table 2."""


@pytest.mark.parametrize(
    ("model", "value", "low", "high"),
    [
        (Model.ONE_WAY, 0.166, -0.133, 0.723),
        (Model.TWO_WAY_RANDOM, 0.290, 0.019, 0.761),
        (Model.TWO_WAY_FIXED, 0.715, 0.342, 0.946),
        (Model.ONE_WAY_MEAN, 0.443, -0.884, 0.912),
        (Model.TWO_WAY_RANDOM_MEAN, 0.620, 0.071, 0.927),
        (Model.TWO_WAY_FIXED_MEAN, 0.909, 0.676, 0.986),
    ],
)
def test_the_published_table(model: Model, value: float, low: float, high: float) -> None:
    found = agreement(SHROUT_FLEISS, model)
    assert found.model is model
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=6e-4)


def test_a_rater_who_is_stricter_throughout_counts_only_for_absolute_agreement() -> None:
    first = np.array([1.0, 3.0, 2.0, 5.0, 4.0])
    ratings = np.stack([first, first - 1.0], 1)
    assert agreement(ratings, Model.TWO_WAY_FIXED) == Agreement(Model.TWO_WAY_FIXED, 1.0, 1.0, 1.0)
    assert agreement(ratings, Model.TWO_WAY_RANDOM).value < 0.9
    assert agreement(np.stack([first, first], 1), Model.TWO_WAY_RANDOM).value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ([[1.0, 2.0]], "two attempts"),
        ([[1.0], [2.0]], "rated by two"),
        ([1.0, 2.0], "two attempts"),
        ([[1.0, np.nan], [2.0, 3.0]], "is missing"),
        ([[3.0, 3.0], [3.0, 3.0]], "rated alike"),
    ],
)
def test_what_cannot_be_judged_is_refused(ratings: object, words: str) -> None:
    with pytest.raises(RatingsRefused, match=words):
        agreement(ratings, Model.ONE_WAY)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", Model)
def test_scale_and_offset_do_not_matter(model: Model) -> None:
    table = np.array(SHROUT_FLEISS, float)
    one, other = agreement(table, model), agreement(7.0 + 3.0 * table, model)
    assert other.value == pytest.approx(one.value)
    assert (other.low, other.high) == pytest.approx((one.low, one.high))


@given(arrays(float, st.tuples(st.integers(2, 5), st.integers(2, 4)), elements=st.integers(1, 5)))
def test_no_agreement_lies_beyond_one_or_outside_its_interval(ratings: np.ndarray) -> None:
    for model in Model:
        try:
            found = agreement(ratings, model)
        except RatingsRefused:
            continue
        assert found.low <= found.value <= found.high <= 1.0


def test_raters_who_differ_more_than_the_attempts_are_not_told_to_agree() -> None:
    with pytest.raises(RatingsRefused, match="no agreement can be told"):
        agreement([[1, 5], [5, 1], [3, 3]], Model.TWO_WAY_RANDOM_MEAN)
