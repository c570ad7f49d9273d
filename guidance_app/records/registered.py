"""Who is registered, read and changed on a thread of its own: nobody waits for a disk or a lock."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from drivers.api.ports import Clock
from guidance_app.domain.competence import StaffRecord
from guidance_app.records.errors import RecordsError, RecordsLocked, without_journal
from guidance_app.records.procedures import LogBookEntry
from guidance_app.records.staff import StaffMember
from guidance_app.records.worker import PATIENCE_NS, RETRY_EVERY_NS

if TYPE_CHECKING:
    from guidance_app.records.database import Records

Change = Callable[["Records"], None]
"""Something to be written; what it raises is a RecordsError."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StaffOnFile:
    """What the records hold of people at one moment."""

    members: tuple[StaffMember, ...] = ()
    """By code, also those who are not active."""
    by_code: Mapping[str, StaffRecord] = field(default_factory=dict)
    log_book: tuple[LogBookEntry, ...] = ()
    """Of the person who was asked about, newest first."""


class RegisteredStaff:
    """What the records know of people, as of the last time they were read."""

    def __init__(
        self,
        place: Path | str,
        clock: Clock,
        changed: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        """`changed` and `tell`, with why it cannot be read, are called on the reading thread."""
        self._place = place
        self._clock = clock
        self._changed = changed
        self._tell = tell
        self._stopping = threading.Event()
        self._thread = ThreadPoolExecutor(1, "registered staff")
        self.by_code: Mapping[str, StaffRecord] | None = {}
        """Empty while nobody is registered; None where the records did not say who is."""

    def refresh(self) -> None:
        """Read it anew; returns at once."""
        self._thread.submit(self._refresh)

    def read(self, code: str = "") -> Future[StaffOnFile]:
        """Everybody, and the log book of one of them; fails with RecordsError."""
        return self._thread.submit(self._read, code)

    def change(self, change: Change, code: str) -> Future[StaffOnFile]:
        """Make a change, whole or not at all, and read as above; fails with RecordsError."""
        return self._thread.submit(self._read, code, change)

    def check_pin(self, code: str, pin: str) -> Future[bool]:
        """Whether it is right; fails with RecordsError, also while it is locked."""
        return self._thread.submit(self._check_pin, code, pin)

    def stop(self) -> None:
        """End the thread, after what it was asked to do."""
        self._stopping.set()
        self._thread.shutdown()

    def _check_pin(self, code: str, pin: str) -> bool:
        with self._opened() as records:
            return records.check_pin(code, pin)

    def _refresh(self) -> None:
        try:
            self._read("")
        except RecordsError as error:
            self._tell(f"Competence is not known. {without_journal(error)}")
            self.by_code = self.by_code or None
            self._changed()

    def _read(self, code: str, change: Change | None = None) -> StaffOnFile:
        with self._opened() as records:
            if change is not None:
                self._patiently(lambda: change(records))
            members = records.people()
            held = {one.code: records.staff_record(one.code) for one in members}
            log_book = records.log_book(code)[::-1] if code else ()
        self.by_code = {code: record for code, record in held.items() if record is not None}
        self._changed()
        return StaffOnFile(members, self.by_code, log_book)

    def _opened(self) -> "closing[Records]":
        from guidance_app.records.database import Records  # noqa: PLC0415 - SQLAlchemy is slow

        return closing(self._patiently(lambda: Records.open(self._place)))

    def _patiently(self, action: Callable[[], T]) -> T:
        """Try again while another program holds the records, for PATIENCE_NS or until stop()."""
        give_up_ns = self._clock.now_ns() + PATIENCE_NS
        while True:
            try:
                return action()
            except RecordsLocked:
                next_ns = self._clock.now_ns() + RETRY_EVERY_NS
                if next_ns > give_up_ns or not self._clock.wait_until(next_ns, self._stopping):
                    raise
