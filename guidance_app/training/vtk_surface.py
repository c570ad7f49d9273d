"""Surfaces in legacy VTK files, as text or binary: points, and polygons between them.

Format: "VTK File Formats", simple legacy formats, versions 2.0 to 5.1. Strips, lines and what
stands at points and cells are left out.
"""

import numpy as np
from numpy.typing import NDArray

from guidance_app.training.motion import Numbers

SIGNATURE, POLYGONS = ["#", "vtk", "DataFile", "Version"], b"\nPOLYGONS "
TYPES = {"float": ">f4", "double": ">f8", "int": ">i4", "vtktypeint64": ">i8"}
MOST_LINE_BYTES = 1000
MOST_CORNERS = 1 << 31

Indices = NDArray[np.int64]


def read_vtk_surface(content: bytes) -> tuple[Numbers, Indices]:
    """Corners (n, 3) and triangles (m, 3), larger polygons cut up; raises ValueError."""
    left = _Content(content)
    if left.words()[:4] != SIGNATURE:
        raise ValueError("it does not begin as a VTK file does")
    left.words()
    left.is_text = left.words() == ["ASCII"]
    if left.words() != ["DATASET", "POLYDATA"]:
        raise ValueError("it holds no polygonal data")
    _, count, kind = _three(left.words(), "POINTS")
    corners = left.numbers(3 * _whole(count), kind).reshape(-1, 3)
    left.skip_to(POLYGONS)
    _, first, second = _three(left.words(), "POLYGONS")
    return corners, _triangles(left, _whole(first), _whole(second))


class _Content:
    """What is left of a file."""

    def __init__(self, content: bytes) -> None:
        self._left = content
        self.is_text = False

    def words(self) -> list[str]:
        """Of the next line."""
        line, _, self._left = self._left.partition(b"\n")
        return line[:MOST_LINE_BYTES].decode("utf-8", "replace").split()

    def skip_to(self, mark: bytes) -> None:
        """Go on at this; it begins with the end of a line."""
        _, found, rest = (b"\n" + self._left).partition(mark)
        if not found:
            raise ValueError("it has no polygons")
        self._left = mark[1:] + rest

    def begins_with(self, mark: bytes) -> bool:
        """Whether it goes on like this."""
        return self._left.startswith(mark)

    def numbers(self, count: int, kind: str) -> Numbers:
        """So many, of the type that is named."""
        size = count * np.dtype(_type(kind)).itemsize
        if count > len(self._left) or (size > len(self._left) and not self.is_text):
            raise ValueError("it ends too early")
        if not self.is_text:
            given, self._left = self._left[:size], self._left[size:].removeprefix(b"\n")
            return np.frombuffer(given, _type(kind)).astype(np.float64)
        words = self._left.split(None, count)
        if len(words) < count:
            raise ValueError("it ends too early")
        self._left = words[count] if len(words) > count else b""
        return np.array(words[:count]).astype(np.float64)


def _triangles(left: _Content, first: int, second: int) -> Indices:
    """From 5.0 on there are offsets and corners; before, each polygon begins with its count."""
    if left.begins_with(b"OFFSETS"):
        offsets = left.numbers(first, left.words()[-1])
        if not left.begins_with(b"CONNECTIVITY"):
            raise ValueError("its polygons have no corners")
        return _fans(np.diff(offsets), left.numbers(second, left.words()[-1]))
    numbers = left.numbers(second, "int")
    counts, place = list[float](), 0
    while len(counts) < first and place < numbers.size:
        counts.append(numbers[place])
        place += int(max(numbers[place], 0.0)) + 1
    heads = np.cumsum([0, *counts[:-1]]) + np.arange(len(counts))
    return _fans(np.array(counts), np.delete(numbers, heads.astype(np.int64)))


def _fans(counts: Numbers, corners: Numbers) -> Indices:
    """Triangles from the first corner of each polygon to all its sides."""
    if counts.size == 0 or not np.all(np.abs(corners) < MOST_CORNERS):
        raise ValueError("it has no polygons")
    if counts.min() < 3 or counts.sum() != corners.size:
        raise ValueError("its polygons do not add up")
    sides = counts.astype(np.int64)
    of_each = sides - 2
    first = np.repeat(np.cumsum(sides) - sides, of_each)
    second = first + 1 + np.arange(first.size) - np.repeat(np.cumsum(of_each) - of_each, of_each)
    places = np.stack([first, second, second + 1], 1)
    return np.asarray(corners.astype(np.int64)[places])


def _three(words: list[str], name: str) -> list[str]:
    if len(words) != 3 or words[0] != name:
        raise ValueError(f"it has no {name.lower()} where they have to be")
    return words


def _whole(word: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) < 10):
        raise ValueError(f"{word[:40]} is no count")
    return int(word)


def _type(word: str) -> str:
    if word not in TYPES:
        raise ValueError(f"its numbers are of the type {word[:40]}")
    return TYPES[word]
