"""Procedures by patient, person, kind and time, on both engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from guidance_app.domain.people import Person, Role
from guidance_app.records import procedure_rows
from guidance_app.records.database import Records
from guidance_app.records.procedures import ProcedureRecord, ProcedureSearch


@pytest.fixture
def stored(records: Records, procedure: ProcedureRecord) -> list[ProcedureRecord]:
    """Four, oldest first; stored in another order."""
    other = Person("OP-02", Role.OPERATOR)
    kept = [
        replace(procedure, id="a", started_utc="2025-01-01T08:00:00+00:00", technique="us"),
        replace(procedure, id="b", started_utc="2025-02-01T08:00:00.500+00:00", patient="P-7KQ2F"),
        replace(procedure, id="c", started_utc="2025-02-01T08:00:01+00:00", people=(other,)),
        replace(procedure, id="d", procedure="hip", complex=True, supervisor_code="OP-02"),
    ]
    for number in (2, 0, 3, 1):
        records.start_procedure(kept[number])
    return kept


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (ProcedureSearch(), "dcba"),
        (ProcedureSearch(patient="P-7KQ2F"), "b"),
        (ProcedureSearch(person_code="OP-02"), "dc"),
        (ProcedureSearch(person_code="OP-01"), "dba"),
        (ProcedureSearch(procedure="hip"), "d"),
        (ProcedureSearch(procedure="knee-injection", person_code="AS-01"), "ba"),
        (ProcedureSearch(patient="P-7"), ""),
        (ProcedureSearch(since=datetime(2025, 2, 1, 8, 0, 1, tzinfo=UTC)), "dc"),
        (ProcedureSearch(until=datetime(2025, 2, 1, 8, 0, 1, tzinfo=UTC)), "ba"),
        (ProcedureSearch(since=datetime(2025, 2, 1, 8, tzinfo=UTC)), "dcb"),
        (
            ProcedureSearch(
                since=datetime(2025, 2, 1, 10, tzinfo=timezone(timedelta(hours=2))),
                until=datetime(2025, 2, 1, 11, tzinfo=timezone(timedelta(hours=2))),
            ),
            "cb",
        ),
    ],
)
def test_all_that_is_asked_must_fit_and_the_newest_comes_first(
    records: Records, stored: list[ProcedureRecord], wanted: ProcedureSearch, ids: str
) -> None:
    by_id = {record.id: record for record in stored}
    assert records.find_procedures(wanted) == [by_id[id_] for id_ in ids]


def test_a_search_gives_so_many_at_most(records: Records, stored: list[ProcedureRecord]) -> None:
    assert records.find_procedures(ProcedureSearch(), 2) == [stored[3], stored[2]]
    assert records.procedures() == stored


def test_many_procedures_come_each_with_its_own_people(
    records: Records, stored: list[ProcedureRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procedure_rows, "AT_ONCE", 3)
    assert records.procedures() == stored


@pytest.mark.parametrize("stored_fraction", ["", ".0", ".500", ".500001"])
@pytest.mark.parametrize("microsecond", [0, 500_000, 500_001])
def test_times_compare_as_times_however_they_are_written(
    records: Records, procedure: ProcedureRecord, stored_fraction: str, microsecond: int
) -> None:
    text = f"2025-02-01T08:00:00{stored_fraction}+00:00"
    records.start_procedure(replace(procedure, started_utc=text))
    moment = datetime(2025, 2, 1, 8, 0, 0, microsecond, UTC)
    begun = datetime.fromisoformat(text)
    assert bool(records.find_procedures(ProcedureSearch(since=moment))) == (begun >= moment)
    assert bool(records.find_procedures(ProcedureSearch(until=moment))) == (begun < moment)
