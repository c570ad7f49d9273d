"""Fits the ranking: the logarithm of the odds of a needle as a quadratic of its features.

It is a logistic regression on the features, their squares and their products. Its loss has one
least value, which Newton's method finds: nothing is drawn, and the same rows give the same numbers.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from needle_frames import Bools
from needle_scenes import Floats

from guidance_app.processing.needle.features import NAMES
from guidance_app.processing.needle.ranking import CLIP, Ranking

LEFT_OUT = ("brightness", "share of the best score")
"""They depend on the gain, and on what else is in the picture. What is fitted with them does worse
on recordings of other consoles, and no better on simulated pictures."""
RIDGE = 10.0
"""What the squares of the factors cost; the constant costs nothing."""
CLOSE, MOST_STEPS = 1e-6, 50
BATCH = 50_000
DIGITS = 5
_NONE = np.zeros(0)
UNDECIDED = Ranking([], _NONE, _NONE, _NONE, np.zeros((0, 0)), 0.0)
"""Finds all equally likely, so that what is to be ranked can be searched for without a ranking."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What is found, as the file of the ranking has it."""

    mean: Floats
    spread: Floats
    linear: Floats
    quadratic: Floats
    """(features, features), nothing below its diagonal."""
    constant: float

    def ranking(self) -> Ranking:
        """As the detector uses it."""
        return Ranking(
            _columns(), self.mean, self.spread, self.linear, self.quadratic, self.constant
        )

    def shifted(self, by: float) -> "Fitted":
        """The same with so much more evidence for everything."""
        return replace(self, constant=self.constant + by)

    def write(self, path: Path) -> None:
        """As the detector reads it."""
        whole: dict[str, Any] = {"features": [NAMES[column] for column in _columns()]}
        for name in ("mean", "spread", "linear", "quadratic", "constant"):
            whole[name] = np.round(getattr(self, name), DIGITS).tolist()
        path.write_text(json.dumps(whole, indent=0) + "\n", encoding="utf-8")


def fit(told: Floats, is_needle: Bools, weight: Floats) -> Fitted:
    """The quadratic for features (rows, NAMES) of stretches, of which some are needles.

    Raises SystemExit when no least value is found.
    """
    told = told[:, _columns()]
    mean, spread = told.mean(axis=0), told.std(axis=0) + 1e-6
    standard = np.clip((told - mean) / spread, -CLIP, CLIP)
    factors = _least(standard, is_needle.astype(float), weight)
    count = told.shape[1]
    quadratic = np.zeros((count, count))
    quadratic[np.triu_indices(count)] = factors[count:-1]
    return Fitted(mean, spread, factors[:count], quadratic, float(factors[-1]))


def _columns() -> list[int]:
    return [column for column, name in enumerate(NAMES) if name not in LEFT_OUT]


def _terms(standard: Floats) -> Floats:
    """(rows, terms): the features, their products in pairs, and one."""
    first, second = np.triu_indices(standard.shape[1])
    ones = np.ones((len(standard), 1))
    return np.concatenate([standard, standard[:, first] * standard[:, second], ones], axis=1)


def _least(standard: Floats, wanted: Floats, weight: Floats) -> Floats:
    factors = np.zeros(_terms(standard[:1]).shape[1])
    for _ in range(MOST_STEPS):
        slope, curvature = _slope(factors, standard, wanted, weight)
        step = np.linalg.solve(curvature, slope)
        factors = factors - step
        if np.abs(step).max() < CLOSE:
            return factors
    raise SystemExit("The ranking cannot be fitted to so few pictures. Take more --seeds.")


def _slope(
    factors: Floats, standard: Floats, wanted: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    """First and second derivatives of the logarithmic loss."""
    held = np.append(np.full(factors.size - 1, RIDGE), 0.0)
    slope, curvature = held * factors, np.diag(held)
    for first in range(0, len(standard), BATCH):
        batch = slice(first, first + BATCH)
        terms = _terms(standard[batch])
        chance = 1.0 / (1.0 + np.exp(-np.clip(terms @ factors, -30.0, 30.0)))
        slope += terms.T @ (weight[batch] * (chance - wanted[batch]))
        certainty = weight[batch] * chance * (1.0 - chance)
        curvature += (terms * certainty[:, None]).T @ terms
    return slope, curvature
