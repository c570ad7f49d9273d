"""What of a procedure goes into the records: its start, marks, signatures and end."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Protocol

from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.domain.commands import (
    Command,
    ItemMarked,
    PhaseSigned,
    ProcedureStarted,
    RecordClosed,
)
from guidance_app.domain.people import Role
from guidance_app.presentation.setup_choices import SetupAnswer
from guidance_app.presentation.view import Tone
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.signatures import SignatureRequest


class Records(Protocol):
    """Who stores procedures, what was ticked and what was signed; never blocks."""

    def start_procedure(self, record: ProcedureRecord) -> None:
        """Store a procedure and the people on it."""
        ...

    def add_entry(self, procedure_id: str, entry: ChecklistEntry) -> None:
        """Append one mark to a procedure."""
        ...

    def sign(self, procedure_id: str, requests: Sequence[SignatureRequest]) -> Future[None]:
        """Store all of the signatures or none; RecordsError says that none was."""
        ...

    def finish_procedure(self, procedure_id: str, ended_utc: str, counts: bool) -> None:
        """Note the end of a procedure; `counts` puts it into the log book of its operator."""
        ...


class ProcedureKeeper:
    """Follows the commands of one run after another; GUI thread."""

    def __init__(self, records: Records, say: Callable[[str, Tone], None]) -> None:
        """`say` may be called from any thread."""
        self._records = records
        self._say = say
        self._answer = SetupAnswer()
        self._on_device = False
        self._started: ProcedureStarted | None = None

    def expect(self, answer: SetupAnswer, on_device: bool) -> None:
        """What was worked out for the procedure that is about to begin.

        `on_device`: its pictures come from a device. Practice on a simulator or a film is in
        nobody's log book.
        """
        self._answer, self._on_device = answer, on_device

    def store(self, command: Command, session: str) -> None:
        """Store what was done; `session` is the name of its recording."""
        if isinstance(command, ProcedureStarted):
            self.finish()
            self._started = command
            self._records.start_procedure(self._record(command, session))
        elif isinstance(command, ItemMarked) and self._started is not None:
            self._records.add_entry(self._started.procedure_id, command.entry)
        elif isinstance(command, PhaseSigned) and self._started is not None:
            self._sign(self._started, command)
        elif isinstance(command, RecordClosed):
            self._end(command.time_utc, counts=self._on_device)

    def finish(self) -> None:
        """Note the end of the procedure that goes on, if one does; its record was not closed."""
        self._end(_now_utc(), counts=False)

    def _end(self, ended_utc: str, counts: bool) -> None:
        if self._started is not None:
            self._records.finish_procedure(self._started.procedure_id, ended_utc, counts)
            self._started = None

    def _sign(self, started: ProcedureStarted, signed: PhaseSigned) -> None:
        """Into the records of people who are registered; the recording has it in any case."""
        if not self._answer.judged:
            return
        requests = [
            SignatureRequest(s, _phase_items(started, s.subject.part)) for s in signed.signatures
        ]
        stored = self._records.sign(started.procedure_id, requests)
        stored.add_done_callback(self._tell_failure)

    def _tell_failure(self, stored: Future[None]) -> None:
        error = stored.exception()
        if error is not None:
            self._say(str(error), Tone.ALARM)

    def _record(self, started: ProcedureStarted, session: str) -> ProcedureRecord:
        return ProcedureRecord(
            id=started.procedure_id,
            session_id=session,
            procedure=started.procedure,
            patient=started.patient,
            side=started.side,
            template_version=started.template.version,
            template_digest=started.template.digest,
            started_utc=_now_utc(),
            people=started.people,
            working_alone=started.working_alone,
            technique=started.technique,
            site_family=self._answer.family,
            complex=self._answer.complex,
            supervisor_code=_supervisor(started),
            trainee=started.trainee,
            modality_reason=started.reason,
        )


def _phase_items(started: ProcedureStarted, part: str) -> tuple[str, ...]:
    return tuple(item.id for item in started.template.items if item.phase == part)


def _supervisor(started: ProcedureStarted) -> str | None:
    codes = [person.code for person in started.people if person.role is Role.SUPERVISOR]
    return codes[0] if codes else None


def _now_utc() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
