"""What makes a long run fail."""

import runpy
from pathlib import Path

import pytest

SOAK = runpy.run_path(str(Path(__file__).resolve().parents[2] / "benchmarks" / "soak.py"))
GOOD_BALANCE = {"closes": True}
GOOD_RECORDER = {"fault": ""}


def samples(**growth: float) -> list[dict[str, float]]:
    """Ten samples after the warm-up, with so much more of something in the end."""
    steady = {"resident_mib": 200.0, "descriptors": 40.0, "threads": 20.0}
    return [
        {"at_s": 10.0 * n} | {k: v + growth.get(k, 0.0) * n / 9 for k, v in steady.items()}
        for n in range(10)
    ]


def failures(
    warm: list[dict[str, float]],
    balance: dict[str, bool] = GOOD_BALANCE,
    recorded: dict[str, str] = GOOD_RECORDER,
) -> list[str]:
    found: list[str] = SOAK["failures"](60.0, warm, balance, recorded)
    return found


def test_a_steady_run_is_good() -> None:
    assert failures(samples(descriptors=5, threads=-5)) == []


@pytest.mark.parametrize(
    ("name", "growth"),
    [("descriptors", 6.0), ("descriptors", -6.0), ("threads", 6.0)],
)
def test_descriptors_and_threads_may_not_stray(name: str, growth: float) -> None:
    assert failures(samples(**{name: growth})) == [name]


def test_memory_that_grows_is_a_failure() -> None:
    assert failures(samples(resident_mib=1.0)) == ["memory"]


@pytest.mark.parametrize(
    ("written", "lost", "in_session", "is_whole"),
    [(90, 10, 90, True), (90, 9, 90, False), (90, 10, 89, False)],
)
def test_every_frame_that_was_offered_is_in_the_session_or_lost(
    written: int, lost: int, in_session: int, is_whole: bool
) -> None:
    recorded = {"offered": 100, "written": written, "lost": lost, "in_session": in_session}
    assert SOAK["is_accounted_for"](recorded) == is_whole


def test_a_recorder_with_a_fault_or_an_open_balance_is_a_failure() -> None:
    assert failures(samples(), recorded={"fault": "The disk is full."}) == ["recorder"]
    assert failures(samples(), balance={"closes": False}) == ["balance"]
