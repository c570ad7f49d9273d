"""Sets of simulated pictures with and without a needle, kept in a folder once they are made.

One file for each scene or insertion; its name holds a checksum of what makes it, so that after a
change it is made anew. Two processes make them. Seeds from HELD_OUT on are for judging; whoever
develops takes others.
"""

import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
from needle_scenes import FRAMES_A_SCENE, Floats, Shot, build, frames, insertion, scenario_of
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.domain.picture_area import AreaShape, PictureArea
from simulators.imaging.transducer import TRANSDUCERS
from simulators.scenario import USUAL_SIZE_PX

HELD_OUT = 900_000
PROCESSES = 2
LARGE_PX = (1080, 860)
MAKERS: dict[str, Callable[[int], Iterator[Shot]]] = {
    "frames": frames,
    "large": partial(frames, size_px=LARGE_PX),
    "insertion": insertion,
}
ROOT = Path(__file__).resolve().parents[1]

Bools: TypeAlias = NDArray[np.bool_]
Work: TypeAlias = tuple[Path, str, int]
"""File to write, one of MAKERS, seed."""
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Shots:
    """The pictures of one scene or insertion, n of them, and their truth."""

    name: str
    pixels: ImageU8
    """(n, rows, columns)."""
    number: NDArray[np.int64]
    shaft_px: Floats
    """(n, points, 2), from the tip to the entry; not a number without a needle."""
    shaft_mm: Floats
    """(n, points, 3) of probe space; the second is the distance from the image plane."""
    visible: Bools
    """(n, points): beams reach it, and it is within the slice's thickness."""
    tilt_deg: Floats
    hard: Bools
    contrast_db: Floats
    mm_per_px: float
    area: PictureArea

    @property
    def needle(self) -> Bools:
        """Whether there is one, visible or not."""
        return np.isfinite(self.shaft_px[:, 0, 0])

    @property
    def visible_mm(self) -> Floats:
        """Length of the shaft that is visible."""
        steps_mm = np.linalg.norm(np.diff(self.shaft_mm, axis=1), axis=2)
        both = self.visible[:, 1:] & self.visible[:, :-1]
        return np.asarray(np.where(both, steps_mm, 0.0).sum(axis=1))

    @property
    def tip_visible(self) -> Bools:
        """Whether the tip is."""
        return self.visible[:, 0]


def needle_frames(cache_at: Path, seed: int, count: int) -> list[Path]:
    """Files with so many pictures with a needle, and as many without."""
    return _made(cache_at, "frames", range(seed, seed + -(-count // FRAMES_A_SCENE)))


def large_frames(cache_at: Path, seed: int, count: int) -> list[Path]:
    """The same in LARGE_PX."""
    return _made(cache_at, "large", range(seed, seed + -(-count // FRAMES_A_SCENE)))


def insertions(cache_at: Path, seed: int, count: int) -> list[Path]:
    """Files with one insertion each."""
    return _made(cache_at, "insertion", range(seed, seed + count))


def in_processes(
    what: str, work: Callable[[T], R], items: Sequence[T], processes: int = PROCESSES
) -> list[R]:
    """Work done on all items, with how far it is on standard error."""
    results: list[R] = []
    with ProcessPoolExecutor(processes, get_context("spawn"), _one_core) as pool:
        for result in pool.map(work, items):
            results.append(result)
            _tell(what, len(results), len(items))
    return results


def _one_core() -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    cv2.setNumThreads(1)


def _tell(what: str, done: int, of: int) -> None:
    if done == of or done * 10 // of > (done - 1) * 10 // of:
        print(f"{what}: {done} of {of}", file=sys.stderr, flush=True)


def _made(cache_at: Path, kind: str, seeds: Iterable[int]) -> list[Path]:
    cache_at.mkdir(parents=True, exist_ok=True)
    made_by = f"{_checksum():08x}"
    work = [(cache_at / f"{kind}-{seed}-{made_by}.npz", kind, seed) for seed in seeds]
    missing = [one for one in work if not one[0].exists()]
    if missing:
        in_processes(f"making {kind}", _make, missing)
    return [path for path, _, _ in work]


def _checksum() -> int:
    """Of the source that decides on what is in the pictures."""
    here = (Path(__file__), Path(__file__).with_name("needle_scenes.py"))
    sources = (*here, *sorted((ROOT / "simulators").rglob("*.py")))
    return zlib.crc32(b"".join(source.read_bytes() for source in sources))


def _make(work: Work) -> None:
    """Write one file; what is half written has another name."""
    path, kind, seed = work
    shots = list(MAKERS[kind](seed))
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as file:
        arrays: dict[str, Any] = _scene_arrays(seed, kind) | _shot_arrays(shots)
        np.savez(file, **arrays)
    unfinished.rename(path)


def _scene_arrays(seed: int, kind: str) -> dict[str, NDArray[Any]]:
    scenario = scenario_of(seed, LARGE_PX if kind == "large" else USUAL_SIZE_PX)
    pictures = build(scenario)
    outline, _ = cv2.findContours(
        pictures.inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    corners = cv2.approxPolyDP(max(outline, key=cv2.contourArea), 1.0, True)
    curved = TRANSDUCERS[pictures.case.view.transducer].radius_mm is not None
    return {
        "name": np.array(f"{scenario.site} {scenario.view} {seed}"),
        "mm_per_px": np.array(pictures.grid.mm_per_px),
        "outline_px": np.asarray(corners, float)[:, 0],
        "curved": np.array(curved),
    }


def _shot_arrays(shots: Sequence[Shot]) -> dict[str, NDArray[Any]]:
    pngs = [_png(shot.pixels) for shot in shots]
    return {
        "png": np.concatenate(pngs),
        "png_ends": np.cumsum([len(png) for png in pngs]),
        "number": np.array([s.number for s in shots]),
        "shaft_px": np.array([s.lie.shaft_px for s in shots]),
        "shaft_mm": np.array([s.lie.shaft_mm for s in shots]),
        "visible": np.array([s.lie.visible for s in shots]),
        "tilt_deg": np.array([s.lie.tilt_deg for s in shots]),
        "hard": np.array([s.hard for s in shots]),
        "contrast_db": np.array([s.contrast_db for s in shots]),
    }


def _png(pixels: ImageU8) -> ImageU8:
    return np.asarray(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1], np.uint8)


def load(path: Path) -> Shots:
    """What is in a file."""
    with np.load(path) as kept:
        arrays = dict(kept)
    pngs = np.split(arrays.pop("png"), arrays.pop("png_ends")[:-1])
    pixels = np.array([cv2.imdecode(png, cv2.IMREAD_GRAYSCALE) for png in pngs], np.uint8)
    outline, curved = arrays.pop("outline_px"), bool(arrays.pop("curved"))
    name, mm_per_px = str(arrays.pop("name")), float(arrays.pop("mm_per_px"))
    return Shots(name, pixels, mm_per_px=mm_per_px, area=_area(outline, curved), **arrays)


def _area(outline: Floats, curved: bool) -> PictureArea:
    (left, top), (right, bottom) = outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
    corners = tuple((x, y) for x, y in outline.tolist())
    shape = AreaShape.CURVED if curved else AreaShape.LINEAR
    return PictureArea(int(left), int(top), int(right), int(bottom), shape, corners)
