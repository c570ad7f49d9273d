"""A procedure and its entries."""

from guidance_app.domain.checklist import ChecklistEntry, Mark
from guidance_app.domain.evidence import Evidence
from guidance_app.domain.people import Person, Role
from guidance_app.records.procedures import ProcedureRecord

OPERATOR = Person("OP-01", Role.OPERATOR)
TIME_UTC = "2025-03-01T09:01:00+00:00"

PROCEDURE = ProcedureRecord(
    id="p-1",
    session_id="20250301-090000-ab12",
    procedure="knee-injection",
    patient="P-0417",
    side="right",
    template_version="1",
    template_digest="0" * 64,
    started_utc="2025-03-01T09:00:00+00:00",
    people=(OPERATOR, Person("AS-01", Role.ASSISTANT), Person("OP-01", Role.SUPERVISOR)),
    working_alone=False,
)

NOTED = (
    Evidence("drug", 'O\'Neil "mix" אבג 👩🏽‍⚕️; --'),
    Evidence("volume", "12.50"),
    Evidence("passes", "2"),
)

ENTRIES = (
    ChecklistEntry("K-01", Mark.DONE, OPERATOR, TIME_UTC, "EFSUMB level 2"),
    ChecklistEntry("K-11", Mark.OVERRIDDEN, OPERATOR, TIME_UTC, 'said "no leaflet"; è 关节'),
    ChecklistEntry("K-01", Mark.REOPENED, OPERATOR, TIME_UTC),
    ChecklistEntry("K-01", Mark.DONE, OPERATOR, TIME_UTC),
    ChecklistEntry("K-44", Mark.DONE, OPERATOR, TIME_UTC, "", NOTED),
)
