"""Whether a person may do a procedure: what is asked, what is known of the person, and why.

Follows PTC-6 (2022): whoever performs a procedure must be skilled in the imaging technique and in
the intervention. No source gives thresholds for guided injection, so they are the site's; the
defaults are proposals of this project (drawn from T-3, T-4, T-7 and T-11). Pure; days are local.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

DAYS_A_YEAR = 365.25
LOWEST_LEVEL, HIGHEST_LEVEL = 1, 9
"""Of a certificate in any scheme; a rule of this project."""


class StaffRole(StrEnum):
    """In which role somebody works with the application."""

    OPERATOR = "operator"
    ASSISTANT = "assistant"
    RADIOGRAPHER = "radiographer"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    ENGINEER = "engineer"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A level in one scheme; levels of different schemes are never compared."""

    scheme: str
    """"EFSUMB", "EULAR" …"""
    level: int
    technique: str
    """Id of the imaging technique it is for."""
    issued: date
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A course somebody has taken."""

    topic: str
    """Id of an imaging technique, or RADIATION."""
    taken: date
    expires: date | None = None


RADIATION = "radiation protection"


@dataclass(frozen=True, slots=True)
class LogCount:
    """Procedures in one family of sites, from the log book."""

    family: str
    supervised: int
    independent: int


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """All that is known of a person's competence."""

    code: str
    roles: frozenset[StaffRole]
    certificates: tuple[Certificate, ...] = ()
    courses: tuple[Course, ...] = ()
    counts: tuple[LogCount, ...] = ()


class Asked(StrEnum):
    """What a technique asks of whoever uses it."""

    CERTIFICATE = "certificate"
    COURSE = "course"
    RADIATION_TRAINING = "radiation training"


@dataclass(frozen=True, slots=True)
class Demand:
    """What a procedure asks of its operator."""

    skill: str
    """Id of the imaging technique that certificates and courses are for."""
    skill_title: str
    asks: frozenset[Asked]
    family: str
    """Of sites, by which experience is counted."""
    complex: bool


@dataclass(frozen=True, slots=True)
class CompetencePolicy:
    """Thresholds of the site; the defaults are proposals of this project, of no source."""

    supervised_per_family: int = 10
    course_years: float = 5.0
    levels_simple: Mapping[str, int] = field(default_factory=lambda: {"EFSUMB": 2, "EULAR": 1})
    """The level that each scheme needs for what is not complex."""
    levels_complex: Mapping[str, int] = field(default_factory=lambda: {"EFSUMB": 3})

    def levels(self, for_complex: bool) -> Mapping[str, int]:
        """The level of each scheme that is enough; a scheme that is not named never is."""
        return self.levels_complex if for_complex else self.levels_simple


class Standing(StrEnum):
    """What a person may do."""

    COMPETENT = "competent"
    SUPERVISED = "only under named supervision"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person may do, and all that keeps them from more."""

    standing: Standing
    reasons: tuple[str, ...] = ()
    """Sentences; empty when competent."""


@dataclass(frozen=True, slots=True)
class Skill:
    """What of a person's record answers a demand; None where it holds nothing that does."""

    certificate: Certificate | None
    radiation: Course | None
    supervised: int
    """Supervised procedures in the family of sites."""


UNTRAINED = "Radiation protection: no current training on record."
NOBODY = Verdict(Standing.NOT, ("Nobody is registered here under this code.",))


def judge(
    person: StaffRecord | None, demand: Demand, policy: CompetencePolicy, today: date
) -> Verdict:
    """What this person may do; None is somebody whom nobody knows here."""
    if person is None:
        return NOBODY
    bars = tuple(_bars(person, demand, today))
    if bars:
        return Verdict(Standing.NOT, bars)
    gaps = tuple(_gaps(person, demand, policy, today))
    return Verdict(Standing.SUPERVISED, gaps) if gaps else Verdict(Standing.COMPETENT)


def skill_on_record(
    person: StaffRecord, demand: Demand, policy: CompetencePolicy, today: date
) -> Skill:
    """What of this record a demand is judged by, the newest of each kind."""
    certificates = _enough(person, demand, policy, today)
    trainings = _radiation_courses(person, today)
    return Skill(
        max(certificates, key=lambda one: one.issued, default=None),
        max(trainings, key=lambda one: one.taken, default=None),
        _supervised(person, demand.family),
    )


def judge_supervisor(
    person: StaffRecord | None, demand: Demand, policy: CompetencePolicy, today: date
) -> Verdict:
    """Whether this person may supervise: registered for it, and competent in the same."""
    if person is not None and StaffRole.SUPERVISOR not in person.roles:
        return Verdict(Standing.NOT, (f"{person.code} is not registered as a supervisor.",))
    return judge(person, demand, policy, today)


def judge_assistant(person: StaffRecord | None) -> Verdict:
    """Whether this person may assist; a radiographer may, as technical staff (OP-C, 2022)."""
    if person is None:
        return NOBODY
    if person.roles.isdisjoint({StaffRole.ASSISTANT, StaffRole.RADIOGRAPHER}):
        return Verdict(Standing.NOT, (f"{person.code} is not registered as an assistant.",))
    return Verdict(Standing.COMPETENT)


def judge_radiographer(person: StaffRecord | None, today: date) -> Verdict:
    """Whether this person may work the X-rays: registered for it, with current training (T-11)."""
    if person is None:
        return NOBODY
    bars = tuple(_radiographer_bars(person, today))
    return Verdict(Standing.NOT, bars) if bars else Verdict(Standing.COMPETENT)


def _radiographer_bars(person: StaffRecord, today: date) -> Iterator[str]:
    if StaffRole.RADIOGRAPHER not in person.roles:
        yield f"{person.code} is not registered as a radiographer."
    if not _trained(person, today):
        yield UNTRAINED


def _bars(person: StaffRecord, demand: Demand, today: date) -> Iterator[str]:
    """What no supervision makes good: another role, or radiation training that the law asks for."""
    if StaffRole.OPERATOR not in person.roles:
        yield f"{person.code} is not registered as an operator."
    if Asked.RADIATION_TRAINING in demand.asks and not _trained(person, today):
        yield UNTRAINED


def _trained(person: StaffRecord, today: date) -> bool:
    return any(_radiation_courses(person, today))


def _radiation_courses(person: StaffRecord, today: date) -> Iterator[Course]:
    for course in person.courses:
        if course.topic == RADIATION and _holds(course.taken, course.expires, today):
            yield course


def _holds(begins: date, expires: date | None, today: date) -> bool:
    return begins <= today and (expires is None or today <= expires)


def _gaps(
    person: StaffRecord, demand: Demand, policy: CompetencePolicy, today: date
) -> Iterator[str]:
    """What a supervisor makes good."""
    if Asked.CERTIFICATE in demand.asks and not any(_enough(person, demand, policy, today)):
        yield _certificate_gap(person, demand, policy, today)
    if Asked.COURSE in demand.asks and not _taught(person, demand, policy, today):
        years = f"{policy.course_years:g} years"
        yield f"{demand.skill_title} course: none of the last {years} on record."
    done, asked = _supervised(person, demand.family), policy.supervised_per_family
    if done < asked:
        yield f"Supervised procedures, {demand.family}: {done} of {asked}."


def _enough(
    person: StaffRecord, demand: Demand, policy: CompetencePolicy, today: date
) -> Iterator[Certificate]:
    """Certificates that hold today, of a level that is enough."""
    levels = policy.levels(demand.complex)
    for one in _certificates(person, demand):
        high = one.scheme in levels and one.level >= levels[one.scheme]
        if high and _holds(one.issued, one.expires, today):
            yield one


def _certificates(person: StaffRecord, demand: Demand) -> list[Certificate]:
    return [one for one in person.certificates if one.technique == demand.skill]


def _certificate_gap(
    person: StaffRecord, demand: Demand, policy: CompetencePolicy, today: date
) -> str:
    levels = policy.levels(demand.complex)
    wanted = " or ".join(f"{scheme} level {level}" for scheme, level in levels.items())
    kind = " for complex procedures" if demand.complex else ""
    held = "; ".join(_in_words(one, today) for one in _certificates(person, demand)) or "none"
    return f"{demand.skill_title} certificate{kind}: {wanted} needed, {held} on record."


def _in_words(certificate: Certificate, today: date) -> str:
    held = f"{certificate.scheme} level {certificate.level}"
    if certificate.issued > today:
        return f"{held}, issued only on {certificate.issued.isoformat()}"
    if certificate.expires is not None and certificate.expires < today:
        return f"{held}, expired on {certificate.expires.isoformat()}"
    return held


def _taught(person: StaffRecord, demand: Demand, policy: CompetencePolicy, today: date) -> bool:
    earliest = today - timedelta(days=round(policy.course_years * DAYS_A_YEAR))
    return any(
        course.topic == demand.skill
        and course.taken >= earliest
        and _holds(course.taken, course.expires, today)
        for course in person.courses
    )


def _supervised(person: StaffRecord, family: str) -> int:
    return sum(count.supervised for count in person.counts if count.family == family)
