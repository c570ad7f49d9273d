"""A thread that writes to the records database, so that nobody waits for a disk or a lock."""

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from drivers.api.ports import Clock
from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.records.errors import RecordsError, RecordsLocked, RecordsRefused
from guidance_app.records.procedures import ProcedureRecord

if TYPE_CHECKING:
    from guidance_app.records.database import Records

JOBS_LIMIT = 1000
"""Jobs that may wait; a procedure makes about a hundred."""

PATIENCE_NS = 5_000_000_000
"""How long a locked database is tried again before the user is told."""

RETRY_EVERY_NS = 250_000_000

JOIN_DEADLINE_S = 5.0

T = TypeVar("T")
Job = Callable[["Records"], None]


class RecordsWriter:
    """Takes what is to be stored and stores it in order, on a thread of its own.

    The methods that store return at once; one thread calls them. What cannot be stored is
    told by `on_failure` with a sentence, once for each cause, and kept: it is tried again
    with the next job and when stopping. `on_failure` is called on the writing thread, or
    on the caller's when a job cannot even wait.
    """

    def __init__(self, path: Path, clock: Clock, on_failure: Callable[[str], None]) -> None:
        self._path = path
        self._clock = clock
        self._on_failure = on_failure
        self._told = ""
        self._records: Records | None = None
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._fresh = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="records writer", daemon=True)

    def start(self) -> None:
        """Start the thread; once. It opens the database, or says why it cannot."""
        self._thread.start()

    def start_procedure(self, record: ProcedureRecord) -> None:
        """Store a procedure and the people on it."""
        self._submit(lambda records: records.start_procedure(record))

    def add_entry(self, procedure_id: str, entry: ChecklistEntry) -> None:
        """Append one mark to a procedure."""
        self._submit(lambda records: records.add_entry(procedure_id, entry))

    def finish_procedure(self, procedure_id: str, ended_utc: str) -> None:
        """Note the end of a procedure."""
        self._submit(lambda records: records.finish_procedure(procedure_id, ended_utc))

    def stop(self) -> None:
        """Try a last time what waits, end the thread, and tell how much was not stored."""
        with self._changed:
            self._stopping.set()
            self._changed.notify()
        self._thread.join(JOIN_DEADLINE_S)
        if self._jobs:
            self._on_failure(
                f"Not stored in the records database: {len(self._jobs)} entries. "
                "They are kept in the session's journal."
            )

    def _submit(self, job: Job) -> None:
        with self._changed:
            takes = len(self._jobs) < JOBS_LIMIT and not self._stopping.is_set()
            if takes:
                self._jobs.append(job)
                self._fresh = True
                self._changed.notify()
        if not takes:
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
        if self._records is not None:
            self._records.close()

    def _wait_for_news(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._fresh or self._stopping.is_set())
            self._fresh = False

    def _store_all(self) -> None:
        try:
            if self._records is None:
                self._records = self._patiently(self._open)
            while self._jobs:
                self._store_first(self._records)
        except RecordsError as error:
            self._tell_once(str(error))

    def _open(self) -> "Records":
        from guidance_app.records.database import Records  # noqa: PLC0415 - SQLAlchemy is slow

        return Records.open(self._path)

    def _store_first(self, records: "Records") -> None:
        job = self._jobs[0]
        try:
            self._patiently(lambda: job(records))
        except RecordsRefused as error:
            self._on_failure(str(error))
        self._jobs.popleft()
        self._told = ""

    def _patiently(self, action: Callable[[], T]) -> T:
        """Try again while the database is locked, for as long as PATIENCE_NS or until stop()."""
        give_up_ns = self._clock.now_ns() + PATIENCE_NS
        while True:
            try:
                return action()
            except RecordsLocked:
                next_ns = self._clock.now_ns() + RETRY_EVERY_NS
                if next_ns > give_up_ns or not self._clock.wait_until(next_ns, self._stopping):
                    raise

    def _tell_once(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._on_failure(sentence)
