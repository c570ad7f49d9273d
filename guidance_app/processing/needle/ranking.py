"""How much like a needle each stretch is, by its features.

The logarithm of the odds is a quadratic of the features. It was fitted to pictures of our
simulator, to the same turned and zoomed, and to recordings of real consoles without a needle and
with painted ones; its numbers stand in `ranking.json`, and `docs/needle.md` says how they came
about.
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


class _RankingFile(msgspec.Struct, forbid_unknown_fields=True):
    features: list[str]
    mean: list[float]
    spread: list[float]
    linear: list[float]
    quadratic: list[list[float]]
    constant: float


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """A quadratic of some of the features."""

    columns: list[int]
    """Which of NAMES; all below are in their order."""
    mean: Real
    spread: Real
    linear: Real
    quadratic: Real
    """(features, features)."""
    constant: float

    def evidence(self, told: Real) -> Real:
        """Logarithm of the odds that each stretch is a needle, for its features (rows, NAMES)."""
        standard = (told[:, self.columns] - self.mean) / self.spread
        standard = np.clip(standard, -CLIP, CLIP)
        curved = ((standard @ self.quadratic) * standard).sum(axis=1)
        return np.asarray(curved + standard @ self.linear + self.constant)


@cache
def ranking() -> Ranking:
    """The ranking that this program brings along."""
    here = files("guidance_app.processing.needle")
    return read_ranking(here.joinpath("ranking.json").read_bytes())


def read_ranking(text: bytes) -> Ranking:
    """What a file of a ranking says. Raises ValueError for one of features that are not NAMES."""
    file = msgspec.json.decode(text, type=_RankingFile)
    unknown = [name for name in file.features if name not in NAMES]
    if unknown:
        raise ValueError(f"The ranking was fitted to other features: {unknown}. Fit it again.")
    return Ranking(
        [NAMES.index(name) for name in file.features],
        np.array(file.mean),
        np.array(file.spread),
        np.array(file.linear),
        np.array(file.quadratic),
        file.constant,
    )
