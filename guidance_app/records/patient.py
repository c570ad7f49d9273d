"""A person as the hospital knows them; no database in here."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Patient:
    """Who stands behind a pseudonym; never in a record, a session, a log or a report."""

    hospital_number: str
    name: str
    birth_date: date
