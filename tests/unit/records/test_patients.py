"""Who a pseudonym stands for: for its owner's eyes, and letter for letter."""

import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from guidance_app.records import patients
from guidance_app.records.errors import RecordsError, RecordsLocked, RecordsRefused
from guidance_app.records.patients import Patient, PatientKeys

BORN = date(1950, 2, 28)
NAMES = [
    'O\'Brien "Bobby"; DROP TABLE patients; --',
    "\u0645\u062d\u0645\u062f \u200f\u0639\u0644\u064a",
    "Zoë \N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}\u200d\u2695\ufe0f",
    "Å A\u030a \u00c5",
    "",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "patients #1?.sqlite"


@pytest.fixture
def keys(path: Path) -> Iterator[PatientKeys]:
    with closing(PatientKeys.open(path)) as keys:
        yield keys


@pytest.mark.parametrize("name", NAMES)
def test_a_patient_comes_back_letter_for_letter(path: Path, keys: PatientKeys, name: str) -> None:
    patient = Patient("H-'1\"", name, BORN)
    pseudonym = keys.add(patient)
    with closing(PatientKeys.open(path)) as again:
        assert again.patient(pseudonym) == patient
        assert again.pseudonym(patient.hospital_number) == pseudonym
        assert again.patient("P-AAAAA") is None
        assert again.pseudonym("H-2") is None


def test_pseudonyms_are_short_random_and_cannot_be_misread(keys: PatientKeys) -> None:
    made = [keys.add(Patient(str(number), "A", BORN)) for number in range(200)]
    assert len(set(made)) == 200
    assert all(re.fullmatch("P-[2-9A-Z]{5}", one) for one in made)
    letters = set("".join(made)) - set("P-")
    assert not letters & set("01OILS5B8Z")
    assert len(letters) > 20
    assert made != sorted(made)


def test_a_pseudonym_is_given_once(keys: PatientKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patients, "ALPHABET", "XY")
    monkeypatch.setattr(patients, "LENGTH", 1)
    assert {keys.add(Patient(number, "A", BORN)) for number in "12"} == {"P-X", "P-Y"}


def test_a_hospital_number_has_one_pseudonym(keys: PatientKeys) -> None:
    pseudonym = keys.add(Patient("1", "A", BORN))
    with pytest.raises(RecordsRefused, match=f"known as {pseudonym}. Use that. Nothing was"):
        keys.add(Patient("1", "B", BORN))
    known = keys.patient(pseudonym)
    assert known is not None
    assert known.name == "A"


def test_a_hospital_number_is_the_same_in_small_letters(keys: PatientKeys) -> None:
    pseudonym = keys.add(Patient("H-12345", "Maria Rossi", date(1955, 4, 3)))
    assert keys.pseudonym("h-12345") == pseudonym
    with pytest.raises(RecordsRefused, match=f"known as {pseudonym}"):
        keys.add(Patient("h-12345", "Maria Rossi", date(1955, 4, 3)))


def test_half_a_character_is_refused_in_a_sentence(keys: PatientKeys) -> None:
    with pytest.raises(RecordsRefused, match="half of a character"):
        keys.add(Patient("1", "\ud83d", BORN))
    assert keys.pseudonym("1") is None


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    PatientKeys.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with closing(PatientKeys.open(path)) as keys:
        keys.add(Patient("1", "A", BORN))
        modes = {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert modes == {0o600}


def test_a_locked_file_says_so(path: Path, keys: PatientKeys) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RecordsLocked, match=r"in use by another program.*Nothing was stored"):
            keys.add(Patient("1", "A", BORN))
        other.execute("ROLLBACK")
    keys.add(Patient("1", "A", BORN))


def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    garbage = tmp_path / "patients.sqlite"
    garbage.write_bytes(b"not a database " * 500)
    with pytest.raises(RecordsError, match="damaged"):
        PatientKeys.open(garbage)
    assert garbage.read_bytes() == b"not a database " * 500
    foreign = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE theirs (a)")
    with pytest.raises(RecordsError, match="another kind of file"):
        PatientKeys.open(foreign)


def test_a_newer_file_is_refused(path: Path) -> None:
    PatientKeys.open(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 2")
    with pytest.raises(RecordsError, match=r"newer version.*\(format 2; this one knows 1\)"):
        PatientKeys.open(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(RecordsError, match="cannot be opened"):
        PatientKeys.open(in_the_way / "patients.sqlite")
