"""The procedure that a session holds, with its checklist as it stood at the end."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from guidance_app.domain.checklist import Checklist
from guidance_app.domain.commands import (
    CommandOutcome,
    EmergencyDeclared,
    ItemMarked,
    PhaseSigned,
    ProcedureStarted,
    RecordClosed,
)
from guidance_app.domain.sign_off import ChecklistCommand, begin_checklist, checklist_after
from guidance_app.session.errors import DamagedSession


@dataclass(frozen=True, slots=True)
class RecordedProcedure:
    """What was started, when on the clock of all stamps, and everything marked and signed."""

    started: ProcedureStarted
    started_ns: int
    checklist: Checklist
    closed: RecordClosed | None = None
    """Who closed its record, and when; None while it is open."""


def recorded_procedure(commands: Iterable[CommandOutcome]) -> RecordedProcedure | None:
    """The last procedure among the commands of a session; None when none was started.

    Raises DamagedSession when a mark or a signature does not fit the checklist.
    """
    found = None
    for outcome in commands:
        if outcome.refusal is not None:
            continue
        match outcome.command:
            case ProcedureStarted() as started:
                found = RecordedProcedure(started, outcome.time_ns, begin_checklist(started))
            case ItemMarked() | PhaseSigned() | EmergencyDeclared() | RecordClosed() as command if (
                found
            ):
                found = _after(found, command)
    return found


def record_closed_after(closed_utc: str, outcome: CommandOutcome) -> str:
    """When the record of the last procedure was closed, one command later; empty while open."""
    if outcome.refusal is not None:
        return closed_utc
    match outcome.command:
        case ProcedureStarted():
            return ""
        case RecordClosed(_, time_utc):
            return time_utc
        case _:
            return closed_utc


def _after(procedure: RecordedProcedure, command: ChecklistCommand) -> RecordedProcedure:
    try:
        checklist = checklist_after(procedure.checklist, command)
    except (ValueError, TypeError) as error:
        raise DamagedSession(
            f"The checklist cannot be followed: {str(error).rstrip('.')}.",
            "Check the session with verify.",
        ) from None
    closed = command if isinstance(command, RecordClosed) else None
    return replace(procedure, checklist=checklist, closed=closed)
