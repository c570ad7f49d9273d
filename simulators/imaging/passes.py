"""Passes over a whole field of echoes, each in one go: fields are (lines, samples, 2)."""

import numpy as np

from simulators.imaging.compiled import compiled
from simulators.imaging.march import Floats


@compiled
def weaken(field: Floats, through: Floats, gain: Floats, contact: Floats) -> None:
    """Multiply by what is left of a sample, the gain of its depth and the contact of its line."""
    for line in range(field.shape[0]):
        for n in range(field.shape[1]):
            share = through[line, n] * gain[n] * contact[line]
            field[line, n, 0] *= share
            field[line, n, 1] *= share


@compiled
def detect(field: Floats, noise: Floats, level: Floats, face: Floats, envelope: Floats) -> None:
    """The size of each wave with noise and the echo of the probe's face, (lines, samples)."""
    for line in range(field.shape[0]):
        for n in range(field.shape[1]):
            re = field[line, n, 0] + noise[line, n, 0] * level[n] + face[n]
            im = field[line, n, 1] + noise[line, n, 1] * level[n]
            envelope[line, n] = np.sqrt(re * re + im * im)


@compiled
def widen(field: Floats, kernels: Floats, into: Floats) -> None:
    """Blur across the lines; `kernels` (taps, values) differ from depth to depth.

    Both fields are (lines, values), both parts of a sample side by side; beyond the first and the
    last line there is nothing.
    """
    lines, values = field.shape
    reach = kernels.shape[0] // 2
    for line in range(lines):
        into[line] = np.float32(0.0)
        for tap in range(max(-reach, -line), min(reach, lines - 1 - line) + 1):
            for n in range(values):
                into[line, n] += kernels[tap + reach, n] * field[line + tap, n]


@compiled
def add_side_lobes(field: Floats, into: Floats, share: np.float32, fades: np.float32) -> None:
    """Each line with a share of all lines beside it, which fades from one to the next.

    Both are (lines, values); those on the left are gathered on the way there, those on the right on
    the way back.
    """
    lines, values = field.shape
    beside = np.zeros(values, np.float32)
    for line in range(lines):
        for n in range(values):
            into[line, n] = field[line, n] + share * beside[n]
            beside[n] = fades * (beside[n] + field[line, n])
    beside[:] = np.float32(0.0)
    for back in range(lines):
        line = lines - 1 - back
        for n in range(values):
            into[line, n] += share * beside[n]
            beside[n] = fades * (beside[n] + field[line, n])
