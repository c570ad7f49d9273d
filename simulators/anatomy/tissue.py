"""What tissue does to ultrasound, painted on a grid that is fixed to the body.

Distances in mm: x along the probe face from the left edge of the resting picture, z depth
below the resting probe face. Levels in dB below full white on the display.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.curves import Profile

Field: TypeAlias = NDArray[np.float32]
"""A quantity over (rows, columns) of a grid."""


Values: TypeAlias = NDArray[np.float32] | NDArray[np.float64] | float
"""One value for all of a grid, or one for each sample."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Sample positions in the body; (left, top) is the centre of the first sample."""

    left_mm: float
    top_mm: float
    step_x_mm: float
    step_z_mm: float
    columns: int
    rows: int

    def x_mm(self) -> Profile:
        """Positions of the columns."""
        return self.left_mm + self.step_x_mm * np.arange(self.columns, dtype=np.float64)

    def z_mm(self) -> Profile:
        """Depths of the rows, as a column vector."""
        return self.top_mm + self.step_z_mm * np.arange(self.rows, dtype=np.float64)[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """What scatters, what reflects and what attenuates."""

    grid: Grid
    diffuse: Field
    """Amplitude of scattering that is not resolved: it becomes speckle."""
    specular: Field
    """Amplitude of surfaces that reflect as a whole."""
    attenuation_db_mm: Field
    """Loss there and back for a mm of depth, beyond what the time gain makes good."""


def amplitude(level_db: Values) -> Field:
    """Amplitude of a level in dB, 1 at 0 dB."""
    return np.asarray(10.0 ** (np.asarray(level_db) / 20.0), dtype=np.float32)


class Canvas:
    """Tissue being painted, from front to back: what is painted later covers what was there."""

    def __init__(self, grid: Grid, level_db: float) -> None:
        self.grid = grid
        shape = (grid.rows, grid.columns)
        self._level_db: Field = np.full(shape, level_db, np.float32)
        self._specular: Field = np.zeros(shape, np.float32)
        self._attenuation: Field = np.zeros(shape, np.float32)

    def cover(self, upper_mm: Profile, lower_mm: Profile, edge_mm: float = 0.08) -> Field:
        """How much of each sample lies between two surfaces, 0 to 1, soft over `edge_mm`."""
        z_mm = self.grid.z_mm()
        inside_mm = np.minimum(z_mm - upper_mm, lower_mm - z_mm)
        return np.clip(0.5 + 0.5 * inside_mm / edge_mm, 0.0, 1.0).astype(np.float32)

    def fill(
        self,
        cover: Field,
        level_db: Values,
        attenuation_db_mm: float,
        specular: Values = 0.0,
    ) -> None:
        """Paint a material where `cover` says."""
        self._level_db += cover * (np.asarray(level_db, np.float32) - self._level_db)
        self._attenuation += cover * (np.float32(attenuation_db_mm) - self._attenuation)
        self._specular += cover * (np.asarray(specular, np.float32) - self._specular)

    def draw(self, surface_mm: Profile, strength: Profile | float, half_mm: float = 0.06) -> None:
        """Add a reflecting surface; `strength` is its amplitude before its tilt is counted."""
        tilted = strength * facing(surface_mm, self.grid.step_x_mm)
        distance = (self.grid.z_mm() - surface_mm) / half_mm
        self._specular += (tilted * np.exp(-0.5 * distance**2)).astype(np.float32)

    def absorb(self, attenuation_db_mm: Field) -> None:
        """Add attenuation on top of what the materials have."""
        self._attenuation += attenuation_db_mm

    def finish(self) -> Tissue:
        """The painted tissue."""
        return Tissue(self.grid, amplitude(self._level_db), self._specular, self._attenuation)


def facing(surface_mm: Profile, step_mm: float) -> Profile:
    """How well a surface returns the beam, 0.1 to 1, falling with its tilt.

    Half the reflection is lost at about 15 degrees: an aperture of f-number 2 no longer
    catches what a surface tilted by more than 7 degrees returns as from a mirror, and real
    surfaces are rough.
    """
    tilt_rad = np.arctan(np.gradient(surface_mm, step_mm))
    return np.asarray(0.1 + 0.9 * np.exp(-((tilt_rad / np.radians(18.0)) ** 2)))
