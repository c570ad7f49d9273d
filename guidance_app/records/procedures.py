"""What the records database keeps of one procedure; no database in here."""

from dataclasses import dataclass
from datetime import datetime

from guidance_app.domain.people import Person


@dataclass(frozen=True, slots=True)
class ProcedureRecord:
    """One procedure on one patient: who, what, which checklist, from when to when."""

    id: str
    """Chosen by the caller, unique for ever."""
    session_id: str
    procedure: str
    """"knee-injection"."""
    patient: str
    """Pseudonym."""
    side: str
    template_version: str
    template_digest: str
    started_utc: str
    """ISO 8601 with offset."""
    people: tuple[Person, ...]
    working_alone: bool
    ended_utc: str | None = None
    """None while it goes on."""
    technique: str = ""
    """Id of the imaging technique; empty where it is not known, as in records of format 1."""
    site_family: str = ""
    """Of sites, by which experience is counted; empty where it is not known."""
    complex: bool = False
    supervisor_code: str | None = None
    trainee: bool = False
    """Whether the operator is in training; there is a supervisor then."""
    modality_reason: str = ""
    """Why it is guided in this way, as typed."""


@dataclass(frozen=True, slots=True)
class LogBookEntry:
    """One procedure in somebody's log book; its record was closed."""

    procedure_id: str
    person_code: str
    family: str
    technique: str
    complex: bool
    supervised_by: str | None
    """Code of the supervisor; None where it was done independently."""
    date_utc: str
    """Day on which it began."""


@dataclass(frozen=True, slots=True)
class ProcedureSearch:
    """Which procedures are wanted; None asks nothing."""

    patient: str | None = None
    person_code: str | None = None
    """Somebody who takes part, or supervises."""
    procedure: str | None = None
    since: datetime | None = None
    """Begun at this moment or later; with its time zone."""
    until: datetime | None = None
    """Begun before this moment; with its time zone."""
