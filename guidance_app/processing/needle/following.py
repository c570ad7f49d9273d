"""Lines that may be a needle, followed from one picture to the next.

A layer of tissue that looks like a needle for a moment does not look like one for long: what
speaks for a line is averaged over the pictures that showed it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from guidance_app.domain.needle import MOST_COASTED
from guidance_app.processing.needle.candidates import Candidate, Scan, is_same
from guidance_app.processing.needle.segments import Segment

MOST_FOLLOWED = 6
SLOWEST = 0.15
"""Share of the newest picture in the average, once a line has been seen for a while."""
MOVED = 0.03
"""Between two pictures a needle moves across itself by less than this part of the height."""
NOT_SHOWN = -4.5
"""Log odds below which a picture does not show a line that was there."""


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
    ordered = sorted([*kept, *map(_begun, found)], key=lambda line: (-line.seen, -line.evidence))
    distinct = _distinct(ordered, within_px)
    return sorted(distinct, key=lambda line: -line.evidence)[:MOST_FOLLOWED]


def _begun(candidate: Candidate) -> Line:
    return Line(candidate.segment, candidate.evidence)


def _after(line: Line, found: Candidate) -> Line:
    """The line where it was found again, or where it was."""
    evidence = _averaged(line, max(found.evidence, NOT_SHOWN))
    if found.evidence <= NOT_SHOWN:
        return replace(line, evidence=evidence, missed=line.missed + 1)
    return Line(found.segment, evidence, line.seen + 1)


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
