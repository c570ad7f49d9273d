"""Lines that may be a needle, followed from one picture to the next.

A layer of tissue that looks like a needle for a moment does not look like one for long: what
speaks for a line is averaged over the pictures that showed it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from guidance_app.domain.needle import MOST_COASTED
from guidance_app.processing.needle.candidates import Candidate, Scan, is_same
from guidance_app.processing.needle.novelty import Before
from guidance_app.processing.needle.planned import PlannedPath
from guidance_app.processing.needle.segments import Segment

MOST_FOLLOWED = 6
SLOWEST = 0.15
"""Share of the newest picture in the average, once a line has been seen for a while."""
MOVED, MOVED_MM = 0.03, 1.5
"""Between two pictures a needle moves across itself by less than this part of the height, and,
where the scale is known, by less than this: 45 mm/s at 30 pictures a second; ours."""
TURNED_DEG = 4.0
"""And it turns by less than this."""
NOT_SHOWN = -4.5
"""Log odds below which a picture does not show a line that was there."""
OLD, BY_NOVELTY = 0.7, 1.0
"""Standard deviations that tissue gains by chance, and log odds for each that a line gains."""
ALONE, AT_FIRST, SETTLED, STILL = -0.6, 0.6, -0.3, -2.5
"""Log odds from which on a line is a needle: in one picture alone; in the first pictures of many;
once it has been seen for a while; and as long as it has been one. In one picture alone 1 % of
simulated ones without a needle reach as much. Over time one line without a needle did, for 59 of
4,886 pictures of 40 simulated insertions. With the last 1.3 higher it is let go after 13, and so is
the needle of the real video, which has less evidence than simulated ones; with the second 0.9 and
the third 0.7 lower 8 lines were taken for needles in 24 of these insertions."""
SETTLED_AFTER = 10
EVERYWHERE_EVERY = 10
"""Scans from one that is made everywhere to the next, while a needle is followed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the picture, and never needed."""

    mm_per_px: float | None = None
    path: PlannedPath | None = None

    def moved_px(self, rows: int) -> float:
        """The most by which a needle moves across itself in a picture of so many rows."""
        most_px = MOVED_MM / self.mm_per_px if self.mm_per_px else math.inf
        return min(MOVED * rows, most_px)


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Line:
    """One line over time; pixels of the searched picture."""

    segment: Segment
    evidence: float
    """Log odds that it is a needle, averaged over the pictures that were searched for it."""
    seen: int = 1
    """Pictures that showed it."""
    missed: int = 0
    """Pictures since then that did not."""
    novelty: float = 0.0
    """The most by which it stood out against pictures of a while ago."""
    planned: float = 0.0
    """Log odds that it gains by lying where a needle is planned."""
    is_needle: bool = False

    @property
    def believed(self) -> float:
        """Log odds that it is a needle: by how it looks, by its having come, and by the plan."""
        new = min(max(self.novelty - OLD, 0.0), 1.0)
        return self.evidence + BY_NOVELTY * new + self.planned


class Follower:
    """Remembers lines, and what stood in their places before; one thread."""

    def __init__(self) -> None:
        self._before = Before()
        self._lines: list[Line] = []
        self._needle: Line | None = None
        self._count = 0

    @property
    def settled(self) -> Line | None:
        """The needle, once it has been seen for a while and was seen in the last picture."""
        line = self._needle
        return line if line and not line.missed and line.seen >= SETTLED_AFTER else None

    def needle(self, scan: Scan, known: Known = NOTHING) -> Line | None:
        """The line that is the needle after one more picture, if one is."""
        lines = self._followed(scan, known.moved_px(scan.rows))
        novelty = self._before.novelty([scan.fine(line.segment) for line in lines], scan.ridges)
        self._before.remember(scan.ridges)
        judged = zip(lines, novelty.tolist(), strict=True)
        self._lines = [_judged(*pair, known.path) for pair in judged]
        needles = [line for line in self._lines if line.is_needle]
        self._needle = max(needles, key=lambda line: line.believed, default=None)
        return self._needle

    def keep(self, segment: Segment) -> None:
        """The needle lies here in the newest picture, in which no other line was looked for."""
        assert self._needle is not None, "there is none to keep"
        kept = replace(self._needle, segment=segment, seen=self._needle.seen + 1)
        self._lines = [kept if line is self._needle else line for line in self._lines]
        self._needle = kept

    def _followed(self, scan: Scan, within_px: float) -> list[Line]:
        """The lines; no others are looked for while a needle is where it was, but now and then."""
        self._count += 1
        if self._count % EVERYWHERE_EVERY and any(line.is_needle for line in self._lines):
            lines = follow(self._lines, scan, within_px, everywhere=False)
            if any(line.is_needle and not line.missed for line in lines):
                return lines
        return follow(self._lines, scan, within_px, everywhere=True)


def _judged(line: Line, novelty: float, path: PlannedPath | None) -> Line:
    planned = path.odds(line.segment) if path else 0.0
    line = replace(line, novelty=max(line.novelty, novelty), planned=planned)
    return replace(line, is_needle=line.believed >= _enough(line))


def _enough(line: Line) -> float:
    if line.is_needle:
        return STILL
    return AT_FIRST if line.seen < SETTLED_AFTER else SETTLED


def likeliest(scan: Scan, known: Known = NOTHING) -> Line | None:
    """The line that is the needle in a picture that stands for itself, if one is."""
    lines = [_judged(_begun(candidate), 0.0, known.path) for candidate in scan.everywhere()]
    best = max(lines, key=lambda line: line.believed, default=None)
    return best if best and best.believed >= ALONE else None


def follow(lines: Sequence[Line], scan: Scan, within_px: float, everywhere: bool) -> list[Line]:
    """The lines after one more picture, the likeliest first.

    Each is looked for where it was, and is the same line again within so many pixels; with
    `everywhere`, others are looked for too.
    """
    near = scan.near([line.segment for line in lines])
    found = scan.everywhere() if everywhere else []
    kept = []
    for line, again in zip(lines, near, strict=True):
        same = [c for c in found if is_same(c.segment, line.segment, within_px)]
        shown = [c for c in (again, *same) if _turned_deg(c, line) < TURNED_DEG]
        kept.append(_after(line, max(shown, key=lambda c: c.evidence, default=None)))
    kept = [line for line in kept if line.missed <= MOST_COASTED]
    ordered = sorted([*kept, *map(_begun, found)], key=_age, reverse=True)
    distinct = _distinct(ordered, within_px)
    return sorted(distinct, key=lambda line: -line.believed)[:MOST_FOLLOWED]


def _age(line: Line) -> tuple[bool, int, float]:
    return line.is_needle, line.seen, line.evidence


def _begun(candidate: Candidate) -> Line:
    return Line(candidate.segment, candidate.evidence)


def _turned_deg(found: Candidate, line: Line) -> float:
    turned_deg = found.segment.angle_deg - line.segment.angle_deg
    return abs((turned_deg + 90.0) % 180.0 - 90.0)


def _after(line: Line, found: Candidate | None) -> Line:
    """The line where it was found again, or where it was."""
    if found is None or found.evidence <= NOT_SHOWN:
        evidence = _averaged(line, NOT_SHOWN)
        return replace(line, evidence=evidence, missed=line.missed + 1)
    evidence, novelty = _averaged(line, found.evidence), 0.0 if line.missed else line.novelty
    moved = replace(line, segment=found.segment, evidence=evidence, novelty=novelty)
    return replace(moved, seen=line.seen + 1, missed=0)


def _averaged(line: Line, evidence: float) -> float:
    share = max(SLOWEST, 1.0 / (line.seen + 1))
    return line.evidence + share * (evidence - line.evidence)


def _distinct(lines: Iterable[Line], within_px: float) -> list[Line]:
    """The lines without those that are nearly one before them."""
    kept: list[Line] = []
    for line in lines:
        if not any(is_same(line.segment, other.segment, within_px) for other in kept):
            kept.append(line)
    return kept
