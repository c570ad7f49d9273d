"""From materials to the tables that the walk along the beams reads."""

import numpy as np

from simulators.anatomy.body import Body, Structure
from simulators.anatomy.materials import Material
from simulators.anatomy.shapes import Distances, Points, Shape
from simulators.imaging.march import Floats, Tissues
from simulators.imaging.settings import Settings
from simulators.imaging.tiles import PATCH_UNIT, PATCH_VOXELS, STRAND_VOXELS

MADE_GOOD_DB_CM_MHZ = 0.65
"""Attenuation that a console's time gain makes good: that of ordinary soft tissue, one way."""
STRANDS_APART_VOXELS = 8.0
"""Between bright strands of the tile, across them."""
PROBED_MM = 0.05
"""Step over which the slope of a layer is found."""


def make_tissues(body: Body, settings: Settings, step_mm: float) -> Tissues:
    """The tables of a body for these settings and samples `step_mm` apart."""
    structures = body.structures
    materials = [one.material for one in structures]
    edges = [one.edge for one in structures]
    lost = [_lost_db(one, settings, step_mm) for one in materials]
    return Tissues(
        level=_floats([_levels(one) for one in materials]),
        loss_db=_floats(lost),
        strand=_floats([_amplitude(one.strand_db) for one in materials]),
        fibres=_floats([one.fibres for one in structures]),
        patch_scale=_floats([_patch_scale(one) for one in materials]),
        strand_scale=_floats([_strand_scale(one) for one in materials]),
        edge=_floats([_amplitude(one.level_db) for one in edges]),
        rough=_floats([_rough(one.rough_db) for one in edges]),
        varied=np.array([one.mottle_db > 0.0 for one in materials]),
        sharpness=_floats([one.sharpness for one in edges]),
        edge_scale=_floats([1.0 / one.width_mm for one in edges]),
        enter_db=_floats([one.passes_db for one in edges]),
        grazing_db=_floats([one.grazing_db_mm * step_mm for one in edges]),
    )


def along_fibres(
    structure: Structure, place: Points, deep_mm: Distances, directions: Points
) -> Distances:
    """Share of the beams' `directions` (3, lines) along a structure's fibres, at each node.

    Fibres that bend lie in the layers of their shape: what of their direction points out of a
    layer is taken away.
    """
    fibres = np.asarray(structure.fibres, deep_mm.dtype)
    straight = np.broadcast_to((fibres @ directions)[:, None], deep_mm.shape)
    if not structure.bends:
        return straight
    rise = _change(structure.shape, place, deep_mm, fibres[:, None, None])
    facing = _change(structure.shape, place, deep_mm, directions[:, :, None])
    return np.asarray((straight - rise * facing) / np.sqrt(np.maximum(1.0 - rise * rise, 0.01)))


def _change(shape: Shape, place: Points, deep_mm: Distances, way: Points) -> Distances:
    """How fast the depth below a shape's surface grows along a unit vector."""
    return np.asarray((shape.deep_mm(place + PROBED_MM * way) - deep_mm) / PROBED_MM)


def upright(
    structure: Structure, place: Points, deep_mm: Distances, directions: Points
) -> Distances:
    """How well a structure's fibres face the beams at each node, 0 to 1."""
    limit = structure.material.upright_deg
    if limit is None:
        return np.ones(deep_mm.shape, np.float32)
    along = along_fibres(structure, place, deep_mm, directions)
    turned_deg = np.degrees(np.arcsin(np.clip(np.abs(along), 0.0, 1.0)))
    return np.asarray(0.12 + 0.88 * np.exp(-((turned_deg / limit) ** 2)), np.float32)


def _lost_db(material: Material, settings: Settings, step_mm: float) -> float:
    """In one sample, both ways, beyond what is made good."""
    db_cm_mhz = material.loss_db_cm_mhz - MADE_GOOD_DB_CM_MHZ
    return db_cm_mhz * settings.mhz * 2.0 * step_mm / 10.0


def _levels(material: Material) -> Floats:
    """Amplitude for each value of a patch, -128 to 127."""
    values = np.arange(-128, 128) / PATCH_UNIT
    return np.asarray(
        10.0 ** ((material.level_db + material.mottle_db * values) / 20.0), np.float32
    )


def _rough(deviation_db: float) -> Floats:
    """Share of a surface's echo for each value of a patch, -128 to 127."""
    values = np.arange(-128, 128) / PATCH_UNIT
    return np.asarray(10.0 ** (deviation_db * np.minimum(values, 1.0) / 20.0), np.float32)


def _amplitude(level_db: float | None) -> float:
    return 0.0 if level_db is None else float(10.0 ** (level_db / 20.0))


def _patch_scale(material: Material) -> tuple[float, float, float]:
    """Tile voxels a mm along, across and deep; a patch is 2 sigma wide."""
    along, across = (2.0 * PATCH_VOXELS / size for size in material.mottle_mm)
    return along, across, across


def _strand_scale(material: Material) -> tuple[float, float, float]:
    length, apart = material.strand_mm
    return 2.0 * STRAND_VOXELS / length, STRANDS_APART_VOXELS / apart, STRANDS_APART_VOXELS / apart


def _floats(values: object) -> Floats:
    return np.ascontiguousarray(values, np.float32)
