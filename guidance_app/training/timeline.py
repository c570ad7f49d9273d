"""One time line of all that happened in a session: lanes of stretches, what was done, curves.

Host times of the recording, nanoseconds. What a snapshot says holds until the next one.
"""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from guidance_app.domain.commands import (
    Command,
    CommandOutcome,
    DoseReceived,
    EmergencyDeclared,
    GuidanceConfirmed,
    GuidanceSwitched,
    ItemMarked,
    MomentMarked,
    PhaseSigned,
    ProcedureStarted,
    RecordClosed,
    SourceFailed,
)
from guidance_app.domain.guided_needle import NeedleState, PlaneState
from guidance_app.domain.snapshot import Cause, GuidanceMode, GuidanceSnapshot, TruthState
from guidance_app.domain.trajectory import Measured, PlanMeasures

Event = CommandOutcome | GuidanceSnapshot


class Lane(StrEnum):
    """What stands below each other under the picture, from the top."""

    PICTURE = "Picture"
    NEEDLE = "Needle"
    PLANE = "In plane"
    GUIDANCE = "Guidance"
    CHECKLIST = "Checklist"
    SIGNATURES = "Signatures"
    MARKS = "Marks"
    FAULTS = "Faults"
    DOSE = "Dose"
    RATINGS = "Ratings"


GOES_ON_UNSEEN = "goes on unseen"
ENDED = "ended"

LANE_OF: dict[type[Command], Lane] = {
    ProcedureStarted: Lane.CHECKLIST,
    ItemMarked: Lane.CHECKLIST,
    EmergencyDeclared: Lane.CHECKLIST,
    PhaseSigned: Lane.SIGNATURES,
    RecordClosed: Lane.SIGNATURES,
    MomentMarked: Lane.MARKS,
    GuidanceSwitched: Lane.GUIDANCE,
    GuidanceConfirmed: Lane.GUIDANCE,
    SourceFailed: Lane.FAULTS,
    DoseReceived: Lane.DOSE,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was so from one time to another."""

    begin_ns: int
    end_ns: int
    kind: str
    """A state of the lane in the domain's own words."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A figure over time; NaN where there was none."""

    name: str
    unit: str
    time_ns: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """All that the events of a session say."""

    begin_ns: int
    end_ns: int
    stretches: dict[Lane, tuple[Stretch, ...]]
    outcomes: dict[Lane, tuple[CommandOutcome, ...]]
    """What was asked for, also what was refused, in the lane that shows it."""
    curves: tuple[Curve, ...]
    snapshot_ns: NDArray[np.int64]
    """When each snapshot was made."""
    frame: NDArray[np.int64]
    """The number of the frame that each snapshot was made for; -1 where there was none."""


def read_timeline(events: Iterable[Event], end_ns: int) -> Timeline:
    """From commands and snapshots in order of their index, each looked at once."""
    lanes = {lane: _Lane(kind_of, lane is Lane.PICTURE) for lane, kind_of in KINDS.items()}
    outcomes: dict[Lane, list[CommandOutcome]] = {}
    times_ns, frames = array("q"), array("q")
    values = {name: array("d") for name, _, _ in FIGURES}
    for event in events:
        if isinstance(event, GuidanceSnapshot):
            times_ns.append(event.evaluated_ns)
            frames.append(event.frame.number if event.frame else -1)
            for lane in lanes.values():
                lane.take(event)
            for name, _, figure in FIGURES:
                values[name].append(figure(event))
        elif (own_lane := LANE_OF.get(type(event.command))) is not None:
            outcomes.setdefault(own_lane, []).append(event)
    time_ns = np.array(times_ns, np.int64)
    return Timeline(
        begin_ns=times_ns[0] if times_ns else end_ns,
        end_ns=max([end_ns, *times_ns[-1:]]),
        stretches={name: lane.ended(end_ns) for name, lane in lanes.items()},
        outcomes={lane: tuple(kept) for lane, kept in outcomes.items()},
        curves=tuple(
            Curve(name, unit, time_ns, np.array(values[name])) for name, unit, _ in FIGURES
        ),
        snapshot_ns=time_ns,
        frame=np.array(frames, np.int64),
    )


def next_picture(timeline: Timeline, place: int, step: int) -> int:
    """The place of the first snapshot of the picture after (1) or before (-1) this place's."""
    begins = np.concatenate([[0], np.flatnonzero(np.diff(timeline.frame)) + 1])
    own = int(np.searchsorted(begins, place, "right")) - 1
    return int(begins[min(max(own + step, 0), begins.size - 1)])


class _Lane:
    """Joins snapshots of one kind to stretches; an empty kind is none."""

    def __init__(self, kind_of: Callable[[GuidanceSnapshot], str], ages: bool) -> None:
        """`ages`: a live picture that no other replaced in its time was shown as late."""
        self._kind_of, self._ages = kind_of, ages
        self._begun: tuple[int, str] | None = None
        self._live_until_ns: int | None = None
        self._closed: list[Stretch] = []

    def take(self, snapshot: GuidanceSnapshot) -> None:
        self._age(snapshot.evaluated_ns)
        kind = self._kind_of(snapshot)
        self._turn(snapshot.evaluated_ns, kind)
        live = self._ages and kind == TruthState.LIVE and not snapshot.held
        self._live_until_ns = snapshot.valid_until_ns if live else None

    def ended(self, end_ns: int) -> tuple[Stretch, ...]:
        self._age(end_ns)
        self._turn(end_ns, "")
        return tuple(self._closed)

    def _age(self, now_ns: int) -> None:
        until_ns = self._live_until_ns
        if self._begun is not None and until_ns is not None and until_ns + 1 < now_ns:
            self._turn(max(until_ns + 1, self._begun[0]), TruthState.LATE)

    def _turn(self, time_ns: int, kind: str) -> None:
        if self._begun is not None and self._begun[1] == kind:
            return
        if self._begun is not None:
            self._closed.append(Stretch(self._begun[0], time_ns, self._begun[1]))
        self._begun = (time_ns, kind) if kind else None


def _picture(snapshot: GuidanceSnapshot) -> str:
    truth = snapshot.truth
    if truth.ended:
        return ENDED
    return truth.cause.value if truth.cause is not Cause.NONE else truth.state.value


def _needle(snapshot: GuidanceSnapshot) -> str:
    needle = snapshot.needle
    if needle is None or needle.state is NeedleState.NONE:
        return ""
    return GOES_ON_UNSEEN if needle.advances_unseen else needle.state.value


def _plane(snapshot: GuidanceSnapshot) -> str:
    plane = snapshot.needle.plane if snapshot.needle else PlaneState.UNKNOWN
    return "" if plane is PlaneState.UNKNOWN else plane.value


def _guidance(snapshot: GuidanceSnapshot) -> str:
    mode = snapshot.guidance.mode
    return "" if mode is GuidanceMode.OFF else mode.value


KINDS: dict[Lane, Callable[[GuidanceSnapshot], str]] = {
    Lane.PICTURE: _picture,
    Lane.NEEDLE: _needle,
    Lane.PLANE: _plane,
    Lane.GUIDANCE: _guidance,
}


def _of_seen_tip(
    choose: Callable[[PlanMeasures], Measured | None],
) -> Callable[[GuidanceSnapshot], float]:
    """A tip that was marked by hand stands still, and would look like one that does."""

    def figure(snapshot: GuidanceSnapshot) -> float:
        measures = snapshot.measures
        measured = choose(measures) if measures and measures.tip_seen else None
        return np.nan if measured is None else measured.mm

    return figure


def _to_plan_deg(snapshot: GuidanceSnapshot) -> float:
    to_plan_rad = snapshot.needle.to_plan_rad if snapshot.needle else None
    return np.nan if to_plan_rad is None else float(np.degrees(abs(to_plan_rad)))


def _sigma_mm(snapshot: GuidanceSnapshot) -> float:
    sigma_mm = snapshot.needle.sigma_along_mm if snapshot.needle else None
    return np.nan if sigma_mm is None else sigma_mm


def _frame_age_ms(snapshot: GuidanceSnapshot) -> float:
    age_ns = snapshot.truth.frame_age_ns
    return np.nan if age_ns is None else age_ns / 1e6


FIGURES: tuple[tuple[str, str, Callable[[GuidanceSnapshot], float]], ...] = (
    ("Tip seen, to target", "mm", _of_seen_tip(lambda measures: measures.to_target)),
    ("Tip seen, off the path", "mm", _of_seen_tip(lambda measures: measures.lateral)),
    ("Needle to plan", "deg", _to_plan_deg),
    ("Tip, 1 sigma along", "mm", _sigma_mm),
    ("Age of the frame", "ms", _frame_age_ms),
)
