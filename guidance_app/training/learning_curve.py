"""How a trainee's successes and failures add up: CUSUM and LC-CUSUM.

Both are feedback and no certification: what they say turns with the rates that were chosen (of six
trainees four passed with some, five with others; the sensitivity of LC-CUSUM for plexus blocks was
85 %, its specificity 67 %). G. R. de Oliveira Filho: The construction of learning curves for basic
skills in anesthetic procedures, Anesth Analg 95:411 (2002); D. J. Biau et al.: Quantitative and
individualized assessment of the learning curve using LC-CUSUM, Br J Surg 95:925 (2008).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

import numpy as np


class RatesRefused(ValueError):
    """These rates describe no curve; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Cusum:
    """Acceptable and unacceptable rate of failure, and the risk of wrongly telling either."""

    acceptable: float
    unacceptable: float
    alpha: float = 0.1
    """Of calling unacceptable who is not."""
    beta: float = 0.1
    """Of calling acceptable who is not."""

    def __post_init__(self) -> None:
        """Raises RatesRefused."""
        _check(self.acceptable, self.unacceptable)
        if not (0.0 < self.alpha < 0.5 and 0.0 < self.beta < 0.5):
            raise RatesRefused("Both risks lie between 0 and one half.")

    @property
    def step(self) -> float:
        """By which a success lowers the curve; a failure raises it by the rest to one."""
        ratio, other = self._ratios
        return other / (ratio + other)

    @property
    def acceptable_below(self) -> float:
        """How far the curve has to fall for the failures to be acceptable."""
        return math.log((1.0 - self.alpha) / self.beta) / sum(self._ratios)

    @property
    def unacceptable_above(self) -> float:
        """How far it has to rise for them to be unacceptable."""
        return math.log((1.0 - self.beta) / self.alpha) / sum(self._ratios)

    @property
    def shortest(self) -> int:
        """Successes in a row, from the start, that make the failures acceptable."""
        return math.ceil(self.acceptable_below / self.step)

    @property
    def _ratios(self) -> tuple[float, float]:
        more = math.log(self.unacceptable / self.acceptable)
        return more, math.log((1.0 - self.acceptable) / (1.0 - self.unacceptable))

    def curve(self, succeeded: Iterable[bool]) -> tuple[float, ...]:
        """Its height after each attempt."""
        return tuple(accumulate(-self.step if one else 1.0 - self.step for one in succeeded))


@dataclass(frozen=True, slots=True)
class LearningCusum:
    """Starts from "not yet competent" and says when that is left; never falls below zero."""

    adequate: float
    """Rate of failure of who is competent."""
    inadequate: float
    """Of who is not."""
    limit: float
    """From this height on; `limit_of` finds it."""

    def __post_init__(self) -> None:
        """Raises RatesRefused."""
        _check(self.adequate, self.inadequate)
        if not self.limit > 0.0:
            raise RatesRefused("The limit lies above 0.")

    def curve(self, succeeded: Iterable[bool]) -> tuple[float, ...]:
        """Its height after each attempt."""
        return tuple(_learned(succeeded, *_weights(self.adequate, self.inadequate)))

    def competent_after(self, succeeded: Iterable[bool]) -> int | None:
        """How many attempts it took to reach the limit; None where it was not."""
        heights = enumerate(self.curve(succeeded), 1)
        return next((count for count, height in heights if height >= self.limit), None)


def limit_of(
    adequate: float, inadequate: float, attempts: int, wrongly: float, runs: int = 20_000
) -> float:
    """The limit that who is inadequate reaches in that many attempts with no more than this risk.

    By simulation from a fixed seed, as in Biau 2008. Raises RatesRefused.
    """
    _check(adequate, inadequate)
    if attempts < 1 or not 0.0 < wrongly < 1.0:
        raise RatesRefused("Name one attempt or more, and a risk between 0 and 1.")
    success, failure = _weights(adequate, inadequate)
    failed = np.random.default_rng(0).random((attempts, runs)) < inadequate
    height, highest = np.zeros(runs), np.zeros(runs)
    for one in failed:
        height = np.maximum(height + np.where(one, failure, success), 0.0)
        highest = np.maximum(highest, height)
    return float(np.nextafter(np.quantile(highest, 1.0 - wrongly, method="higher"), np.inf))


def _learned(succeeded: Iterable[bool], success: float, failure: float) -> Iterator[float]:
    height = 0.0
    for one in succeeded:
        height = max(0.0, height + (success if one else failure))
        yield height


def _weights(adequate: float, inadequate: float) -> tuple[float, float]:
    """What a success adds, and a failure."""
    success = math.log((1.0 - adequate) / (1.0 - inadequate))
    return success, math.log(adequate / inadequate)


def _check(better: float, worse: float) -> None:
    if not 0.0 < better < worse < 1.0:
        raise RatesRefused("Rates of failure lie between 0 and 1, the better one below the worse.")
