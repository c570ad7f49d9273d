"""Tissue from the file of a closed surface: STL, OBJ, PLY, and legacy VTK as 3D Slicer has it.

Coordinates are mm of the reference that the poses are in. 3D Slicer writes a surface in LPS, where
x and y are turned round against the RAS that its transforms are in, and says so in the head of the
file: such a surface is turned back. Any other is taken as it stands.
"""

import io
import logging
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guidance_app.training.motion import MotionRefused, Numbers
from guidance_app.training.plain_file import open_input
from guidance_app.training.tissue import ClosedSurface
from guidance_app.training.vtk_surface import read_vtk_surface

MOST_BYTES, MOST_TRIANGLES = 128 << 20, 1_000_000
FARTHEST_MM = 1e5
"""From the origin; nothing a needle goes into is larger."""
HEAD_BYTES, LPS = 1000, b"SPACE=LPS"

DAMAGE = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
)
"""What the library raises for damaged files."""

Triangles = NDArray[np.int64]
Surface = tuple[Numbers, Triangles]
"""Corners (n, 3), and which three of them make each triangle (m, 3)."""


def read_tissue(path: Path) -> ClosedSurface:
    """The body that the surface encloses; raises MotionRefused, whose sentence names the file."""
    read = READERS.get(path.suffix.lower())
    if read is None:
        kinds = ", ".join(READERS)
        raise MotionRefused(f"{path.name} is no surface of tissue. Name one of these: {kinds}.")
    try:
        with open_input(path, MOST_BYTES) as file:
            content = file.read(MOST_BYTES + 1)
        corners, triangles = _checked(*read(content))
    except OSError as error:
        raise MotionRefused(f"{path.name} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise MotionRefused(f"{path.name} encloses no tissue: {error}.") from None
    if LPS in content[:HEAD_BYTES]:
        corners = corners * (-1.0, -1.0, 1.0)
    return ClosedSurface(corners, triangles)


def _checked(corners: Numbers, triangles: Triangles) -> Surface:
    """With equal corners made one, and all triangles turned the same way round."""
    if not 4 <= len(triangles) <= MOST_TRIANGLES:
        raise ValueError(f"it has {len(triangles)} triangles, not 4 to {MOST_TRIANGLES}")
    if not np.isfinite(corners).all() or np.abs(corners).max() > FARTHEST_MM:
        raise ValueError("a corner lies nowhere, or farther than 100 m away")
    corners, same = np.unique(corners, axis=0, return_inverse=True)
    if triangles.min() < 0 or triangles.max() >= same.size:
        raise ValueError("a triangle has a corner that is not there")
    triangles = same.reshape(-1)[triangles]
    flat = (triangles == np.roll(triangles, 1, axis=1)).any(axis=1)
    return corners, _turned_alike(triangles[~flat])


def _turned_alike(triangles: Triangles) -> Triangles:
    import igl  # noqa: PLC0415  # takes half a second to load

    begins, ends = triangles, np.roll(triangles, -1, axis=1)
    sides = np.minimum(begins, ends) * (triangles.max(initial=0) + 1) + np.maximum(begins, ends)
    _, shared = np.unique(sides, return_counts=True)
    if shared.size == 0 or np.any(shared != 2):
        raise ValueError("its surface is not closed: each side has to be that of two triangles")
    alike, _ = igl.bfs_orient(np.ascontiguousarray(triangles, np.int64))
    return np.asarray(alike, np.int64)


def _by_trimesh(kind: str) -> Callable[[bytes], Surface]:
    def read(content: bytes) -> Surface:
        import trimesh  # noqa: PLC0415  # takes a second to load

        logging.getLogger(trimesh.__name__).addHandler(logging.NullHandler())  # it is said here
        try:
            with warnings.catch_warnings(action="error"):
                found: Any = trimesh.load_mesh(io.BytesIO(content), file_type=kind, process=False)
                return np.asarray(found.vertices, np.float64), np.asarray(found.faces, np.int64)
        except DAMAGE:
            raise ValueError(f"it cannot be read as {kind.upper()}") from None

    return read


READERS: dict[str, Callable[[bytes], Surface]] = {
    ".stl": _by_trimesh("stl"),
    ".obj": _by_trimesh("obj"),
    ".ply": _by_trimesh("ply"),
    ".vtk": read_vtk_surface,
}
