"""Frame truth: whether the newest picture may be believed to show what happens now.

Pure functions over times that are handed in. The bounds are those of the project's hazard
analysis: LOST after max(250 ms, 3 periods) without a frame, FROZEN after max(500 ms, 3 unique
periods) without a new one. A period is the median of the last intervals, so that a 60 fps
grab of a 20 fps scanner, which repeats two frames of three, is judged by the scanner's rhythm.
"""

from dataclasses import dataclass, replace
from statistics import median_low

from guidance_app.domain.snapshot import FrameFacts, Truth, TruthState

MS = 1_000_000
LATE_NS = 100 * MS
LOST_NS = 250 * MS
REPEATED_NS = 250 * MS
FROZEN_NS = 500 * MS
OVERDUE_PERIODS = 2
GONE_PERIODS = 3

REMEMBERED_INTERVALS = 15
FEWEST_INTERVALS = 3
LONGEST_PERIOD_NS = 2_000 * MS
"""A slower rhythm is not learned: waiting longer than this is never normal."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is remembered of the frames of a source: enough to judge the newest of them."""

    count: int = 0
    last: FrameFacts | None = None
    new_content_ns: int = 0
    """Arrival of the newest frame whose content was new."""
    intervals_ns: tuple[int, ...] = ()
    new_content_intervals_ns: tuple[int, ...] = ()

    @property
    def period_ns(self) -> int | None:
        """Median interval between frames; None until enough have come."""
        return _period(self.intervals_ns)

    @property
    def unique_period_ns(self) -> int | None:
        """Median interval between frames with new content; None until enough have come."""
        return _period(self.new_content_intervals_ns)


def observe(arrivals: Arrivals, frame: FrameFacts) -> Arrivals:
    """What is remembered after one frame more."""
    arrival_ns = frame.stamp.arrival_ns
    if arrivals.last is None:
        return Arrivals(1, frame, arrival_ns)
    seen = replace(
        arrivals,
        count=arrivals.count + 1,
        last=frame,
        intervals_ns=_remember(arrivals.intervals_ns, arrival_ns - arrivals.last.stamp.arrival_ns),
    )
    if not frame.changed:
        return seen
    interval_ns = arrival_ns - arrivals.new_content_ns
    return replace(
        seen,
        new_content_ns=arrival_ns,
        new_content_intervals_ns=_remember(arrivals.new_content_intervals_ns, interval_ns),
    )


def judge(arrivals: Arrivals, now_ns: int, still: bool = False, fault: str = "") -> Truth:
    """The truth of the newest frame at host time `now_ns`.

    `still` says that the source is a single picture, `fault` why the source failed.
    """
    if arrivals.last is None:
        return Truth(TruthState.LOST, fault or "No picture has come yet.")
    frame_age_ns = now_ns - arrivals.last.stamp.arrival_ns
    content_age_ns = now_ns - arrivals.new_content_ns
    period_ns, unique_period_ns = arrivals.period_ns, arrivals.unique_period_ns
    state, reason = _state(frame_age_ns, content_age_ns, period_ns, unique_period_ns)
    if fault:
        state, reason = TruthState.LOST, fault
    elif still and state is not TruthState.LOST:
        state, reason = TruthState.FROZEN, "A still picture: for planning only."
    return Truth(state, reason, frame_age_ns, content_age_ns, period_ns, unique_period_ns)


def live_until_ns(arrivals: Arrivals) -> int:
    """Until when the newest frame counts as LIVE if no other comes, host time."""
    if arrivals.last is None:
        return 0
    return min(
        arrivals.last.stamp.arrival_ns + _bound(LATE_NS, OVERDUE_PERIODS, arrivals.period_ns),
        arrivals.new_content_ns + _bound(REPEATED_NS, OVERDUE_PERIODS, arrivals.unique_period_ns),
    )


def _state(
    frame_age_ns: int, content_age_ns: int, period_ns: int | None, unique_period_ns: int | None
) -> tuple[TruthState, str]:
    if frame_age_ns > _bound(LOST_NS, GONE_PERIODS, period_ns):
        return TruthState.LOST, "No picture comes any more."
    if content_age_ns > _bound(FROZEN_NS, GONE_PERIODS, unique_period_ns):
        return TruthState.FROZEN, "The picture does not change."
    if frame_age_ns > _bound(LATE_NS, OVERDUE_PERIODS, period_ns):
        return TruthState.LATE, "The next picture is late."
    if content_age_ns > _bound(REPEATED_NS, OVERDUE_PERIODS, unique_period_ns):
        return TruthState.REPEATED, "The picture repeats."
    return TruthState.LIVE, ""


def _bound(floor_ns: int, periods: int, period_ns: int | None) -> int:
    return max(floor_ns, periods * (period_ns or 0))


def _remember(intervals: tuple[int, ...], interval: int) -> tuple[int, ...]:
    return (*intervals, interval)[-REMEMBERED_INTERVALS:]


def _period(intervals: tuple[int, ...]) -> int | None:
    if len(intervals) < FEWEST_INTERVALS:
        return None
    return min(median_low(intervals), LONGEST_PERIOD_NS)
