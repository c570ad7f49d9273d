"""Tissue differs from person to person: how bright it is, and how well sound goes through it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from simulators.anatomy.body import Structure
from simulators.anatomy.materials import Material

LEVEL_DB, EDGE_DB, LOSS_DB_CM_MHZ = 2.0, 2.5, 0.04
"""Standard deviations of scattering, of a surface's echo and of attenuation; set by eye."""


def vary(rng: np.random.Generator, structures: Sequence[Structure]) -> Iterator[Structure]:
    """The same structures of one person; what is made of one material stays so. Bone stays as it
    is, and so does what has no texture: fluid is black in everybody."""
    known: dict[str, Material] = {}
    for one in structures:
        material, edge = one.material, one.edge
        if material.mottle_db == 0.0 or material.rigid:
            yield one
            continue
        if material.name not in known:
            known[material.name] = _varied(rng, material)
        level_db = edge.level_db + EDGE_DB * float(rng.standard_normal())
        yield replace(one, material=known[material.name], edge=replace(edge, level_db=level_db))


def _varied(rng: np.random.Generator, material: Material) -> Material:
    brighter_db, denser = rng.normal(0.0, (LEVEL_DB, LOSS_DB_CM_MHZ)).tolist()
    strand_db = None if material.strand_db is None else material.strand_db + brighter_db
    return replace(
        material,
        level_db=material.level_db + brighter_db,
        loss_db_cm_mhz=material.loss_db_cm_mhz + denser,
        strand_db=strand_db,
    )
