"""What a linear ultrasound probe shows of a scene at one moment.

Tissue is complex Gaussian noise fixed to the body, weighted by what scatters, plus the
surfaces that reflect. For each frame it is sampled where the beams now run, given the
needle's echoes, weakened along each beam, blurred to the resolution of the probe, and
compressed to grey. So the speckle is fully developed and moves with the tissue.
One thread at a time.
"""

import math
from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from simulators.anatomy.tissue import Field, Tissue
from simulators.beams import GRAIN, LINE_MM, LINES, SAMPLE_MM, SAMPLES, Beams, Waves, to_grey
from simulators.curves import Profile
from simulators.echoes import Echoes, NeedleSurface, bubble_echoes
from simulators.hand import ProbePose
from simulators.scene import Needle, Scene, to_body, to_picture

CELL = 8, 16
"""Beams and samples in a cell of the coarse mesh on which movement is worked out."""
SLICE_DECORRELATION_MM = 1.4
"""Speckle has changed altogether when the slice has been swept by this much."""
NEEDLE_SHADOW_DB = 3.0
SHADOW_EDGE_MM = 0.8
"""Width over which an edge shadow fades, because a beam is formed by many elements."""


@dataclass(frozen=True, slots=True, eq=False)
class _Patch:
    """The part of the body's grid that the beams cross, and where they cross it."""

    rows: slice
    columns: slice
    column: Field
    """Column inside the part, for each sample of each beam."""
    row: Field
    """Row inside the part."""

    def sample(self, part: Field, into: Field) -> None:
        """Values of this part of the body's grid there; beyond its border, those at the border."""
        cv2.remap(
            part,
            self.column,
            self.row,
            cv2.INTER_LINEAR,
            dst=into,
            borderMode=cv2.BORDER_REPLICATE,
        )


class Ultrasound:
    """A probe on a scene; making one takes some tenths of a second, a picture a few ms."""

    def __init__(self, scene: Scene, tissue: Tissue) -> None:
        self._scene = scene
        self._tissue = tissue
        self._slabs = _scatterers(tissue, scene.knee.seed)
        self._mixed: Field = np.empty_like(self._slabs[0])
        self._field: Field = np.empty((SAMPLES, LINES, 2), np.float32)
        self._beams = Beams(scene.knee.seed)
        self._needle = NeedleSurface(scene.knee.seed)
        self._mesh = _coarse_mesh()

    def image(self, time_s: float) -> ImageU8:
        """The grey picture at a scene time, 480 rows of 640."""
        return to_grey(self.envelope(time_s))

    def envelope(self, time_s: float) -> Field:
        """The echo amplitude before compression, one column a beam; 1 is full white."""
        probe, needle = self._scene.hand.probe(time_s), self._scene.needle(time_s)
        patch = self._patch(time_s, probe)
        field = self._tissue_echoes(patch, probe.sweep_mm)
        loss_db_mm = self._tissue_loss(patch)
        if needle is not None:
            _add(field, self._needle.echoes(needle, probe))
            _add_shadow(loss_db_mm, needle, probe)
        _add(field, bubble_echoes(self._scene.bubbles(time_s), probe))
        return self._beams.receive(field, _accumulate(loss_db_mm), round(time_s * 1000.0))

    def _patch(self, time_s: float, probe: ProbePose) -> _Patch:
        """Where in the body's grid every sample of every beam lies now."""
        x_mm, z_mm = self._scene.origin_of(*to_body(*self._mesh, probe), time_s)
        grid = self._tissue.grid
        columns = (x_mm - grid.left_mm) / grid.step_x_mm
        rows = (z_mm - grid.top_mm) / grid.step_z_mm
        left, right = _bounds(columns, grid.columns)
        top, bottom = _bounds(rows, grid.rows)
        where = _refine(columns - left), _refine(rows - top)
        return _Patch(slice(top, bottom), slice(left, right), *where)

    def _tissue_echoes(self, patch: _Patch, sweep_mm: float) -> Waves:
        """The body's echoes in the slice at `sweep_mm`: two slabs of noise at equal power."""
        turn = 0.5 * math.pi * sweep_mm / SLICE_DECORRELATION_MM
        first, second, still = (slab[patch.rows, patch.columns] for slab in self._slabs)
        mixed = self._mixed[patch.rows, patch.columns]
        cv2.addWeighted(first, math.cos(turn), second, math.sin(turn), 0.0, dst=mixed)
        cv2.add(mixed, still, dst=mixed)
        patch.sample(mixed, into=self._field)
        return self._field.view(np.complex64)[..., 0]

    def _tissue_loss(self, patch: _Patch) -> Field:
        """Attenuation in dB a mm for every second sample of every second beam."""
        rows, columns = patch.rows, patch.columns
        half = _Patch(rows, columns, patch.column[::2, ::2].copy(), patch.row[::2, ::2].copy())
        loss_db_mm: Field = np.empty(half.row.shape, np.float32)
        half.sample(self._tissue.attenuation_db_mm[rows, columns], into=loss_db_mm)
        return loss_db_mm


def _scatterers(tissue: Tissue, seed: int) -> tuple[Field, Field, Field]:
    """Two independent slabs of weighted noise and the reflecting surfaces, each (re, im)."""
    rng = np.random.default_rng([seed, 7])
    shape = (*tissue.diffuse.shape, 2)
    slabs = []
    for _ in range(2):
        white = rng.standard_normal(shape, np.float32)
        grain = cv2.GaussianBlur(white, (7, 7), GRAIN)
        unit = grain / np.float32(math.sqrt(2.0) * grain.std())
        slabs.append(np.asarray(unit * tissue.diffuse[..., None], np.float32))
    still = np.zeros(shape, np.float32)
    still[..., 0] = tissue.specular
    return slabs[0], slabs[1], still


def _coarse_mesh() -> tuple[Profile, Profile]:
    """Centres of mesh cells in picture mm, one cell beyond the picture on each side."""
    columns = np.arange(-1, LINES // CELL[0] + 1) + 0.5
    rows = np.arange(-1, SAMPLES // CELL[1] + 1) + 0.5
    x_mm, z_mm = np.meshgrid(columns * CELL[0] * LINE_MM, rows * CELL[1] * SAMPLE_MM)
    return x_mm, z_mm


def _refine(coarse: Profile) -> Field:
    """Values at the centres of the mesh's cells, brought to every sample of every beam."""
    size = (coarse.shape[1] * CELL[0], coarse.shape[0] * CELL[1])
    fine = cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine[CELL[1] : -CELL[1], CELL[0] : -CELL[0]], np.float32)


def _bounds(places: Profile, count: int) -> tuple[int, int]:
    """First and one past last of `count` grid lines that sampling at `places` touches."""
    return max(math.floor(places.min()), 0), min(math.ceil(places.max()) + 1, count)


def _accumulate(loss_db_mm: Field) -> Field:
    """What is lost down to each sample, in dB."""
    lost = np.cumsum(loss_db_mm, axis=0, dtype=np.float32) * np.float32(2.0 * SAMPLE_MM)
    soft = cv2.GaussianBlur(lost, (0, 0), SHADOW_EDGE_MM / (2.0 * LINE_MM), sigmaY=0.01)
    return np.asarray(cv2.resize(soft, (LINES, SAMPLES)), np.float32)


def _add(field: Waves, echoes: Echoes) -> None:
    """Add points to a field, each spread over the four samples around it."""
    x, z = echoes.x_mm / LINE_MM - 0.5, echoes.z_mm / SAMPLE_MM - 0.5
    inside = (x >= 0) & (x < LINES - 1) & (z >= 0) & (z < SAMPLES - 1)
    x, z, waves = x[inside], z[inside], echoes.amplitude[inside]
    column, row = x.astype(np.int64), z.astype(np.int64)
    right, down = (x - column).astype(np.float32), (z - row).astype(np.float32)
    flat, first = field.reshape(-1), row * LINES + column
    np.add.at(flat, first, waves * ((1 - right) * (1 - down)))
    np.add.at(flat, first + 1, waves * (right * (1 - down)))
    np.add.at(flat, first + LINES, waves * ((1 - right) * down))
    np.add.at(flat, first + LINES + 1, waves * (right * down))


def _add_shadow(loss_db_mm: Field, needle: Needle, probe: ProbePose) -> None:
    """What the shaft takes away from all that lies below it."""
    ends = np.array([needle.entry_mm, needle.tip_mm])
    x_mm, z_mm = to_picture(ends[:, 0], ends[:, 1], probe)
    centres = (np.arange(LINES // 2) + 0.5) * 2.0 * LINE_MM
    crossed = np.flatnonzero((centres > x_mm[0]) & (centres < x_mm[1]))
    depth = np.interp(centres[crossed], x_mm, z_mm) + 0.3
    rows = np.clip(depth / (2.0 * SAMPLE_MM), 0, SAMPLES // 2 - 1).astype(np.int64)
    loss_db_mm[rows, crossed] += NEEDLE_SHADOW_DB / (2.0 * SAMPLE_MM)
