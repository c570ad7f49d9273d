"""Where a figure lies among those of experts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from guidance_app.training.metrics import Metric

FEWEST = 2
"""Of whom a mean and a spread can be told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one figure among those of `count` experts who have it."""

    count: int
    mean: float
    deviation: float
    z: float | None
    """Standard deviations above the mean; None where all experts are alike."""
    percentile: float
    """Per cent of the experts whose figure is lower, those with the same counting half."""


def standings(
    metrics: Sequence[Metric], experts: Sequence[Sequence[Metric]]
) -> Mapping[str, Standing]:
    """By name, of each figure that has a value, and of which two experts or more have one.

    Figures of another version of their definition do not count.
    """
    found: dict[str, Standing] = {}
    for one in metrics:
        values = [
            other.value
            for expert in experts
            for other in expert
            if (other.name, other.version) == (one.name, one.version) and other.value is not None
        ]
        if one.value is not None and len(values) >= FEWEST:
            found[one.name] = _standing(one.value, values)
    return found


def _standing(value: float, experts: Sequence[float]) -> Standing:
    usual, spread = mean(experts), stdev(experts)
    lower = sum(one < value for one in experts) + sum(one == value for one in experts) / 2.0
    z = (value - usual) / spread if spread > 0.0 else None
    return Standing(len(experts), usual, spread, z, 100.0 * lower / len(experts))
