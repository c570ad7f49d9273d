"""How long a detector takes for a picture, on one core."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from needle_figures import Figures, quantile
from needle_frames import Shots, load
from needle_judging import Detector

from guidance_app.processing.needle.search import Looked

WARMING = 2
"""Looks before it is measured: what is compiled is compiled then."""


def speed(
    factory: Callable[[], Detector], frames: list[Path], large: list[Path], sequences: list[Path]
) -> Figures:
    """Milliseconds of processor time: of new detectors, and of one that has its needle."""
    return {
        "acquiring_640x480": _spread([t for path in frames for t in _acquiring_ms(factory, path)]),
        "acquiring_1080x860": _spread([t for path in large for t in _acquiring_ms(factory, path)]),
        "tracking_640x480": _spread([t for path in sequences for t in _tracking_ms(factory, path)]),
    }


def _acquiring_ms(factory: Callable[[], Detector], path: Path) -> list[float]:
    shots = load(path)
    for n in range(WARMING):
        factory().look(_looked(shots, n))
    return [_timed_ms(factory(), _looked(shots, n))[0] for n in range(len(shots.pixels))]


def _tracking_ms(factory: Callable[[], Detector], path: Path) -> list[float]:
    """Of the looks that follow one in which a needle was found."""
    shots, detector = load(path), factory()
    taken_ms, had = [], False
    for n in range(len(shots.pixels)):
        took_ms, has = _timed_ms(detector, _looked(shots, n))
        taken_ms += [took_ms] if had else []
        had = has
    return taken_ms


def _timed_ms(detector: Detector, looked: Looked) -> tuple[float, bool]:
    began_s = time.process_time()
    sight = detector.look(looked)
    return 1e3 * (time.process_time() - began_s), sight.needle is not None


def _looked(shots: Shots, n: int) -> Looked:
    return Looked(shots.pixels[n], shots.area, int(shots.number[n]), mm_per_px=shots.mm_per_px)


def _spread(taken_ms: list[float]) -> Figures:
    taken = np.array(taken_ms)
    return {
        "looks": len(taken_ms),
        "median_ms": quantile(taken, 0.5),
        "95th_ms": quantile(taken, 0.95),
    }
