"""The knee painted as tissue. Levels and textures are set by eye against clinical pictures."""

from dataclasses import dataclass

import numpy as np

from simulators.anatomy.knee import Knee
from simulators.anatomy.texture import beading, follow, mottle, streaks
from simulators.anatomy.tissue import Canvas, Field, Grid, Tissue, facing
from simulators.curves import Profile

MARGIN_MM = 9.0
"""Tissue painted on each side of the resting picture, for the probe to move over."""
GRID = Grid(-MARGIN_MM, -2.0, 0.16, 0.08, 433, 546)
MUSCLE_DB, FAT_DB, PAD_DB, TENDON_DB = -48.0, -46.0, -38.0, -36.0
SKIN_DB, FLUID_DB, BONE_DB, SYNOVIUM_DB = -31.0, -66.0, -36.0, -33.0


@dataclass(frozen=True, slots=True, eq=False)
class _Brush:
    knee: Knee
    canvas: Canvas
    rng: np.random.Generator
    x: Profile

    def mottle(self, along_mm: float, across_mm: float, surface: Profile) -> Field:
        patches = mottle(self.rng, self.canvas.grid, along_mm, across_mm)
        return follow(patches, surface, self.canvas.grid)

    def streaks(self, per_cm2: float, length_mm: float, surface: Profile) -> Field:
        lines = streaks(self.rng, self.canvas.grid, per_cm2, length_mm)
        return follow(lines, surface, self.canvas.grid)

    def draw(self, surface: Profile, level_db: float, half_mm: float = 0.07) -> None:
        strength = 10.0 ** (level_db / 20.0) * beading(self.rng, self.x, 0.9)
        self.canvas.draw(surface, strength, half_mm)


def paint_knee(knee: Knee) -> Tissue:
    """The tissue of a knee, front to back; takes some tenths of a second."""
    canvas = Canvas(GRID, PAD_DB)
    brush = _Brush(knee, canvas, np.random.default_rng([knee.seed, 2]), GRID.x_mm())
    for paint in (_pads, _muscle, _fat, _skin, _tendon, _recess, _femur, _patella):
        paint(brush)
    shading = 0.18 * mottle(brush.rng, GRID, 2.0, 2.0)
    canvas.absorb(shading)
    return canvas.finish()


def _pads(brush: _Brush) -> None:
    """Suprapatellar and prefemoral fat pads: cloudy, with a few short septa."""
    middle = brush.knee.recess_middle(brush.x)
    clouds = 4.0 * brush.mottle(2.5, 0.8, middle) + 3.0 * brush.mottle(0.8, 0.2, middle)
    everywhere = np.ones_like(clouds)
    septa = 0.18 * brush.streaks(12.0, 1.2, middle) + 0.10 * brush.streaks(80.0, 0.4, middle)
    brush.canvas.fill(everywhere, PAD_DB + clouds, 0.1, septa)


def _muscle(brush: _Brush) -> None:
    """Vastus: dark, with bright strands that run down to the right."""
    top, bottom = brush.knee.fascia(brush.x), brush.knee.muscle_bottom(brush.x)
    fibres = top + 0.13 * brush.x
    bundles = 2.5 * brush.mottle(5.0, 0.3, fibres) + 2.0 * brush.mottle(1.5, 0.6, fibres)
    strands = 0.14 * brush.streaks(40.0, 1.6, fibres) + 0.10 * brush.streaks(60.0, 0.6, fibres)
    brush.canvas.fill(brush.canvas.cover(top, bottom), MUSCLE_DB + bundles, 0.05, strands)
    brush.draw(bottom, -28.0)


def _fat(brush: _Brush) -> None:
    """Fat below the skin: dark lobules between bright septa."""
    top, bottom = brush.knee.skin(brush.x), brush.knee.fascia(brush.x)
    lobules = np.abs(brush.mottle(2.4, 0.45, top))
    septa = 9.0 * np.exp(-((lobules / 0.22) ** 2))
    level = FAT_DB + septa + 1.5 * brush.mottle(0.8, 0.4, top)
    lines = 0.12 * brush.streaks(80.0, 1.0, top)
    brush.canvas.fill(brush.canvas.cover(top, bottom), level, 0.0, lines)
    brush.draw(bottom, -18.0)
    brush.draw(bottom + 0.35, -26.0)


def _skin(brush: _Brush) -> None:
    """Skin: an even bright band with a brighter lower border."""
    bottom = brush.knee.skin(brush.x)
    level = SKIN_DB + 2.0 * brush.mottle(1.5, 0.12, bottom)
    brush.canvas.fill(brush.canvas.cover(np.full_like(bottom, -9.0), bottom), level, 0.1)
    brush.draw(bottom, -26.0)


def _tendon(brush: _Brush) -> None:
    """Quadriceps tendon: fine bright lines along it, fainter where it tilts (anisotropy)."""
    top, bottom = brush.knee.tendon_top(brush.x), brush.knee.tendon_bottom(brush.x)
    slope_rad = np.arctan(np.gradient(0.5 * (top + bottom), GRID.step_x_mm))
    upright_db = -6.0 * (1.0 - np.exp(-((slope_rad / np.radians(8.0)) ** 2)))
    lines = 3.5 * brush.mottle(4.0, 0.09, top) + 1.5 * brush.mottle(2.5, 0.9, top)
    fibrils = 0.13 * brush.streaks(220.0, 1.6, top)
    cover = brush.canvas.cover(top, bottom)
    brush.canvas.fill(cover, TENDON_DB + upright_db + lines, 0.25, fibrils)
    brush.draw(top, -21.0)
    brush.draw(bottom, -23.0)


def _recess(brush: _Brush) -> None:
    """Effusion: black, with haze below its upper wall, between thin walls of synovium."""
    top, bottom = brush.knee.recess_top(brush.x), brush.knee.recess_bottom(brush.x)
    wall = 0.4 * (bottom > top + 0.05)
    lining = brush.canvas.cover(top - wall, bottom + wall)
    brush.canvas.fill(lining, SYNOVIUM_DB + 3.0 * brush.mottle(0.8, 0.3, top), 0.1)
    below_mm = np.clip(GRID.z_mm() - top, 0.0, None)
    haze = FLUID_DB + 18.0 * np.exp(-below_mm / 0.9) + 2.0 * brush.mottle(1.5, 0.5, top)
    brush.canvas.fill(brush.canvas.cover(top, bottom, 0.15), haze, -0.8)
    there = np.where(bottom > top + 1.0, 1.0, 0.0)
    for surface, level_db in ((top, -28.0), (bottom, -22.0)):
        strength = 10.0 ** (level_db / 20.0) * beading(brush.rng, brush.x, 0.7)
        brush.canvas.draw(surface, strength * there)


def _femur(brush: _Brush) -> None:
    _bone(brush, brush.knee.femur(brush.x), -1.0)


def _patella(brush: _Brush) -> None:
    _bone(brush, brush.knee.patella(brush.x), -2.0)


def _bone(brush: _Brush, surface: Profile, level_db: float) -> None:
    """A cortex: a strong line with a short tail, and next to nothing gets through it."""
    below_mm = np.clip(GRID.z_mm() - surface, 0.0, None)
    inside = brush.canvas.cover(surface, np.full_like(surface, 99.0))
    rough = 2.5 * brush.mottle(0.8, 0.25, surface)
    tail = level_db - 13.0 + 20.0 * np.log10(facing(surface, GRID.step_x_mm))
    haze = np.maximum(tail - 14.0 * below_mm, BONE_DB - 1.0 * below_mm) + rough
    brush.canvas.fill(inside, haze, 0.0)
    loss = inside * 24.0 * np.exp(-below_mm / 1.0) * np.clip(below_mm / 0.3, 0.0, 1.0)
    brush.canvas.absorb(loss.astype(np.float32))
    brush.draw(surface, level_db, 0.07)
