"""Random structure in tissue: mottles, streaks along fibres, beading of surfaces."""

import numpy as np

from drivers.opencv import cv2
from simulators.anatomy.tissue import Field, Grid
from simulators.curves import Profile


def blur(field: Field, along_mm: float, across_mm: float, grid: Grid) -> Field:
    """A field smoothed by a Gaussian of the given sigmas."""
    sigma = (along_mm / grid.step_x_mm, across_mm / grid.step_z_mm)
    size = [2 * int(np.ceil(3.0 * s)) + 1 for s in sigma]
    return np.asarray(cv2.GaussianBlur(field, size, sigmaX=sigma[0], sigmaY=sigma[1]), np.float32)


def mottle(rng: np.random.Generator, grid: Grid, along_mm: float, across_mm: float) -> Field:
    """Smooth random patches of mean 0 and standard deviation 1."""
    white = rng.standard_normal((grid.rows, grid.columns), np.float32)
    smooth = blur(white, along_mm, across_mm, grid)
    return np.asarray((smooth - smooth.mean()) / smooth.std(), np.float32)


def streaks(
    rng: np.random.Generator, grid: Grid, per_cm2: float, length_mm: float, across_mm: float = 0.05
) -> Field:
    """Scattered short lines along x, the strongest of amplitude about 1, most of them weaker."""
    cell_cm2 = grid.step_x_mm * grid.step_z_mm / 100.0
    hit = rng.random((grid.rows, grid.columns), np.float32) < per_cm2 * cell_cm2
    strength = rng.exponential(0.3, hit.shape).astype(np.float32)
    peak = grid.step_x_mm * grid.step_z_mm / (2.0 * np.pi * length_mm * across_mm)
    lines = blur(np.where(hit, strength, 0.0).astype(np.float32), length_mm, across_mm, grid)
    return np.asarray(lines / peak, np.float32)


def follow(field: Field, surface_mm: Profile, grid: Grid) -> Field:
    """A field shifted column by column so that its rows run parallel to a surface."""
    columns = np.broadcast_to(np.arange(grid.columns), field.shape)
    rows = np.arange(grid.rows)[:, None] - (surface_mm - surface_mm.mean()) / grid.step_z_mm
    bent = cv2.remap(
        field,
        columns.astype(np.float32),
        rows.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(bent, np.float32)


def beading(rng: np.random.Generator, x_mm: Profile, length_mm: float) -> Profile:
    """How the strength of a surface varies along it: positive, mean about 1."""
    step = x_mm[1] - x_mm[0]
    reach = int(4.0 * length_mm / step)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / length_mm) ** 2)
    rough = np.convolve(rng.standard_normal(x_mm.size + 2 * reach), kernel, "valid")
    return np.asarray(np.exp(0.7 * rough / rough.std() - 0.245))
