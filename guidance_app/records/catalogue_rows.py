"""Sessions of the library in the database's rows, written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Connection, Insert, Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from guidance_app.records.catalogue import Figure, IndexedSession
from guidance_app.records.catalogue_tables import FIGURES, HAPPENED, PEOPLE, SESSIONS

Row = dict[str, object]

AT_ONCE = 500
"""Names that one statement holds; the engines limit its length."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of a session, as far as it tells whether that is still so."""

    stamp: str
    content_sha256: str
    read: int
    reader: int
    gone: bool


def read_known(connection: Connection, library: str) -> dict[str, Known]:
    """All sessions of a library, by name."""
    columns = [SESSIONS.c[name] for name in ("name", *Known.__dataclass_fields__)]
    rows = connection.execute(select(*columns).where(SESSIONS.c.folder == library))
    return {name: Known(*rest) for name, *rest in rows}


def put_sessions(connection: Connection, library: str, sessions: Sequence[IndexedSession]) -> None:
    """In the place of what was known of them; figures of other content go.

    In the order of their names, so that two programs that do so wait for each other and go on.
    """
    ordered = sorted(sessions, key=lambda session: session.name)
    for first in range(0, len(ordered), AT_ONCE):
        _put_some(connection, library, ordered[first : first + AT_ONCE])


def _put_some(connection: Connection, library: str, sessions: Sequence[IndexedSession]) -> None:
    names = [session.name for session in sessions]
    before = _contents(connection, library, names)
    rows = [_session_row(library, session) for session in sessions]
    connection.execute(_upsert(connection.dialect.name), rows)
    keys = {name: key for name, (key, _) in _contents(connection, library, names).items()}
    changed = [
        keys[one.name] for one in sessions if before.get(one.name, ("",))[-1] != one.content_sha256
    ]
    _replace(connection, FIGURES, changed, [])
    every = list(keys.values())
    people = [row for one in sessions for row in _people_rows(keys[one.name], one)]
    _replace(connection, PEOPLE, every, people)
    happened = [row for one in sessions for row in _happened_rows(keys[one.name], one)]
    _replace(connection, HAPPENED, every, happened)


def touch(connection: Connection, library: str, stamps: Mapping[str, str]) -> None:
    """These are there as they were, with other stamps."""
    changed = update(SESSIONS).where(
        SESSIONS.c.folder == library, SESSIONS.c.name == bindparam("of")
    )
    rows = [{"of": name, "new": stamp} for name, stamp in stamps.items()]
    connection.execute(changed.values(stamp=bindparam("new"), gone=False), rows)


def mark_gone(connection: Connection, library: str, names: Sequence[str]) -> None:
    """The folders of these are not there any more."""
    for first in range(0, len(names), AT_ONCE):
        these = _named(library, names[first : first + AT_ONCE])
        connection.execute(update(SESSIONS).where(*these).values(gone=True))


def put_figures(
    connection: Connection, library: str, figures: Mapping[str, Sequence[Figure]]
) -> None:
    """By the names of their sessions, in the place of those before; of others none are kept."""
    names = list(figures)
    for first in range(0, len(names), AT_ONCE):
        known = _contents(connection, library, names[first : first + AT_ONCE])
        keys = {name: key for name, (key, _) in known.items()}
        rows = [row for name, key in keys.items() for row in _figure_rows(key, figures[name])]
        _replace(connection, FIGURES, list(keys.values()), rows)


def forget(connection: Connection, library: str) -> None:
    """Everything of a library; nothing of it is lost, for it can be read anew."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.folder == library))


def _named(library: str, names: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return SESSIONS.c.folder == library, SESSIONS.c.name.in_(names)


def _contents(
    connection: Connection, library: str, names: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Keys and digests of those that the index knows, by name."""
    columns = (SESSIONS.c.name, SESSIONS.c.key, SESSIONS.c.content_sha256)
    rows = connection.execute(select(*columns).where(*_named(library, names)))
    return {name: (key, digest) for name, key, digest in rows}


@cache
def _upsert(dialect: str) -> Insert:
    """Adds rows, or changes those that are there; holds them until the commit."""
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(SESSIONS)
    own = {"key", "folder", "name"}
    changed = {one.name: insert.excluded[one.name] for one in SESSIONS.c if one.name not in own}
    return insert.on_conflict_do_update(index_elements=["folder", "name"], set_=changed)


def _replace(
    connection: Connection, table: Table, keys: Sequence[int], rows: Sequence[Row]
) -> None:
    """All rows of these sessions by others."""
    connection.execute(delete(table).where(table.c.session.in_(keys)))
    if rows:
        connection.execute(table.insert(), rows)


def _session_row(library: str, session: IndexedSession) -> Row:
    own = {"key", "folder", "gone", "words"}
    names = [column.name for column in SESSIONS.columns if column.name not in own]
    row = {name: getattr(session, name) for name in names}
    return row | {"folder": library, "gone": False, "words": _words(session)}


def _words(session: IndexedSession) -> str:
    """What a search by words looks in."""
    place = (session.procedure, session.title, session.site, session.side)
    parts = (*place, session.patient, *session.people, session.source, session.drill, session.name)
    return " ".join(filter(None, parts)).casefold()


def _people_rows(key: int, session: IndexedSession) -> list[Row]:
    return [
        {"session": key, "position": place, "code": code}
        for place, code in enumerate(session.people)
    ]


def _happened_rows(key: int, session: IndexedSession) -> list[Row]:
    return [
        {"session": key, "what": what.value, "amount": amount}
        for what, amount in session.happened.items()
    ]


def _figure_rows(key: int, figures: Iterable[Figure]) -> list[Row]:
    names = Figure.__dataclass_fields__
    return [{"session": key, **{name: getattr(one, name) for name in names}} for one in figures]
