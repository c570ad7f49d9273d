"""Single bright things: points with an echo of their own, added to what the tissue sends back."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.compiled import compiled
from simulators.imaging.beams import Beams, Line
from simulators.imaging.march import Floats
from simulators.imaging.transducer import SIGMA_OF_FWHM, Transducer

Waves: TypeAlias = NDArray[np.complex64]


@dataclass(frozen=True, slots=True, eq=False)
class Echoes:
    """Points of probe space, mm, and the amplitude of each; 1 is full white for a point that lies
    in the middle of the slice."""

    x_mm: Line
    y_mm: Line
    """Distance from the middle of the slice."""
    z_mm: Line
    amplitude: Waves


def slice_weight(transducer: Transducer, y_mm: Line, depth_mm: Line) -> Line:
    """Share of an echo's amplitude left when it lies beside the middle of the slice."""
    thinnest = transducer.slice_fwhm_mm * SIGMA_OF_FWHM
    away = (depth_mm - transducer.slice_focus_mm) / (0.8 * transducer.slice_focus_mm)
    sigma_mm = thinnest * np.sqrt(1.0 + away**2)
    return np.asarray(np.exp(-0.5 * (y_mm / sigma_mm) ** 2))


def add_echoes(field: Floats, echoes: Echoes, beams: Beams) -> None:
    """Add points to a field of (lines, samples, 2), each spread over the four places around it.

    A wave that runs on through its pulse is not followed: what is drawn is its envelope.
    """
    line, sample = beams.locate(echoes.x_mm, echoes.z_mm)
    weight = slice_weight(beams.transducer, echoes.y_mm, echoes.z_mm)
    waves = (echoes.amplitude * weight).astype(np.complex64)
    _splat(field, line.astype(np.float32), sample.astype(np.float32), waves.real, waves.imag)


@compiled
def _splat(field: Floats, lines: Floats, samples: Floats, re: Floats, im: Floats) -> None:
    for n in range(lines.size):
        i, j = int(np.floor(lines[n])), int(np.floor(samples[n]))
        if i < 0 or j < 0 or i >= field.shape[0] - 1 or j >= field.shape[1] - 1:
            continue
        right, down = lines[n] - np.float32(i), samples[n] - np.float32(j)
        left, up = np.float32(1.0) - right, np.float32(1.0) - down
        field[i, j, 0] += left * up * re[n]
        field[i, j, 1] += left * up * im[n]
        field[i + 1, j, 0] += right * up * re[n]
        field[i + 1, j, 1] += right * up * im[n]
        field[i, j + 1, 0] += left * down * re[n]
        field[i, j + 1, 1] += left * down * im[n]
        field[i + 1, j + 1, 0] += right * down * re[n]
        field[i + 1, j + 1, 1] += right * down * im[n]
