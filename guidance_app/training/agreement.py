"""How far raters agree: intraclass correlations, each with its model named.

P. E. Shrout, J. L. Fleiss: Intraclass correlations: uses in assessing rater reliability, Psychol
Bull 86:420 (1979); intervals as there and in K. O. McGraw, S. P. Wong, Psychol Methods 1:30 (1996).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

SURE = 0.95
"""Of the intervals."""


class Model(StrEnum):
    """What the raters are taken for, and whether one of them or the mean of all is judged."""

    ONE_WAY = "ICC(1,1)"
    """Each attempt was rated by others; one rating."""
    TWO_WAY_RANDOM = "ICC(2,1)"
    """The same raters rated all, drawn from many; one rating, absolute agreement."""
    TWO_WAY_FIXED = "ICC(3,1)"
    """These raters and no others; one rating, consistency."""
    ONE_WAY_MEAN = "ICC(1,k)"
    TWO_WAY_RANDOM_MEAN = "ICC(2,k)"
    TWO_WAY_FIXED_MEAN = "ICC(3,k)"


TOO_ALIKE = "The attempts differ less than the raters do: no agreement can be told from so few."


class RatingsRefused(ValueError):
    """No agreement can be told from these ratings; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A correlation, 1 where all agree, and the interval that holds the true one in 95 %."""

    model: Model
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares of n attempts rated by k raters."""

    n: int
    k: int
    attempts: float
    within: float
    raters: float
    rest: float


def agreement(ratings: ArrayLike, model: Model) -> Agreement:
    """Of ratings (attempts, raters), every attempt rated by as many.

    Raises RatingsRefused for fewer than two attempts or raters, for what is no number, where
    all attempts are rated alike, and where they differ so little that a formula breaks down.
    """
    squares = _mean_squares(_checked(ratings))
    try:
        one, low, high = _correlation(squares, model)
    except ZeroDivisionError:
        raise RatingsRefused(TOO_ALIKE) from None
    if not low <= one <= high <= 1.0:
        raise RatingsRefused(TOO_ALIKE)
    return Agreement(model, one, low, high)


def _correlation(squares: _Squares, model: Model) -> tuple[float, float, float]:
    match model:
        case Model.ONE_WAY | Model.ONE_WAY_MEAN:
            free = squares.n * (squares.k - 1)
            found = _consistent(squares, squares.within, free)
        case Model.TWO_WAY_FIXED | Model.TWO_WAY_FIXED_MEAN:
            free = (squares.n - 1) * (squares.k - 1)
            found = _consistent(squares, squares.rest, free)
        case Model.TWO_WAY_RANDOM | Model.TWO_WAY_RANDOM_MEAN:
            found = _absolute(squares)
    if not model.value.endswith("k)"):
        return found
    one, low, high = (_of_mean(value, squares.k) for value in found)
    return one, low, high


def _checked(ratings: ArrayLike) -> NDArray[np.float64]:
    table = np.asarray(ratings, float)
    if table.ndim != 2 or min(table.shape) < 2:
        raise RatingsRefused("Agreement needs two attempts or more, each rated by two or more.")
    if not np.isfinite(table).all():
        raise RatingsRefused("A rating is missing: every rater rates every attempt.")
    if np.ptp(table) == 0.0:
        raise RatingsRefused("All attempts are rated alike: nothing tells raters who agree.")
    return table


def _mean_squares(table: NDArray[np.float64]) -> _Squares:
    n, k = table.shape
    mean = table.mean()
    attempts = k * float(((table.mean(1) - mean) ** 2).sum())
    raters = n * float(((table.mean(0) - mean) ** 2).sum())
    within = float(((table - mean) ** 2).sum()) - attempts
    free = (n - 1) * (k - 1)
    return _Squares(
        n, k, attempts / (n - 1), within / (n * (k - 1)), raters / (k - 1), (within - raters) / free
    )


def _consistent(squares: _Squares, error: float, free: int) -> tuple[float, float, float]:
    """Single rating, and its bounds, where all that is no difference of attempts is error."""
    from scipy.stats import f  # noqa: PLC0415  # takes a second to load

    ratio = squares.attempts / error if error > 0.0 else np.inf
    first, last = squares.n - 1, free
    tail = (1.0 + SURE) / 2.0
    low, high = ratio / f.ppf(tail, first, last), ratio * f.ppf(tail, last, first)
    one, lower, upper = (_of_ratio(value, squares.k) for value in (ratio, low, high))
    return one, lower, upper


def _of_ratio(ratio: float, k: int) -> float:
    return 1.0 if np.isinf(ratio) else float((ratio - 1.0) / (ratio + k - 1.0))


def _absolute(squares: _Squares) -> tuple[float, float, float]:
    """Single rating, and its bounds, where raters who are stricter than others count as error."""
    from scipy.stats import f  # noqa: PLC0415  # as above

    n, k, between, rest = squares.n, squares.k, squares.attempts, squares.rest
    one = (between - rest) / (between + (k - 1) * rest + k * (squares.raters - rest) / n)
    if rest <= 0.0:
        return one, one, one
    free = _free(squares, one)
    tail = (1.0 + SURE) / 2.0
    down, up = f.ppf(tail, n - 1, free), f.ppf(tail, free, n - 1)
    others = k * squares.raters + (k * n - k - n) * rest
    low = n * (between - down * rest) / (down * others + n * between)
    high = n * (up * between - rest) / (others + n * up * between)
    return one, float(low), float(high)


def _free(squares: _Squares, one: float) -> float:
    """Degrees of freedom by Satterthwaite's approximation."""
    n, k = squares.n, squares.k
    strict = k * one * squares.raters / squares.rest
    equal = n * (1.0 + (k - 1) * one) - k * one
    return (k - 1) * (n - 1) * (strict + equal) ** 2 / ((n - 1) * strict**2 + equal**2)


def _of_mean(one: float, k: int) -> float:
    """The mean of k ratings, by Spearman and Brown."""
    return k * one / (1.0 + (k - 1) * one)
