"""Closed surfaces as files: a box whose top lies in the plane z = 0, its inside below (z > 0)."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CORNERS = np.array([(x, y, z) for x in (-90.0, 90.0) for y in (-90.0, 90.0) for z in (0.0, 120.0)])
SIDES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
TRIANGLES = np.array([three for a, b, c, d in SIDES for three in ((a, b, c), (a, c, d))])


def write_stl(path: Path, corners: NDArray[np.float64], head: bytes = b"") -> Path:
    faces = corners[TRIANGLES]
    records = b"".join(struct.pack("<12fH", 0, 0, 0, *face.ravel().tolist(), 0) for face in faces)
    path.write_bytes(head.ljust(80) + struct.pack("<I", len(faces)) + records)
    return path


def write_obj(path: Path, corners: NDArray[np.float64]) -> Path:
    lines = [f"v {x} {y} {z}" for x, y, z in corners.tolist()]
    lines += [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in TRIANGLES.tolist()]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_ply(path: Path, corners: NDArray[np.float64]) -> Path:
    head = ["ply", "format ascii 1.0", f"element vertex {len(corners)}"]
    head += [f"property float {axis}" for axis in "xyz"]
    head += [f"element face {len(TRIANGLES)}", "property list uchar int vertex_indices"]
    rows = [" ".join(map(str, one)) for one in corners.tolist()]
    rows += [f"3 {a} {b} {c}" for a, b, c in TRIANGLES.tolist()]
    path.write_text("\n".join([*head, "end_header", *rows]) + "\n")
    return path


def write_vtk(path: Path, corners: NDArray[np.float64], version: str = "4.2 ASCII") -> Path:
    """As text or binary, in the way of either version; 4.2 with the sides as squares."""
    number, kind = version.split()
    polygons = np.array([(4, *side) for side in SIDES])
    parts = [f"# vtk DataFile Version {number}\nbox\n{kind}\nDATASET POLYDATA\n".encode()]
    parts.append(f"POINTS {len(corners)} double\n".encode() + _numbers(corners, ">f8", kind))
    if number == "5.1":
        offsets = np.arange(len(TRIANGLES) + 1) * 3
        parts.append(f"POLYGONS {offsets.size} {TRIANGLES.size}\n".encode())
        for name, values in (("OFFSETS", offsets), ("CONNECTIVITY", TRIANGLES)):
            parts.append(f"{name} vtktypeint64\n".encode() + _numbers(values, ">i8", kind))
    else:
        parts.append(b"METADATA\nINFORMATION 0\n\n")
        parts.append(f"POLYGONS {len(polygons)} {polygons.size}\n".encode())
        parts.append(_numbers(polygons, ">i4", kind))
    path.write_bytes(b"".join(parts))
    return path


def _numbers(values: NDArray[np.generic], dtype: str, kind: str) -> bytes:
    if kind == "BINARY":
        return values.astype(dtype).tobytes() + b"\n"
    return (" ".join(map(str, values.ravel().tolist())) + "\n").encode()
