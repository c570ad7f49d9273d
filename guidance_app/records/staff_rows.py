"""Who works here, with roles, certificates and courses, as rows."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, case, func, select

from guidance_app.domain.competence import Certificate, Course, LogCount, StaffRecord, StaffRole
from guidance_app.domain.staff_rules import (
    certificate_refusal,
    code_refusal,
    course_refusal,
    name_refusal,
)
from guidance_app.knowledge.load import shipped_knowledge
from guidance_app.records.chain import Change
from guidance_app.records.errors import RecordsRefused
from guidance_app.records.schema import CERTIFICATES, COURSES, LOG_BOOK, STAFF, STAFF_ROLES
from guidance_app.records.staff import StaffMember
from guidance_app.records.store import Writing

T = TypeVar("T")


def add_person(writing: Writing, person: StaffMember) -> None:
    """Somebody new; raises RecordsRefused for a code that is taken, and for what may not be."""
    codes = [one.code for one in read_people(writing.connection)]
    _check(code_refusal(person.code, codes))
    _check(name_refusal(person.name))
    row = {"code": person.code, "name": person.name, "active": person.active}
    writing.write("person added", Change(STAFF, row))


def set_active(writing: Writing, code: str, active: bool) -> None:
    """Somebody leaves, or comes back."""
    person = registered(writing.connection, code)
    row = {"code": code, "name": person.name, "active": active}
    writing.write("person changed", Change(STAFF, row, is_new=False))


def set_roles(writing: Writing, code: str, roles: Iterable[StaffRole]) -> None:
    """In place of those so far, which stay in the table."""
    registered(writing.connection, code)
    words = " ".join(sorted(role.value for role in roles))
    revision = _count(writing.connection, STAFF_ROLES, code)
    row = {"person_code": code, "revision": revision, "roles": words}
    writing.write("roles set", Change(STAFF_ROLES, row))


def add_certificate(writing: Writing, code: str, certificate: Certificate) -> None:
    """One more; raises RecordsRefused for what may not be."""
    _check(certificate_refusal(certificate, _techniques()))
    row = {
        "scheme": certificate.scheme,
        "level": certificate.level,
        "technique": certificate.technique,
        "issued": certificate.issued.isoformat(),
        "expires": _text(certificate.expires),
    }
    _add(writing, "certificate added", CERTIFICATES, code, row)


def add_course(writing: Writing, code: str, course: Course) -> None:
    """One more; raises RecordsRefused for what may not be."""
    _check(course_refusal(course, _techniques()))
    row = {
        "topic": course.topic,
        "taken": course.taken.isoformat(),
        "expires": _text(course.expires),
    }
    _add(writing, "course added", COURSES, code, row)


def _check(refusal: str | None) -> None:
    if refusal is not None:
        raise RecordsRefused(refusal)


def _techniques() -> tuple[str, ...]:
    """A site adds none."""
    return tuple(str(technique.id) for technique in shipped_knowledge().techniques)


def read_people(connection: Connection) -> tuple[StaffMember, ...]:
    """Everybody, by code."""
    people = (StaffMember(**row._mapping) for row in connection.execute(select(STAFF)))
    return tuple(sorted(people, key=lambda person: person.code))


def read_person(connection: Connection, code: str) -> StaffMember | None:
    """Who is registered under a code."""
    row = connection.execute(select(STAFF).where(STAFF.c.code == code)).one_or_none()
    return None if row is None else StaffMember(**row._mapping)


def registered(connection: Connection, code: str) -> StaffMember:
    """The same; raises RecordsRefused when it is nobody."""
    person = read_person(connection, code)
    if person is None:
        raise RecordsRefused(f"Nobody is registered here under the code {code}.")
    return person


def read_staff_record(connection: Connection, code: str) -> StaffRecord | None:
    """All that is known of somebody's competence; whoever is not active has no role."""
    person = read_person(connection, code)
    if person is None:
        return None
    return StaffRecord(
        code=code,
        roles=read_roles(connection, code) if person.active else frozenset(),
        certificates=_read(connection, CERTIFICATES, code, _certificate),
        courses=_read(connection, COURSES, code, _course),
        counts=_read_counts(connection, code),
    )


def read_roles(connection: Connection, code: str) -> frozenset[StaffRole]:
    """Those that were set last."""
    chosen = select(STAFF_ROLES.c.roles).where(STAFF_ROLES.c.person_code == code)
    newest = chosen.order_by(STAFF_ROLES.c.revision.desc()).limit(1)
    words = connection.execute(newest).scalar_one_or_none()
    return frozenset(StaffRole(word) for word in (words or "").split())


def _add(
    writing: Writing, kind: str, table: Table, code: str, content: Mapping[str, object]
) -> None:
    registered(writing.connection, code)
    place = {"person_code": code, "position": _count(writing.connection, table, code)}
    writing.write(kind, Change(table, place | dict(content)))


def _count(connection: Connection, table: Table, code: str) -> int:
    return connection.execute(select(func.count()).where(table.c.person_code == code)).scalar_one()


def _read(
    connection: Connection, table: Table, code: str, make: Callable[[Row[Any]], T]
) -> tuple[T, ...]:
    chosen = select(table).where(table.c.person_code == code).order_by(table.c.position)
    return tuple(make(row) for row in connection.execute(chosen))


def _read_counts(connection: Connection, code: str) -> tuple[LogCount, ...]:
    family, supervisor = LOG_BOOK.c.family, LOG_BOOK.c.supervised_by
    chosen = select(
        family,
        func.sum(case((supervisor.is_not(None), 1), else_=0)),
        func.sum(case((supervisor.is_(None), 1), else_=0)),
    ).where(LOG_BOOK.c.person_code == code)
    rows = connection.execute(chosen.group_by(family)).all()
    return tuple(sorted((LogCount(*row) for row in rows), key=lambda count: count.family))


def _certificate(row: Row[Any]) -> Certificate:
    issued, expires = date.fromisoformat(row.issued), _date(row.expires)
    return Certificate(row.scheme, row.level, row.technique, issued, expires)


def _course(row: Row[Any]) -> Course:
    return Course(row.topic, date.fromisoformat(row.taken), _date(row.expires))


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
