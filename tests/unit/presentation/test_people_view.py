"""The people page: what does not count any more says so, and every reason stands there."""

from datetime import date

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
from guidance_app.knowledge.planning import kinds_of_procedures
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.people import NEWEST, PersonView, people_view
from guidance_app.presentation.view import Tone
from guidance_app.records.procedures import LogBookEntry
from guidance_app.records.registered import StaffOnFile
from guidance_app.records.staff import StaffMember

TODAY = date(2026, 11, 26)
SITE = AtSite(shipped_knowledge(), CompetencePolicy())
OPERATOR = frozenset({StaffRole.OPERATOR})


def person(
    held: StaffRecord, active: bool = True, log_book: tuple[LogBookEntry, ...] = ()
) -> PersonView:
    staff = StaffOnFile((StaffMember("OP-1", "Ada", active),), {"OP-1": held}, log_book)
    view = people_view(staff, "OP-1", SITE, TODAY).person
    assert view is not None
    return view


def standing_of(view: PersonView, kind: str) -> tuple[str, Tone]:
    (line,) = [one for one in view.standing if one.text.startswith(f"{kind}: ")]
    return line.text, line.tone


def test_what_expired_or_has_not_begun_says_so() -> None:
    held = StaffRecord(
        "OP-1",
        OPERATOR,
        (
            Certificate("EFSUMB", 2, "us", date(2019, 5, 1), date(2024, 5, 1)),
            Certificate("EFSUMB", 3, "us", date(2027, 1, 1)),
            Certificate("EULAR", 1, "us", date(2025, 5, 1), TODAY),
        ),
        (Course("us", date(2021, 11, 1)), Course(RADIATION, date(2020, 1, 1), date(2025, 1, 1))),
    )
    lines = person(held).held
    assert [(line.text.partition(" · ")[2], line.tone) for line in lines] == [
        ("issued 2019-05-01 · EXPIRED on 2024-05-01", Tone.CAUTION),
        ("issued only on 2027-01-01", Tone.CAUTION),
        ("issued 2025-05-01 · expires 2026-11-26", Tone.NORMAL),
        (
            "taken 2021-11-01 · does not expire · older than 5 years, which does not count any "
            "more",
            Tone.CAUTION,
        ),
        ("taken 2020-01-01 · EXPIRED on 2025-01-01", Tone.CAUTION),
    ]


def test_what_is_not_there_is_said() -> None:
    view = person(StaffRecord("OP-1", frozenset()))
    assert [line.text for line in view.held] == [
        "Certificates: none on record.",
        "Courses: none on record.",
        "Radiation protection: no training on record.",
    ]
    assert view.roles.text == "no role"
    assert [line.text for line in view.log_book] == ["No procedure is in the log book yet."]


def test_the_log_book_is_counted_by_family_and_its_newest_entries_follow() -> None:
    counts = (LogCount("", 1, 0), LogCount("knee", 12, 3))
    entries = tuple(
        LogBookEntry(f"p-{n}", "OP-1", "knee", "us", n == 0, None if n else "SU-1", "2026-03-01")
        for n in range(NEWEST + 2)
    )
    old = LogBookEntry("p-old", "OP-1", "", "", False, None, "2025-01-01")
    lines = [line.text for line in person(StaffRecord("OP-1", OPERATOR, (), (), counts)).log_book]
    assert lines[:2] == [
        "Site not recorded: 1 supervised, 0 independent",
        "Knee: 12 supervised, 3 independent",
    ]
    lines = [line.text for line in person(StaffRecord("OP-1", OPERATOR), True, entries).log_book]
    assert lines[0] == "2026-03-01 · knee, complex · Ultrasound · supervised by SU-1"
    assert lines[1] == "2026-03-01 · knee · Ultrasound · independent"
    assert len(lines) == NEWEST + 1 and lines[-1] == "and 2 older ones"
    (line,) = person(StaffRecord("OP-1", OPERATOR), True, (old,)).log_book
    assert line.text == "2025-01-01 · site not recorded · technique not recorded · independent"


def test_every_kind_of_procedure_is_judged_with_all_reasons() -> None:
    held = StaffRecord(
        "OP-1",
        OPERATOR,
        (Certificate("EFSUMB", 2, "us", date(2024, 5, 1)),),
        (Course("us", date(2025, 4, 1)),),
        (LogCount("knee", 10, 0),),
    )
    view = person(held)
    assert len(view.standing) == len(kinds_of_procedures(SITE.knowledge))
    assert standing_of(view, "Knee, ultrasound, simple") == (
        "Knee, ultrasound, simple: competent.",
        Tone.GOOD,
    )
    words, tone = standing_of(view, "Knee, ultrasound, complex")
    assert tone is Tone.CAUTION and "only under supervision. Ultrasound certificate" in words
    assert standing_of(view, "Hip, fluoroscopy, complex") == (
        "Hip, fluoroscopy, complex: may not. Radiation protection: no current training on record.",
        Tone.ALARM,
    )


def test_whoever_is_not_active_may_nothing() -> None:
    view = person(StaffRecord("OP-1", frozenset()), active=False)
    assert (view.roles.text, view.active) == ("not active", False)
    assert {line.tone for line in view.standing} == {Tone.ALARM}


def test_nobody_is_chosen_and_nobody_is_there() -> None:
    staff = StaffOnFile((StaffMember("OP-1", "Ada"),), {"OP-1": StaffRecord("OP-1", OPERATOR)})
    view = people_view(staff, "", SITE, TODAY)
    assert view.person is None and view.rows[0].text.text == "OP-1  Ada\noperator"
    assert "Nobody is registered yet." in people_view(StaffOnFile(), "", SITE, TODAY).message.text
