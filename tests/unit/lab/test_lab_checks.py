"""The lab's own checks: each passes on a good report and fails on the fault it stands for."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.checks import check_session

Report = dict[str, Any]

RUN = {
    "frames": 40,
    "dropped_by_the_driver": 12,
    "damaged_by_the_driver": 2,
    "damaged_given_to_the_application": 0,
    "lost_after_hand_over": 1,
    "counted_as_lost": 15,
    "gaps_that_differ": 0,
    "frames_unknown_to_the_kernel": 0,
    "negative_steps": 0,
    "backward_times": 0,
    "failures": [],
    "wrapped": True,
    "stops": 3,
    "old_given_as_new": 0,
}
HELD = {
    "rss_kib": 70_000,
    "descriptors": 6,
    "threads": 5,
    "children": 1,
    "children_descriptors": 10,
    "shm_files": 0,
    "shared_kib": 5000,
}
CYCLE = {
    "attached": True,
    "told_ms": 20.0,
    "back_ms": 900.0,
    "false_live": [],
    "frames_while_gone": 0,
    "unconfirmed_guidance": 0,
}
OPENING = {"wanted": "640x480", "came": ["640x480"]}
BACK = {"returned": True, "told": ["It has stopped."]}
SILENT = {"states": {"LOST": 60}, "told": ["There is no signal."]}
GOOD: dict[str, Report] = {
    "formats": {
        "v4l2_ctl": [["YUYV", "640x480", ["30.000", "25.000"]], ["H264", "640x480", ["30.000"]]],
        "ours": [["YUYV", "640x480", ["25.000", "30.000"]]],
        "readable": ["YUYV"],
        "openings": [OPENING],
        "refused": {"kind": "ProtocolViolation", "told": "It does not offer 333x333."},
        "busy": {"kind": "Busy", "told": "Another program uses it."},
    },
    "losses": {name: copy.deepcopy(RUN) for name in ("dropped", "damaged", "wrapped", "held_up")},
    "disconnects": {
        "wanted": 60,
        "cycles": [{**CYCLE, "held": dict(HELD)} for _ in range(60)],
        "buffers_of_the_other_device": 0,
        "held_after_stop": {**HELD, "children": 0},
    },
    "signals": {
        "no_signal": SILENT,
        "no_lock": SILENT,
        "returned": True,
    },
    "failures": {"wanted": ["stream_broken_off"], "stream_broken_off": BACK},
}


def failed(folder: Path, reports: dict[str, Report]) -> list[str]:
    for name, report in reports.items():
        (folder / f"{name}.json").write_text(json.dumps(report), encoding="utf-8")
        (folder / f"{name}.ended").write_text("0", encoding="utf-8")
    return [check.statement for check in check_session(folder, list(GOOD)) if not check.held]


def test_a_good_session_passes_every_check(tmp_path: Path) -> None:
    assert failed(tmp_path, GOOD) == []
    assert len(check_session(tmp_path, list(GOOD))) > 20


def grow(reports: dict[str, Report], name: str, step: int) -> None:
    for number, cycle in enumerate(reports["disconnects"]["cycles"]):
        cycle["held"][name] += step * number


FAULTS: dict[str, Callable[[dict[str, Report]], object]] = {
    "formats, sizes and rates": lambda r: r["formats"]["ours"].pop(),
    "another size": lambda r: r["formats"]["openings"].append({**OPENING, "came": ["320x180"]}),
    "busy in words": lambda r: r["formats"]["busy"].update(kind="Timeout"),
    "dropped buffers": lambda r: r["losses"]["dropped"].update(counted_as_lost=14),
    "damaged buffers": lambda r: r["losses"]["damaged"].update(damaged_given_to_the_application=1),
    "counter runs over": lambda r: r["losses"]["wrapped"].update(negative_steps=1),
    "held up": lambda r: r["losses"]["held_up"].update(old_given_as_new=4),
    "attached again": lambda r: r["disconnects"]["cycles"][3].update(attached=False, why="hung"),
    "LIVE after its bound": lambda r: r["disconnects"]["cycles"][3].update(
        false_live=["after 300 ms"]
    ),
    "guidance before": lambda r: r["disconnects"]["cycles"][3].update(unconfirmed_guidance=1),
    "another device": lambda r: r["disconnects"].update(buffers_of_the_other_device=1),
    "growth of descriptors": lambda r: grow(r, "descriptors", 1),
    "growth of child processes": lambda r: grow(r, "children", 1),
    "growth of resident memory": lambda r: grow(r, "rss_kib", 700),
    "growth of shared memory": lambda r: grow(r, "shared_kib", 170),
    "no child process is left": lambda r: r["disconnects"]["held_after_stop"].update(children=1),
    "no_signal is never LIVE": lambda r: r["signals"].update(no_signal={"states": {"LIVE": 1}}),
    "no_lock is never LIVE": lambda r: r["signals"].update(no_lock={"states": {}}),
    "stream_broken_off": lambda r: r["failures"].update(
        stream_broken_off={**BACK, "returned": "no"}
    ),
    "failures": lambda r: r["failures"].pop("stream_broken_off"),
    "the signal returns": lambda r: r["signals"].update(returned="not within 120 s"),
    "disconnects": lambda r: r["disconnects"].pop("cycles"),
}


@pytest.mark.parametrize("statement", FAULTS)
def test_each_fault_fails_the_check_that_is_there_for_it(tmp_path: Path, statement: str) -> None:
    reports = copy.deepcopy(GOOD)
    FAULTS[statement](reports)
    (found,) = failed(tmp_path, reports)
    assert statement in found


def test_an_experiment_without_a_report_has_failed(tmp_path: Path) -> None:
    assert failed(tmp_path, {"losses": GOOD["losses"]}) == [
        statement
        for name in ("formats", "disconnects", "signals", "failures")
        for statement in (f"{name} came to its end", name)
    ]


@pytest.mark.parametrize("code", ["1", "-9"])
def test_an_experiment_that_ends_badly_has_failed_whatever_it_reported(
    tmp_path: Path, code: str
) -> None:
    assert failed(tmp_path, GOOD) == []
    (tmp_path / "losses.ended").write_text(code, encoding="utf-8")
    found = [each for each in check_session(tmp_path, list(GOOD)) if not each.held]
    assert [(each.statement, each.figures) for each in found] == [
        ("losses came to its end", f"exit code {code}")
    ]


def test_a_machine_that_broke_off_has_failed_whatever_was_reported(tmp_path: Path) -> None:
    assert failed(tmp_path, GOOD) == []
    checks = check_session(tmp_path, list(GOOD), "The machine broke off at boot.")
    (found,) = [each for each in checks if not each.held]
    assert found.line() == "FAILED the machine came to its end: The machine broke off at boot."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [([], "form"), (["long"], "'long'"), (["short", "failures"], "short has no failures")],
)
def test_a_call_that_makes_no_sense_is_answered_with_the_usage(
    arguments: list[str], words: str
) -> None:
    command = [sys.executable, "-m", "lab", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m lab") and words in done.stderr


def test_memory_is_not_judged_before_it_has_settled(tmp_path: Path) -> None:
    reports = copy.deepcopy(GOOD)
    reports["disconnects"].update(wanted=5, cycles=reports["disconnects"]["cycles"][:5])
    grow(reports, "rss_kib", 700)
    assert failed(tmp_path, reports) == []
