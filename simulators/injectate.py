"""What is seen of an injection: bright specks that come from the tip, swirl and fade.

Air and crystals in the fluid are seen while they move; they come to rest and dissolve within some
seconds. How many there are, how bright, and how long they last is set by eye.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.anatomy.shapes import Points
from simulators.curves import smooth_step
from simulators.motion import Pocket

Values: TypeAlias = NDArray[np.float64]

SPECKS = 700
BRIGHTEST = 0.65
"""Amplitude; 1 is full white for a point in the middle of the slice."""
LASTS_S = 4.0
"""After which a speck has fallen to 1/e."""
LIGHTS_UP_S = 1.2
SPREADS_S = (0.4, 1.6)
"""In which it has gone most of its way from the tip."""
TURNS_RAD_S = 1.4
"""At most, about the middle of the pocket; it slows down as the speck fades."""
WALL = 0.93
"""Share of the pocket's width within which it stays."""
GONE = 0.01
"""Share of its light at which it is not worth drawing."""


@dataclass(frozen=True, slots=True, eq=False)
class Injectate:
    """The specks of one person's injection; the same seed gives the same."""

    born: Values
    """Of each, when in the injection it comes from the tip, 0 to 1."""
    goes_to: Points
    """(3, n): where it would come to rest without a swirl, in the unit sphere."""
    spreads_s: Values
    turns_rad_s: Values
    light: Values
    """Its amplitude at best."""

    def at(self, pocket: Pocket, since_s: float, lasts_s: float) -> tuple[Points, Values]:
        """Places (3, n) in the body before breath moves it, mm, and amplitudes, so many seconds
        after an injection of `lasts_s` began."""
        age_s = np.maximum(since_s - self.born * lasts_s, 0.0)
        fresh = np.exp(-age_s / LASTS_S)
        shown = smooth_step(age_s, 0.0, LIGHTS_UP_S) * fresh
        seen = shown > GONE
        gone = 1.0 - np.exp(-age_s / self.spreads_s)
        turned = self.turns_rad_s * LASTS_S * (1.0 - fresh)
        x, y, z = self.goes_to * gone
        cos, sin = np.cos(turned), np.sin(turned)
        inside = np.stack([cos * x - sin * z, y, sin * x + cos * z])[:, seen]
        wide = np.array(pocket.flat)[:, None] * pocket.radius_mm
        return np.array(pocket.centre_mm)[:, None] + wide * inside, (self.light * shown)[seen]


def make_injectate(seed: int) -> Injectate:
    """The specks of the person with this number: few are bright."""
    rng = np.random.default_rng([seed, 4])
    ways = rng.standard_normal((3, SPECKS))
    ways *= WALL * rng.random(SPECKS) ** (1.0 / 3.0) / np.linalg.norm(ways, axis=0)
    return Injectate(
        rng.random(SPECKS),
        ways,
        rng.uniform(*SPREADS_S, SPECKS),
        rng.uniform(-TURNS_RAD_S, TURNS_RAD_S, SPECKS),
        BRIGHTEST * (0.15 + 0.85 * rng.random(SPECKS) ** 3),
    )
