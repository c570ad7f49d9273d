"""Frame truth: whether the newest picture may be believed to show what happens now.

Pure functions over times that are handed in. The bounds are those of the project's hazard
analysis: LOST after max(250 ms, 3 periods) without a frame, FROZEN after max(500 ms, 3 unique
periods) without a new one. A period is the median of the last intervals, so that a 60 fps
grab of a 20 fps scanner, which repeats two frames of three, is judged by the scanner's rhythm.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from drivers.api.samples import Origin
from guidance_app.domain.modality import Modality
from guidance_app.domain.snapshot import (
    GRID_COLUMNS,
    Cause,
    FrameFacts,
    PictureContent,
    Truth,
    TruthState,
)
from guidance_app.domain.stated_rate import is_far_too_slow
from guidance_app.processing.area import AreaWatch
from guidance_app.processing.device_times import DeviceTimes
from guidance_app.processing.rhythm import REMEMBERED_INTERVALS, Rhythm

MS = 1_000_000
LATE_NS = 100 * MS
LOST_NS = 250 * MS
REPEATED_NS = 250 * MS
FROZEN_NS = 500 * MS
OVERDUE_PERIODS = 2
GONE_PERIODS = 3
HOLD_PERIODS = 2.5
"""Of pulses, without another: the exposure has ended; leaves time to say so within 3."""

BLANK_FRAMES = 2
BLANK_ALONE_NS = 100 * MS
"""Pictures that show nothing: so many in a row, or one that stays so long."""
BLANK_SPREAD = 2.0
BLANK_RANGE = 24
"""A picture whose grey levels spread less and span less is even. The spread alone does not do:
a water tank on a real scanner gives a mean of 0.0 and a spread of 0.6, but spans 28 or more."""
BLACK_MEAN = 8.0

DOUBTFUL_IN_A_ROW = 5
LONGEST_QUEUE_NS = 10_000 * MS
"""No sender is believed to keep more than this of old pictures; a proposal of ours."""

SLOW_SHARE = 0.4
"""Of the source's own usual rate. Half is what a camera does in dim light by itself."""
SHORTEST_LEARNING_NS = 200 * MS
"""Fifteen intervals that span less are a burst and not the usual rhythm; also those of which
most are far shorter than their mean."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is remembered of the frames of a source: enough to judge the newest of them."""

    count: int = 0
    last: FrameFacts | None = None
    frames: Rhythm = field(default_factory=Rhythm)
    content: Rhythm = field(default_factory=Rhythm)
    """Of frames whose content was new."""
    usual_period_ns: int | None = None
    """The fastest rhythm of frames so far."""
    cells_new_ns: tuple[int, ...] = ()
    """When each cell of the grid was new last, row by row; empty while that is not measured."""
    blank_frames: int = 0
    """How many of the newest frames in a row showed nothing."""
    queued_ns: int = 0
    """After a silence: how much of it the sender may still deliver as old pictures."""
    times: DeviceTimes = field(default_factory=DeviceTimes)

    @property
    def period_ns(self) -> int | None:
        """Median interval between frames; None until enough have come."""
        return self.frames.steady_period_ns

    @property
    def unique_period_ns(self) -> int | None:
        """Median interval between frames with new content; None until enough have come."""
        return self.content.period_ns


def observe(arrivals: Arrivals, frame: FrameFacts) -> Arrivals:
    """What is remembered after one frame more."""
    at_ns = frame.stamp.arrival_ns
    learn = not (arrivals.queued_ns and _comes_early(arrivals, at_ns))
    times = arrivals.times.after(frame.stamp)
    frames, content = arrivals.frames.after(at_ns, learn), arrivals.content
    new = frame.changed or arrivals.last is None
    content = content.after(at_ns, learn) if new else content.not_after(at_ns)
    return Arrivals(
        count=arrivals.count + 1,
        last=frame,
        frames=frames,
        content=content,
        usual_period_ns=_usual_period_ns(arrivals.usual_period_ns, frames),
        cells_new_ns=_cells_new_ns(arrivals, frame),
        blank_frames=arrivals.blank_frames + 1 if is_blank(frame.content) else 0,
        queued_ns=_queued_ns(arrivals, at_ns, times.delay_ns(frame.stamp)),
        times=times,
    )


def judge(
    arrivals: Arrivals,
    now_ns: int,
    still: bool = False,
    fault: str = "",
    modality: Modality = Modality.ULTRASOUND,
    watch: AreaWatch | None = None,
    stated_rate_hz: float | None = None,
) -> Truth:
    """The truth of the newest frame at host time `now_ns`.

    `still` says that the source is a single picture, `fault` why the source failed. With a
    `watch` new content counts inside its area only. `stated_rate_hz` is what the source claims.
    """
    if arrivals.last is None:
        return Truth(TruthState.LOST, fault or "No picture has come yet.")
    case = _Case(arrivals, now_ns, still, fault, modality, watch)
    state, reason, cause = next(_findings(case), _LIVE)
    return Truth(
        state=state,
        reason=reason,
        frame_age_ns=case.frame_age_ns,
        content_age_ns=case.content_age_ns,
        period_ns=arrivals.period_ns,
        unique_period_ns=case.content.period_ns,
        cause=cause,
        caution="" if still else _caution(case, stated_rate_hz),
        rate_hz=arrivals.frames.rate_hz,
        unique_rate_hz=case.content.rate_hz,
        doubtful_times=arrivals.times.doubtful,
    )


def live_until_ns(
    arrivals: Arrivals,
    modality: Modality = Modality.ULTRASOUND,
    watch: AreaWatch | None = None,
) -> int:
    """Until when the newest frame counts as LIVE if no other comes, host time."""
    if arrivals.last is None:
        return 0
    case = _Case(arrivals, 0, modality=modality, watch=watch)
    return min(case.frame_ns + case.late_ns, case.content_ns + case.doubted_content_ns)


Finding = tuple[TruthState, str, Cause]
_LIVE: Finding = (TruthState.LIVE, "", Cause.NONE)


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything by which one moment is judged; there is a newest frame."""

    arrivals: Arrivals
    now_ns: int
    still: bool = False
    fault: str = ""
    modality: Modality = Modality.ULTRASOUND
    watch: AreaWatch | None = None

    @property
    def content(self) -> Rhythm:
        if self.watch is None or self.watch.content.newest_ns is None:
            return self.arrivals.content
        return self.watch.content

    @property
    def frame_ns(self) -> int:
        return self.arrivals.frames.newest_ns or 0

    @property
    def content_ns(self) -> int:
        """Never later than the newest frame, however wrong a stamp was."""
        return min(self.content.newest_ns or 0, self.frame_ns)

    @property
    def frame_age_ns(self) -> int:
        return self.now_ns - self.frame_ns

    @property
    def content_age_ns(self) -> int:
        return self.now_ns - self.content_ns

    @property
    def shown_as_it_happens(self) -> bool:
        """A device and a simulator go on by themselves; a busy computer plays a file late."""
        last = self.arrivals.last
        return last is not None and last.origin in (Origin.DEVICE, Origin.SIMULATED)

    @property
    def late_ns(self) -> int:
        return _late_ns(self.arrivals)

    @property
    def lost_ns(self) -> int:
        return max(LOST_NS, GONE_PERIODS * (self.arrivals.period_ns or 0))

    @property
    def frozen_ns(self) -> int:
        if self.modality is Modality.FLUOROSCOPY:
            return int(HOLD_PERIODS * self.content.pulse_period_ns)
        return max(FROZEN_NS, GONE_PERIODS * (self.content.period_ns or 0))

    @property
    def doubted_content_ns(self) -> int:
        """Pulses are far apart by nature: nothing is doubted before the exposure has ended."""
        if self.modality is Modality.FLUOROSCOPY:
            return self.frozen_ns
        return max(REPEATED_NS, OVERDUE_PERIODS * (self.content.period_ns or 0))


def _findings(case: _Case) -> Iterator[Finding]:
    """What stands against LIVE, the gravest first."""
    yield from _lost(case)
    yield from _frozen(case)
    yield from _late(case)
    if case.content_age_ns > case.doubted_content_ns:
        yield TruthState.REPEATED, "The picture repeats.", Cause.NONE


def _lost(case: _Case) -> Iterator[Finding]:
    if case.fault:
        yield TruthState.LOST, case.fault, Cause.NONE
    if case.frame_age_ns > case.lost_ns:
        yield TruthState.LOST, "No picture comes any more.", Cause.NONE
    blank = case.arrivals.blank_frames
    stays = blank >= BLANK_FRAMES or (blank > 0 and case.frame_age_ns > BLANK_ALONE_NS)
    if stays and not case.still:
        yield TruthState.LOST, _why_blank(case), Cause.NO_IMAGE


def _frozen(case: _Case) -> Iterator[Finding]:
    if case.still:
        yield TruthState.FROZEN, "A still picture: for planning only.", Cause.NONE
    if case.content_age_ns <= case.frozen_ns:
        return
    if case.modality is Modality.FLUOROSCOPY:
        yield TruthState.FROZEN, "Last image hold.", Cause.LAST_IMAGE_HOLD
    yield TruthState.FROZEN, _why_frozen(case), Cause.NONE


def _late(case: _Case) -> Iterator[Finding]:
    times, queued_ns = case.arrivals.times, case.arrivals.queued_ns
    if case.frame_age_ns > case.late_ns:
        yield TruthState.LATE, "The next picture is late.", Cause.NONE
    if case.arrivals.blank_frames:
        yield TruthState.LATE, _why_blank(case), Cause.NO_IMAGE
    if case.frame_age_ns < 0 or times.doubtful_in_a_row >= DOUBTFUL_IN_A_ROW:
        yield TruthState.LATE, "The times of the pictures cannot be right.", Cause.NONE
    if case.shown_as_it_happens and times.behind_ns > case.late_ns:
        behind_ms = round(times.behind_ns / MS, -1)
        yield TruthState.LATE, f"The picture is {behind_ms:.0f} ms behind.", Cause.NONE
    if queued_ns:
        yield TruthState.LATE, "Old pictures are catching up.", Cause.NONE


def _why_blank(case: _Case) -> str:
    content = case.arrivals.last.content if case.arrivals.last else None
    black = content is not None and content.mean < BLACK_MEAN
    what = "black" if black else "one even colour"
    return f"The picture is {what}. Is the scanner on?"


def _why_frozen(case: _Case) -> str:
    if case.watch is not None and case.watch.console_runs(case.now_ns):
        return "The console is frozen (its clock still runs)."
    newest_ns = max(case.arrivals.cells_new_ns, default=None)
    if newest_ns is not None and newest_ns <= case.content_ns:
        return "Nothing in the picture changes. Is the console frozen? Else check its cable."
    return "The picture does not change."


def _caution(case: _Case, stated_rate_hz: float | None) -> str:
    rate_hz, usual_ns = case.arrivals.frames.rate_hz, case.arrivals.usual_period_ns
    if rate_hz is not None:
        if is_far_too_slow(rate_hz, stated_rate_hz):
            return f"{rate_hz:.0f}/s, not {stated_rate_hz:.0f}"
        if usual_ns is not None and rate_hz < SLOW_SHARE * 1e9 / usual_ns:
            return f"{rate_hz:.0f}/s, not {1e9 / usual_ns:.0f}"
    if case.watch is not None and case.watch.clock_stands(case.now_ns):
        return "clock stands"
    return ""


def _late_ns(arrivals: Arrivals) -> int:
    return max(LATE_NS, OVERDUE_PERIODS * (arrivals.period_ns or 0))


def _queued_ns(arrivals: Arrivals, at_ns: int, delay_ns: int | None) -> int:
    """How much of the last silence may still be queued, when a frame comes at `at_ns`.

    A frame after a silence may be the first of a queue, unless the device says that it was made
    just now. It was none when the next one takes its time; else each frame makes the queue
    shorter by its period.
    """
    period_ns, newest_ns = arrivals.period_ns, arrivals.frames.newest_ns
    just_made = delay_ns is not None and delay_ns <= LATE_NS
    if period_ns is None or newest_ns is None or just_made:
        return 0
    interval_ns = at_ns - newest_ns
    if interval_ns > _late_ns(arrivals):
        return min(interval_ns - period_ns, LONGEST_QUEUE_NS)
    if not _comes_early(arrivals, at_ns):
        return 0
    return max(0, arrivals.queued_ns + interval_ns - period_ns)


def _comes_early(arrivals: Arrivals, at_ns: int) -> bool:
    """Within half a period of the frame before."""
    interval_ns = at_ns - (arrivals.frames.newest_ns or 0)
    return 2 * interval_ns < (arrivals.period_ns or 0)


def _usual_period_ns(usual_ns: int | None, frames: Rhythm) -> int | None:
    period_ns, count, span_ns = frames.period_ns, len(frames.intervals_ns), sum(frames.intervals_ns)
    burst = span_ns < SHORTEST_LEARNING_NS or 2 * count * (period_ns or 0) < span_ns
    if period_ns is None or count < REMEMBERED_INTERVALS or burst:
        return usual_ns
    return min(usual_ns or period_ns, period_ns)


def _cells_new_ns(arrivals: Arrivals, frame: FrameFacts) -> tuple[int, ...]:
    before_ns, at_ns = arrivals.cells_new_ns, frame.stamp.arrival_ns
    if at_ns < (arrivals.frames.newest_ns or 0):  # a wrong stamp must not stay the newest
        before_ns = tuple(min(then_ns, at_ns) for then_ns in before_ns)
    if frame.content is None or not any(frame.content.changed_rows):
        return before_ns
    changed = [
        row >> column & 1 for row in frame.content.changed_rows for column in range(GRID_COLUMNS)
    ]
    if not before_ns:
        return (at_ns,) * len(changed)
    return tuple(at_ns if new else ns for new, ns in zip(changed, before_ns, strict=True))


def is_blank(content: PictureContent | None) -> bool:
    """Whether a picture is black or of one even grey; False while nothing was measured."""
    if content is None:
        return False
    span = content.brightest - content.darkest
    return content.spread < BLANK_SPREAD and span < BLANK_RANGE
