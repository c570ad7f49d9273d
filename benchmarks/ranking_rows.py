"""What the detector finds in pictures with a known needle or none, as rows to fit to."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from needle_frames import Bools
from needle_scenes import Floats
from numpy.typing import NDArray
from ranking_fit import UNDECIDED
from ranking_pictures import Example, of_recording, of_scene

from guidance_app.processing.needle.candidates import Scan
from guidance_app.processing.needle.features import NAMES
from guidance_app.processing.needle.segments import Segment

LEAST_SHARE = 0.4
"""Of the needle must lie beside a stretch that is to count as the needle."""
OFF, BEYOND = 4 / 480, 0.02
"""Distance from it, and of its ends beyond it, in heights of the picture."""
TURNED_DEG, LEAST_TURNED_DEG, TURNED = 10.0, 3.0, 0.833
"""A stretch may be turned by as many degrees as TURNED divided by the needle's length in heights,
within these two."""
OF_STRETCHES = ("told", "is_needle", "picture")
NOTHING = -9.0
"""Log odds of a picture in which there is nothing at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Stretches of pictures; n of the first, m of the second."""

    told: Floats
    """(n, NAMES)."""
    is_needle: Bools
    """(n)."""
    picture: NDArray[np.int64]
    """(n), rising: the picture each is of."""
    name: NDArray[np.str_]
    """(m), as all below: its scene or recording."""
    source: NDArray[np.str_]
    """Simulated, warped, recorded or painted."""
    half: NDArray[np.int64]
    needle: Bools
    hard: Bools
    counts: Bools

    def best(self, evidence: Floats) -> tuple[Floats, Bools]:
        """(m) each: evidence of the likeliest stretch of every picture, and whether it is right."""
        best, right = np.full(self.half.size, NOTHING), np.zeros(self.half.size, np.bool_)
        order = np.lexsort((evidence, self.picture))
        last = order[np.append(np.diff(self.picture[order]) > 0, True)] if order.size else order
        best[self.picture[last]], right[self.picture[last]] = evidence[last], self.is_needle[last]
        return best, right

    def picked(self, pictures: Bools) -> "Rows":
        """Those of some pictures."""
        rows, number = pictures[self.picture], np.cumsum(pictures) - 1
        columns: dict[str, NDArray[Any]] = {
            field.name: getattr(self, field.name)[rows if field.name in OF_STRETCHES else pictures]
            for field in fields(Rows)
        }
        return Rows(**columns | {"picture": number[columns["picture"]]})


def rows_of(examples: Iterable[Example]) -> Rows:
    """What the detector finds in them."""
    return joined([_row(example) for example in examples])


def rows_of_scene(path: Path) -> Rows:
    """Of a file of simulated pictures."""
    return rows_of(of_scene(path))


def rows_of_recording(of: tuple[Path, str]) -> Rows:
    """Of a recording: folder of the data, and its name."""
    return rows_of(of_recording(*of))


def joined(parts: Sequence[Rows]) -> Rows:
    """All of them, their pictures numbered through."""
    before = np.cumsum([0, *(part.half.size for part in parts)])
    columns: dict[str, NDArray[Any]] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Rows)
    }
    numbered = [part.picture + first for part, first in zip(parts, before[:-1], strict=True)]
    return Rows(**columns | {"picture": np.concatenate(numbered)})


def _row(example: Example) -> Rows:
    found = Scan(example.grey, example.inside, UNDECIDED).everywhere()
    rows, needle = example.grey.shape[0], len(example.shaft_px) > 0
    right = [needle and is_on(c.segment, example.shaft_px, rows) for c in found]
    return Rows(
        np.array([c.told for c in found], float).reshape(-1, len(NAMES)),
        np.array(right, np.bool_),
        np.zeros(len(found), np.int64),
        np.array([example.name]),
        np.array([example.source]),
        np.array([example.half]),
        np.array([needle]),
        np.array([example.hard]),
        np.array([example.counts]),
    )


def is_on(segment: Segment, shaft_px: Floats, rows: int) -> bool:
    """Whether a stretch is that needle; `shaft_px` (points, 2) in order, of a picture so high."""
    way = np.subtract(segment.end, segment.start)
    length = float(np.hypot(*way))
    along = way / max(length, 1e-6)
    from_start = shaft_px - segment.start
    beside = np.abs(from_start @ [-along[1], along[0]])
    gone, beyond = from_start @ along, BEYOND * rows
    on = (gone > -beyond) & (gone < length + beyond)
    if on.mean() <= LEAST_SHARE or np.median(beside[on]) >= OFF * rows:
        return False
    needle = shaft_px[-1] - shaft_px[0]
    most_deg = TURNED * rows / max(float(np.hypot(*needle)), 1.0)
    turned_deg = segment.angle_deg - math.degrees(math.atan2(needle[1], needle[0]))
    allowed_deg = max(LEAST_TURNED_DEG, min(TURNED_DEG, most_deg))
    return bool(abs((turned_deg + 90.0) % 180.0 - 90.0) < allowed_deg)
