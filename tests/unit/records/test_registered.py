"""Who is registered, as the set-up page learns it."""

import threading
from pathlib import Path

from guidance_app.domain.competence import StaffRole
from guidance_app.records.database import Records
from guidance_app.records.registered import RegisteredStaff
from guidance_app.records.staff import StaffMember

LIMIT_S = 30.0


def test_people_are_known_after_they_were_read_and_not_before(tmp_path: Path) -> None:
    path, changed, told = tmp_path / "records.sqlite", threading.Event(), list[str]()
    records = Records.open(path)
    records.add_person(StaffMember("OP-1", "Ada"))
    records.set_roles("OP-1", [StaffRole.OPERATOR])
    records.close()
    staff = RegisteredStaff(path, changed.set, told.append)
    assert staff.by_code == {}
    staff.refresh()
    assert changed.wait(LIMIT_S)
    assert staff.by_code["OP-1"].roles == {StaffRole.OPERATOR}
    assert told == []
    staff.stop()


def test_records_that_cannot_be_read_are_told_and_what_was_known_stays(tmp_path: Path) -> None:
    path, told = tmp_path / "records.sqlite", list[str]()
    path.write_bytes(b"no database" * 100)
    staff = RegisteredStaff(path, lambda: told.append("changed"), told.append)
    staff.refresh()
    staff.stop()
    (sentence,) = told
    assert sentence.startswith("Competence is not known. The records database")
