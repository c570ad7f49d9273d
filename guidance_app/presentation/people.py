"""The people page in words: who is registered, what they hold, what they have done and may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from guidance_app.domain.competence import (
    DAYS_A_YEAR,
    RADIATION,
    Certificate,
    CompetencePolicy,
    Course,
    StaffRecord,
    Standing,
    judge,
)
from guidance_app.knowledge.content import Knowledge
from guidance_app.knowledge.planning import KindOfProcedure, kinds_of_procedures
from guidance_app.knowledge.site_file import AtSite
from guidance_app.presentation.view import NO_TEXT, Text, Tone
from guidance_app.records.procedures import LogBookEntry
from guidance_app.records.registered import StaffOnFile
from guidance_app.records.staff import StaffMember

NEWEST = 20
"""Entries of a log book that are shown."""
NOBODY = Text("Nobody is registered yet. Begin with “Add somebody”.", Tone.MUTED)
TONES = {
    Standing.COMPETENT: Tone.GOOD,
    Standing.SUPERVISED: Tone.CAUTION,
    Standing.NOT: Tone.ALARM,
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in the list."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class PersonView:
    """The person who is chosen."""

    code: str
    title: str
    roles: Text
    active: bool
    held: tuple[Text, ...]
    """Certificates, courses and radiation training, a line each."""
    log_book: tuple[Text, ...]
    """Counts of each family of sites, then the newest entries."""
    standing: tuple[Text, ...]
    """What may be done, a line for each kind of procedure, with every reason."""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The whole page."""

    rows: tuple[PersonRow, ...] = ()
    person: PersonView | None = None
    message: Text = NO_TEXT
    reading: bool = False
    """What is shown may be changed only after the records have answered."""


def people_view(
    staff: StaffOnFile, code: str, site: AtSite, today: date, message: Text = NO_TEXT
) -> PeopleView:
    """What the records hold; `code` is that of the person who is chosen, or empty."""
    rows = tuple(_row(member, staff.by_code[member.code]) for member in staff.members)
    member = next((one for one in staff.members if one.code == code), None)
    person = None if member is None else _person(member, staff, site, today)
    return PeopleView(rows, person, message if rows or message.text else NOBODY)


def _row(member: StaffMember, held: StaffRecord) -> PersonRow:
    tone = Tone.NORMAL if member.active else Tone.MUTED
    return PersonRow(
        member.code, Text(f"{member.code}  {member.name}\n{_roles(member, held)}", tone)
    )


def _roles(member: StaffMember, held: StaffRecord) -> str:
    if not member.active:
        return "not active"
    return ", ".join(sorted(held.roles)) or "no role"


def _person(member: StaffMember, staff: StaffOnFile, site: AtSite, today: date) -> PersonView:
    held = staff.by_code[member.code]
    titles = technique_titles(site.knowledge)
    return PersonView(
        code=member.code,
        title=f"{member.name} · {member.code}",
        roles=Text(_roles(member, held), Tone.NORMAL if member.active else Tone.CAUTION),
        active=member.active,
        held=tuple(_held(held, titles, site.competence, today)),
        log_book=tuple(_log_book(held, staff.log_book, titles)),
        standing=tuple(_standing(held, site, today)),
    )


def technique_titles(knowledge: Knowledge) -> Mapping[str, str]:
    """What techniques are called, by id."""
    return {str(technique.id): technique.title for technique in knowledge.techniques}


def _held(
    held: StaffRecord, titles: Mapping[str, str], policy: CompetencePolicy, today: date
) -> Iterable[Text]:
    for certificate in held.certificates:
        yield _certificate(certificate, titles, today)
    if not held.certificates:
        yield Text("Certificates: none on record.", Tone.MUTED)
    courses = [course for course in held.courses if course.topic != RADIATION]
    for course in courses:
        yield _course(course, titles, policy, today)
    if not courses:
        yield Text("Courses: none on record.", Tone.MUTED)
    trainings = [course for course in held.courses if course.topic == RADIATION]
    for training in trainings:
        yield _dated("Radiation protection", "taken", training.taken, training.expires, today)
    if not trainings:
        yield Text("Radiation protection: no training on record.", Tone.MUTED)


def _certificate(held: Certificate, titles: Mapping[str, str], today: date) -> Text:
    what = f"Certificate: {held.scheme} level {held.level}, {_title(held.technique, titles)}"
    return _dated(what, "issued", held.issued, held.expires, today)


def _course(
    course: Course, titles: Mapping[str, str], policy: CompetencePolicy, today: date
) -> Text:
    what = f"Course: {_title(course.topic, titles)}"
    dated = _dated(what, "taken", course.taken, course.expires, today)
    earliest = today - timedelta(days=round(policy.course_years * DAYS_A_YEAR))
    if dated.tone is not Tone.NORMAL or course.taken >= earliest:
        return dated
    old = f"older than {policy.course_years:g} years, which does not count any more"
    return Text(f"{dated.text} · {old}", Tone.CAUTION)


def _dated(what: str, how: str, begins: date, expires: date | None, today: date) -> Text:
    begun = f"{what} · {how} {begins}"
    if begins > today:
        return Text(f"{what} · {how} only on {begins}", Tone.CAUTION)
    if expires is None:
        return Text(f"{begun} · does not expire")
    if expires < today:
        return Text(f"{begun} · EXPIRED on {expires}", Tone.CAUTION)
    return Text(f"{begun} · expires {expires}")


def _log_book(
    held: StaffRecord, entries: tuple[LogBookEntry, ...], titles: Mapping[str, str]
) -> Iterable[Text]:
    for count in held.counts:
        done = f"{count.supervised} supervised, {count.independent} independent"
        yield Text(f"{_capital(count.family or 'site not recorded')}: {done}")
    if not entries:
        yield Text("No procedure is in the log book yet.", Tone.MUTED)
    yield from (_log_entry(entry, titles) for entry in entries[:NEWEST])
    if len(entries) > NEWEST:
        yield Text(f"and {len(entries) - NEWEST} older ones", Tone.MUTED)


def _log_entry(entry: LogBookEntry, titles: Mapping[str, str]) -> Text:
    complex_ = ", complex" if entry.complex else ""
    technique = _title(entry.technique, titles) or "technique not recorded"
    family = entry.family or "site not recorded"
    by = f"supervised by {entry.supervised_by}" if entry.supervised_by else "independent"
    return Text(f"{entry.date_utc} · {family}{complex_} · {technique} · {by}", Tone.MUTED)


def _standing(held: StaffRecord, site: AtSite, today: date) -> Iterable[Text]:
    for kind in kinds_of_procedures(site.knowledge):
        verdict = judge(held, kind.demand, site.competence, today)
        words = f"{_kind(kind)}: {_STANDINGS[verdict.standing]}."
        yield Text(" ".join((words, *verdict.reasons)), TONES[verdict.standing])


_STANDINGS = {
    Standing.COMPETENT: "competent",
    Standing.SUPERVISED: "only under supervision",
    Standing.NOT: "may not",
}


def _kind(kind: KindOfProcedure) -> str:
    how = "complex" if kind.demand.complex else "simple"
    return f"{_capital(kind.demand.family)}, {kind.technique.title.lower()}, {how}"


def _title(id_: str, titles: Mapping[str, str]) -> str:
    return titles.get(id_, id_)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
