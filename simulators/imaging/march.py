"""The walk down every beam: what is there, how much of it comes back, how much is lost on the way.

Geometry is known at the nodes of a coarse mesh, every CELL_LINES lines and CELL_SAMPLES samples, and
runs straight between them, so that borders stay sharp while few distances are worked out. A cell in
which one structure covers all needs no look at the others.
"""

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.imaging.compiled import compiled
from simulators.imaging.tiles import GRAIN_UNIT, Tile, Tiles

Floats: TypeAlias = NDArray[np.float32]

CELL_LINES, CELL_SAMPLES = 4, 8
REACH_MM = 0.8
"""Further than this from its surface a structure's edge gives no echo."""
MOST_LOST_DB = np.float32(120.0)
"""What is weaker than this is nothing."""
MOST_ACTIVE = 8
"""Structures whose surfaces may meet in one cell."""


class Mesh(NamedTuple):
    """What is known at the nodes; lines // CELL_LINES + 1 by samples // CELL_SAMPLES + 1 of them."""

    place: Floats
    """(3, lines, samples): where in the resting body, mm."""
    distance: Floats
    """(structures, lines, samples): signed, mm."""
    deep: Floats
    """(structures, lines, samples): depth below the upper surface, mm."""
    upright: Floats
    """(structures, lines): how well what runs along the fibres faces the beam, 0 to 1."""


class Tissues(NamedTuple):
    """What the structures do, one row each."""

    level: Floats
    """(structures, 256): amplitude of scattering for each value of a patch."""
    loss_db: Floats
    """A sample, both ways, beyond what the console's time gain makes good."""
    strand: Floats
    """Amplitude of the brightest strands; 0 without any."""
    fibres: Floats
    """(structures, 3): unit vectors."""
    patch_scale: Floats
    """(structures, 3): tile voxels a mm along, across and deep."""
    strand_scale: Floats
    """(structures, 3): the same for strands."""
    edge: Floats
    """Amplitude of the surface facing the beam."""
    sharpness: Floats
    edge_scale: Floats
    """One divided by the half width of the edge, 1/mm."""
    enter_db: Floats
    """Loss of a beam that goes in."""
    grazing_db: Floats
    """Loss a sample where the beam runs along the surface."""


class Steps(NamedTuple):
    """How far things are apart."""

    voxels: np.float32
    """Of grain, a mm in the image plane."""
    sheets: np.float32
    """Of grain, a mm across it."""
    sample_mm: np.float32
    """Along a beam."""


class Medium(NamedTuple):
    """All that the beams meet."""

    mesh: Mesh
    tissues: Tissues
    tiles: Tiles
    steps: Steps


@compiled
def march(medium: Medium, field: Floats, loss: Floats) -> None:
    """Fill `field` (lines, samples, 2) with echoes before any loss, `loss` with dB lost so far."""
    active = np.empty(MOST_ACTIVE, np.int64)
    lost, within = np.empty(CELL_LINES, np.float32), np.empty(CELL_LINES, np.int64)
    for cell in range(field.shape[0] // CELL_LINES):
        lost[:] = 0.0
        within[:] = 0
        for row in range(field.shape[1] // CELL_SAMPLES):
            count, base = _surfaces(medium.mesh.distance, cell, row, active)
            for beside in range(CELL_LINES):
                line = cell * CELL_LINES + beside
                lost[beside], within[beside] = _march_cell(
                    medium, line, row, active[:count], base, lost[beside], within[beside],
                    field[line], loss[line],
                )  # fmt: skip


@compiled
def _surfaces(distance: Floats, cell: int, row: int, active: NDArray[np.int64]) -> tuple[int, int]:
    """Structures with a surface in or near this cell, the uppermost first, and what fills the rest."""
    count = 0
    for k in range(distance.shape[0] - 1, 0, -1):
        a, b = distance[k, cell, row], distance[k, cell, row + 1]
        c, d = distance[k, cell + 1, row], distance[k, cell + 1, row + 1]
        if max(a, b, c, d) < -REACH_MM:
            return count, k
        if min(a, b, c, d) < REACH_MM and count < MOST_ACTIVE:
            active[count] = k
            count += 1
    return count, 0


@compiled
def _run(nodes: Floats, line: int, row: int) -> tuple[float, float]:
    """A value at the first sample of this cell on this line, and its change a sample."""
    cell, share = line // CELL_LINES, np.float32(line % CELL_LINES) / np.float32(CELL_LINES)
    upper = nodes[cell, row] + share * (nodes[cell + 1, row] - nodes[cell, row])
    lower = nodes[cell, row + 1] + share * (nodes[cell + 1, row + 1] - nodes[cell, row + 1])
    slope = (lower - upper) / np.float32(CELL_SAMPLES)
    return upper + np.float32(0.5) * slope, slope


@compiled
def _march_cell(
    medium: Medium,
    line: int,
    row: int,
    active: NDArray[np.int64],
    base: int,
    lost: float,
    within: int,
    field: Floats,
    loss: Floats,
) -> tuple[float, int]:
    """The samples of one line in one cell, from the top down; what is lost by then, and in what."""
    mesh, tissues, tiles, steps = medium
    x, dx = _run(mesh.place[0], line, row)
    y, dy = _run(mesh.place[1], line, row)
    z, dz = _run(mesh.place[2], line, row)
    deep, d_deep, known = x, dx, -1
    for n in range(CELL_SAMPLES):
        sample, step = row * CELL_SAMPLES + n, np.float32(n)
        k, edge, grazing = _meet(medium, line, row, step, active, base)
        if k != known:
            deep, d_deep = _run(mesh.deep[k], line, row)
            known = k
        here = (x + step * dx, y + step * dy, z + step * dz)
        level, strand, rough = _texture(tissues, tiles, k, here, deep + step * d_deep)
        strand *= mesh.upright[k, line // CELL_LINES]
        re, im = _scatterer(tiles.grain, here, steps)
        field[sample, 0] = level * re + strand + edge * rough
        field[sample, 1] = level * im
        if k != within:
            lost += tissues.enter_db[k]
            within = k
        lost = min(lost + tissues.loss_db[k] + grazing, MOST_LOST_DB)
        loss[sample] = lost
    return lost, within


@compiled
def _meet(
    medium: Medium, line: int, row: int, step: float, active: NDArray[np.int64], base: int
) -> tuple[int, float, float]:
    """What is here, the echo of surfaces nearby, and the loss along them."""
    tissues, edge, grazing = medium.tissues, np.float32(0.0), np.float32(0.0)
    for k in active:
        start, slope = _run(medium.mesh.distance[k], line, row)
        apart = start + step * slope
        if abs(apart) < REACH_MM:
            facing = min(abs(slope) / medium.steps.sample_mm, np.float32(1.0))
            edge += _edge(tissues, k, apart, facing)
            grazing += _grazing(tissues, k, apart, facing)
        if apart < 0.0:
            return k, edge, grazing
    return base, edge, grazing


@compiled
def _texture(
    tissues: Tissues, tiles: Tiles, k: int, here: tuple[float, float, float], below: float
) -> tuple[float, float, float]:
    """Amplitude of scattering, of a strand, and how rough a surface is here."""
    fx, fy, fz = tissues.fibres[k, 0], tissues.fibres[k, 1], tissues.fibres[k, 2]
    along = here[0] * fx + here[1] * fy + here[2] * fz
    across = here[0] * fy - here[1] * fx
    patch = _look_up(tiles.patches, along, across, below, tissues.patch_scale[k])
    rough = np.float32(0.75) + np.float32(patch) / np.float32(160.0)
    level, strand = tissues.level[k, patch + 128], np.float32(0.0)
    if tissues.strand[k] > 0.0:
        bright = _look_up(tiles.strands, along, across, below, tissues.strand_scale[k])
        strand = tissues.strand[k] * np.float32(bright) / np.float32(127.0)
    return level, strand, rough


@compiled
def _edge(tissues: Tissues, k: int, apart: float, facing: float) -> float:
    """Echo of a surface this far away."""
    if tissues.edge[k] < 1e-5:
        return np.float32(0.0)
    t = apart * tissues.edge_scale[k]
    bell = np.float32(1.0) + t * t
    return np.float32(tissues.edge[k] * facing ** tissues.sharpness[k] / (bell * bell))


@compiled
def _grazing(tissues: Tissues, k: int, apart: float, facing: float) -> float:
    """Loss in this sample by refraction, where the beam runs along a round surface."""
    if tissues.grazing_db[k] == 0.0 or facing > 0.35 or abs(apart) > 0.4:
        return np.float32(0.0)
    return np.float32(tissues.grazing_db[k] * (1.0 - facing / 0.35))


@compiled
def _look_up(tile: Tile, along: float, across: float, below: float, scale: Floats) -> int:
    """The tile's value there; sides are powers of two."""
    a = int(math.floor(across * scale[1])) & (tile.shape[0] - 1)
    b = int(math.floor(along * scale[0])) & (tile.shape[1] - 1)
    c = int(math.floor(below * scale[2])) & (tile.shape[2] - 1)
    return int(tile[a, b, c])


@compiled
def _scatterer(
    grain: Tile, here: tuple[float, float, float], steps: Steps
) -> tuple[float, float]:
    """Unit scatterers of the slice here: two neighbouring sheets, blended at equal power."""
    a = int(math.floor(here[0] * steps.voxels)) & (grain.shape[1] - 1)
    b = int(math.floor(here[2] * steps.voxels)) & (grain.shape[2] - 1)
    sheet = here[1] * steps.sheets
    lower = int(math.floor(sheet))
    w = np.float32(sheet - lower)
    v = np.float32(1.0) - w
    first, second = lower & (grain.shape[0] - 1), (lower + 1) & (grain.shape[0] - 1)
    unit = np.float32(1.0 / (GRAIN_UNIT * math.sqrt(2.0))) / np.float32(math.sqrt(v * v + w * w))
    re = v * np.float32(grain[first, a, b, 0]) + w * np.float32(grain[second, a, b, 0])
    im = v * np.float32(grain[first, a, b, 1]) + w * np.float32(grain[second, a, b, 1])
    return re * unit, im * unit


@compiled
def widen(field: Floats, kernels: Floats, into: Floats) -> None:
    """Blur across the lines; `kernels` (taps, samples) differ from depth to depth.

    Both are (lines, samples, 2); beyond the first and the last line there is nothing.
    """
    lines, samples = field.shape[0], field.shape[1]
    reach = kernels.shape[0] // 2
    for line in range(lines):
        for n in range(samples):
            into[line, n, 0] = np.float32(0.0)
            into[line, n, 1] = np.float32(0.0)
        for tap in range(max(-reach, -line), min(reach, lines - 1 - line) + 1):
            for n in range(samples):
                share = kernels[tap + reach, n]
                into[line, n, 0] += share * field[line + tap, n, 0]
                into[line, n, 1] += share * field[line + tap, n, 1]
