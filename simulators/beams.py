"""A linear probe and its console: from echoes along the beams to grey, alike for every frame.

A field has a row for each sample in depth and a column for each beam. One thread at a time.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.anatomy.knee import WIDTH_MM
from simulators.anatomy.tissue import Field, amplitude
from simulators.curves import Profile
from simulators.scene import HEIGHT_PX, MM_PER_PX, WIDTH_PX

Waves: TypeAlias = NDArray[np.complex64]

LINES, SAMPLES = 320, HEIGHT_PX
LINE_MM, SAMPLE_MM = WIDTH_MM / LINES, MM_PER_PX
AXIAL_SIGMA_MM = 0.095
"""1 sigma of the pulse: about 1.7 wavelengths of 12 MHz at half height."""
FOCUS_SIGMA_MM, WIDE_SIGMA_MM = 0.2, 0.38
"""1 sigma across the beam in the focus, 1.2 wavelengths times f-number 3, and far from it."""
FOCUS_MM, FOCUS_REACH_MM = 17.0, 14.0
GRAIN = 0.8
"""Blur that the tissue's own noise has already, in samples each way."""
RANGE_DB = 64.0
NOISE_DB, NOISE_DB_MM = -72.0, 0.33
"""Electronic noise at the probe face, and how it grows with the time gain."""
_NOISE_MARGIN = 96


class Beams:
    """What the probe and the console do to echoes; the same seed gives the same noise."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 6])
        z_mm: Profile = (np.arange(SAMPLES, dtype=np.float64)[:, None] + 0.5) * SAMPLE_MM
        sharp = np.exp(-(((z_mm - FOCUS_MM) / FOCUS_REACH_MM) ** 2))
        self._sharp: Field = sharp.astype(np.float32)
        self._gain: Field = (_even_speckle(sharp) * _aperture_gain()).astype(np.float32)
        self._noise = _noise_tile(rng)
        self._noise_gain = amplitude(NOISE_DB + NOISE_DB_MM * z_mm)
        self._face = _face_echo(z_mm)
        self._spare: Waves = np.empty((SAMPLES, LINES), np.complex64)

    def receive(self, field: Waves, loss_db: Field, moment: int) -> Field:
        """The envelope of a field weakened by `loss_db`; the field is used up.

        `moment` picks the electronic noise. Memory is used again here because asking for
        it anew cost a third of the frame's time.
        """
        through = np.asarray(cv2.exp(loss_db * np.float32(-math.log(10.0) / 20.0)), np.float32)
        through *= self._gain
        np.multiply(field, through, out=field)
        waves = self._blur(field)
        waves += np.multiply(self._noise_window(moment), self._noise_gain, out=field)
        waves += self._face
        return np.abs(waves)

    def _blur(self, field: Waves) -> Waves:
        """Blur to the width of the pulse and of the beam, which is narrowest in the focus."""
        sigma_z = math.sqrt((AXIAL_SIGMA_MM / SAMPLE_MM) ** 2 - GRAIN**2)
        first = math.sqrt((FOCUS_SIGMA_MM / LINE_MM) ** 2 - GRAIN**2)
        then = math.sqrt(WIDE_SIGMA_MM**2 - FOCUS_SIGMA_MM**2) / LINE_MM
        sharp = _smooth(field, first, sigma_z, into=self._spare)
        wide = _smooth(sharp, then, 0.0, into=field)
        sharp -= wide
        sharp *= self._sharp
        sharp += wide
        return sharp

    def _noise_window(self, moment: int) -> Waves:
        top, left = (moment * 6_151) % _NOISE_MARGIN, (moment * 3_571) % (_NOISE_MARGIN - 1)
        return self._noise[top : top + SAMPLES, left : left + LINES]


def to_grey(envelope: Field) -> ImageU8:
    """The envelope compressed over RANGE_DB and drawn at the size of the picture.

    A local mean fills the gaps between the grains of speckle, as consoles do; set by eye.
    """
    power = envelope * envelope
    power += 2.0 * cv2.GaussianBlur(power, (7, 3), sigmaX=1.6, sigmaY=0.7)
    floor = np.float32(3.0 * 10.0 ** (-RANGE_DB / 10.0))
    levels = cv2.log(np.maximum(power, floor) / floor)
    scale = 255.0 * 10.0 / (math.log(10.0) * RANGE_DB)
    grey = cv2.convertScaleAbs(levels, alpha=scale)
    wide = cv2.resize(cv2.LUT(grey, _CURVE), (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide, np.uint8)


def _smooth(field: Waves, sigma_x: float, sigma_z: float, into: Waves) -> Waves:
    pairs, smooth = (waves.view(np.float32).reshape(SAMPLES, LINES, 2) for waves in (field, into))
    across, along = _kernel(sigma_x), _kernel(sigma_z)
    cv2.sepFilter2D(pairs, -1, across, along, dst=smooth, borderType=cv2.BORDER_REFLECT)
    return into


def _kernel(sigma: float) -> Field:
    if sigma == 0.0:
        return np.ones(1, np.float32)
    reach = math.ceil(2.7 * sigma)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(bell / bell.sum(), np.float32)


def _even_speckle(sharp: Profile) -> Profile:
    """Gain per depth that keeps speckle as strong where the beam is wide: energy of the blur."""
    a, b = FOCUS_SIGMA_MM / LINE_MM, WIDE_SIGMA_MM / LINE_MM
    across = sharp**2 / (2 * a) + (1 - sharp) ** 2 / (2 * b)
    across = across + 2 * sharp * (1 - sharp) / math.sqrt(2 * (a * a + b * b))
    along = 1.0 / (2 * AXIAL_SIGMA_MM / SAMPLE_MM)
    energy = 4.0 * GRAIN**2 * along * across
    return np.asarray(1.0 / np.sqrt(energy))


def _aperture_gain() -> Profile:
    """Fewer elements listen at the ends of the probe."""
    x_mm = (np.arange(LINES) + 0.5) * LINE_MM
    nearer_end_mm = np.minimum(x_mm, WIDTH_MM - x_mm)
    return np.asarray(1.0 - 0.45 * np.exp(-nearer_end_mm / 1.5))


def _noise_tile(rng: np.random.Generator) -> Waves:
    """Receiver noise: white across the beams, of the pulse's band along them, rms 1."""
    shape = (SAMPLES + _NOISE_MARGIN, LINES + _NOISE_MARGIN, 2)
    white = rng.standard_normal(shape, np.float32)
    band = cv2.sepFilter2D(white, -1, _kernel(0.0), _kernel(0.9))
    unit = np.asarray(band / (math.sqrt(2.0) * band.std()), np.float32)
    return unit.view(np.complex64)[..., 0]


def _face_echo(z_mm: Profile) -> Waves:
    """Ringing between the lens and the skin: a few even lines that never move."""
    depths_mm, levels = (0.06, 0.3, 0.55, 0.85), (0.5, 0.2, 0.09, 0.04)
    rings = [
        level * np.exp(-0.5 * ((z_mm - depth_mm) / 0.07) ** 2)
        for depth_mm, level in zip(depths_mm, levels, strict=True)
    ]
    return np.asarray(sum(rings), np.complex64)


def _grey_curve() -> ImageU8:
    """A gentle S: dark stays dark, tissue spreads over the middle greys."""
    grey = np.arange(256) / 255.0
    return np.round(255.0 * (0.7 * grey + 0.3 * grey * grey * (3.0 - 2.0 * grey))).astype(np.uint8)


_CURVE = _grey_curve()
