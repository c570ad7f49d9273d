"""What was not there before: a needle comes into the picture, layers of tissue are there.

A line is compared with the best line near it in pictures of a while ago, so that tissue which
only shifts or turns a little is not new.
"""

import math
from collections import deque
from collections.abc import Sequence
from itertools import product

import numpy as np

from guidance_app.processing.needle.features import response
from guidance_app.processing.needle.ridges import Real, Ridges
from guidance_app.processing.needle.segments import Segment
from guidance_app.processing.needle.strips import Lines, lines_of

EVERY, KEPT = 15, 6
"""Fresh pictures from one that is remembered to the next, and how many are: some three seconds."""
SHIFTS_PX, TURNS_DEG = np.arange(-6.0, 6.1, 1.5), (-3.0, 0.0, 3.0)
"""How far tissue may have moved in between, at the fine level."""
PARTS = np.linspace(0.0, 1.0, 40)[None]


class Before:
    """Remembers pictures of a while ago."""

    def __init__(self) -> None:
        self._count = 0
        self._kept: deque[Ridges] = deque(maxlen=KEPT)

    def remember(self, ridges: Ridges) -> None:
        """Take the newest picture, of which every so many are kept."""
        if self._count % EVERY == 0:
            self._kept.append(ridges)
        self._count += 1

    def novelty(self, segments: Sequence[Segment], now: Ridges) -> Real:
        """How much more each stretch responds now than anything near it did before.

        In standard deviations of the picture; against the oldest picture kept and the middle one,
        whichever was less like it. Segments are those of the fine level.
        """
        if not segments or not self._kept:
            return np.zeros(len(segments))
        lines = lines_of(segments)
        newest = response(now, lines, _angles(lines), PARTS)
        then = (self._kept[0], self._kept[len(self._kept) // 2])
        return np.asarray(np.max([newest - _best_near(one, lines) for one in then], axis=0))


def _best_near(ridges: Ridges, lines: Lines) -> Real:
    moved = [_moved(lines, shift, turn) for shift, turn in product(SHIFTS_PX, TURNS_DEG)]
    found = [response(ridges, one, _angles(one), PARTS) for one in moved]
    return np.asarray(np.max(found, axis=0))


def _moved(lines: Lines, shift_px: float, turn_deg: float) -> Lines:
    """The lines moved across themselves, and turned about their middles."""
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    x, y = lines.along[:, 0], lines.along[:, 1]
    along = np.stack([x * c - y * s, x * s + y * c], 1)
    half = along * lines.length[:, None] / 2
    middle = (lines.upper + lines.lower) / 2 + shift_px * lines.below
    return Lines(middle - half, middle + half, along, lines.below, lines.length)


def _angles(lines: Lines) -> Real:
    """Of the lines, in (-pi/2, pi/2]."""
    angles = np.arctan2(lines.along[:, 1], lines.along[:, 0])
    return np.asarray((angles + math.pi / 2) % math.pi - math.pi / 2)
