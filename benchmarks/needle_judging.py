"""What a detector says of pictures, judged against their truth.

A picture with a needle counts if the needle came in along the picture (they all do), its tip is
visible and so are at least 8 mm of its shaft; where only a dot of it is seen nobody could say more.
A picture is free when no needle has been in the tissue for longer than a needle may be carried on
without evidence. All others are judged neither way. Tip and shaft are compared in millimetres.
"""

import importlib
import inspect
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from needle_frames import Bools, Shots, load
from needle_scenes import Floats
from numpy.typing import NDArray

from guidance_app.domain.needle import MOST_COASTED, NeedleSight, SeenNeedle
from guidance_app.processing.needle.search import Looked

LEAST_SHAFT_MM = 8.0
HIT_MM, LINE_MM, LINE_DEG = 2.0, 2.0, 3.0
TANGENT_MM = 3.0
"""Length of shaft behind the tip over which its true angle is taken."""
FAR_PX = 1e4
DETECTORS = {
    "guidance": "guidance_app.processing.needle.search:NeedleSearch",
    "gabor-ransac": "needle_baselines:GaborRansac",
    "hough": "needle_baselines:LongestHough",
}
Columns = dict[str, NDArray[Any]]


class Detector(Protocol):
    """Finds a needle; made anew for each sequence."""

    def look(self, looked: Looked) -> NeedleSight:
        """The needle in this picture, or why none is given."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """One look. Of what is not said or not there, numbers are not numbers."""

    scene: str
    number: int
    counts: bool
    free: bool
    needle: bool
    """There is one, visible or not."""
    tip_shown: bool
    """It is visible."""
    hard: bool
    tilt_deg: float
    took_ms: float
    """Processor time."""
    found: bool
    confidence: float = 0.0
    tip_stated: bool = False
    coasted: int = 0
    tip_mm: float = math.nan
    """Distance of the tip from the true one."""
    line_mm: float = math.nan
    """Greatest distance of its ends from the true shaft, prolonged."""
    angle_deg: float = math.nan
    """Angle from the true one."""
    along_sigmas: float = math.nan
    across_sigmas: float = math.nan
    angle_sigmas: float = math.nan


@dataclass(frozen=True, slots=True)
class Judging:
    """What a worker is told; `loose` asks for findings of any confidence."""

    path: Path
    detector: str
    loose: bool = False
    sequence: bool = False


def make_factory(name: str, loose: bool = False) -> Callable[[], Detector]:
    """Makes detectors of one of DETECTORS, or of `module:factory`.

    A factory that takes `least_confidence` can be asked for findings of any confidence; one that
    does not is taken to report all that it has. Raises SystemExit where there is no such factory.
    """
    module, _, attribute = DETECTORS.get(name, name).partition(":")
    try:
        factory = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        known = ", ".join(DETECTORS)
        raise SystemExit(
            f'There is no detector "{name}" ({error}). Name one of {known}, or module:factory.'
        ) from None
    if loose and "least_confidence" in inspect.signature(factory).parameters:
        return lambda: factory(least_confidence=0.0)
    return factory  # type: ignore[no-any-return]


def judge_file(judging: Judging) -> list[Judged]:
    """All looks at the pictures of one file."""
    factory = make_factory(judging.detector, judging.loose)
    return judge(load(judging.path), factory, judging.sequence)


def judge(shots: Shots, factory: Callable[[], Detector], sequence: bool) -> list[Judged]:
    """All looks; by one detector where the pictures follow each other, else each by a new one."""
    free, counts = free_of_needle(shots, sequence), countable(shots)
    detector, judged = factory(), []
    for n, pixels in enumerate(shots.pixels):
        if not sequence:
            detector = factory()
        number = int(shots.number[n])
        looked = Looked(pixels, shots.area, number, alone=not sequence, mm_per_px=shots.mm_per_px)
        began_s = time.process_time()
        sight = detector.look(looked)
        took_ms = 1e3 * (time.process_time() - began_s)
        known = shots.name, number, bool(counts[n]), bool(free[n]), bool(shots.needle[n])
        stratum = bool(shots.tip_visible[n]), bool(shots.hard[n]), float(shots.tilt_deg[n])
        said: dict[str, Any] = {} if sight.needle is None else _said(sight.needle, shots, n)
        judged.append(Judged(*known, *stratum, took_ms, sight.needle is not None, **said))
    return judged


def countable(shots: Shots) -> Bools:
    """Whether a needle is to be found in each picture."""
    return shots.tip_visible & (shots.visible_mm >= LEAST_SHAFT_MM)


def free_of_needle(shots: Shots, sequence: bool) -> Bools:
    """Whether a needle reported in each picture is a false one."""
    free = ~shots.needle
    for back in range(1, MOST_COASTED + 1) if sequence else ():
        free[back:] &= ~shots.needle[:-back]
    return free


def _said(needle: SeenNeedle, shots: Shots, n: int) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "confidence": needle.confidence,
        "tip_stated": needle.tip_visible,
        "coasted": needle.coasted,
    }
    if not shots.needle[n]:
        return stated
    shaft_px, mm_per_px = shots.shaft_px[n], shots.mm_per_px
    error_px = np.array(needle.tip_px) - shaft_px[0]
    along = np.array([math.cos(needle.angle_rad), math.sin(needle.angle_rad)])
    across = np.array([-along[1], along[0]])
    turned = between(needle.angle_rad, true_angle_rad(shaft_px, mm_per_px))
    ends = np.array([needle.tip_px, needle.far_px])
    return stated | {
        "tip_mm": float(np.linalg.norm(error_px)) * mm_per_px,
        "line_mm": float(off_shaft_px(ends, shaft_px).max()) * mm_per_px,
        "angle_deg": math.degrees(abs(turned)),
        "along_sigmas": float(error_px @ along) / needle.sigma_along_px,
        "across_sigmas": float(error_px @ across) / needle.sigma_across_px,
        "angle_sigmas": turned / needle.sigma_angle_rad,
    }


def true_angle_rad(shaft_px: Floats, mm_per_px: float) -> float:
    """Direction of the shaft over TANGENT_MM behind the tip; either way along it."""
    gone_mm = np.linalg.norm(shaft_px - shaft_px[0], axis=1) * mm_per_px
    behind = int(np.argmax(gone_mm >= min(TANGENT_MM, gone_mm.max())))
    across, down = (shaft_px[0] - shaft_px[behind]).tolist()
    return math.atan2(down, across)


def between(one_rad: float, other_rad: float) -> float:
    """Angle between two lines, in [-pi/2, pi/2)."""
    return (one_rad - other_rad + math.pi / 2) % math.pi - math.pi / 2


def off_shaft_px(points_px: Floats, shaft_px: Floats) -> Floats:
    """Distance of each point from the shaft, which goes straight on at both its ends."""
    moves = np.linalg.norm(np.diff(shaft_px, axis=0), axis=1) > 1e-9
    shaft_px = shaft_px[np.concatenate([[True], moves])]
    ahead, behind = shaft_px[0] - shaft_px[1], shaft_px[-1] - shaft_px[-2]
    first = shaft_px[0] + FAR_PX * ahead / np.linalg.norm(ahead)
    last = shaft_px[-1] + FAR_PX * behind / np.linalg.norm(behind)
    line = np.vstack([first, shaft_px, last])
    starts, ways = line[:-1], np.diff(line, axis=0)
    from_start = points_px[:, None] - starts
    share = np.clip((from_start * ways).sum(2) / (ways**2).sum(1), 0.0, 1.0)
    return np.asarray(np.linalg.norm(from_start - share[..., None] * ways, axis=2).min(axis=1))


def columns(judged: list[Judged]) -> Columns:
    """One array for each field."""
    return {f.name: np.array([getattr(one, f.name) for one in judged]) for f in fields(Judged)}


def hits(of: Columns) -> Bools:
    """Whether the tip is stated within HIT_MM."""
    return np.asarray(of["found"] & of["tip_stated"] & (of["tip_mm"] <= HIT_MM))


def lines_right(of: Columns) -> Bools:
    """Whether the shaft is within LINE_DEG and LINE_MM."""
    near = (of["line_mm"] <= LINE_MM) & (of["angle_deg"] <= LINE_DEG)
    return np.asarray(of["found"] & near)
