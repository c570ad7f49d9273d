"""Who is registered, read on a thread of its own so that nobody waits for a disk or a lock."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from guidance_app.domain.competence import StaffRecord
from guidance_app.records.errors import RecordsError


class RegisteredStaff:
    """What the records know of people, as of the last time they were read."""

    def __init__(
        self, path: Path, changed: Callable[[], None], tell: Callable[[str], None]
    ) -> None:
        """`changed` and `tell`, with why it cannot be read, are called on the reading thread."""
        self._path = path
        self._changed = changed
        self._tell = tell
        self._thread = ThreadPoolExecutor(1, "registered staff")
        self.by_code: Mapping[str, StaffRecord] = {}
        """Empty until it was read, and while nobody is registered."""

    def refresh(self) -> None:
        """Read it anew; returns at once."""
        self._thread.submit(self._read)

    def check_pin(self, code: str, pin: str) -> Future[bool]:
        """Whether it is right; fails with RecordsError, also while it is locked."""
        return self._thread.submit(self._check_pin, code, pin)

    def stop(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    def _check_pin(self, code: str, pin: str) -> bool:
        from guidance_app.records.database import Records  # noqa: PLC0415 - as above

        with closing(Records.open(self._path)) as records:
            return records.check_pin(code, pin)

    def _read(self) -> None:
        from guidance_app.records.database import Records  # noqa: PLC0415 - SQLAlchemy is slow

        try:
            with closing(Records.open(self._path)) as records:
                found = {one.code: records.staff_record(one.code) for one in records.people()}
        except RecordsError as error:
            self._tell(f"Competence is not known. {error}")
            return
        self.by_code = {code: held for code, held in found.items() if held is not None}
        self._changed()
