"""What the people page and the settings page have to hold: from nobody to much."""

from datetime import date
from pathlib import Path

from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.domain.competence import (
    RADIATION,
    Certificate,
    CompetencePolicy,
    Course,
    LogCount,
    StaffRecord,
    StaffRole,
)
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.knowledge.site_file import AtSite, load_at_site
from guidance_app.presentation.people import PeopleView, people_view
from guidance_app.presentation.site_settings import (
    NOT_TESTED,
    SettingsView,
    records_answer,
    settings_view,
)
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.records.procedures import LogBookEntry
from guidance_app.records.registered import StaffOnFile
from guidance_app.records.staff import StaffMember

TODAY = date(2026, 11, 26)
SHIPPED = AtSite(shipped_knowledge(), CompetencePolicy())
AWAY = (
    "The server of the records database postgresql://guidance@records.hospital.example/guidance "
    "cannot be reached. Check the network and the server. Nothing was stored."
)
SITE_FILE = Path("/home/radiology/.config/guidance/site.yaml")
WRONG = "site.yaml, line 11, S-01: it traces to POL-8, which does not exist."
SITE = """\
site: Department of Rheumatology, University Hospital at the lake
version: "2026-11"
sources:
  - {key: POL-7, title: Policy 7, citation: Lamps, where_read: here, seen: [full], certainty: V}
items:
  - id: S-01
    phase: TO
    text: Dim the lamp over the table
    detail: The lamp over the table is dimmed before the sterile field is set up.
    origin: C
    trace: [POL-7]
    level: SOFT
    applies: [ultrasound]
    evidence: tick
    sign: [As]
    certainty: V
    after: [K-27]
levels: {K-09: SOFT, K-33: HARD}
competence:
  supervised_per_family: 20   # agreed in May
"""


def _log(number: int, family: str, technique: str, by: str | None) -> LogBookEntry:
    day = f"2026-{1 + number % 11:02}-{1 + number % 28:02}"
    return LogBookEntry(f"p-{number}", "OP-1", family, technique, number % 5 == 0, by, day)


def _log_book() -> tuple[LogBookEntry, ...]:
    done = (("knee", "us", "SU-1"), ("lumbar spine", "fluoroscopy", None), ("hip", "us", None))
    return tuple(_log(number, *done[number % 3]) for number in range(34))


MEMBERS = (
    StaffMember("AS-1", "Bao Nguyễn"),
    StaffMember("OP-1", "Dr. Maria-Magdalena Featherstonehaugh-Cholmondeley"),
    StaffMember("OP-2", "أحمد “Al” ☂ O'Neil"),
    StaffMember("OP-3", "C. Left", active=False),
    StaffMember("RX-1", "Ines"),
    StaffMember("SU-1", "Grace Hopper"),
)
HELD = {
    "AS-1": StaffRecord("AS-1", frozenset({StaffRole.ASSISTANT})),
    "OP-1": StaffRecord(
        "OP-1",
        frozenset(StaffRole),
        (
            Certificate("EFSUMB", 2, "us", date(2019, 5, 1), date(2024, 5, 1)),
            Certificate("EULAR", 1, "us", date(2025, 5, 1)),
            Certificate("EFSUMB", 3, "us", date(2027, 1, 1)),
        ),
        (
            Course("us", date(2025, 4, 1)),
            Course("us", date(2015, 4, 1)),
            Course(RADIATION, date(2025, 4, 1), date(2030, 4, 1)),
        ),
        (LogCount("", 1, 0), LogCount("knee", 12, 0), LogCount("lumbar spine", 0, 11)),
    ),
    "OP-2": StaffRecord("OP-2", frozenset({StaffRole.OPERATOR})),
    "OP-3": StaffRecord("OP-3", frozenset()),
    "RX-1": StaffRecord("RX-1", frozenset({StaffRole.RADIOGRAPHER})),
    "SU-1": StaffRecord("SU-1", frozenset({StaffRole.SUPERVISOR, StaffRole.OPERATOR})),
}
SIX = StaffOnFile(MEMBERS, HELD, _log_book())


def six_people(code: str = "OP-1", message: Text = NO_TEXT) -> PeopleView:
    return people_view(SIX, code, SHIPPED, TODAY, message)


def nobody() -> PeopleView:
    return people_view(StaffOnFile(), "", SHIPPED, TODAY)


def people_without_records() -> PeopleView:
    return people_view(SIX, "", SHIPPED, TODAY, Text(AWAY, Tone.ALARM))


def at_site(folder: Path) -> AtSite:
    """As the file above says."""
    file = folder / "site.yaml"
    file.write_text(SITE, encoding="utf-8")
    return load_at_site(file)


def settings(at: AtSite | None, fault: str = "", away: bool = False) -> SettingsView:
    what, _, advice = AWAY.partition(". ")
    answer = records_answer(Finding("records", Outcome.FAILED, f"{what}.", advice))
    place = "postgresql://guidance@records.hospital.example:5432/guidance?sslmode=verify-full"
    records = place if away else SITE_FILE.with_name("records.sqlite")
    done = Text("Saved in site.yaml. It holds from the next procedure on.")
    return settings_view(SITE_FILE, at, fault, records, answer if away else NOT_TESTED, done)
