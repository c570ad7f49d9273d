"""The risk files hang together: hazard to control to a test that exists."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    return yaml.safe_load((ROOT / "risk" / name).read_text(encoding="utf-8"))


HAZARDS = rows("hazards.yaml")
CONTROLS = rows("controls.yaml")


def test_all_hazards_are_there_once() -> None:
    assert [row["id"] for row in HAZARDS] == [f"H{n:02d}" for n in range(1, 33)]


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda row: row["id"])
def test_a_hazard_is_told_whole_and_has_controls_that_exist(hazard: Row) -> None:
    assert set(hazard) == {"id", "hazard", "situation", "harm", "controls"}
    assert all(hazard.values())
    assert set(hazard["controls"]) <= {control["id"] for control in CONTROLS}


def test_controls_are_named_once_and_each_serves_a_hazard() -> None:
    ids = [control["id"] for control in CONTROLS]
    assert len(ids) == len(set(ids))
    assert set(ids) == {id_ for hazard in HAZARDS for id_ in hazard["controls"]}


@pytest.mark.parametrize("control", CONTROLS, ids=lambda row: row["id"])
def test_an_implemented_control_names_tests_that_exist(control: Row) -> None:
    assert set(control) <= {"id", "control", "status", "verified_by"}
    assert control["control"]
    tests = control.get("verified_by", [])
    assert [test for test in tests if not (ROOT / test).is_file()] == []
    assert (control["status"], bool(tests)) in {("implemented", True), ("planned", False)}
