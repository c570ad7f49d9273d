"""What of a procedure is handed on to other systems."""

from dataclasses import dataclass

from guidance_app.domain.checklist import Checklist
from guidance_app.domain.commands import ProcedureStarted


@dataclass(frozen=True, slots=True)
class ProcedureRecord:
    """One procedure as it was recorded; people and patient under pseudonyms."""

    session: str
    """Id of the recording."""
    started: ProcedureStarted
    started_utc: str
    """ISO 8601 with offset."""
    ended_utc: str | None
    """Of the recording; None while it is not closed."""
    checklist: Checklist
    simulated: bool
    """No patient was involved."""
