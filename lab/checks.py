"""Whether what a session reported is as it must be: one line a check, with its figures."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

Report = dict[str, Any]

WARM_UP = 20
"""Cycles of a long run in which memory may still grow."""


@dataclass(frozen=True, slots=True)
class Check:
    """One statement, whether it held, and the figures behind it."""

    statement: str
    held: bool
    figures: str

    def line(self) -> str:
        """For a person."""
        return f"{'ok    ' if self.held else 'FAILED'} {self.statement}: {self.figures}"


def check_session(folder: Path, experiments: Sequence[str], broke_off: str = "") -> list[Check]:
    """All checks on the reports in `folder`; what is not in them is a failed check.

    `broke_off` says why the machine did not come to its end; empty when it did.
    """
    checks = [Check("the machine came to its end", not broke_off, broke_off or "it did")]
    for name in experiments:
        checks.append(_check_end(folder, name))
        report = folder / f"{name}.json"
        if not report.is_file():
            checks.append(Check(name, False, "it left no report"))
            continue
        try:
            checks += CHECKS[name](json.loads(report.read_text(encoding="utf-8")))
        except KeyError as missing:
            checks.append(Check(name, False, f"its report ends before {missing}"))
    return checks


def _check_end(folder: Path, name: str) -> Check:
    ended = folder / f"{name}.ended"
    code = ended.read_text(encoding="utf-8") if ended.is_file() else "not reported"
    return Check(f"{name} came to its end", code == "0", f"exit code {code}")


def check_formats(report: Report) -> Iterator[Check]:
    """Formats listed, sizes opened one after the other, refusals in words."""
    theirs = _offers(one for one in report["v4l2_ctl"] if one[0] in report["readable"])
    ours = _offers(report["ours"])
    differing = [one for one in theirs + ours if theirs.count(one) != ours.count(one)]
    listed = f"{len(ours)}, {len(theirs)} there of those that can be read {differing or ''}"
    yield Check("formats, sizes and rates as v4l2-ctl lists them", not differing, listed.strip())
    wrong = [o for o in report["openings"] if o.get("came") != [o["wanted"]]]
    sizes = ", ".join(opening["wanted"] for opening in report["openings"])
    yield Check("another size at each opening", not wrong, str(wrong) if wrong else sizes)
    for name, kind in (("refused", "ProtocolViolation"), ("busy", "Busy")):
        answer = report[name]
        told = answer.get("told", "it was opened")
        yield Check(f"{name} in words", answer.get("kind") == kind, told)


def _offers(listed: Iterable[tuple[str, str, list[str]]]) -> list[str]:
    return [f"{code} {size} at {' '.join(sorted(rates))}" for code, size, rates in listed]


def check_losses(report: Report) -> Iterator[Check]:
    """Our account of lost frames against the kernel's."""
    dropped, damaged, wrapped = report["dropped"], report["damaged"], report["wrapped"]
    held_up = report["held_up"]
    yield Check(
        "dropped buffers counted as the driver counts them",
        _same_account(dropped) and dropped["dropped_by_the_driver"] > 0,
        _account(dropped),
    )
    yield Check(
        "damaged buffers left out and counted",
        _same_account(damaged)
        and damaged["damaged_by_the_driver"] > 0
        and not damaged["damaged_given_to_the_application"],
        _account(damaged),
    )
    yield Check(
        "the driver's counter runs over unnoticed",
        _same_account(wrapped) and wrapped["wrapped"],
        _account(wrapped),
    )
    yield Check(
        "pictures that waited while reading was held up are lost and counted",
        _same_account(held_up) and held_up["stops"] > 0 and not held_up["old_given_as_new"],
        f"{held_up['stops']} stops, {held_up['old_given_as_new']} old given as new; "
        + _account(held_up),
    )


def _same_account(run: Report) -> bool:
    lost = run["dropped_by_the_driver"] + run["damaged_by_the_driver"] + run["lost_after_hand_over"]
    nothing = (
        "gaps_that_differ",
        "frames_unknown_to_the_kernel",
        "negative_steps",
        "backward_times",
        "failures",
    )
    return run["counted_as_lost"] == lost and not any(run[name] for name in nothing)


def _account(run: Report) -> str:
    return (
        f"{run['frames']} frames, {run['dropped_by_the_driver']} dropped and "
        f"{run['damaged_by_the_driver']} damaged by the driver, {run['lost_after_hand_over']} lost "
        f"after that, {run['counted_as_lost']} counted; {run['gaps_that_differ']} gaps differ"
    )


def check_disconnects(report: Report) -> Iterator[Check]:
    """Attached again each time, never a false LIVE, nothing kept."""
    cycles = [cycle for cycle in report["cycles"] if cycle["attached"]]
    why = [cycle["why"] for cycle in report["cycles"] if not cycle["attached"]]
    attached = f"{len(cycles)} of {report['wanted']} {why or _times(cycles)}"
    yield Check("attached again", len(cycles) == report["wanted"], attached)
    false_live = [claim for cycle in cycles for claim in cycle["false_live"]]
    yield Check("LIVE after its bound", bool(cycles) and not false_live, str(false_live or 0))
    for name, statement in NEVER.items():
        count = sum(cycle[name] for cycle in cycles)
        yield Check(statement, bool(cycles) and not count, str(count))
    others = report.get("buffers_of_the_other_device", "not reported")
    yield Check("pictures of another device of the same kind", others == 0, str(others))
    if len(cycles) > 2:
        yield from _check_held([cycle["held"] for cycle in cycles])
    left = report.get("held_after_stop", {"children": "not reported"})
    gone = left["children"] == 0 and left["shm_files"] == 0
    yield Check("no child process is left at the end", gone, str(left["children"]))


def _times(cycles: list[Report]) -> str:
    told, back = ([cycle[name] for cycle in cycles] for name in ("told_ms", "back_ms"))
    return (
        f"(in emulation: loss told after {median(told):.0f} ms, at most {max(told):.0f}; "
        f"picture back after {median(back):.0f} ms, at most {max(back):.0f})"
    )


def _check_held(held: list[Report]) -> Iterator[Check]:
    """Counts are after each cycle as after the second; memory does not grow from half to half.

    Memory is judged where there are cycles enough beyond those in which it settles.
    """
    settled = held[1:]
    for name, statement in COUNTED.items():
        counts = [each[name] for each in settled]
        least, most = min(counts), max(counts)
        yield Check(f"no growth of {statement}", least == most, f"{least} to {most}")
    if len(held) <= 2 * WARM_UP:
        return
    settled = held[WARM_UP:]
    for name, (statement, allowed_kib) in MEASURED.items():
        halves = settled[: len(settled) // 2], settled[len(settled) // 2 :]
        before, after = (median(each[name] for each in half) for half in halves)
        growth = f"{before:.0f} to {after:.0f} KiB, {len(settled)} cycles in two halves"
        yield Check(f"no growth of {statement}", after - before <= allowed_kib, growth)


NEVER = {
    "frames_while_gone": "frames of a device that was not there",
    "unconfirmed_guidance": "guidance before it was confirmed",
}
"""Counts over all cycles that must be zero."""
COUNTED = {
    "descriptors": "descriptors",
    "threads": "threads",
    "children": "child processes",
    "children_descriptors": "the children's descriptors",
    "shm_files": "files in /dev/shm",
}
MEASURED = {
    "rss_kib": ("resident memory", 2048),
    "shared_kib": ("shared memory", 512),
}
"""With the growth in KiB that is no growth: what is kept of a cycle counts many times."""


def check_signals(report: Report) -> Iterator[Check]:
    """No signal is not a picture."""
    for name in ("no_signal", "no_lock"):
        states = report[name]["states"]
        yield Check(f"{name} is never LIVE", bool(states) and "LIVE" not in states, f"{states}")
    returned = report["returned"]
    yield Check("the signal returns", returned is True, str(returned))


def check_failures(report: Report) -> Iterator[Check]:
    """A driver that fails once is opened again."""
    for name in report["wanted"]:
        returned, told = report[name]["returned"], report[name]["told"]
        yield Check(f"{name}: the picture comes back", returned is True, f"{returned} {told}")


CHECKS: dict[str, Callable[[Report], Iterator[Check]]] = {
    "formats": check_formats,
    "losses": check_losses,
    "disconnects": check_disconnects,
    "signals": check_signals,
    "failures": check_failures,
}
