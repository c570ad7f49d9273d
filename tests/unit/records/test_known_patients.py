"""The patients' file as the application asks it: on another thread, and in sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from guidance_app.records.errors import RecordsError, RecordsLocked, RecordsRefused
from guidance_app.records.known_patients import KnownPatients
from guidance_app.records.patient import Patient

ADA = Patient("4711", "Ada Lee", date(1950, 2, 28))
LIMIT_S = 30.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "patients.sqlite"


@pytest.fixture
def patients(path: Path) -> Iterator[KnownPatients]:
    patients = KnownPatients(path)
    yield patients
    patients.stop()


def test_a_patient_is_found_by_number_and_by_pseudonym(patients: KnownPatients) -> None:
    assert patients.find("4711").result(LIMIT_S) is None
    made = patients.add(ADA).result(LIMIT_S)
    assert made is not None
    assert made.patient == ADA
    assert patients.find("4711").result(LIMIT_S) == made
    assert patients.name(made.pseudonym).result(LIMIT_S) == made
    assert patients.name("P-AAAAA").result(LIMIT_S) is None


def test_asking_for_a_name_makes_no_file(patients: KnownPatients, path: Path) -> None:
    assert patients.name("P-AAAAA").result(LIMIT_S) is None
    assert not path.exists()


def test_a_number_has_one_pseudonym(patients: KnownPatients) -> None:
    patients.add(ADA).result(LIMIT_S)
    with pytest.raises(RecordsRefused, match="known as P-"):
        patients.add(ADA).result(LIMIT_S)


def test_a_locked_file_is_told_and_names_nobody(patients: KnownPatients, path: Path) -> None:
    made = patients.add(ADA).result(LIMIT_S)
    assert made is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RecordsLocked, match="in use by another program") as locked:
            patients.find("4711").result(LIMIT_S)
        other.execute("ROLLBACK")
    assert "4711" not in str(locked.value) and "Ada" not in str(locked.value)
    assert patients.find("4711").result(LIMIT_S) == made


@pytest.mark.parametrize("content", [b"no database " * 500, b"SQLite format 3\0" + b"x" * 4000])
def test_a_damaged_file_is_told_and_left_as_it_is(
    patients: KnownPatients, path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    for asked in (patients.find("4711"), patients.name("P-AAAAA"), patients.add(ADA)):
        with pytest.raises(RecordsError, match="damaged"):
            asked.result(LIMIT_S)
    assert path.read_bytes() == content


def test_a_birth_date_that_is_none_is_damage(patients: KnownPatients, path: Path) -> None:
    made = patients.add(ADA).result(LIMIT_S)
    assert made is not None
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE patients SET birth_date = 'yesterday'")
    with pytest.raises(RecordsError, match="damaged"):
        patients.name(made.pseudonym).result(LIMIT_S)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    patients = KnownPatients(tmp_path / "file" / "patients.sqlite")
    with pytest.raises(RecordsError, match="cannot be opened"):
        patients.find("4711").result(LIMIT_S)
    patients.stop()
