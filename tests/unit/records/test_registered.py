"""Who is registered, as the set-up page learns it."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hurried_clock import HurriedClock
from moments import Moments
from postgres_server import PostgresServer
from samples import PROCEDURE

from drivers.api.clock import SystemClock
from guidance_app.domain.competence import StaffRole
from guidance_app.records.database import Records
from guidance_app.records.errors import RecordsError, RecordsLocked, RecordsRefused
from guidance_app.records.registered import RegisteredStaff
from guidance_app.records.staff import StaffMember

LIMIT_S = 30.0


def test_people_are_known_after_they_were_read_and_not_before(tmp_path: Path) -> None:
    path, changed, told = tmp_path / "records.sqlite", threading.Event(), list[str]()
    records = Records.open(path)
    records.add_person(StaffMember("OP-1", "Ada"))
    records.set_roles("OP-1", [StaffRole.OPERATOR])
    records.close()
    staff = RegisteredStaff(path, SystemClock(), changed.set, told.append)
    assert staff.by_code == {}
    staff.refresh()
    assert changed.wait(LIMIT_S)
    assert staff.by_code["OP-1"].roles == {StaffRole.OPERATOR}
    assert told == []
    staff.stop()


def test_records_that_cannot_be_read_are_told_and_nobody_is_taken_for_unregistered(
    tmp_path: Path,
) -> None:
    path, told = tmp_path / "records.sqlite", list[str]()
    path.write_bytes(b"no database" * 100)
    staff = RegisteredStaff(path, SystemClock(), lambda: told.append("changed"), told.append)
    staff.refresh()
    staff.stop()
    sentence, changed = told
    assert sentence.startswith("Competence is not known. The records database")
    assert sentence.endswith("bring back a copy.")
    assert changed == "changed" and staff.by_code is None


def test_who_was_known_stays_known_when_the_records_go_away(tmp_path: Path) -> None:
    path, told = tmp_path / "records.sqlite", list[str]()
    staff = RegisteredStaff(path, SystemClock(), lambda: None, told.append)
    staff.change(lambda records: records.add_person(StaffMember("OP-1", "Ada")), "").result()
    path.write_bytes(b"no database" * 100)
    staff.refresh()
    staff.stop()
    assert len(told) == 1 and staff.by_code is not None and "OP-1" in staff.by_code


def test_a_change_is_written_and_what_is_read_after_it_comes_back(tmp_path: Path) -> None:
    path, changes = tmp_path / "records.sqlite", list[str]()
    staff = RegisteredStaff(path, SystemClock(), lambda: changes.append("changed"), changes.append)
    add = StaffMember("OP-01", "Ada")
    found = staff.change(lambda r: r.add_person(add, [StaffRole.OPERATOR]), "OP-01").result()
    assert found.members == (add,)
    assert found.by_code["OP-01"].roles == {StaffRole.OPERATOR}
    assert found.log_book == () and changes == ["changed"]
    refused = staff.change(lambda r: r.add_person(add), "OP-01").exception()
    assert isinstance(refused, RecordsRefused) and "Choose another code" in str(refused)
    staff.stop()


def test_records_that_another_program_holds_are_waited_for_and_then_told(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    Records.open(path).close()
    staff = RegisteredStaff(path, HurriedClock(), lambda: None, lambda sentence: None)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RecordsLocked, match="in use by another program"):
            staff.read().result()
        other.execute("ROLLBACK")
    assert staff.read().result().members == ()
    staff.stop()


def test_the_log_book_of_the_person_asked_about_comes_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    records = Records.open(path, Moments())
    records.add_person(StaffMember("OP-01", "Ada"))
    for number, day in ((1, "2026-01-02"), (2, "2026-03-04")):
        record = replace(PROCEDURE, id=f"p-{number}", started_utc=f"{day}T09:00:00+00:00")
        records.start_procedure(record)
        records.finish_procedure(record.id, f"{day}T09:30:00+00:00", counts=True)
    records.close()
    staff = RegisteredStaff(path, SystemClock(), lambda: None, lambda sentence: None)
    log_book = staff.read("OP-01").result().log_book
    assert [entry.date_utc for entry in log_book] == ["2026-03-04", "2026-01-02"]
    assert staff.read().result().log_book == ()
    staff.stop()


def test_a_server_that_goes_away_refuses_pins_and_says_so(
    server: PostgresServer, on_postgresql: str
) -> None:
    """And takes them again when it is back."""
    told = list[str]()
    staff = RegisteredStaff(on_postgresql, SystemClock(), lambda: None, told.append)
    staff.change(lambda r: r.add_person(StaffMember("OP-1", "Ada")), "OP-1").result()
    staff.change(lambda r: r.set_pin("OP-1", "2468"), "OP-1").result()
    assert staff.check_pin("OP-1", "2468").result()
    server.stop()
    try:
        away = staff.check_pin("OP-1", "2468").exception()
        assert isinstance(away, RecordsError) and "cannot be reached" in str(away)
        staff.refresh()
        with pytest.raises(RecordsError):
            staff.read().result()
        assert "cannot be reached" in told[0]
    finally:
        server.start()
    assert staff.check_pin("OP-1", "2468").result()
    staff.stop()
