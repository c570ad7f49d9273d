"""Where a session lies in time, and what each of its frames was judged to be."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from guidance_app.domain.snapshot import GuidanceSnapshot
from guidance_app.session.reader import SessionReader

USUAL_PERIOD_NS = 40_000_000
"""Where neither the source nor its pictures say how often they come."""
BELIEVED_HZ = (0.1, 1000.0)
"""What a source may state."""
FEWEST_STEPS = 3
"""Of which the median is a rhythm."""


def began_ns(reader: SessionReader) -> int:
    """The zero of every exported time, host clock: the session's start, or its first picture."""
    started_ns = reader.manifest.started.perf_counter_ns
    first = reader.frames[0].facts.stamp.arrival_ns if reader.frames else started_ns
    return min(started_ns, first)


def period_ns(reader: SessionReader) -> int:
    """The median interval between the pictures; of a few only, what the source states."""
    arrivals = [record.facts.stamp.arrival_ns for record in reader.frames]
    steps = [after - before for before, after in pairwise(arrivals) if after > before]
    if len(steps) >= FEWEST_STEPS:
        return round(median(steps))
    rate_hz = reader.manifest.source.nominal_rate_hz or 0.0
    slowest_hz, fastest_hz = BELIEVED_HZ
    return round(1e9 / rate_hz) if slowest_hz <= rate_hz <= fastest_hz else USUAL_PERIOD_NS


def first_judgements(reader: SessionReader) -> Iterator[tuple[int, GuidanceSnapshot]]:
    """The number of each frame that was judged, with the first snapshot of it."""
    seen = -1
    for snapshot in reader.snapshots():
        if snapshot.frame is not None and snapshot.frame.number > seen:
            seen = snapshot.frame.number
            yield seen, snapshot
