"""The procedure that a session holds, with its checklist as it stood at the end."""

from collections.abc import Iterable
from dataclasses import dataclass

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


def _after(procedure: RecordedProcedure, command: ChecklistCommand) -> RecordedProcedure:
    try:
        checklist = checklist_after(procedure.checklist, command)
    except (ValueError, TypeError) as error:
        raise DamagedSession(
            f"The checklist cannot be followed: {str(error).rstrip('.')}.",
            "Check the session with verify.",
        ) from None
    return RecordedProcedure(procedure.started, procedure.started_ns, checklist)
