"""Rows of equal marks on a screen: where they stand, to a part of a pixel. Pure.

A mark is small, bright against what is around it, and stands in a straight row of its like at
equal steps with nothing of its size between them. A column of text is not: its rows hold more
than one mark each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from drivers.api.samples import ImageU8
from drivers.opencv import cv2
from guidance_app.processing.outline import Floats, Ints

CONTRAST = 30
"""Levels by which a mark stands out of its surroundings."""
FEWEST_MARKS = 4
"""Four only where each place holds one and nothing stands between; else one more."""
LEAST_PRESENT = 0.7
"""Part of the places of a row that hold a mark: a focus marker or pointer may cover some."""
LEAST_FREE = 0.5
"""Part of them whose marks touch nothing: numbers stand close to every second one."""
LEAST_PURE = 0.6
"""Part of the marks along a row that stand on its places: text fails this."""
LEAST_FILLED, LEAST_FILLED_BAR = 0.5, 0.75
"""Part of its rectangle that a mark fills; the second one where it is as high as letters and wider
than a disc: a short word, whose letters have run together, fills 0.53 to 0.72."""
LETTER_PX, BAR = 7, 1.4
SHORTEST_STEP_PX = 4.0
ACROSS_A_LINE = np.ones((1, 3), np.uint8)
"""Joins the two ends of a mark that crosses the ruler's own line, which `lift` takes out."""
MOST_MARKS = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Small bright things of a frame whose columns have been turned into rows' direction.

    `along` and `across` are the centres, `low` and `high` the extent across, in pixels.
    """

    along: Floats
    across: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Equally spaced marks: places first + step * index, and the marks that stand there."""

    first_px: float
    step_px: float
    step_sigma_px: float
    low_px: float
    high_px: float
    """Extent across that the marks have in common."""
    index: Floats
    along: Floats

    @property
    def span_px(self) -> float:
        """From the first mark to the last."""
        return float(self.along[-1] - self.along[0])


def brightest(pixels: ImageU8) -> ImageU8:
    """One plane: of each pixel its brightest colour, so that a blue mark counts as a white."""
    return pixels if pixels.ndim == 2 else np.asarray(reduce(cv2.max, cv2.split(pixels)))


def lift(pixels: ImageU8) -> ImageU8:
    """What stands out of its surroundings along the columns, marks of any colour alike."""
    bright = brightest(pixels)
    length = max(9, round(0.03 * bright.shape[0])) | 1
    kernel = np.ones((length, 1), np.uint8)
    return np.asarray(cv2.morphologyEx(bright, cv2.MORPH_TOPHAT, kernel))


def find_marks(lifted: ImageU8) -> Marks:
    """The small bright things of a frame, in the order of their columns."""
    lit = (lifted > CONTRAST).astype(np.uint8)
    mask = np.asarray(cv2.morphologyEx(lit, cv2.MORPH_CLOSE, ACROSS_A_LINE), np.uint8)
    count, labels, found, _ = cv2.connectedComponentsWithStats(mask)
    stats = np.asarray(found, np.int64)
    tallest = max(5, 0.03 * lifted.shape[0])
    left, _, width, height, area = stats.T.astype(float)
    as_words = (height > LETTER_PX) & (width > BAR * height)
    filled = np.where(as_words, LEAST_FILLED_BAR, LEAST_FILLED)
    small = (height <= tallest) & (width <= 2 * tallest) & (area >= filled * width * height)
    small &= (area >= 3) & (width >= 0.7 * height)
    small[0] = False
    chosen = np.flatnonzero(small & _free_beside(mask, stats))[:MOST_MARKS]
    y, x = np.nonzero(mask)
    weight, of = lifted[y, x].astype(float), labels[y, x]
    total = np.bincount(of, weight, count)[chosen]
    along = np.bincount(of, weight * y, count)[chosen] / total
    across = np.bincount(of, weight * x, count)[chosen] / total
    return Marks(along, across, left[chosen], left[chosen] + width[chosen] - 1)


def _free_beside(mask: ImageU8, stats: Ints) -> NDArray[np.bool_]:
    """Which things have nothing close to their left and right, as letters have."""
    gap = max(3, round(0.005 * mask.shape[1]))
    sums = cv2.integral(cv2.copyMakeBorder(mask, 0, 0, gap, gap, cv2.BORDER_CONSTANT))
    left, top, width, height, area = stats.T
    right, bottom = left + width + 2 * gap, top + height
    found = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(found <= area + 1)


def find_rows(lifted: ImageU8) -> list[Row]:
    """Rows of equal marks that run down the frame, the most marks first."""
    marks = find_marks(lifted)
    rows = [row for column in _columns(marks) for row in _rows_of(marks, column)]
    refined = [finer for row in _distinct(rows) if (finer := _refine(row, lifted)) is not None]
    return _distinct(refined)


def _columns(marks: Marks) -> Iterator[Ints]:
    """Marks that share a left edge, a middle or a right edge."""
    seen: set[bytes] = set()
    for place in (marks.low, marks.across, marks.high):
        order = np.argsort(place)
        sorted_place = place[order]
        ends = np.searchsorted(sorted_place, sorted_place + 2.5)
        widest = np.flatnonzero(np.diff(ends, prepend=0) > 0)  # the others lie inside these
        for start, end in zip(widest, ends[widest], strict=True):
            column = np.sort(order[start:end])
            if len(column) >= FEWEST_MARKS and column.tobytes() not in seen:
                seen.add(column.tobytes())
                yield column[np.argsort(marks.along[column])]


def _rows_of(marks: Marks, column: Ints) -> Iterator[Row]:
    along = marks.along[column]
    found = best_row(along, LEAST_FREE)
    if found is None:
        return
    index, held = found
    first, step = _line(index, along[held])
    low, high = np.median(marks.low[column[held]]), np.median(marks.high[column[held]])
    yield Row(first, step, 0.0, float(low), float(high), index, along[held])


def best_row(along: Floats, present: float) -> tuple[Floats, Ints] | None:
    """Indices and members of the equally spaced row with most marks, or None.

    `along` is sorted; `present` is the part of the places that must hold a mark. The longest
    run wins in which most places are taken and most marks stand on a place.
    """
    best: tuple[Floats, Ints] | None = None
    best_score = 0.0
    gaps = np.concatenate([np.diff(along), along[2:] - along[:-2]])
    starts = np.concatenate([along[:-1], along[:-2]])
    for start, step in _seeds(along, starts, gaps):
        index, held = _on_places(along, start, step)
        if len(held) < FEWEST_MARKS:
            continue
        places = index[-1] - index[0] + 1
        among = held[-1] - held[0] + 1
        if len(held) < present * places or len(held) < LEAST_PURE * among:
            continue
        if len(held) == FEWEST_MARKS and not len(held) == places == among:
            continue
        score = float(len(held) ** 3 / places / among)
        if score > best_score:
            best, best_score = (index, held), score
    return best


def _seeds(along: Floats, starts: Floats, steps: Floats) -> Floats:
    """Starts and steps worth a closer look, one of all that choose the same marks."""
    wide = steps >= SHORTEST_STEP_PX
    starts, steps = starts[wide, None], steps[wide, None]
    off = np.abs(along - starts - np.round((along - starts) / steps) * steps)
    near = off < np.maximum(1.0, 0.04 * steps)
    enough = np.count_nonzero(near, axis=1) >= FEWEST_MARKS
    _, first = np.unique(near[enough], axis=0, return_index=True)
    return np.asarray(np.hstack([starts[enough], steps[enough]])[np.sort(first)])


def _on_places(along: Floats, start: float, step: float) -> tuple[Floats, Ints]:
    """Indices and members on the places, in the run around `start` without wide gaps.

    The step is fitted again as the run grows, so that its error does not add up.
    """
    index, near = np.zeros(0), np.zeros(0, int)
    for _ in range(4):
        places = np.round((along - start) / step)
        near = np.flatnonzero(np.abs(along - start - places * step) < max(1.0, 0.04 * step))
        near = near[np.diff(places[near], prepend=-np.inf) > 0]
        index = places[near]
        breaks = np.flatnonzero(np.diff(index) > 2)
        origin = int(np.searchsorted(index, 0))
        left = breaks[breaks < origin].max(initial=-1) + 1
        right = breaks[breaks >= origin].min(initial=len(near) - 1) + 1
        near, index = near[left:right], index[left:right]
        if len(near) < FEWEST_MARKS:
            break
        start, step = _line(index, along[near])
    return index, near


def _line(index: Floats, along: Floats) -> tuple[float, float]:
    """First place and step by least squares."""
    centred = index - index.mean()
    step = float((centred * along).sum() / (centred**2).sum())
    return float(along.mean() - step * index.mean()), step


def _refine(row: Row, lifted: ImageU8) -> Row | None:
    """The row again from the brightness along it, which also has marks that text touches."""
    left, right = round(row.low_px), round(row.high_px) + 1
    profile = lifted[:, max(0, left) : right].mean(axis=1)
    along = _peaks(profile, row)
    found = best_row(along, LEAST_PRESENT) if len(along) >= FEWEST_MARKS else None
    if found is None:
        return None
    index, held = found
    places = along[held]
    first, step, sigma, kept = fit_line(index, places)
    base = index[kept][0]
    return Row(
        first + step * base, step, sigma, row.low_px, row.high_px, index[kept] - base, places[kept]
    )


def _peaks(profile: Floats, row: Row) -> Floats:
    """Centres of the runs above a third of the height that the row's marks have."""
    heights = profile[np.clip(np.round(row.along).astype(int), 0, len(profile) - 1)]
    above = np.concatenate([[0], (profile > 0.3 * np.median(heights)).astype(np.int8), [0]])
    starts, ends = np.flatnonzero(np.diff(above) == 1), np.flatnonzero(np.diff(above) == -1)
    where = np.arange(len(profile))
    weights = np.clip(profile - 0.2 * np.median(heights), 0, None)
    centres = [
        float(np.average(where[a:b], weights=weights[a:b]))
        for a, b in zip(starts, ends, strict=True)
        if b - a <= 0.6 * row.step_px
    ]
    return np.array(centres)


def fit_line(index: Floats, along: Floats) -> tuple[float, float, float, Ints]:
    """First place, step, standard error of the step, and the marks that were used.

    Least squares; marks farther off than three robust deviations are left out once.
    """
    kept = np.ones(len(index), bool)
    for _ in range(2):
        first, step = _line(index[kept], along[kept])
        residual = along - first - step * index
        deviation = max(1.4826 * float(np.median(np.abs(residual[kept]))), 0.15)
        kept = np.abs(residual) < 3 * deviation
    freedom = max(1, int(kept.sum()) - 2)
    spread = float(np.sqrt((residual[kept] ** 2).sum() / freedom))
    lever = float(np.sqrt(((index[kept] - index[kept].mean()) ** 2).sum()))
    return float(first), float(step), max(spread, 0.1) / lever, np.flatnonzero(kept)


def _distinct(rows: list[Row]) -> list[Row]:
    """The rows with most marks; of two in the same place only the better."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda row: (-len(row.along), row.step_px)):
        if not any(_same_place(row, other) for other in kept):
            kept.append(row)
    return kept


def _same_place(row: Row, other: Row) -> bool:
    across = row.low_px <= other.high_px + 2 and other.low_px <= row.high_px + 2
    return across and row.along[0] <= other.along[-1] and other.along[0] <= row.along[-1]
