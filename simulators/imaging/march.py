"""The walk down every beam: what is there, how much of it comes back, how much is lost on the way.

Geometry is known at the nodes of a coarse mesh, every CELL_LINES lines and CELL_SAMPLES samples,
and runs straight between them, so that borders stay sharp while few distances are worked out. A
cell in which one structure covers all needs no look at the others.
"""

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.compiled import compiled, inlined
from simulators.imaging.tiles import GRAIN_UNIT, PATCH_UNIT, Tile, Tiles

Floats: TypeAlias = NDArray[np.float32]
Number: TypeAlias = float | np.floating

CELL_LINES, CELL_SAMPLES = 4, 8
REACH_MM = np.float32(0.8)
"""Further than this from its surface a structure's edge gives no echo."""
ALONG_MM, GRAZING = np.float32(0.4), np.float32(0.35)
"""Within this of a surface, and turned so far from facing it, a beam runs along it."""
UNIT = np.float32(1.0 / (GRAIN_UNIT * math.sqrt(2.0)))
"""Amplitude of a step of the grain's values: both parts together have power 1."""
MOST_LOST_DB = np.float32(120.0)
"""What is weaker than this is nothing."""
DULL = np.float32(0.3)
"""Share of its scattering that tissue with fibres keeps when they do not face the beam."""
FAINT = np.float32(2e-4)
"""A surface that sends less is not seen: -74 dB."""
ROUGH_SCALE = np.array([[9.0, 9.0, 9.0]], np.float32)
"""Tile voxels a mm along, across and deep, for the unevenness of surfaces."""
WIDE_LEVEL, LEAST_LEVEL = np.float32(0.28), np.float32(0.2)
"""Change of amplitude with one standard deviation of the tissue's slow changes, and the least that
is left."""
LIT = np.float32(1.0 / 127.0)
"""Amplitude of a step of the strands' values."""
MOST_ACTIVE = 8
"""Structures whose surfaces may meet in one cell."""


class Mesh(NamedTuple):
    """What is known at the nodes: one more of them than cells, each way."""

    place: Floats
    """(3, lines, samples): where in the resting body, mm."""
    distance: Floats
    """(structures, lines, samples): signed, mm."""
    deep: Floats
    """(structures, lines, samples): depth below the upper surface, mm."""
    upright: Floats
    """(structures, lines, samples): how well what runs along the fibres faces the beam, 0 to 1."""
    wide: Floats
    """(1, lines, samples): slow changes of all tissue, in standard deviations."""


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
    rough: Floats
    """(structures, 256): what a surface's echo is multiplied by, for each value of a patch."""
    varied: NDArray[np.bool_]
    """Whether tissue is brighter here and darker there, and not even."""
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
    first_sheet: np.float32
    """In the middle of the body."""
    sample_mm: np.float32
    """Along a beam."""
    wide_loss_db: np.float32
    """A sample, for one standard deviation of the tissue's slow changes."""


class Medium(NamedTuple):
    """All that the beams meet."""

    mesh: Mesh
    tissues: Tissues
    tiles: Tiles
    steps: Steps


@compiled
def march(medium: Medium, field: Floats, loss: Floats) -> None:
    """Fill `field` (lines, samples, 2) with echoes before any loss, `loss` with dB lost so far."""
    mesh, tissues, tiles, steps = medium
    lines, samples = loss.shape
    active = np.empty(MOST_ACTIVE, np.int64)
    start, slope = np.empty(MOST_ACTIVE, np.float32), np.empty(MOST_ACTIVE, np.float32)
    shine, graze = np.empty(MOST_ACTIVE, np.float32), np.empty(MOST_ACTIVE, np.float32)
    lost, within = np.zeros(lines, np.float32), np.zeros(lines, np.int64)
    for row in range(samples // CELL_SAMPLES):
        for cell in range(lines // CELL_LINES):
            count, base = _surfaces(mesh.distance, cell, row, active)
            for line in range(cell * CELL_LINES, (cell + 1) * CELL_LINES):
                for n in range(count):
                    start[n], slope[n] = _run(mesh.distance, active[n], line, row)
                    steep = min(abs(slope[n]) / steps.sample_mm, np.float32(1.0))
                    shine[n], graze[n] = _faced(tissues, active[n], steep)
                brighter, denser, rougher = _changed(mesh.wide, steps.wide_loss_db, line, row)
                x, dx = _run(mesh.place, 0, line, row)
                y, dy = _run(mesh.place, 1, line, row)
                z, dz = _run(mesh.place, 2, line, row)
                deep, d_deep = _run(mesh.deep, base, line, row)
                known = base
                for n in range(CELL_SAMPLES):
                    down = np.float32(n)
                    k, echo, grazing = base, np.float32(0.0), np.float32(0.0)
                    hx, hy, hz = x + down * dx, y + down * dy, z + down * dz
                    for a in range(count):
                        apart = start[a] + down * slope[a]
                        if abs(apart) < REACH_MM:
                            bright = shine[a] * _near(apart * tissues.edge_scale[active[a]])
                            uneven = _unevenness(tiles.patches, hx, hy, hz, rougher, bright)
                            echo += bright * tissues.rough[active[a], uneven]
                        grazing += _grazed(graze[a], apart)
                        if apart < 0.0:
                            k = active[a]
                            break
                    if k != known:
                        deep, d_deep = _run(mesh.deep, k, line, row)
                        known = k
                    along, across = _along(tissues.fibres, k, hx, hy, hz)
                    below, facing = deep + down * d_deep, mesh.upright[k, cell, row]
                    patch = _look_up(tiles.patches, along, across, below, tissues.patch_scale, k)
                    level = tissues.level[k, patch + 128] * (DULL + (1 - DULL) * facing)
                    if tissues.strand[k] > 0.0:
                        lit = _look_up(tiles.strands, along, across, below, tissues.strand_scale, k)
                        echo += tissues.strand[k] * facing * LIT * np.float32(lit)
                    if tissues.varied[k]:
                        level *= brighter
                        grazing += denser
                    re, im = _scatterer(tiles.grain, hx, hy, hz, steps)
                    sample = row * CELL_SAMPLES + n
                    field[line, sample, 0], field[line, sample, 1] = level * re + echo, level * im
                    if k != within[line]:
                        lost[line] += tissues.enter_db[k]
                        within[line] = k
                    lost[line] = min(lost[line] + tissues.loss_db[k] + grazing, MOST_LOST_DB)
                    loss[line, sample] = lost[line]


@inlined
def _changed(
    wide: Floats, loss_db: np.float32, line: int, row: int
) -> tuple[np.float32, np.float32, int]:
    """What the tissue's slow changes do to one line in a cell: scattering is multiplied by the
    first, loss a sample grows by the second, unevenness of surfaces, in values of the tile, by the
    third."""
    first, change = _run(wide, 0, line, row)
    middle = first + np.float32(0.5 * CELL_SAMPLES) * change
    brighter = max(np.float32(1.0) + WIDE_LEVEL * middle, LEAST_LEVEL)
    return brighter, loss_db * middle, int(np.float32(PATCH_UNIT) * middle)


@inlined
def _unevenness(
    patches: Tile, x: Number, y: Number, z: Number, rougher: int, bright: Number
) -> int:
    """Place in the table of what surfaces are multiplied by; the last for one that is not seen."""
    if bright < FAINT:
        return 255
    value = rougher + _look_up(patches, x, y, z, ROUGH_SCALE, 0)
    return min(max(value, -128), 127) + 128


@inlined
def _along(fibres: Floats, k: int, x: Number, y: Number, z: Number) -> tuple[Number, Number]:
    """How far along the fibres of a structure a place lies, and how far across."""
    fx, fy, fz = fibres[k, 0], fibres[k, 1], fibres[k, 2]
    return x * fx + y * fy + z * fz, x * fy - y * fx


@inlined
def _surfaces(distance: Floats, cell: int, row: int, active: NDArray[np.int64]) -> tuple[int, int]:
    """Structures with a surface in or near a cell, the uppermost first, and what fills the rest."""
    count, base = 0, 0
    for k in range(distance.shape[0] - 1, 0, -1):
        a, b = distance[k, cell, row], distance[k, cell, row + 1]
        c, d = distance[k, cell + 1, row], distance[k, cell + 1, row + 1]
        if max(a, b, c, d) < -REACH_MM:
            base = k
            break
        if min(a, b, c, d) < REACH_MM and count < MOST_ACTIVE:
            active[count] = k
            count += 1
    return count, base


@inlined
def _run(nodes: Floats, k: int, line: int, row: int) -> tuple[float, float]:
    """A value at the first sample of this cell on this line, and its change a sample."""
    cell = line // CELL_LINES
    share = np.float32(line - cell * CELL_LINES) * np.float32(1.0 / CELL_LINES)
    upper = nodes[k, cell, row] + share * (nodes[k, cell + 1, row] - nodes[k, cell, row])
    lower = nodes[k, cell, row + 1]
    lower += share * (nodes[k, cell + 1, row + 1] - nodes[k, cell, row + 1])
    step = (lower - upper) * np.float32(1.0 / CELL_SAMPLES)
    return upper + np.float32(0.5) * step, step


@inlined
def _faced(tissues: Tissues, k: int, facing: float) -> tuple[float, float]:
    """Echo of a surface on it, and loss a sample by refraction where the beam runs along it."""
    along = max(np.float32(1.0) - facing / GRAZING, np.float32(0.0))
    return tissues.edge[k] * facing ** tissues.sharpness[k], tissues.grazing_db[k] * along


@inlined
def _grazed(loss_db: np.float32, apart_mm: float) -> np.float32:
    """Loss a sample of a beam that runs so far from a surface along it."""
    return loss_db if abs(apart_mm) < ALONG_MM else np.float32(0.0)


@inlined
def _near(away: Number) -> Number:
    """Share of a surface's echo so many half widths from it."""
    bell = np.float32(1.0) + away * away
    return np.float32(1.0) / (bell * bell)


@inlined
def _look_up(
    tile: Tile, along: Number, across: Number, below: Number, scale: Floats, k: int
) -> int:
    """The tile's value there; sides are powers of two."""
    a = _voxel(across * scale[k, 1], tile.shape[0])
    b = _voxel(along * scale[k, 0], tile.shape[1])
    c = _voxel(below * scale[k, 2], tile.shape[2])
    return int(tile[a, b, c])


@inlined
def _voxel(place: Number, size: int) -> np.uint32:
    """Where a place falls in a tile that goes on at the other side; without a sign it is faster."""
    return np.uint32(np.int32(np.floor(place)) & (size - 1))


@inlined
def _scatterer(
    grain: Tile, x: Number, y: Number, z: Number, steps: Steps
) -> tuple[np.floating, np.floating]:
    """Unit scatterers of the slice here: two neighbouring sheets, blended at equal power."""
    a = _voxel(x * steps.voxels, grain.shape[1])
    b = _voxel(z * steps.voxels, grain.shape[2])
    sheet = y * steps.sheets + steps.first_sheet
    lower = np.floor(sheet)
    w = np.float32(sheet - lower)
    v = np.float32(1.0) - w
    first, second = _voxel(lower, grain.shape[0]), _voxel(lower + 1, grain.shape[0])
    unit = UNIT / np.sqrt(v * v + w * w)
    re = v * np.float32(grain[first, a, b, 0]) + w * np.float32(grain[second, a, b, 0])
    im = v * np.float32(grain[first, a, b, 1]) + w * np.float32(grain[second, a, b, 1])
    return re * unit, im * unit
