"""How much like a needle each stretch is, by its features.

Four small nets (20 features, 24 hidden units each) vote. They were fitted to pictures of our
simulator, to the same turned and zoomed, and to recordings of real tissue without a needle; the
numbers stand in `ranking.json`, and `docs/needle.md` says how they came about.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from guidance_app.processing.needle.features import NAMES
from guidance_app.processing.needle.ridges import Real

CLIP = 3.0
"""Standard deviations: farther from the middle a feature counts no more."""


class _NetFile(msgspec.Struct, forbid_unknown_fields=True):
    hidden: list[list[float]]
    hidden_bias: list[float]
    out: list[float]
    out_bias: float


class _RankingFile(msgspec.Struct, forbid_unknown_fields=True):
    features: list[str]
    mean: list[float]
    spread: list[float]
    nets: list[_NetFile]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Arrays of the nets, all of them side by side."""

    mean: Real
    spread: Real
    hidden: Real
    """(features, hidden units of all nets)."""
    hidden_bias: Real
    out: Real
    out_bias: float

    def evidence(self, told: Real) -> Real:
        """Logarithm of the odds that each stretch (rows) is a needle, for its features."""
        standard = np.clip((told - self.mean) / self.spread, -CLIP, CLIP)
        return np.asarray(
            np.tanh(standard @ self.hidden + self.hidden_bias) @ self.out + self.out_bias
        )


@cache
def ranking() -> Ranking:
    """The ranking that this program brings along."""
    read = files("guidance_app.processing.needle").joinpath("ranking.json").read_bytes()
    file = msgspec.json.decode(read, type=_RankingFile)
    if file.features != list(NAMES):
        raise ValueError("The ranking was fitted to other features. Fit it again.")
    count = len(file.nets)
    return Ranking(
        np.array(file.mean),
        np.array(file.spread),
        np.concatenate([np.array(net.hidden) for net in file.nets]).T,
        np.concatenate([np.array(net.hidden_bias) for net in file.nets]),
        np.concatenate([np.array(net.out) for net in file.nets]) / count,
        sum(net.out_bias for net in file.nets) / count,
    )
