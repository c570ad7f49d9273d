"""What the records database keeps of one procedure; no database in here."""

from dataclasses import dataclass

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
