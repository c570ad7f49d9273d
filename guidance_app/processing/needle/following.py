"""Lines that may be a needle, followed from one picture to the next.

A layer of tissue that looks like a needle for a moment does not look like one for long: what
speaks for a line is averaged over the pictures that showed it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from guidance_app.domain.needle import MOST_COASTED
from guidance_app.processing.needle.candidates import Candidate, Scan, is_same
from guidance_app.processing.needle.novelty import Before
from guidance_app.processing.needle.segments import Segment

MOST_FOLLOWED = 6
SLOWEST = 0.15
"""Share of the newest picture in the average, once a line has been seen for a while."""
MOVED = 0.03
"""Between two pictures a needle moves across itself by less than this part of the height."""
NOT_SHOWN = -4.5
"""Log odds below which a picture does not show a line that was there."""
OLD, BY_NOVELTY = 0.7, 1.0
"""Standard deviations that tissue gains by chance, and log odds for each that a line gains."""
ALONE, AT_FIRST, SETTLED, STILL = -0.6, 0.6, -0.3, -3.5
"""Log odds from which on a line is a needle: in one picture alone; in the first pictures of many;
once it has been seen for a while; and as long as it has been one. In one picture alone 1 % of
simulated ones without a needle reach as much. Over time no line without a needle did in 3,046
pictures of 24 simulated insertions; with the second 0.9 and the third 0.7 lower, and 2.5 times the
say of novelty, 8 lines were taken for needles."""
SETTLED_AFTER = 10
EVERYWHERE_EVERY = 10
"""Pictures from one that is searched everywhere to the next, while a needle is followed."""


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
    is_needle: bool = False

    @property
    def believed(self) -> float:
        """Log odds that it is a needle, by how it looks and by its having come."""
        new = min(max(self.novelty - OLD, 0.0), 1.0)
        return self.evidence + BY_NOVELTY * new


class Follower:
    """Remembers lines, and what stood in their places before; one thread."""

    def __init__(self) -> None:
        self._before = Before()
        self._lines: list[Line] = []
        self._count = 0

    def needle(self, scan: Scan) -> Line | None:
        """The line that is the needle after one more picture, if one is."""
        lines = self._followed(scan)
        novelty = self._before.novelty([scan.fine(line.segment) for line in lines], scan.ridges)
        self._before.remember(scan.ridges)
        self._lines = [self._judged(*pair) for pair in zip(lines, novelty.tolist(), strict=True)]
        needles = [line for line in self._lines if line.is_needle]
        return max(needles, key=lambda line: line.believed, default=None)

    def _followed(self, scan: Scan) -> list[Line]:
        """The lines; no others are looked for while a needle is where it was, but now and then."""
        self._count += 1
        if self._count % EVERYWHERE_EVERY and any(line.is_needle for line in self._lines):
            lines = follow(self._lines, scan, everywhere=False)
            if any(line.is_needle and not line.missed for line in lines):
                return lines
        return follow(self._lines, scan, everywhere=True)

    def _judged(self, line: Line, novelty: float) -> Line:
        line = replace(line, novelty=max(line.novelty, novelty))
        return replace(line, is_needle=line.believed >= _enough(line))


def _enough(line: Line) -> float:
    if line.is_needle:
        return STILL
    return AT_FIRST if line.seen < SETTLED_AFTER else SETTLED


def likeliest(scan: Scan) -> Line | None:
    """The line that is the needle in a picture that stands for itself, if one is."""
    found = scan.everywhere()
    return _begun(found[0]) if found and found[0].evidence >= ALONE else None


def follow(lines: Sequence[Line], scan: Scan, everywhere: bool) -> list[Line]:
    """The lines after one more picture, the likeliest first.

    Each is looked for where it was; with `everywhere`, others are looked for too.
    """
    near, within_px = scan.near([line.segment for line in lines]), MOVED * scan.rows
    found = scan.everywhere() if everywhere else []
    kept = []
    for line, again in zip(lines, near, strict=True):
        same = [c for c in found if is_same(c.segment, line.segment, within_px)]
        kept.append(_after(line, max([again, *same], key=lambda c: c.evidence)))
    kept = [line for line in kept if line.missed <= MOST_COASTED]
    ordered = sorted([*kept, *map(_begun, found)], key=_age, reverse=True)
    distinct = _distinct(ordered, within_px)
    return sorted(distinct, key=lambda line: -line.believed)[:MOST_FOLLOWED]


def _age(line: Line) -> tuple[bool, int, float]:
    return line.is_needle, line.seen, line.evidence


def _begun(candidate: Candidate) -> Line:
    return Line(candidate.segment, candidate.evidence)


def _after(line: Line, found: Candidate) -> Line:
    """The line where it was found again, or where it was."""
    evidence = _averaged(line, max(found.evidence, NOT_SHOWN))
    if found.evidence <= NOT_SHOWN:
        return replace(line, evidence=evidence, missed=line.missed + 1)
    seen = line.seen + 1
    return replace(line, segment=found.segment, evidence=evidence, seen=seen, missed=0)


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
