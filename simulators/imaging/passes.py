"""Passes over a whole field of echoes, each in one go: fields are (lines, samples, 2)."""

import numpy as np

from drivers.compiled import compiled
from simulators.imaging.march import Floats

BRIGHTEST = np.float32(0.06)
"""Power of an echo that lingers; a brighter one is a mirror, whose echoes come back as one."""

GRAINY = np.float32(0.9)
"""Share of the haze's amplitude that changes from place to place and from picture to picture."""


@compiled
def keep_power(field: Floats, power: Floats) -> None:
    """Fill `power` (lines, samples) with what of each sample could linger, before any loss."""
    for line in range(field.shape[0]):
        for n in range(field.shape[1]):
            re, im = field[line, n, 0], field[line, n, 1]
            power[line, n] = min(re * re + im * im, BRIGHTEST)


@compiled
def weaken(field: Floats, through: Floats, gain: Floats, contact: Floats, power: Floats) -> None:
    """Multiply by what is left of a sample, the gain of its depth and the contact of its line.

    `power` loses as much, and gets no gain.
    """
    for line in range(field.shape[0]):
        for n in range(field.shape[1]):
            left = through[line, n]
            share = left * gain[n] * contact[line]
            field[line, n, 0] *= share
            field[line, n, 1] *= share
            power[line, n] *= left * left


@compiled
def linger(power: Floats, lingers: np.float32, share: Floats, contact: Floats) -> None:
    """Replace power by that of the haze which it leaves at all depths below.

    That is `share` (samples) of the mean of what is above, in which each sample counts for
    `lingers` of the one below it; and none on lines without contact.
    """
    for line in range(power.shape[0]):
        above, touch = np.float32(0.0), contact[line] * contact[line]
        for n in range(power.shape[1]):
            fresh = power[line, n]
            power[line, n] = share[n] * touch * above
            above = lingers * above + (np.float32(1.0) - lingers) * fresh


@compiled
def detect(
    field: Floats, haze: Floats, noise: Floats, level: Floats, face: Floats, envelope: Floats
) -> None:
    """The size of each wave with noise and the echo of the probe's face, (lines, samples).

    `haze` is the power of what comes back so often and from so many ways that it has little grain.
    """
    for line in range(field.shape[0]):
        for n in range(field.shape[1]):
            strength = level[n] + GRAINY * np.sqrt(haze[line, n])
            re = field[line, n, 0] + noise[line, n, 0] * strength + face[n]
            im = field[line, n, 1] + noise[line, n, 1] * strength
            envelope[line, n] = np.sqrt(re * re + im * im + haze[line, n])


@compiled
def calm(levels: Floats, mean: Floats, power: Floats, grain: np.float32, least: np.float32) -> None:
    """Draw levels towards their local mean, the more the nearer their variance is to `grain`.

    `power` is the local mean of their squares; `least` is the share of a difference that stays.
    """
    for line in range(levels.shape[0]):
        for n in range(levels.shape[1]):
            middle = mean[line, n]
            spread = max(power[line, n] - middle * middle, grain)
            kept = max(np.float32(1.0) - grain / spread, least)
            levels[line, n] = middle + kept * (levels[line, n] - middle)


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
