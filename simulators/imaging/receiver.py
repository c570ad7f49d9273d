"""What probe and console do to echoes: sharpness, gain, noise, and the probe's own face.

Fields are (lines, samples, 2): the two parts of a wave. One thread at a time.
"""

import math

import numpy as np
from numpy.typing import NDArray

from drivers.opencv import cv2
from simulators.imaging.beams import Beams, Line
from simulators.imaging.march import Floats
from simulators.imaging.passes import add_side_lobes, detect, keep_power, linger, weaken, widen
from simulators.imaging.reflections import Layers, add_reflections, find_layers
from simulators.imaging.settings import TIME_GAIN_SLIDERS, Settings
from simulators.imaging.tiles import another_part
from simulators.imaging.tissues import MADE_GOOD_DB_CM_MHZ

NOISE_DB = -118.0
"""Electronic noise at the face; it grows with the time gain."""
MOST_NOISE_DB = -50.0
"""A console gives no more time gain than makes its noise as bright as this."""
NOISE_SPARE = 96
"""Rows and columns of noise beyond a picture's, so that each moment gets another part."""
WIDEST = 2.0
"""Far from its focus a beam is at most this much wider."""
SIDE_LOBES = 0.012
"""Amplitude of all that a beam brings from beside it, against what lies in it, in speckle."""
LOBE_FADES = 0.95
"""What is left of a side lobe from one line to the next."""
LOBE = np.float32(SIDE_LOBES * math.sqrt((1.0 - LOBE_FADES**2) / (1.0 + LOBE_FADES**2)))
"""Amplitude of one side lobe beside its beam; their power together is that of SIDE_LOBES."""
SHADOW_EDGE_MM = 0.8
"""Over which the side of a shadow fades, because many elements form a beam."""
NEAR_LAYERS_MM = (1.2, 7.0)
"""Depths between which the layer lies that sends the near part back to the face."""
HAZE, HAZE_MM, HAZE_WIDE_MM = 0.14, 9.0, 6.0
"""Amplitude of what lingers on its way between the layers, the depth over which it fades, and how
far it spreads to the sides; set by eye."""
FACE_MM, FACE_LEVELS = (0.06, 0.3, 0.55, 0.85), (0.3, 0.05, 0.02, 0.01)
"""Ringing between the lens and the skin: even lines that never move."""


class Receiver:
    """A probe with its settings; the same seed gives the same noise."""

    def __init__(self, beams: Beams, settings: Settings, seed: int, haze: float) -> None:
        """`haze` is that of the body."""
        self._beams, self._settings = beams, settings
        self.depth_mm: Line = (np.arange(beams.samples, dtype=np.float64) + 0.5) * beams.step_mm
        whole_mm = beams.step_mm * int(self.axial_sigma_mm / beams.step_mm)
        self.voxel_mm = whole_mm or self.axial_sigma_mm
        """Side of a scatterer's voxel: small enough that the pulse sees no grid, and whole steps
        where it is longer than one, so that each counts as often as the next."""
        self._pitch_mm = float(beams.pitch_mm(np.array([0.5 * beams.depth_mm]))[0])
        self._axial = _bell(self._narrowed(self.axial_sigma_mm) / beams.step_mm)
        self._lateral = self._lateral_kernels()
        self._lateral_of_parts = np.repeat(self._lateral, 2, axis=1)
        self._gain = (self._even() * self._time_gain()).astype(np.float32)
        self._noise = _noise(np.random.default_rng([seed, 6]), beams)
        self._haze_share = (haze * HAZE * self._time_gain()).astype(np.float32) ** 2
        self._haze_lines = 1 + 2 * round(0.5 * HAZE_WIDE_MM / self._pitch_mm)
        self._power: Floats = np.empty((beams.lines, beams.samples), np.float32)
        self._lingers = np.float32(math.exp(-beams.step_mm / HAZE_MM))
        self._noise_gain = self._noise_level()
        self._face = self._face_echo()
        self._layers: Layers = np.zeros(beams.lines, np.int32)
        self._nearest, self._deepest = (round(mm / beams.step_mm) for mm in NEAR_LAYERS_MM)
        self._spare: Floats = np.empty((beams.lines, beams.samples, 2), np.float32)

    @property
    def axial_sigma_mm(self) -> float:
        """1 sigma of the echo of a point along the beam, mm."""
        return self._beams.transducer.axial_sigma_mm(self._settings.mhz)

    def lateral_sigma_mm(self, depth_mm: Line) -> Line:
        """1 sigma of the echo of a point across the beam, at these depths, mm."""
        transducer, mhz = self._beams.transducer, self._settings.mhz
        reach = 15.0 * transducer.wavelength_mm(mhz) * transducer.f_number**2
        wider = np.sqrt(1.0 + ((depth_mm - self._settings.focus_mm) / reach) ** 2)
        return np.asarray(transducer.focus_sigma_mm(mhz) * np.minimum(wider, WIDEST))

    def meet_tissue(self, field: Floats) -> None:
        """Take note of the tissue's echoes, before any loss, for what comes back by a detour.

        What lies in it, such as a needle, is a mirror at a slant: its echoes linger nowhere.
        """
        keep_power(field, self._power)
        find_layers(field, self._nearest, self._deepest, self._layers)

    def receive(self, field: Floats, loss_db: Floats, contact: Floats, moment: int) -> Floats:
        """The envelope (lines, samples), 1 is full white; the field is used up. After meet_tissue.

        `contact` is what is left of each line's amplitude where not all of its aperture touches
        the skin; `moment` picks the noise.
        """
        soft = self._softened(loss_db)
        soft *= np.float32(-math.log(10.0) / 20.0)
        through = np.asarray(cv2.exp(soft), np.float32)
        weaken(field, through, self._gain, contact, self._power)
        haze = np.asarray(cv2.blur(self._power, (1, self._haze_lines)), np.float32)
        linger(haze, self._lingers, self._haze_share, contact)
        add_reflections(field, loss_db, self._layers)
        waves, envelope = self._blurred(field), np.empty(loss_db.shape, np.float32)
        detect(waves, haze, self._noise_part(moment), self._noise_gain, self._face, envelope)
        return envelope

    def _blurred(self, field: Floats) -> Floats:
        cv2.sepFilter2D(field, -1, self._axial, np.ones(1, np.float32), dst=self._spare)
        widen(_flat(self._spare), self._lateral_of_parts, _flat(field))
        add_side_lobes(_flat(field), _flat(self._spare), LOBE, np.float32(LOBE_FADES))
        return self._spare

    def _softened(self, loss_db: Floats) -> Floats:
        """Loss with the sides of shadows as soft as an aperture makes them."""
        sigma = SHADOW_EDGE_MM / self._pitch_mm
        return np.asarray(cv2.GaussianBlur(loss_db, (0, 0), 0.01, sigmaY=sigma), np.float32)

    def _narrowed(self, sigma_mm: float) -> float:
        """What is left to blur, as the voxels of the scatterers have a width already."""
        return math.sqrt(sigma_mm**2 - self.voxel_mm**2 / 12.0)

    def _lateral_kernels(self) -> Floats:
        """(taps, samples): a bell for each depth, of sum 1."""
        sigma_mm = np.sqrt(self.lateral_sigma_mm(self.depth_mm) ** 2 - self.voxel_mm**2 / 12.0)
        sigma = sigma_mm / self._beams.pitch_mm(self.depth_mm)
        reach = math.ceil(2.7 * float(sigma.max()))
        taps = np.arange(-reach, reach + 1)[:, None]
        bells = np.exp(-0.5 * (taps / sigma) ** 2)
        return np.ascontiguousarray(bells / bells.sum(axis=0), np.float32)

    def _even(self) -> Line:
        """Gain for each depth that keeps speckle as strong as its scatterers."""
        along = _energy(self._axial[None, :], np.array([self._beams.step_mm]), self.voxel_mm)
        pitch_mm = self._beams.pitch_mm(self.depth_mm)
        across = _energy(self._lateral.T, pitch_mm, self.voxel_mm)
        return np.asarray(1.0 / np.sqrt(along * across))

    def _time_gain(self) -> Line:
        sliders = np.linspace(0.0, self._beams.depth_mm, TIME_GAIN_SLIDERS)
        db = np.interp(self.depth_mm, sliders, self._settings.time_gain_db)
        return np.asarray(10.0 ** (db / 20.0))

    def _noise_level(self) -> Floats:
        made_good = MADE_GOOD_DB_CM_MHZ * self._settings.mhz * 2.0 * self.depth_mm / 10.0
        level = 10.0 ** (np.minimum(NOISE_DB + made_good, MOST_NOISE_DB) / 20.0) * self._time_gain()
        return level.astype(np.float32)

    def _noise_part(self, moment: int) -> Floats:
        return another_part(self._noise, self._beams.lines, self._beams.samples, moment)

    def _face_echo(self) -> Floats:
        """Of its real part; the other is 0."""
        rings = [
            level * np.exp(-0.5 * ((self.depth_mm - at_mm) / 0.07) ** 2)
            for at_mm, level in zip(FACE_MM, FACE_LEVELS, strict=True)
        ]
        return np.asarray(sum(rings), np.float32)


def _flat(field: Floats) -> Floats:
    """Both parts of each sample side by side, (lines, 2 * samples)."""
    return field.reshape(field.shape[0], -1)


def _bell(sigma: float) -> Floats:
    reach = math.ceil(2.7 * sigma)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(bell / bell.sum(), np.float32)


def _energy(kernels: NDArray[np.floating], step_mm: Line, voxel_mm: float) -> Line:
    """Power that is left of unit noise in voxels after each kernel with taps `step_mm` apart."""
    taps = np.arange(kernels.shape[1])
    apart_mm = np.abs(taps[:, None] - taps[None, :]) * step_mm[:, None, None]
    alike = np.maximum(1.0 - apart_mm / voxel_mm, 0.0)
    return np.asarray(np.einsum("na,nab,nb->n", kernels, alike, kernels))


def _noise(rng: np.random.Generator, beams: Beams) -> Floats:
    """Receiver noise: white across the beams, of the pulse's band along them, rms 1."""
    shape = (beams.lines + NOISE_SPARE, beams.samples + NOISE_SPARE, 2)
    white = rng.standard_normal(shape, np.float32)
    band = cv2.sepFilter2D(white, -1, _bell(0.9), np.ones(1, np.float32))
    return np.asarray(band / (math.sqrt(2.0) * band.std()), np.float32)
