"""Unplugs the device and plugs it in again, many times, in the middle of guidance."""

import time
from bisect import bisect_right
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import median_low

from guidance_app.domain.commands import GuidanceConfirmed, SourceFailed
from guidance_app.domain.snapshot import GuidanceMode, TruthState
from lab.guest.report import Arguments, write_report
from lab.guest.resources import measure_kept
from lab.guest.trace import recorded_buffers
from lab.guest.vivid import Device, load_devices
from lab.guest.witness import Claimed, GuidedRun, NothingHappened, Witness

MS = 1_000_000
ABSENT_S = 1.0
"""How much longer the device is away after its loss was told."""
LIVE_AT_MOST_NS = 100 * MS
LIVE_PERIODS = 2
"""A frame may count as live for so long, or so many periods, whichever is more."""
RHYTHM_FRAMES, SLOWER_INTERVALS = 16, 3
"""A period is half the median of two intervals together, of so many frames up to the one in
question; where the last intervals were all longer, the shortest of these: frames have begun to
come more slowly."""


@dataclass(frozen=True, slots=True)
class Absence:
    """When the device was not there, host clock."""

    gone_ns: int
    back_ns: int


def main(arguments: Arguments) -> None:
    """Run `count` cycles and write what was seen in each."""
    other, device = load_devices(arguments.module, count=2)
    device.set(horizontal_movement=2, timestamp_source=1)
    run = GuidedRun(f"v4l2:{device.node}?size=320x180&fps=25")
    cycles: list[dict[str, object]] = []
    report: dict[str, object] = {"wanted": arguments.count, "cycles": cycles}
    with recorded_buffers(minor=other.minor) as others:
        report["source"] = asdict(run.start())
        try:
            run.switch_guidance_on()
            for _ in range(arguments.count):
                cycles.append(_cycle(run, device))
                write_report(arguments, report)
        finally:
            run.stop()
    report["buffers_of_the_other_device"] = len(others)
    report["held_after_stop"] = asdict(measure_kept())
    write_report(arguments, report)


def _cycle(run: GuidedRun, device: Device) -> dict[str, object]:
    witness = run.witness
    witness.forget()
    try:
        witness.wait_for_frames(20)
        absence = _unplug(run, device)
        witness.wait_for("a frame", lambda: witness.frames[-1].arrival_ns > absence.back_ns)
        run.confirm()
    except NothingHappened as nothing:
        return {"attached": False, "why": str(nothing), "told": witness.failures()}
    return {"attached": True} | _judge(witness, absence) | {"held": asdict(measure_kept())}


def _unplug(run: GuidedRun, device: Device) -> Absence:
    with device.unplugged():
        gone_ns = run.now_ns()
        run.witness.wait_for("the loss to be told", lambda: bool(run.witness.failures()))
        time.sleep(ABSENT_S)
        back_ns = run.now_ns()
    return Absence(gone_ns, back_ns)


def _judge(witness: Witness, absence: Absence) -> dict[str, object]:
    """What was seen and claimed, against when the device was really there."""
    gone_ns, back_ns = absence.gone_ns, absence.back_ns
    arrivals_ns = [frame.arrival_ns for frame in witness.frames]
    returned_ns = next(arrival_ns for arrival_ns in arrivals_ns if arrival_ns > back_ns)
    live = [claim for claim in witness.claims if claim.state is TruthState.LIVE]
    guided = [claim for claim in witness.claims if claim.mode is GuidanceMode.ON]
    told_ns, confirmed_ns = _told_and_confirmed_ns(witness)
    return {
        "told_ms": (told_ns - gone_ns) / MS,
        "back_ms": (returned_ns - back_ns) / MS,
        "false_live": [
            f"after {(claim.at_ns - (claim.frame_ns or 0)) / MS:.0f} ms, bound {bound_ns / MS:.0f}"
            for claim in live
            if (bound_ns := _bound_ns(arrivals_ns, claim)) is not None
            and claim.at_ns - (claim.frame_ns or 0) > bound_ns
        ],
        "frames_while_gone": sum(
            frame.device_ns is not None and gone_ns < frame.device_ns < back_ns
            for frame in witness.frames
        ),
        "unconfirmed_guidance": sum(told_ns < claim.at_ns < confirmed_ns for claim in guided),
        "told": witness.failures(),
    }


def _told_and_confirmed_ns(witness: Witness) -> tuple[int, int]:
    granted = [outcome for outcome in witness.outcomes if outcome.refusal is None]
    told = next(o for o in granted if isinstance(o.command, SourceFailed))
    confirmed = next(o for o in granted if isinstance(o.command, GuidanceConfirmed))
    return told.time_ns, confirmed.time_ns


def _bound_ns(arrivals_ns: list[int], claim: Claimed) -> int | None:
    """How long the claim's frame may count as live; None where its rhythm was not seen."""
    until = bisect_right(arrivals_ns, claim.frame_ns or 0)
    last = arrivals_ns[max(0, until - RHYTHM_FRAMES) : until]
    if len(last) < RHYTHM_FRAMES:
        return None
    intervals = [after - before for before, after in pairwise(last)]
    pairs = [first + second for first, second in pairwise(intervals)]
    period_ns = max(median_low(pairs) // 2, min(intervals[-SLOWER_INTERVALS:]))
    return max(LIVE_AT_MOST_NS, LIVE_PERIODS * period_ns)
