"""The ultrasound picture watched apart from the rest of a console's screen.

While a console is frozen its clock still runs. So inside the area new content is looked for,
and outside a sign of life.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import PictureGeometry
from drivers.opencv import cv2
from guidance_app.domain.picture_area import PictureArea
from guidance_app.domain.snapshot import GRID_COLUMNS, GRID_ROWS
from guidance_app.processing.rhythm import Rhythm

MS = 1_000_000
ALIVE_NS = 3_000 * MS
"""A clock that shows seconds has moved within this time."""
TICKS_NS = (800 * MS, 1_200 * MS)
TICKS = 5
"""So many changes outside in a row, each about a second after the other, are a clock."""
CLOCK_STANDS_NS = 5_000 * MS

FINENESS = 8
"""Samples along each side of a cell, to see how much of it the area covers."""


@dataclass(frozen=True, slots=True)
class AreaWatch:
    """What happens inside and outside the area; cells are counted row by row."""

    geometry: PictureGeometry
    inside: tuple[int, ...]
    """Cells that lie in the area altogether; those at its edge count for neither side."""
    outside: tuple[int, ...]
    content: Rhythm = field(default_factory=Rhythm)
    """Of new content inside."""
    surroundings: Rhythm = field(default_factory=Rhythm)
    """Of changes outside."""
    clock_seen: bool = False
    """Something outside has changed once a second."""

    def after(self, cells_new_ns: tuple[int, ...]) -> "AreaWatch":
        """What is known when each cell was new at that time last; empty: nothing is known."""
        if not cells_new_ns:
            return self
        surroundings = _followed(self.surroundings, self.outside, cells_new_ns)
        return replace(
            self,
            content=_followed(self.content, self.inside, cells_new_ns),
            surroundings=surroundings,
            clock_seen=self.clock_seen or _ticks(surroundings),
        )

    def console_runs(self, now_ns: int) -> bool:
        """Something outside has changed since the area stands, and lately."""
        around_ns, content_ns = self.surroundings.newest_ns, self.content.newest_ns
        if around_ns is None or content_ns is None:
            return False
        return around_ns > content_ns and now_ns - around_ns <= ALIVE_NS

    def clock_stands(self, now_ns: int) -> bool:
        """A clock was seen outside, and it moves no more."""
        newest_ns = self.surroundings.newest_ns
        return self.clock_seen and newest_ns is not None and now_ns - newest_ns > CLOCK_STANDS_NS


def watch(
    area: PictureArea, geometry: PictureGeometry, intervals_ns: tuple[int, ...] = ()
) -> AreaWatch:
    """Begin to watch an area found in frames of this geometry.

    `intervals_ns` are those of new content so far, so that its rhythm need not be learned anew.
    """
    covered = _covered(area, geometry)
    inside = np.flatnonzero(covered == 1.0)
    if inside.size == 0:  # smaller than a cell, or as thin
        inside = np.flatnonzero(covered == covered.max())
    outside = np.flatnonzero(covered == 0.0)
    content = Rhythm(None, intervals_ns)
    return AreaWatch(geometry, tuple(inside.tolist()), tuple(outside.tolist()), content)


def _covered(area: PictureArea, geometry: PictureGeometry) -> NDArray[np.float64]:
    """Which share of each cell the area covers, row by row."""
    height, width = GRID_ROWS * FINENESS, GRID_COLUMNS * FINENESS
    scale = np.array([width / geometry.width_px, height / geometry.height_px])
    outline = np.clip(np.array(area.outline_px) * scale, -width, 2 * width)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    cells = mask.reshape(GRID_ROWS, FINENESS, GRID_COLUMNS, FINENESS)
    return np.asarray(cells.mean(axis=(1, 3)).ravel(), np.float64)


def _followed(rhythm: Rhythm, cells: tuple[int, ...], cells_new_ns: tuple[int, ...]) -> Rhythm:
    """The rhythm after the newest change in any of the cells; as it was when there is none."""
    newest_ns = max((cells_new_ns[cell] for cell in cells), default=None)
    if newest_ns is None or newest_ns == rhythm.newest_ns:
        return rhythm
    return rhythm.after(newest_ns)


def _ticks(rhythm: Rhythm) -> bool:
    shortest_ns, longest_ns = TICKS_NS
    lately = rhythm.intervals_ns[-TICKS:]
    return len(lately) == TICKS and all(shortest_ns <= step <= longest_ns for step in lately)
