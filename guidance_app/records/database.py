"""The records database: who did what on which checklist, signed, and nothing of it changed later.

Imports SQLAlchemy, so this module stays off the start-up path. One thread uses a `Records`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from guidance_app.domain.checklist import ChecklistEntry
from guidance_app.domain.competence import Certificate, Course, StaffRecord, StaffRole
from guidance_app.records import (
    chain,
    pin_rows,
    procedure_rows,
    signature_rows,
    staff_rows,
    verification,
)
from guidance_app.records.address import engine_at
from guidance_app.records.audited import AuditReport
from guidance_app.records.catalogue import library_key
from guidance_app.records.catalogue_index import LibraryIndex
from guidance_app.records.errors import IN_JOURNAL, NOT_SIGNED, AuditHead
from guidance_app.records.procedures import LogBookEntry, ProcedureRecord, ProcedureSearch
from guidance_app.records.schema import FORMAT, PROCEDURES
from guidance_app.records.signatures import SignatureRequest, StoredSignature
from guidance_app.records.staff import StaffMember
from guidance_app.records.store import Store, utc_text

FOUND_LIMIT = 100
"""Procedures that a search gives at most, unless another number is asked for."""


def _now_utc() -> datetime:
    return datetime.now(UTC)


class Records:
    """An open records database. Every method that writes has written to disk when it returns.

    All raise RecordsError with a plain sentence; RecordsLocked when another try may help,
    RecordsRefused when what is asked can never be done, RecordsUnreachable when the records
    must be opened anew.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def open(cls, address: Path | str, now_utc: Callable[[], datetime] = _now_utc) -> "Records":
        """Open the database at a path or an address like postgresql://user@server/database.

        Creates what is not there yet, and brings an earlier format to the newest; of a file a
        copy is kept beside it. Never overwrites anything else.
        """
        records = cls(Store(engine_at(address), now_utc))
        try:
            records._prepare()
        except BaseException:
            records.close()
            raise
        return records

    def close(self) -> None:
        """Let go of the database; nothing is pending."""
        self._store.close()

    def add_person(self, person: StaffMember, roles: Collection[StaffRole] = ()) -> None:
        """Register somebody; raises RecordsRefused for a code that is taken."""
        with self._store.writing() as writing:
            staff_rows.add_person(writing, person)
            if roles:
                staff_rows.set_roles(writing, person.code, roles)

    def set_active(self, code: str, active: bool) -> None:
        """Whether somebody may sign; raises RecordsRefused for an unknown code."""
        with self._store.writing() as writing:
            staff_rows.set_active(writing, code, active)

    def set_roles(self, code: str, roles: Iterable[StaffRole]) -> None:
        """The roles in which somebody works; raises RecordsRefused for an unknown code."""
        with self._store.writing() as writing:
            staff_rows.set_roles(writing, code, roles)

    def add_certificate(self, code: str, certificate: Certificate) -> None:
        """One certificate more; raises RecordsRefused for an unknown code."""
        with self._store.writing() as writing:
            staff_rows.add_certificate(writing, code, certificate)

    def add_course(self, code: str, course: Course) -> None:
        """One course more; raises RecordsRefused for an unknown code."""
        with self._store.writing() as writing:
            staff_rows.add_course(writing, code, course)

    def people(self) -> tuple[StaffMember, ...]:
        """Everybody who is registered, by code."""
        with self._store.reading() as connection:
            return staff_rows.read_people(connection)

    def staff_record(self, code: str) -> StaffRecord | None:
        """All that is known of somebody's competence; None when nobody is registered so."""
        with self._store.reading() as connection:
            return staff_rows.read_staff_record(connection, code)

    def set_pin(self, code: str, pin: str) -> None:
        """Set or replace a PIN; raises RecordsRefused unless it has 4 to 12 digits."""
        with self._store.writing(locked=False) as writing:
            pin_rows.set_pin(writing, code, pin)

    def check_pin(self, code: str, pin: str) -> bool:
        """Whether it is right; raises PinLocked for 5 minutes after 5 wrong ones in a row."""
        with self._store.writing(locked=False) as writing:
            return pin_rows.check_pin(writing, code, pin)

    def start_procedure(self, record: ProcedureRecord) -> None:
        """Store a procedure and the people on it; raises RecordsRefused for a known id."""
        with self._store.writing(IN_JOURNAL) as writing:
            procedure_rows.start_procedure(writing, record)

    def add_entry(self, procedure_id: str, entry: ChecklistEntry) -> None:
        """Append one mark; raises RecordsRefused when there is no such procedure."""
        with self._store.writing(IN_JOURNAL) as writing:
            procedure_rows.add_entry(writing, procedure_id, entry)

    def sign(self, procedure_id: str, requests: Sequence[SignatureRequest]) -> None:
        """Store all of the signatures at once, or none of them.

        Raises RecordsRefused for somebody unknown or without the role, for one person as two,
        for content that is not what is stored, and for a subject of another procedure.
        """
        with self._store.writing(NOT_SIGNED) as writing:
            signature_rows.sign(writing, procedure_id, requests)

    def finish_procedure(self, procedure_id: str, ended_utc: str, counts: bool) -> None:
        """Note the end of a procedure; `counts` puts it into the log book of its operator.

        Raises RecordsRefused when none goes on.
        """
        with self._store.writing(IN_JOURNAL) as writing:
            procedure_rows.finish_procedure(writing, procedure_id, ended_utc, counts)

    def procedures(self) -> list[ProcedureRecord]:
        """All procedures, oldest first."""
        with self._store.reading() as connection:
            oldest_first = select(PROCEDURES).order_by(PROCEDURES.c.started_utc)
            return procedure_rows.read_procedures(connection, oldest_first)

    def find_procedures(
        self, wanted: ProcedureSearch, limit: int = FOUND_LIMIT
    ) -> list[ProcedureRecord]:
        """The procedures that fit all that is asked, newest first."""
        with self._store.reading() as connection:
            return procedure_rows.find_procedures(connection, wanted, limit)

    def entries(self, procedure_id: str) -> tuple[ChecklistEntry, ...]:
        """All marks of one procedure in the order they were made."""
        with self._store.reading() as connection:
            return procedure_rows.read_entries(connection, procedure_id)

    def signatures(self, procedure_id: str) -> tuple[StoredSignature, ...]:
        """All signatures of one procedure in the order they were stored."""
        with self._store.reading() as connection:
            return signature_rows.read_signatures(connection, procedure_id)

    def log_book(self, code: str) -> tuple[LogBookEntry, ...]:
        """What somebody has done, oldest first."""
        with self._store.reading() as connection:
            return procedure_rows.read_log_book(connection, code)

    def verify_audit(self) -> AuditReport:
        """Walk along the whole audit chain and compare every row with it."""
        with self._store.snapshot() as connection:
            self._store.engine.check_whole(connection)
            with self._store.engine.lenient(connection):
                return verification.verify(connection)

    def catalogue(self, folder: Path) -> LibraryIndex:
        """The index of the sessions in a folder; usable until the records are closed."""
        return LibraryIndex(self._store, library_key(folder))

    def holds(self, head: AuditHead) -> bool:
        """Whether this entry of the audit chain is there, and so what was written with it.

        Waits for whoever is writing, so that what is not there now does not come later.
        """
        with self._store.writing() as writing:
            return chain.holds(writing.connection, head)

    @property
    def _connection(self) -> Connection:
        return self._store.connection

    def _prepare(self) -> None:
        engine = self._store.engine
        with self._store.writing(IN_JOURNAL) as writing:
            found = engine.found_format(writing.connection)
            if found < FORMAT:
                from guidance_app.records.migrations.upgrade import (  # noqa: PLC0415 - rarely
                    upgrade,
                )

                engine.keep_copy(found, writing.now)
                upgrade(writing.connection, found, utc_text(writing.now))
            engine.note_format(writing.connection)
