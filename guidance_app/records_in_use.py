"""The records as a running application uses them: written, asked for people, and tested."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from drivers.api.ports import Clock
from guidance_app.diagnosis.findings import Finding
from guidance_app.diagnosis.storage import check_records
from guidance_app.records.registered import RegisteredStaff
from guidance_app.records.worker import RecordsWriter


class RecordsInUse:
    """One place for the records; nothing here waits for it but threads of its own."""

    def __init__(
        self,
        place: Path | str,
        clock: Clock,
        on_failure: Callable[[str], None],
        staff_changed: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        """All three are called on other threads, with why something was not stored or read."""
        self.place = place
        self.writer = RecordsWriter(place, clock, on_failure)
        self.staff = RegisteredStaff(place, clock, staff_changed, tell)
        self._asking = ThreadPoolExecutor(1, "records test")

    def start(self) -> None:
        """Open the records and learn who is registered; returns at once."""
        self.writer.start()
        self.staff.refresh()

    def test(self) -> Future[Finding]:
        """Whether the records answer."""
        return self._asking.submit(check_records, self.place)

    def stop(self) -> None:
        """Store what waits, and end the threads."""
        self.writer.stop()
        self.staff.stop()
        self._asking.shutdown()
