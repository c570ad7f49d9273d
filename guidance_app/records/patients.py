"""Who a pseudonym stands for: a file of its own, which only its owner can read.

Records, sessions and logs hold pseudonyms alone. Whoever is given them without this file cannot
tell whom they are about, and without this file nobody can tell any more.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from datetime import date
from pathlib import Path

from guidance_app.records.errors import NOT_STORED, RecordsRefused, damaged, newer_version
from guidance_app.records.patient import Patient
from guidance_app.records.sqlite import BUSY_TIMEOUT_S, sqlite_error

FORMAT = 1
OWNER_ONLY = 0o600

ALPHABET = "234679ACDEFGHJKMNPQRTUVWXY"
"""Without 0 O, 1 I L, 5 S, 8 B and Z, which are taken for each other."""
LENGTH = 5

TABLE = (
    "CREATE TABLE patients (pseudonym TEXT PRIMARY KEY, hospital_number TEXT NOT NULL UNIQUE, "
    "name TEXT NOT NULL, birth_date TEXT NOT NULL) WITHOUT ROWID"
)


class PatientKeys:
    """The open file; one thread uses it. All raise RecordsError with a plain sentence."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> "PatientKeys":
        """Open the file, or create it where there is none, and keep others from reading it."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
            path.chmod(OWNER_ONLY)
            timeout_s = BUSY_TIMEOUT_S
            connection = sqlite3.connect(path, timeout=timeout_s, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise sqlite_error(error, path, NOT_STORED) from None
        keys = cls(connection, path)
        try:
            keys._prepare()
        except BaseException:
            connection.close()
            raise
        return keys

    def close(self) -> None:
        """Let go of the file; nothing is pending."""
        self._connection.close()

    def add(self, patient: Patient) -> str:
        """A new pseudonym; raises RecordsRefused for a hospital number that has one."""
        known = self.pseudonym(patient.hospital_number)
        if known is not None:
            raise RecordsRefused(f"This patient is known as {known}. Use that. {NOT_STORED}")
        pseudonym = self._unused()
        number, name, birth_date = astuple(patient)
        row = (pseudonym, number, name, birth_date.isoformat())
        with self._working() as connection:
            connection.execute("INSERT INTO patients VALUES (?, ?, ?, ?)", row)
        return pseudonym

    def pseudonym(self, hospital_number: str) -> str | None:
        """Under which the patient with this number is known; None when they are not."""
        row = self._one("pseudonym", "hospital_number", hospital_number)
        return None if row is None else str(row[0])

    def patient(self, pseudonym: str) -> Patient | None:
        """For whom it stands; None when this file does not know."""
        row = self._one("hospital_number, name, birth_date", "pseudonym", pseudonym)
        return None if row is None else Patient(row[0], row[1], self._date(row[2]))

    def _date(self, stored: str) -> date:
        try:
            return date.fromisoformat(stored)
        except ValueError:
            raise damaged(str(self._path), NOT_STORED) from None

    def _one(self, columns: str, known: str, value: str) -> tuple[str, ...] | None:
        asked = f"SELECT {columns} FROM patients WHERE {known} = ? COLLATE NOCASE"
        with self._working() as connection:
            row: tuple[str, ...] | None = connection.execute(asked, (value,)).fetchone()
        return row

    def _unused(self) -> str:
        while True:
            pseudonym = "P-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            if self.patient(pseudonym) is None:
                return pseudonym

    def _prepare(self) -> None:
        with self._working() as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            self._check(connection)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.execute("COMMIT")

    def _check(self, connection: sqlite3.Connection) -> None:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found > FORMAT:
            raise newer_version(str(self._path), found, FORMAT)
        if sound != "ok" or (found == 0 and tables > 0):
            raise damaged(str(self._path), NOT_STORED)
        if found == 0:
            connection.execute(TABLE)

    @contextmanager
    def _working(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection
        except UnicodeEncodeError:
            raise RecordsRefused(
                f"A name cannot hold half of a character. Type it again. {NOT_STORED}"
            ) from None
        except sqlite3.Error as error:
            raise sqlite_error(error, self._path, NOT_STORED) from None
