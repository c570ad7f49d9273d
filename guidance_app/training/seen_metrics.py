"""Figures of a recorded procedure from its pictures alone: no tracker, no simulator's truth.

They are of what the search saw of the needle, in pictures that it did search, from the first that
showed one to the last. All definitions are ours. A needle that the search does not find counts as
not seen: compare figures of one console with each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from guidance_app.domain.checklist import Phase
from guidance_app.domain.commands import (
    CommandOutcome,
    NeedleSought,
    PhaseSigned,
    ProcedureStarted,
)
from guidance_app.domain.needle import SeenNeedle
from guidance_app.domain.snapshot import GuidanceSnapshot, TruthState
from guidance_app.session.info import picture_times
from guidance_app.training.metrics import Metric, passes

Event = CommandOutcome | GuidanceSnapshot
LONGEST_S = 1.0
"""Between two pictures; what is longer was no watching."""
CALM = 9
"""Pictures over whose median a depth is taken: single ones are off."""


class NothingSeen(ValueError):
    """No needle was seen; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What one picture that was searched showed, and how long until the next."""

    seconds: float
    sequence: int
    needle: SeenNeedle | None
    unseen_advance: bool
    mm_per_px: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the events of a session say of its needle."""

    looks: tuple[_Look, ...]
    """From the first with a needle to the last."""
    sequences: tuple[int, int]
    """Of the frames of these two."""
    guided_s: float
    not_live_s: float
    phases_s: tuple[tuple[Phase, float], ...]
    """From the signature before, or the start, to that of each phase."""


def read_seen(events: Iterable[Event]) -> Seen:
    """From commands and snapshots in order of their index; raises NothingSeen."""
    kept = list(events)
    snapshots = [one for one in kept if isinstance(one, GuidanceSnapshot)]
    looks = _looks(kept)
    with_needle = [n for n, look in enumerate(looks) if look.needle is not None]
    if not with_needle:
        raise NothingSeen("No needle was seen in this session: there is nothing to score.")
    looks = looks[with_needle[0] : with_needle[-1] + 1]
    times = picture_times(snapshots, max((one.evaluated_ns for one in snapshots), default=0))
    not_live_ns = sum(times.states.values()) - times.states[TruthState.LIVE]
    return Seen(
        tuple(looks),
        (looks[0].sequence, looks[-1].sequence),
        times.guidance_shown / 1e9,
        not_live_ns / 1e9,
        tuple((phase, (until_ns - from_ns) / 1e9) for phase, from_ns, until_ns in phases(kept)),
    )


def measure_seen(seen: Seen) -> tuple[Metric, ...]:
    """All figures; None where one has no meaning."""
    looks = seen.looks
    shown = [look for look in looks if look.needle is not None]
    tip = [look for look in shown if look.needle is not None and look.needle.tip_visible]
    fading = [look for look in shown if look.needle is not None and look.needle.fading]
    in_plane = [look for look in shown if _is_in_plane(look)]
    return (
        Metric("needle_seen_share", _share(shown, looks), "%"),
        Metric("tip_seen_share", _share(tip, shown), "%"),
        Metric("fading_share", _share(fading, shown), "%"),
        Metric("time_in_plane", _total(in_plane), "s"),
        Metric("unseen_advances", float(_episodes(looks)), "1"),
        Metric("unseen_advance_time", _total(look for look in looks if look.unseen_advance), "s"),
        Metric("passes_seen", _passes(looks), "1"),
        Metric("needle_time", _total(looks), "s"),
        Metric("guided_time", seen.guided_s, "s", version=2),
        Metric("not_live_time", seen.not_live_s, "s"),
        *(Metric(f"phase_{phase.value.lower()}_time", took, "s") for phase, took in seen.phases_s),
    )


def _is_in_plane(look: _Look) -> bool:
    """The shaft is seen in this very picture, without the cue that it may be leaving."""
    return look.needle is not None and not look.needle.fading and look.needle.coasted == 0


def _looks(events: Sequence[Event]) -> list[_Look]:
    """Each picture that was searched, with the state of guidance as it was then."""
    found: list[tuple[int, int, SeenNeedle | None, bool, float | None]] = []
    unseen, size = False, None
    for event in events:
        if isinstance(event, GuidanceSnapshot):
            unseen = event.needle is not None and event.needle.advances_unseen
            size = event.scale.mm_per_px_y if event.scale else None
        elif isinstance(event.command, NeedleSought) and event.command.searched:
            sought = event.command
            found.append((event.time_ns, sought.sequence, sought.sight.needle, unseen, size))
    return [_Look(_watched_s(one[0], following[0]), *one[1:]) for one, following in pairwise(found)]


def _watched_s(began_ns: int, ended_ns: int) -> float:
    seconds = (ended_ns - began_ns) / 1e9
    return seconds if seconds <= LONGEST_S else 0.0


def phases(events: Iterable[Event]) -> Iterator[tuple[Phase, int, int]]:
    """Each phase that was signed: from the last signature of the one before, or the start, to its
    own; host clock, nanoseconds."""
    began_ns, signed_ns = 0, dict[Phase, int]()
    for event in events:
        if not isinstance(event, CommandOutcome) or event.refusal is not None:
            continue
        if isinstance(event.command, ProcedureStarted):
            began_ns, signed_ns = event.time_ns, {}
        elif isinstance(event.command, PhaseSigned):
            parts = {signature.subject.part for signature in event.command.signatures}
            signed_ns |= {phase: event.time_ns for phase in Phase if phase in parts}
    for phase in Phase:
        if phase in signed_ns:
            yield phase, began_ns, signed_ns[phase]
            began_ns = signed_ns[phase]


def _total(looks: Iterable[_Look]) -> float:
    return float(sum(look.seconds for look in looks))


def _share(part: Sequence[_Look], whole: Sequence[_Look]) -> float | None:
    """Per cent of the time."""
    seconds = _total(whole)
    return 100.0 * _total(part) / seconds if seconds else None


def _episodes(looks: Sequence[_Look]) -> int:
    """How often it began to go on unseen."""
    said = [look.unseen_advance for look in looks]
    return sum(now and not before for before, now in pairwise([False, *said]))


def _passes(looks: Sequence[_Look]) -> float | None:
    """As `metrics.passes`, of the visible length of the shaft while its tip is seen."""
    depths_mm = [
        float(np.hypot(*np.subtract(look.needle.tip_px, look.needle.far_px))) * look.mm_per_px
        for look in looks
        if look.needle is not None and look.needle.tip_visible and look.mm_per_px is not None
    ]
    if len(depths_mm) < CALM:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(np.array(depths_mm), CALM)
    return float(passes(np.median(windows, axis=1)))
