"""A database with something in every table."""

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from samples import ENTRIES, PROCEDURE
from signing import pair, register_both

from guidance_app.domain.competence import Certificate, Course
from guidance_app.records.database import Records


def fill(address: Path | str) -> None:
    """Every kind of write, and the signatures before the last ones."""
    with closing(Records.open(address)) as records:
        register_both(records)
        records.add_certificate("OP-01", Certificate("EULAR", 1, "us", date(2022, 1, 31)))
        records.add_course("OP-01", Course("us", date(2024, 2, 29), date(2029, 2, 28)))
        records.set_pin("OP-01", "1234")
        records.check_pin("OP-01", "0000")
        for id_ in ("p-1", "p-2"):
            records.start_procedure(replace(PROCEDURE, id=id_, supervisor_code="SU-01"))
            for entry in ENTRIES:
                records.add_entry(id_, entry)
            records.sign(id_, pair(replace(PROCEDURE, id=id_), ENTRIES))
        records.finish_procedure("p-1", "2025-03-01T09:30:00+00:00", counts=True)
        records.set_active("AS-01", False)


def content(records: Records) -> list[object]:
    """Everything that can be read."""
    found: list[object] = [records.people()]
    for code in ("OP-01", "AS-01"):
        found += [records.staff_record(code), records.log_book(code)]
    found.append(records.procedures())
    for id_ in ("p-1", "p-2"):
        found += [records.entries(id_), records.signatures(id_)]
    return found
