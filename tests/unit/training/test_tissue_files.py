"""The same box in every kind of file, and files that enclose nothing."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from surfaces import CORNERS, write_obj, write_ply, write_stl, write_vtk

from guidance_app.training.motion import MotionRefused
from guidance_app.training.tissue_files import read_tissue

PLUS = Path(__file__).resolve().parents[4] / "shared" / "data" / "plus"
POINTS = np.array([(0.0, 0.0, 0.5), (0.0, 0.0, -0.5), (89.9, -89.9, 119.9), (90.1, 0.0, 50.0)])

Write = Callable[[Path, np.ndarray], Path]
WAYS: dict[str, Write] = {
    "one.stl": write_stl,
    "one.obj": write_obj,
    "one.ply": write_ply,
    "text-4.vtk": partial(write_vtk, version="4.2 ASCII"),
    "binary-4.vtk": partial(write_vtk, version="4.2 BINARY"),
    "text-5.vtk": partial(write_vtk, version="5.1 ASCII"),
    "binary-5.VTK": partial(write_vtk, version="5.1 BINARY"),
}


@pytest.mark.parametrize("name", WAYS)
def test_every_kind_of_file_encloses_the_same(tmp_path: Path, name: str) -> None:
    tissue = read_tissue(WAYS[name](tmp_path / name, CORNERS))
    assert tissue.holds(POINTS).tolist() == [True, False, True, False]
    ways = np.array([(0.0, 0.0, -1.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.6, 0.0, 0.8)])
    found = tissue.leaves_at(POINTS, ways)
    assert found[[0, 2]] == pytest.approx([0.5, 0.1], abs=1e-5)
    assert np.isnan(found[[1, 3]]).all()


def test_a_surface_of_slicer_is_turned_into_the_space_of_its_transforms(tmp_path: Path) -> None:
    aside = CORNERS + np.array((300.0, 50.0, 0.0))
    middle = np.array([(300.0, 50.0, 60.0), (-300.0, -50.0, 60.0)])
    plain = read_tissue(write_stl(tmp_path / "plain.stl", aside))
    slicer = read_tissue(write_stl(tmp_path / "lps.stl", aside, b"3D Slicer output. SPACE=LPS"))
    assert plain.holds(middle).tolist() == [True, False]
    assert slicer.holds(middle).tolist() == [False, True]


def test_a_cavity_is_no_tissue(tmp_path: Path) -> None:
    write_stl(tmp_path / "inner.stl", CORNERS * 0.5 + (0.0, 0.0, 30.0))
    outer = write_stl(tmp_path / "outer.stl", CORNERS).read_bytes()
    inner = (tmp_path / "inner.stl").read_bytes()
    both = outer[:80] + (24).to_bytes(4, "little") + outer[84:] + inner[84:]
    (tmp_path / "both.stl").write_bytes(both)
    tissue = read_tissue(tmp_path / "both.stl")
    assert tissue.holds(np.array([(0.0, 0.0, 60.0), (0.0, 0.0, 10.0)])).tolist() == [False, True]


def test_triangles_that_are_turned_differently_enclose_the_same(tmp_path: Path) -> None:
    content = bytearray(write_stl(tmp_path / "one.stl", CORNERS).read_bytes())
    for triangle in (4, 8, 9):  # the last two are the skin
        second = 84 + 50 * triangle + 24
        content[second : second + 24] = (
            content[second + 12 : second + 24] + content[second : second + 12]
        )
    (tmp_path / "one.stl").write_bytes(content)
    assert read_tissue(tmp_path / "one.stl").holds(POINTS).tolist() == [True, False, True, False]


@pytest.mark.skipif(not PLUS.is_dir(), reason="the shared data is not there")
def test_a_real_surface() -> None:
    tissue = read_tissue(PLUS / "needle_20cm.vtk")
    inside = np.array([(0.0, 0.0, -1.0), (0.0, 0.0, -200.0), (0.0, 5.0, -100.0), (0.0, 0.0, 1.0)])
    assert tissue.holds(inside).tolist() == [True, True, False, False]
    upwards = np.array([(0.0, 0.0, 1.0)] * 2)
    assert tissue.leaves_at(inside[:2], upwards) == pytest.approx([1.0, 200.0], abs=1e-3)


def changed(corners: np.ndarray, to: float) -> np.ndarray:
    other = corners.copy()
    other[0, 0] = to
    return other


@pytest.mark.parametrize(
    ("name", "write", "words"),
    [
        ("one.obj", partial(write_obj, corners=changed(CORNERS, np.nan)), "a corner lies nowhere"),
        ("one.stl", partial(write_stl, corners=changed(CORNERS, 1e9)), "100 m away"),
        ("one.3mf", partial(write_stl, corners=CORNERS), "is no surface of tissue"),
    ],
)
def test_a_surface_without_a_place_is_refused(
    tmp_path: Path, name: str, write: Callable[[Path], Path], words: str
) -> None:
    with pytest.raises(MotionRefused, match=words):
        read_tissue(write(tmp_path / name))


VTK = "# vtk DataFile Version 3.0\nbox\nASCII\nDATASET POLYDATA\n"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("one.stl", b"", "triangles"),
        ("one.stl", b"solid \xff\xfe", "cannot be read as STL"),
        ("one.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "triangles"),
        ("one.ply", b"ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\n", "PLY"),
        ("one.vtk", b"solid", "does not begin as a VTK file does"),
        ("one.vtk", f"{VTK}POINTS 999999999 float\n0 0 0\n".encode(), "ends too early"),
        ("one.vtk", f"{VTK}POINTS 1e9 float\n".encode(), "is no count"),
        ("one.vtk", f"{VTK}POINTS 1 quad\n0 0 0\n".encode(), "of the type quad"),
        ("one.vtk", f"{VTK}POINTS 1 float\n0 0 0\nPOLYGONS 1 4\n3 0 1 2\n".encode(), "triangles"),
        ("one.vtk", f"{VTK}POINTS 1 float\n0 0 0\nPOLYGONS 1 4\n9 0 1 2\n".encode(), "add up"),
        ("one.vtk", VTK.replace("POLYDATA", "FIELD").encode(), "no polygonal data"),
    ],
)
def test_what_encloses_nothing_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MotionRefused, match=words) as refused:
        read_tissue(tmp_path / name)
    assert str(refused.value).startswith(f"{name} encloses no tissue: ")


def test_a_surface_with_a_hole_is_refused(tmp_path: Path) -> None:
    content = write_stl(tmp_path / "one.stl", CORNERS).read_bytes()
    (tmp_path / "one.stl").write_bytes(content[:80] + (11).to_bytes(4, "little") + content[84:-50])
    with pytest.raises(MotionRefused, match="not closed"):
        read_tissue(tmp_path / "one.stl")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.stl").mkdir()
    with pytest.raises(MotionRefused, match="not a plain file"):
        read_tissue(tmp_path / "folder.stl")
    with pytest.raises(MotionRefused, match="cannot be read"):
        read_tissue(tmp_path / "none.stl")
