"""PINs: right or wrong, locked after five wrong ones, and nowhere to be read."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from moments import Moments

from guidance_app.domain.competence import StaffRole
from guidance_app.records import pin_rows
from guidance_app.records.database import Records
from guidance_app.records.errors import PinLocked, RecordsRefused
from guidance_app.records.staff import StaffMember

PIN = "493817"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash takes a tenth of a second by intent."""
    monkeypatch.setattr(pin_rows, "_HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def code(records: Records, register: Callable[..., None]) -> str:
    register("OP-01", StaffRole.OPERATOR)
    records.set_pin("OP-01", PIN)
    return "OP-01"


def test_only_the_right_pin_is_right(records: Records, code: str) -> None:
    assert records.check_pin(code, PIN)
    for wrong in ("493818", "49381", "", f"{PIN}\n", "half \ud83d"):
        assert not records.check_pin(code, wrong)


@pytest.mark.parametrize("pin", ["", "123", "1" * 13, "12a4", "１２３４", "1234\n", "-1234"])
def test_a_pin_is_4_to_12_digits(records: Records, code: str, pin: str) -> None:
    with pytest.raises(RecordsRefused, match="4 to 12 digits") as caught:
        records.set_pin(code, pin)
    assert not pin or pin not in str(caught.value)
    assert records.check_pin(code, PIN)


@pytest.mark.parametrize("pin", ["0000", "1" * 12])
def test_the_new_pin_counts_and_forgets_wrong_tries(records: Records, code: str, pin: str) -> None:
    wrong = [records.check_pin(code, "0001") for _ in range(5)]
    records.set_pin(code, pin)
    assert records.check_pin(code, pin)
    assert not records.check_pin(code, PIN)
    assert not any(wrong)


def test_five_wrong_ones_lock_for_five_minutes(
    records: Records, code: str, moments: Moments
) -> None:
    for _ in range(5):
        assert not records.check_pin(code, "0000")
    for passed in (timedelta(0), timedelta(minutes=4, seconds=59)):
        moments.pass_by(passed)
        with pytest.raises(PinLocked, match=r"^After 5 wrong PINs OP-01 is locked until 09:05:00"):
            records.check_pin(code, PIN)
    moments.pass_by(timedelta(seconds=1))
    assert [records.check_pin(code, "0000") for _ in range(4)] == [False] * 4
    assert records.check_pin(code, PIN)


def test_the_right_pin_forgets_wrong_ones(records: Records, code: str) -> None:
    for _ in range(3):
        assert [records.check_pin(code, "0000") for _ in range(4)] == [False] * 4
        assert records.check_pin(code, PIN)


def test_wrong_tries_count_over_a_restart(
    records: Records, address: Path | str, moments: Moments, code: str
) -> None:
    for _ in range(5):
        with closing(Records.open(address, moments)) as again:
            assert not again.check_pin(code, "0000")
    with pytest.raises(PinLocked):
        records.check_pin(code, PIN)


def test_whoever_has_none_or_has_left_is_refused(
    records: Records, code: str, register: Callable[..., None]
) -> None:
    register("AS-01", StaffRole.ASSISTANT)
    with pytest.raises(RecordsRefused, match="AS-01 has no PIN yet"):
        records.check_pin("AS-01", PIN)
    records.set_active(code, False)
    with pytest.raises(RecordsRefused, match="no longer active"):
        records.check_pin(code, PIN)


def test_neither_pin_nor_hash_can_be_read_anywhere_else(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with closing(Records.open(path)) as records:
        records.add_person(StaffMember("OP-01", "Ann"))
        records.set_pin("OP-01", PIN)
        records.check_pin("OP-01", "000000")
        connection = records._connection
        connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(Exception, match="may only be read") as caught:
            records.set_pin("OP-01", "777777")
        shown = f"{caught.value}{caught.value!r}{caught.value.__context__}{records!r}{caplog.text}"
    with closing(sqlite3.connect(path)) as other:
        (kept,) = other.execute("SELECT hash FROM pins").fetchone()
        shown += str(other.execute("SELECT payload FROM audit").fetchall())
    assert kept.startswith("$argon2id$")
    for secret in (PIN, "777777", kept, "argon2id"):
        assert secret not in shown


def test_a_hash_is_slow_to_try(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As RFC 9106 recommends for little memory: 64 MiB, three passes."""
    monkeypatch.undo()
    with closing(Records.open(path)) as records:
        records.add_person(StaffMember("OP-01", "Ann"))
        records.set_pin("OP-01", PIN)
        hashed = records._connection.exec_driver_sql("SELECT hash FROM pins").scalar_one()
    parameters = extract_parameters(hashed)
    assert (parameters.memory_cost, parameters.time_cost) == (65536, 3)
