"""What a needle adds to the picture: the shaft, the tip, its copies below, and its shadow.

A smooth shaft mirrors the beam: it is bright where it lies across the beam and fades as it tilts,
as less of the mirrored wave meets the probe. Copies below it are the wave that runs through the
steel again and again.
"""

import math

import numpy as np
from numpy.typing import NDArray

from drivers.compiled import compiled
from simulators.anatomy.shapes import Points
from simulators.curves import make_wave
from simulators.imaging.beams import Beams, Line
from simulators.imaging.march import Floats
from simulators.imaging.points import Echoes, slice_weight
from simulators.needle import STEP_MM, Needle

GLINT_RAD = math.radians(24.0)
"""How far a shaft may tilt before it sends its mirror echo past the probe (1/e)."""
DULL = 0.12
"""Share of its echo that a shaft keeps at any tilt."""
DIMPLED = 0.55
"""The same near an echogenic tip."""
DIMPLED_MM = 12.0
AMPLITUDE = 0.9
USUAL_MM = 0.718
"""Outer diameter of the needle that AMPLITUDE is of; echoes go with the square root of it."""
COPIES = 4
COPY_STEP = 1.05
"""Depth between copies, in outer diameters."""
TIP_SIGMA_MM = 0.12
FLASH, FLASHES_MM = 1.6, 0.8
"""How much brighter a tip is while it moves, and the way from one flash to the next; by eye."""
SHADOW_DB = 3.0
LONGEST_MM = 200.0


class NeedleSurface:
    """One needle's finish: how its echo differs along its length."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 5])
        along = np.arange(0.0, LONGEST_MM, STEP_MM)
        waves = make_wave(rng, 0.4, 5.0)(along) + make_wave(rng, 0.3, 0.9)(along)
        rough = rng.standard_normal((2, along.size))
        self._finish = np.exp(waves) * (1.0 + 0.35 * (rough[0] + 1j * rough[1]))
        self._turns = np.exp(2j * np.pi * rng.random(COPIES + 1))
        self._bevel = make_wave(rng, 0.6, FLASHES_MM)

    def echoes(self, needle: Needle, body_to_probe: NDArray[np.float64], beams: Beams) -> Echoes:
        """Shaft, tip and copies as the needle lies now."""
        x, y, z = _moved(needle.shaft(), body_to_probe)
        along = needle.from_tip_mm()
        beam = beams.directions(beams.locate(x, z)[0])
        glint = np.exp(-((_tilt_rad(x, y, z, beam) / GLINT_RAD) ** 2))
        shaft = (_dull(needle, along) + glint) * self._finish[: along.size]
        lit = 1.3 + 1.2 * glint + self._flash(needle)
        tip = lit * np.exp(-0.5 * (along / TIP_SIGMA_MM) ** 2)
        size = AMPLITUDE * math.sqrt(needle.kind.outer_mm / USUAL_MM)
        gain = 0.2 + 0.3 * glint
        levels, copy = [size * (shaft + tip)], size * shaft
        for turn in self._turns[1:]:
            copy = copy * gain
            levels.append(copy * turn)
        step_mm = COPY_STEP * needle.kind.outer_mm
        return _one_below_another(x, y, z, levels, step_mm, beam)

    def _flash(self, needle: Needle) -> float:
        """What a tip that moves has more: its bevel turns towards the probe for moments."""
        return FLASH * needle.hurry * math.exp(self._bevel(np.array([needle.inserted_mm]))[0])


def _one_below_another(
    x: Line,
    y: Line,
    z: Line,
    levels: list[NDArray[np.complex128]],
    step_mm: float,
    beam: tuple[Line, Line],
) -> Echoes:
    """Echoes of the same points again and again, further down their beams each time."""
    across, down = beam
    further = [n * step_mm for n in range(len(levels))]
    return Echoes(
        np.concatenate([x + mm * across for mm in further]),
        np.tile(y, len(levels)),
        np.concatenate([z + mm * down for mm in further]),
        np.concatenate(levels).astype(np.complex64),
    )


def needle_shade(needle: Needle, body_to_probe: NDArray[np.float64], beams: Beams) -> Floats:
    """Loss in dB (lines, samples) of all that lies below the shaft."""
    x, y, z = _moved(needle.shaft(), body_to_probe)
    line, sample = beams.locate(x, z)
    weight = slice_weight(beams.transducer, y, z)
    shade = np.zeros((beams.lines, beams.samples), np.float32)
    _shade(shade, line.astype(np.float32), sample.astype(np.float32), weight.astype(np.float32))
    return shade


@compiled
def _shade(shade: Floats, lines: Floats, samples: Floats, weights: Floats) -> None:
    for n in range(lines.size):
        line, first = int(np.round(lines[n])), int(samples[n]) + 2
        if line < 0 or line >= shade.shape[0] or first < 0 or first >= shade.shape[1]:
            continue
        loss = np.float32(SHADOW_DB) * weights[n]
        if shade[line, shade.shape[1] - 1] < loss:
            shade[line, first:] = loss


def _moved(points: Points, matrix: NDArray[np.float64]) -> tuple[Line, Line, Line]:
    x, y, z = matrix[:3, :3] @ points + matrix[:3, 3:]
    return x, y, z


def _tilt_rad(x: Line, y: Line, z: Line, beam: tuple[Line, Line]) -> Line:
    """How far the shaft is from lying across the beam, at each of its points."""
    if x.size < 2:
        return np.zeros_like(x)
    along = np.gradient(np.stack([x, y, z]), axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=0), 1e-12)
    across, down = beam
    return np.asarray(np.arcsin(np.clip(np.abs(along[0] * across + along[2] * down), 0.0, 1.0)))


def _dull(needle: Needle, along: Line) -> Line:
    """Echo that needs no mirror."""
    if not needle.kind.echogenic:
        return np.full_like(along, DULL)
    return np.where(along < DIMPLED_MM, DIMPLED, DULL)
