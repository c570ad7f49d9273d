"""Fits the ranking: small nets with one hidden layer, side by side, by Adam.

A library for learning would be installed for these forty lines alone, and what it fits would change
with its versions.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from needle_frames import Bools
from needle_scenes import Floats

from guidance_app.processing.needle.features import NAMES
from guidance_app.processing.needle.ranking import CLIP, Ranking

HIDDEN, BATCH, RATE = 24, 512, 0.01
DIGITS = 4
"""To which the numbers of a ranking are written."""
BETAS = 0.9, 0.999
"""Share that is kept of the slopes' running means, and of their squares'."""
WEAKEST = 1e-6
Net: TypeAlias = list[Floats]
"""Weights and bias of the hidden units, weights and bias of their sum."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """How it is fitted."""

    nets: int = 4
    rounds: int = 40
    noise: float = 0.1
    """Standard deviations, drawn anew for each row each time."""
    decay: float = 1e-3
    """Of the weights, by a share of their squares."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Nets for features that are standardised first."""

    mean: Floats
    spread: Floats
    nets: tuple[Net, ...] = field(repr=False)

    def ranking(self) -> Ranking:
        """As the detector uses it."""
        hidden, hidden_bias, out, out_bias = zip(*self.nets, strict=True)
        count = len(self.nets)
        return Ranking(
            self.mean,
            self.spread,
            np.concatenate(hidden, axis=1),
            np.concatenate(hidden_bias),
            np.concatenate(out) / count,
            float(np.mean(out_bias)),
        )

    def shifted(self, by: float) -> "Fitted":
        """The same with all evidence more by so much."""
        return replace(self, nets=tuple([*net[:3], net[3] + by] for net in self.nets))

    def write(self, path: Path) -> None:
        """As the detector reads it."""
        names = ("hidden", "hidden_bias", "out", "out_bias")
        nets = [dict(zip(names, map(_numbers, (n[0].T, *n[1:])), strict=True)) for n in self.nets]
        whole = {"features": list(NAMES), "mean": _numbers(self.mean)}
        whole |= {"spread": _numbers(self.spread), "nets": nets}
        path.write_text(json.dumps(whole, indent=0), encoding="utf-8")


def _numbers(values: Floats) -> object:
    return np.round(values, DIGITS).tolist()


def fit(told: Floats, is_needle: Bools, weight: Floats, fitting: Fitting, seed: int) -> Fitted:
    """Nets that tell for features (rows, NAMES) the log odds of being a needle.

    The same rows, weights and seed give the same nets.
    """
    mean, spread = told.mean(axis=0), told.std(axis=0) + WEAKEST
    standard = np.clip((told - mean) / spread, -CLIP, CLIP)
    seeds = np.random.SeedSequence(seed).spawn(fitting.nets)
    nets = tuple(
        _net(standard, is_needle.astype(float), weight, fitting, np.random.default_rng(one))
        for one in seeds
    )
    return Fitted(mean, spread, nets)


def _net(
    rows: Floats, wanted: Floats, weight: Floats, fitting: Fitting, rng: np.random.Generator
) -> Net:
    count, columns = rows.shape
    first = rng.normal(0.0, 0.4, (columns, HIDDEN)), np.zeros(HIDDEN)
    net: Net = [*first, rng.normal(0.0, 0.3, HIDDEN), np.array(-3.0)]
    adam = _Adam(net)
    for done in range(fitting.rounds):
        rate = RATE * (1.0 - done / fitting.rounds)
        for batch in np.array_split(rng.permutation(count), max(1, count // BATCH)):
            noisy = rows[batch] + rng.normal(0.0, fitting.noise, (len(batch), columns))
            slopes = _slopes(net, noisy, wanted[batch], weight[batch], fitting.decay)
            net = adam.step(net, slopes, rate)
    return net


def _slopes(net: Net, rows: Floats, wanted: Floats, weight: Floats, decay: float) -> Sequence[Floats]:
    """Of the mean logarithmic loss, and of what the weights cost."""
    units = np.tanh(rows @ net[0] + net[1])
    odds = np.exp(-(units @ net[2] + net[3]))
    off = weight * (1.0 / (1.0 + odds) - wanted) / len(rows)
    back = np.outer(off, net[2]) * (1.0 - units * units)
    weights = rows.T @ back + decay * net[0], units.T @ off + decay * net[2]
    return weights[0], back.sum(axis=0), weights[1], off.sum()


class _Adam:
    """Kingma and Ba (2015), algorithm 1."""

    def __init__(self, net: Net) -> None:
        self._mean, self._square = ([np.zeros_like(part) for part in net] for _ in range(2))
        self._steps = 0

    def step(self, net: Net, slopes: Sequence[Floats], rate: float) -> Net:
        """The net one step further down."""
        self._steps += 1
        kept, kept_square = BETAS
        self._mean = [kept * m + (1 - kept) * g for m, g in zip(self._mean, slopes, strict=True)]
        self._square = [
            kept_square * s + (1 - kept_square) * g * g
            for s, g in zip(self._square, slopes, strict=True)
        ]
        full, full_square = (1.0 - beta**self._steps for beta in BETAS)
        return [
            part - rate * (m / full) / (np.sqrt(s / full_square) + 1e-8)
            for part, m, s in zip(net, self._mean, self._square, strict=True)
        ]
