"""Pictures with a known needle or none, for fitting the ranking: simulated, changed and painted.

Simulated ones are those of `needle_frames`. Of each there are copies as another console would show
it: turned, zoomed, flipped, under another curve of grey and another frame. Recordings without a
needle are of real consoles; on copies of them needles are painted, since there are none to fit to.
"""

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from needle_frames import ROOT, Bools, load
from needle_judging import countable
from needle_scenes import Floats
from painted_needle import painted

sys.path.append(str(ROOT / "tests"))

from metaimage import read_metaimage

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.needle.place import place_of
from guidance_app.processing.sector import find_area

SIMULATED, WARPED, RECORDED, PAINTED = "simulated", "warped", "recorded", "painted"
RECORDINGS = {
    "BoneUltrasound_L14": (0, 1),
    "SpinePhantomFreehand": (1, 1),
    "USTC_FrameGrabber_ProbeTranslationData": (1, 8),
    "UltrasonixCurvilinearScanConvertedData": (0, 1),
}
"""Half to which it belongs, and every how many of its frames are taken."""
LEAST_POINTS = 6
"""Of a shaft, in the picture: with fewer there is nothing to be found."""
SLIGHTLY_DEG, STRONGLY_DEG = 5.0, 22.0
MOST_ZOOM, CURVES, FRAME = 1.7, (0.7, 1.3), 0.08
"""A frame covers so much of the height on each side."""
COPIES, PAINTINGS = 3, 4
"""Of each recorded picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One picture and what is true of it."""

    name: str
    """Of the scene or recording."""
    source: str
    half: int
    """0 or 1: what is fitted to the one is judged by the other."""
    grey: ImageU8
    inside: Bools
    shaft_px: Floats
    """(points, 2): where the needle can be seen; no points without a needle."""
    hard: bool = False
    counts: bool = True
    """Whether one could ask for the needle to be found."""


def of_scene(path: Path) -> Iterator[Example]:
    """The pictures of a file of simulated ones, and two changed copies of each."""
    shots = load(path)
    rng, half = _rng(shots.name), zlib.crc32(shots.name.encode()) % 2
    place, counts = place_of(shots.area, shots.pixels.shape[1:]), countable(shots)
    for n, pixels in enumerate(shots.pixels):
        shaft_px = shots.shaft_px[n][shots.visible[n]] - (place.columns.start, place.rows.start)
        rest = bool(shots.hard[n]), bool(counts[n])
        example = Example(
            shots.name, SIMULATED, half, place.cut(pixels), place.inside, shaft_px, *rest
        )
        copies = (warped(example, rng, strongly) for strongly in (False, True))
        whole = [example, *(replace(copy, source=WARPED) for copy in copies)]
        with_needle = bool(shots.needle[n])
        yield from (one for one in whole if not with_needle or len(one.shaft_px) >= LEAST_POINTS)


def of_recording(data: Path, name: str) -> Iterator[Example]:
    """The pictures of a recording without a needle, and copies, with and without a painted one."""
    rng, (half, step) = _rng(name), RECORDINGS[name]
    for frame in read_metaimage(data / "plus" / f"{name}.igs.mha")[::step]:
        area = find_area(frame)
        if area is None:
            continue
        place = place_of(area, frame.shape)
        nothing = np.zeros((0, 2))
        example = Example(name, RECORDED, half, place.cut(frame), place.inside, nothing)
        yield example
        yield from (warped(example, rng, copy % 2 == 1) for copy in range(COPIES))
        for _ in range(PAINTINGS):
            yield from _with_needle(example, rng)


def _with_needle(example: Example, rng: np.random.Generator) -> Iterator[Example]:
    grey, shaft_px = painted(example.grey, example.inside, rng)
    shaft_px = _seen(shaft_px, example.inside)
    with_needle = replace(example, source=PAINTED, grey=grey, shaft_px=shaft_px)
    whole = (with_needle, warped(with_needle, rng, strongly=True))
    yield from (one for one in whole if len(one.shaft_px) >= LEAST_POINTS)


def warped(example: Example, rng: np.random.Generator, strongly: bool) -> Example:
    """A copy as another console would show it; `strongly` turned, and within another frame."""
    shape = example.grey.shape
    change = _change(example, rng, STRONGLY_DEG if strongly else SLIGHTLY_DEG)
    size = shape[1], shape[0]
    moved = cv2.warpAffine(example.grey, change, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpAffine(example.inside.astype(np.uint8), change, size, flags=cv2.INTER_NEAREST)
    inside = np.asarray(mask > 0)
    if strongly:
        inside &= _framed(shape)
    share = np.asarray(moved) / 255.0
    grey = (255.0 * share ** rng.uniform(*CURVES) * inside).astype(np.uint8)
    shaft_px = _seen(example.shaft_px @ change[:, :2].T + change[:, 2], inside)
    return replace(example, grey=grey, inside=inside, shaft_px=shaft_px)


def _change(example: Example, rng: np.random.Generator, most_deg: float) -> Floats:
    """(2, 3): turned and zoomed about a point near the needle, which comes to the middle."""
    rows, columns = example.grey.shape
    middle = np.array([columns / 2, rows / 2])
    about = middle
    if len(example.shaft_px):
        about = 0.6 * example.shaft_px.mean(axis=0) + 0.4 * middle
    turn_deg, zoom = rng.uniform(-most_deg, most_deg), rng.uniform(1.0, MOST_ZOOM)
    change = np.array(cv2.getRotationMatrix2D(tuple(about.tolist()), turn_deg, zoom), np.float64)
    change[:, 2] += middle - about
    if rng.random() < 0.5:
        change[0] = -change[0]
        change[0, 2] += columns - 1.0
    return change


def _framed(shape: tuple[int, ...]) -> Bools:
    border = round(FRAME * shape[0])
    framed = np.zeros(shape, np.bool_)
    framed[border : shape[0] - border, border : shape[1] - border] = True
    return framed


def _seen(points_px: Floats, inside: Bools) -> Floats:
    """Those of the points that lie in the picture."""
    x, y = np.floor(points_px).astype(int).T
    rows, columns = inside.shape
    within = (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
    seen = within & inside[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)]
    return np.asarray(points_px[seen])


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))
