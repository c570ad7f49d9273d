"""Echoes of single bright things: the needle with its reverberations, and bubbles.

All of them are points in mm of the picture now, with a complex amplitude each, to be added
to the echoes of the tissue before those are blurred.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.curves import Profile, make_wave
from simulators.hand import ProbePose
from simulators.scene import Bubbles, Needle, to_picture

SLICE_FOCUS_MM = 18.0
"""Depth at which the imaged slice is thinnest."""
SLICE_SIGMA_MM = 0.6
"""Its 1 sigma there: 1.4 mm at half height, as of a 10 MHz linear array."""
GLINT_RAD = math.radians(24.0)
"""How far a shaft may tilt before it sends its mirror echo past the probe (1/e)."""
REVERBERATION_MM = 0.75
"""Depth between a needle's echo and its copies: through a 22G shaft and back."""
NEEDLE_AMPLITUDE = 0.9
BUBBLE_AMPLITUDE = 0.7
_STEP_MM = 0.08
_LONGEST_MM = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Echoes:
    """Points and their amplitudes."""

    x_mm: Profile
    z_mm: Profile
    amplitude: NDArray[np.complex64]


class NeedleSurface:
    """The one needle of a scene: how its shaft scatters, as it differs along its length."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 5])
        from_tip_mm = np.arange(0.0, _LONGEST_MM, _STEP_MM)
        waves = make_wave(rng, 0.4, 5.0)(from_tip_mm) + make_wave(rng, 0.3, 0.9)(from_tip_mm)
        rough = rng.standard_normal((2, from_tip_mm.size))
        self._finish = np.exp(waves) * (1.0 + 0.35 * (rough[0] + 1j * rough[1]))
        self._turns = np.exp(2j * np.pi * rng.random(5))

    def echoes(self, needle: Needle, probe: ProbePose) -> Echoes:
        """Shaft, tip and reverberations of the needle as it lies now."""
        (ex, ez), (tx, tz) = needle.entry_mm, needle.tip_mm
        length_mm = math.hypot(tx - ex, tz - ez)
        from_tip_mm = np.arange(0.0, length_mm, _STEP_MM)
        share = from_tip_mm / length_mm
        x_mm, z_mm = to_picture(tx + share * (ex - tx), tz + share * (ez - tz), probe)
        elevation_mm = needle.tip_elevation_mm + share * (
            needle.entry_elevation_mm - needle.tip_elevation_mm
        )
        tilt_rad = math.atan2(tz - ez, tx - ex) - probe.tilt_rad
        glint = math.exp(-((tilt_rad / GLINT_RAD) ** 2))
        shaft = (0.12 + glint) * self._finish[: share.size]
        tip = (0.45 + 0.5 * glint) * np.exp(-0.5 * (from_tip_mm / 0.28) ** 2)
        seen = NEEDLE_AMPLITUDE * slice_weight(elevation_mm, z_mm)
        return self._with_copies(x_mm, z_mm, seen * shaft, seen * tip, glint)

    def _with_copies(
        self,
        x_mm: Profile,
        z_mm: Profile,
        shaft: NDArray[np.complex128],
        tip: Profile,
        glint: float,
    ) -> Echoes:
        """The echoes, and those that went through the shaft again and again, fainter each time."""
        gain = 0.2 + 0.3 * glint
        levels = [shaft + tip]
        levels += [shaft * gain**order * self._turns[order] for order in range(1, 5)]
        depths = [z_mm + order * REVERBERATION_MM for order in range(5)]
        amplitude = np.concatenate(levels).astype(np.complex64)
        return Echoes(np.tile(x_mm, 5), np.concatenate(depths), amplitude)


def slice_weight(elevation_mm: Profile, depth_mm: Profile) -> Profile:
    """Share of an echo's amplitude left when it lies beside the middle of the imaged slice."""
    sigma_mm = SLICE_SIGMA_MM * np.sqrt(1.0 + ((depth_mm - SLICE_FOCUS_MM) / 14.0) ** 2)
    return np.asarray(np.exp(-0.5 * (elevation_mm / sigma_mm) ** 2))


def bubble_echoes(bubbles: Bubbles, probe: ProbePose) -> Echoes:
    """One point for each bubble that is there."""
    there = bubbles.strength > 0.01
    x_mm, z_mm = to_picture(bubbles.x_mm[there], bubbles.z_mm[there], probe)
    turn = np.exp(7j * np.arange(x_mm.size))
    return Echoes(x_mm, z_mm, (BUBBLE_AMPLITUDE * bubbles.strength[there] * turn).astype("c8"))
