"""How often something comes: the median of its last intervals, and a measured rate."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

MS = 1_000_000

REMEMBERED_INTERVALS = 15
FEWEST_INTERVALS = 3
LONGEST_PERIOD_NS = 2_000 * MS
"""A slower rhythm is not learned: waiting longer than this is never normal."""
RATE_SPAN_NS = 500 * MS
"""A rate is measured over so long, and over FEWEST_INTERVALS at least."""

UNKNOWN_PULSE_NS = 1_000 * MS
LONGEST_PULSE_NS = 1_200 * MS
"""Pulsed fluoroscopy runs at 1 to 7.5 pulses a second; a fifth more for jitter."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When something came last, and the intervals before that; host time in nanoseconds."""

    newest_ns: int | None = None
    """None until the first came."""
    intervals_ns: tuple[int, ...] = ()
    """The last ones, each above 0."""

    @property
    def period_ns(self) -> int | None:
        """Half the median of two intervals together; None until enough have come.

        Networks deliver frames in pairs: a median of single intervals is that within a pair.
        """
        if len(self.intervals_ns) < FEWEST_INTERVALS:
            return None
        pairs_ns = [first + second for first, second in pairwise(self.intervals_ns)]
        return min(median_low(pairs_ns) // 2, LONGEST_PERIOD_NS)

    @property
    def steady_period_ns(self) -> int | None:
        """Like `period_ns`, but three long intervals in a row are a slower rhythm at once."""
        period_ns = self.period_ns
        if period_ns is None:
            return None
        slowest_ns = max(period_ns, min(self.intervals_ns[-FEWEST_INTERVALS:]))
        return min(slowest_ns, LONGEST_PERIOD_NS)

    @property
    def pulse_period_ns(self) -> int:
        """Period of the pulses since the last pause; follows a slower setting at once."""
        run: list[int] = []
        for interval_ns in reversed(self.intervals_ns):
            if interval_ns > LONGEST_PERIOD_NS:
                break
            run.append(interval_ns)
        if len(run) < FEWEST_INTERVALS:
            return UNKNOWN_PULSE_NS
        return min(max(median_low(run), run[0]), LONGEST_PULSE_NS)

    @property
    def rate_hz(self) -> float | None:
        """So many a second lately; None until enough have come."""
        count = span_ns = 0
        for interval_ns in reversed(self.intervals_ns):
            count, span_ns = count + 1, span_ns + interval_ns
            if count >= FEWEST_INTERVALS and span_ns >= RATE_SPAN_NS:
                break
        return 1e9 * count / span_ns if count >= FEWEST_INTERVALS else None

    def after(self, at_ns: int, learn: bool = True) -> "Rhythm":
        """The rhythm when one more has come at `at_ns`; an interval that is none is not learned."""
        interval_ns = at_ns - self.newest_ns if self.newest_ns is not None else 0
        if not learn or interval_ns <= 0:
            return Rhythm(at_ns, self.intervals_ns)
        return Rhythm(at_ns, (*self.intervals_ns, interval_ns)[-REMEMBERED_INTERVALS:])

    def not_after(self, at_ns: int) -> "Rhythm":
        """The rhythm when `at_ns` is known to be no earlier than its newest."""
        if self.newest_ns is None or self.newest_ns <= at_ns:
            return self
        return Rhythm(at_ns, self.intervals_ns)
