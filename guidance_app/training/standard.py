"""Where the line between passed and failed lies, by two groups whose competence is known.

The contrasting-groups method: the scores of novices and of experts are each taken for a normal
distribution, and the line is where the two cross. Beside it stand how many of each group such a
line would misjudge by these distributions, and how many it did. M. Jorgensen, L. Konge,
Y. Subhi: Contrasting groups' standard setting, Adv Simul 3:5 (2018).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, mean, stdev


class GroupsRefused(ValueError):
    """No line can be drawn between these groups; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Group:
    """How a group scores: as many as `count`, with a mean and a standard deviation."""

    mean: float
    deviation: float
    count: int

    @classmethod
    def of(cls, scores: Sequence[float]) -> "Group":
        """Of at least two scores that are not all alike; raises GroupsRefused."""
        if len(scores) < 2 or not all(map(math.isfinite, scores)):
            raise GroupsRefused("Each group needs two scores or more.")
        return cls(mean(scores), stdev(scores), len(scores))

    @property
    def distribution(self) -> NormalDist:
        """The normal one."""
        return NormalDist(self.mean, self.deviation)


@dataclass(frozen=True, slots=True)
class Standard:
    """A line in scores; higher ones are better. Shares in [0, 1]."""

    line: float
    novices: Group
    experts: Group

    @property
    def false_passes(self) -> float:
        """Share of novices above the line, in theory."""
        return 1.0 - self.novices.distribution.cdf(self.line)

    @property
    def false_fails(self) -> float:
        """Share of experts below the line, in theory."""
        return self.experts.distribution.cdf(self.line)

    def passes(self, score: float) -> bool:
        """Whether this score is enough."""
        return score >= self.line

    def observed_passes(self, scores: Sequence[float]) -> float:
        """Share of these scores that are enough."""
        return sum(map(self.passes, scores)) / len(scores)


def contrasting_groups(novices: Group, experts: Group) -> Standard:
    """The line where both distributions cross between their means; raises GroupsRefused.

    A metric of which less is better goes in with its sign turned.
    """
    if min(novices.deviation, experts.deviation) <= 0.0:
        raise GroupsRefused("All scores of a group are alike: they show no distribution.")
    if experts.mean <= novices.mean:
        raise GroupsRefused("The experts score no better than the novices.")
    between = [
        line for line in _crossings(novices, experts) if _lies_between(line, novices, experts)
    ]
    if not between:
        raise GroupsRefused("The groups overlap so far that no line lies between them.")
    return Standard(between[0], novices, experts)


def _lies_between(line: float, novices: Group, experts: Group) -> bool:
    return novices.mean <= line <= experts.mean


def _crossings(one: Group, other: Group) -> tuple[float, ...]:
    """Scores at which both densities are equal."""
    narrow, wide = 1.0 / one.deviation**2, 1.0 / other.deviation**2
    square = narrow - wide
    half = wide * other.mean - narrow * one.mean
    rest = narrow * one.mean**2 - wide * other.mean**2
    rest += 2.0 * math.log(one.deviation / other.deviation)
    if math.isclose(one.deviation, other.deviation):
        return (-rest / (2.0 * half),)
    root = math.sqrt(max(half**2 - square * rest, 0.0))
    return (-half - root) / square, (-half + root) / square
