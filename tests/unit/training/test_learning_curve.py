"""CUSUM and LC-CUSUM against figures that were worked out and published elsewhere."""

import pytest

from guidance_app.training.learning_curve import Cusum, LearningCusum, RatesRefused, limit_of


@pytest.mark.parametrize(
    ("rates", "step", "limit", "shortest"),
    [
        ((0.10, 0.20), 0.1452, 2.7095, 19),
        ((0.15, 0.30), 0.2188, 2.4763, 12),
        ((0.05, 0.10), 0.0724, 2.9406, 41),
    ],
)
def test_steps_and_limits(
    rates: tuple[float, float], step: float, limit: float, shortest: int
) -> None:
    cusum = Cusum(*rates)
    assert cusum.step == pytest.approx(step, abs=5e-5)
    assert cusum.acceptable_below == pytest.approx(limit, abs=5e-5)
    assert cusum.unacceptable_above == pytest.approx(limit, abs=5e-5)
    assert cusum.shortest == shortest
    assert cusum.curve([True] * shortest)[-1] <= -limit < cusum.curve([True] * (shortest - 1))[-1]


def test_a_failure_raises_the_curve_by_what_is_left() -> None:
    cusum = Cusum(0.1, 0.2)
    assert cusum.curve([False, True]) == pytest.approx((1 - cusum.step, 1 - 2 * cusum.step))
    assert cusum.curve([]) == ()


def test_who_fails_at_the_acceptable_rate_stays_level() -> None:
    """Between both rates the curve neither falls nor rises for long."""
    cusum = Cusum(0.1, 0.2)
    level = [n % 7 != 0 for n in range(700)]  # one in seven: close to the step
    assert abs(cusum.curve(level)[-1]) < 3.0
    assert cusum.curve([n % 20 != 0 for n in range(700)])[-1] < -cusum.acceptable_below
    assert cusum.curve([n % 4 != 0 for n in range(700)])[-1] > cusum.unacceptable_above


def test_weights_of_the_learning_curve() -> None:
    learning = LearningCusum(0.10, 0.20, 1.5)
    assert learning.curve([True, False, True, True]) == pytest.approx(
        (0.1178, 0.0, 0.1178, 0.2356), abs=5e-5
    )


def test_the_earliest_published_pass() -> None:
    """Peribulbar blocks: 13 in a row, so the limit lies between 1.413 and 1.531."""
    for limit, earliest in ((1.414, 13), (1.53, 13), (1.41, 12), (1.54, 14)):
        assert LearningCusum(0.10, 0.20, limit).competent_after([True] * 20) == earliest
    assert LearningCusum(0.10, 0.20, 1.5).competent_after([True] * 12) is None


def test_the_limit_holds_its_risk() -> None:
    loose, strict = (limit_of(0.10, 0.20, 50, wrongly) for wrongly in (0.3, 0.05))
    assert 0.0 < loose < strict
    assert limit_of(0.10, 0.20, 100, 0.05) > strict
    assert limit_of(0.10, 0.20, 50, 0.05) == strict


@pytest.mark.parametrize("rates", [(0.2, 0.1), (0.1, 0.1), (0.0, 0.1), (0.1, 1.0)])
def test_rates_that_are_none_are_refused(rates: tuple[float, float]) -> None:
    with pytest.raises(RatesRefused, match="Rates of failure"):
        Cusum(*rates)
    with pytest.raises(RatesRefused, match="Rates of failure"):
        LearningCusum(*rates, 1.0)
    with pytest.raises(RatesRefused, match="Rates of failure"):
        limit_of(*rates, 10, 0.1)


def test_other_parameters_that_are_none_are_refused() -> None:
    with pytest.raises(RatesRefused, match="one half"):
        Cusum(0.1, 0.2, alpha=0.0)
    with pytest.raises(RatesRefused, match="above 0"):
        LearningCusum(0.1, 0.2, 0.0)
    with pytest.raises(RatesRefused, match="one attempt"):
        limit_of(0.1, 0.2, 0, 0.1)
