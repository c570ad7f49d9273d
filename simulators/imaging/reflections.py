"""Echoes of echoes: what stands in the picture where nothing is."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.compiled import compiled
from simulators.imaging.march import Floats

BONE_DB = 15.0
"""Loss from one sample to the next by which a beam is known to have met bone."""
MIRRORED = 0.006
"""Amplitude of what is seen a second time behind bone, by way of its surface."""
REPEATED = 0.05
"""Amplitude of what comes back a second time between the probe's face and a strong layer."""


Layers: TypeAlias = NDArray[np.int32]


@compiled
def find_layers(field: Floats, nearest: int, deepest: int, layers: Layers) -> None:
    """Fill `layers` with the sample of each line's strongest layer between two samples."""
    for line in range(field.shape[0]):
        layers[line] = _strongest(field[line], nearest, deepest)


@compiled
def add_reflections(field: Floats, loss_db: Floats, layers: Layers) -> None:
    """Add mirror images behind bone, and the near part once more below its strongest layer.

    The field is that after all losses: a mirror image does not go through the bone.
    """
    samples = field.shape[1]
    for line in range(field.shape[0]):
        bone = _bone(loss_db[line])
        for n in range(bone + 2, min(2 * bone, samples)):
            above = 2 * bone - n
            field[line, n, 0] += np.float32(MIRRORED) * field[line, above, 0]
            field[line, n, 1] += np.float32(MIRRORED) * field[line, above, 1]
        layer = layers[line]
        for n in range(min(bone, samples) - 1, layer - 1, -1):
            field[line, n, 0] += np.float32(REPEATED) * field[line, n - layer, 0]
            field[line, n, 1] += np.float32(REPEATED) * field[line, n - layer, 1]


@compiled
def _bone(loss_db: Floats) -> int:
    """Sample at which bone begins on this line; their number where it never does."""
    for n in range(1, loss_db.size):
        if loss_db[n] - loss_db[n - 1] > BONE_DB:
            return n
    return loss_db.size


@compiled
def _strongest(waves: Floats, nearest: int, deepest: int) -> int:
    found, most = nearest, np.float32(-1.0)
    for n in range(nearest, deepest):
        power = waves[n, 0] * waves[n, 0] + waves[n, 1] * waves[n, 1]
        if power > most:
            found, most = n, power
    return found
