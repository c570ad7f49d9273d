"""Smooth curves that shape anatomy and movement."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Profile: TypeAlias = NDArray[np.float64]
"""A quantity along x, one value a column: most often the depth of a surface in mm."""


@dataclass(frozen=True, slots=True)
class Wave:
    """A smooth random curve along x: a few sines of unlike length."""

    terms: tuple[tuple[float, float, float], ...]
    """(amplitude_mm, wavelength_mm, phase_rad) of each sine."""

    def __call__(self, x_mm: Profile) -> Profile:
        """Its height in mm at positions x."""
        curve = np.zeros_like(x_mm)
        for amplitude_mm, wavelength_mm, phase_rad in self.terms:
            curve += amplitude_mm * np.sin(2.0 * np.pi * x_mm / wavelength_mm + phase_rad)
        return curve


def smooth_step(x: NDArray[np.floating] | float, start: float, end: float) -> NDArray[np.floating]:
    """0 before `start`, 1 after `end`, and without a kink between."""
    along = np.clip((np.asarray(x) - start) / (end - start), 0.0, 1.0)
    return np.asarray(along * along * (3.0 - 2.0 * along))


def make_wave(rng: np.random.Generator, rms_mm: float, shortest_mm: float = 9.0) -> Wave:
    """A wave of about the given rms height, its sines 1 to 4 times `shortest_mm` long."""
    share = rms_mm * np.sqrt(2.0 / 3.0)
    lengths = shortest_mm * rng.uniform([1.0, 1.8, 3.0], [1.4, 2.6, 4.0])
    phases = rng.uniform(0.0, 2.0 * np.pi, 3)
    sizes = share * np.array([0.5, 0.9, 1.4])
    return Wave(tuple(zip(sizes.tolist(), lengths.tolist(), phases.tolist(), strict=True)))
