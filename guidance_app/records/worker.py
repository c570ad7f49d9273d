"""A thread that writes to the records database, so that nobody waits for a disk or a lock."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from drivers.api.ports import Clock
from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.records.errors import (
    IN_JOURNAL,
    NOT_SIGNED,
    AuditHead,
    RecordsError,
    RecordsInDoubt,
    RecordsLocked,
    RecordsRefused,
    RecordsUnreachable,
)
from guidance_app.records.procedures import ProcedureRecord
from guidance_app.records.signatures import SignatureRequest

if TYPE_CHECKING:
    from guidance_app.records.database import Records

JOBS_LIMIT = 1000
"""Jobs that may wait; a procedure makes about a hundred."""

PATIENCE_NS = 5_000_000_000
"""How long a database that is locked or away is tried again before the user is told."""

RETRY_EVERY_NS = 250_000_000

JOIN_DEADLINE_S = 5.0

T = TypeVar("T")

NOT_KNOWN = (
    "Whether the signatures were stored is not known. Look whether they are in the records "
    "before you sign again."
)


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to be stored; `signed` is told when somebody waits for it."""

    store: Callable[["Records"], None]
    signed: Future[None] | None = None


class RecordsWriter:
    """Takes what is to be stored and stores it in order, on a thread of its own.

    The methods that store return at once; one thread calls them. What cannot be stored is
    told by `on_failure` with a sentence, once for each cause, and kept: it is tried again
    with the next job and when stopping. `on_failure` is called on the writing thread, or
    on the caller's when a job cannot even wait. Signatures are not kept: see `sign`.
    """

    def __init__(
        self, address: Path | str, clock: Clock, on_failure: Callable[[str], None]
    ) -> None:
        self._address = address
        self._clock = clock
        self._on_failure = on_failure
        self._told = ""
        self._records: Records | None = None
        self._doubt: AuditHead | None = None
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._fresh = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="records writer", daemon=True)

    def start(self) -> None:
        """Start the thread; once. It opens the database, or says why it cannot."""
        self._thread.start()

    def start_procedure(self, record: ProcedureRecord) -> None:
        """Store a procedure and the people on it."""
        self._submit(_Job(lambda records: records.start_procedure(record)))

    def add_entry(self, procedure_id: str, entry: ChecklistEntry) -> None:
        """Append one mark to a procedure."""
        self._submit(_Job(lambda records: records.add_entry(procedure_id, entry)))

    def finish_procedure(self, procedure_id: str, ended_utc: str, counts: bool) -> None:
        """Note the end of a procedure; `counts` puts it into the log book of its operator."""
        self._submit(
            _Job(lambda records: records.finish_procedure(procedure_id, ended_utc, counts))
        )

    def sign(self, procedure_id: str, requests: Sequence[SignatureRequest]) -> Future[None]:
        """Store all of the signatures, after what was given before; it cannot be cancelled.

        Done when they are stored. RecordsError says that none was, and none will be later: sign
        again. Where the connection broke while they were confirmed, the database is asked until
        it answers; only stopping ends that, with a sentence that it is not known.
        """
        signed: Future[None] = Future()
        signed.set_running_or_notify_cancel()
        self._submit(_Job(lambda records: records.sign(procedure_id, requests), signed))
        return signed

    def stop(self) -> None:
        """Try a last time what waits, end the thread, and tell how much was not stored."""
        with self._changed:
            self._stopping.set()
            self._changed.notify()
        self._thread.join(JOIN_DEADLINE_S)
        jobs = list(self._jobs)
        waiting = [job for job in jobs if not _fail(job, RecordsError(NOT_KNOWN))]
        if waiting:
            self._on_failure(
                f"Not stored in the records database: {len(waiting)} entries. "
                "They are kept in the session's journal."
            )

    def _submit(self, job: _Job) -> None:
        with self._changed:
            takes = len(self._jobs) < JOBS_LIMIT and not self._stopping.is_set()
            if takes:
                self._jobs.append(job)
                self._fresh = True
                self._changed.notify()
        if takes:
            return
        too_much = f"The records database does not keep up or is closed. {NOT_SIGNED}"
        if not _fail(job, RecordsError(too_much)):
            self._on_failure(
                "An entry could not be stored in the records database, which does not keep up "
                "or is closed. It is kept in the session's journal."
            )

    def _run(self) -> None:
        going_on = True
        while going_on:
            going_on = not self._stopping.is_set()
            self._store_all()
            if going_on:
                self._wait_for_news()
        self._let_go()

    def _wait_for_news(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._fresh or self._stopping.is_set())
            self._fresh = False

    def _store_all(self) -> None:
        try:
            self._patiently(self._opened)
            while self._jobs:
                self._store_first()
        except RecordsError as error:
            self._give_up(error)

    def _store_first(self) -> None:
        job = self._jobs[0]
        try:
            self._patiently(lambda: self._attempt(job))
        except RecordsRefused as error:
            if not _fail(job, error):
                self._on_failure(str(error))
        else:
            _confirm(job)
        self._jobs.popleft()
        self._told = ""

    def _attempt(self, job: _Job) -> None:
        """Unless it turns out that an earlier try, whose end was not seen, has stored it."""
        records = self._opened()
        try:
            if self._doubt is not None:
                stored, self._doubt = records.holds(self._doubt), None
                if stored:
                    return
            job.store(records)
        except RecordsUnreachable as error:
            if isinstance(error, RecordsInDoubt):
                self._doubt = error.head
            self._let_go()
            raise

    def _opened(self) -> "Records":
        from guidance_app.records.database import Records  # noqa: PLC0415 - SQLAlchemy is slow

        if self._records is None:
            self._records = Records.open(self._address)
        return self._records

    def _let_go(self) -> None:
        if self._records is not None:
            self._records.close()
        self._records = None

    def _patiently(self, action: Callable[[], T]) -> T:
        """Try again for as long as PATIENCE_NS or until stop(); in doubt until stop() alone."""
        give_up_ns = self._clock.now_ns() + PATIENCE_NS
        while True:
            try:
                return action()
            except RecordsError as error:
                next_ns = self._clock.now_ns() + RETRY_EVERY_NS
                if self._doubt is not None and next_ns > give_up_ns:
                    self._give_up(error)
                elif self._doubt is None and not _may_pass(error, next_ns <= give_up_ns):
                    raise
                if not self._clock.wait_until(next_ns, self._stopping):
                    raise

    def _give_up(self, error: RecordsError) -> None:
        """Entries wait; of signatures only the one in doubt does."""
        self._tell_once(str(error))
        reason = str(error).removesuffix(NOT_SIGNED).removesuffix(IN_JOURNAL).rstrip()
        in_doubt = 0 if self._doubt is None else 1
        with self._changed:
            jobs = list(self._jobs)
            later = [job for job in jobs[in_doubt:] if job.signed is None]
            self._jobs = deque(jobs[:in_doubt] + later)
        for job in jobs[in_doubt:]:
            _fail(job, RecordsError(f"{reason} {NOT_SIGNED}"))

    def _tell_once(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._on_failure(sentence)


def _may_pass(error: RecordsError, in_time: bool) -> bool:
    return in_time and isinstance(error, RecordsLocked | RecordsUnreachable)


def _confirm(job: _Job) -> None:
    """Tell whoever waits for it, unless stop() has."""
    if job.signed is not None:
        with suppress(InvalidStateError):
            job.signed.set_result(None)


def _fail(job: _Job, error: RecordsError) -> bool:
    """Tell whoever waits for it, unless stop() has; false when nobody does."""
    if job.signed is None:
        return False
    with suppress(InvalidStateError):
        job.signed.set_exception(error)
    return True
