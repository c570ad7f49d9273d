"""Sessions of the library in the database's rows, found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    exists,
    func,
    select,
)

from guidance_app.records.catalogue import (
    COMPARISONS,
    Figure,
    FigureBound,
    FoundSession,
    Happening,
    IndexedSession,
    LibraryContents,
    LibraryQuery,
)
from guidance_app.records.catalogue_tables import FIGURES, HAPPENED, PEOPLE, SESSIONS
from guidance_app.records.store import utc_text

Condition = ColumnElement[bool]


def find_sessions(
    connection: Connection, library: str, wanted: LibraryQuery
) -> tuple[FoundSession, ...]:
    """Newest first; those of which no time is known come last."""
    conditions = [SESSIONS.c.folder == library, *_conditions(library, wanted)]
    chosen = select(SESSIONS.c.key).where(*conditions)
    people, happened, figures = (_parts(connection, t, chosen) for t in (PEOPLE, HAPPENED, FIGURES))
    newest_first = (SESSIONS.c.started_utc.desc(), SESSIONS.c.name.desc())
    columns = [SESSIONS.c[name] for name in ("key", "gone", *_FIELDS)]
    rows = connection.execute(select(*columns).where(*conditions).order_by(*newest_first))
    return tuple(
        _found(gone, values, people[key], happened[key], figures[key])
        for key, gone, *values in rows
    )


def read_contents(connection: Connection, library: str) -> LibraryContents:
    """What there is to ask for in a library."""
    here = SESSIONS.c.folder == library
    titled = select(SESSIONS.c.procedure, func.min(SESSIONS.c.title)).where(
        here, SESSIONS.c.procedure != ""
    )
    procedures = connection.execute(titled.group_by(SESSIONS.c.procedure))
    scored = exists().where(FIGURES.c.session == SESSIONS.c.key)
    count = select(func.count()).select_from(SESSIONS).where(here)
    return LibraryContents(
        sessions=connection.execute(count).scalar_one(),
        procedures={row[0]: row[1] for row in procedures},
        people=_distinct(connection, PEOPLE.c.code, here),
        metrics=_distinct(connection, FIGURES.c.metric, here),
        unscored=connection.execute(count.where(~SESSIONS.c.gone, ~scored)).scalar_one(),
    )


def _distinct(
    connection: Connection, column: ColumnElement[str], here: Condition
) -> tuple[str, ...]:
    found = select(column).distinct().join(SESSIONS).where(here)
    return tuple(sorted(connection.execute(found).scalars()))


def _conditions(library: str, wanted: LibraryQuery) -> Iterator[Condition]:
    for word in wanted.words.casefold().split():
        yield SESSIONS.c.words.contains(word, autoescape=True)
    if wanted.procedure:
        yield SESSIONS.c.procedure == wanted.procedure
    if wanted.person:
        yield _has(PEOPLE, PEOPLE.c.code == wanted.person)
    if wanted.since is not None:
        yield SESSIONS.c.started_utc >= _bound(wanted.since)
    if wanted.until is not None:
        yield SESSIONS.c.started_utc != ""
        yield SESSIONS.c.started_utc < _bound(wanted.until)
    for happening in wanted.happened:
        yield _has(HAPPENED, HAPPENED.c.what == happening.value, HAPPENED.c.amount > 0)
    for bound in wanted.figures:
        yield _has(FIGURES, *_within(library, bound))


def _has(table: Table, *conditions: Condition) -> Condition:
    return exists().where(table.c.session == SESSIONS.c.key, *conditions)


def _within(library: str, bound: FigureBound) -> Iterable[Condition]:
    """Of the newest definition that the library holds: others do not compare."""
    other, session = FIGURES.alias(), SESSIONS.alias()
    newest = select(func.max(other.c.version)).join(session, other.c.session == session.c.key)
    yield FIGURES.c.metric == bound.metric
    yield (
        FIGURES.c.version
        == newest.where(
            session.c.folder == library, other.c.metric == bound.metric
        ).scalar_subquery()
    )
    yield COMPARISONS[bound.comparison](FIGURES.c.value, bound.value)


def _bound(moment: datetime) -> str:
    return utc_text(moment.astimezone(UTC))


def _parts(
    connection: Connection, table: Table, chosen: Select[tuple[int]]
) -> defaultdict[int, list[Row[Any]]]:
    """Rows of a table by session, in the order of their keys."""
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    rows = select(table).where(table.c.session.in_(chosen))
    for row in connection.execute(rows.order_by(*table.primary_key.columns)):
        found[row.session].append(row)
    return found


def _found(
    gone: bool,
    values: Sequence[Any],
    people: list[Row[Any]],
    happened: list[Row[Any]],
    figures: list[Row[Any]],
) -> FoundSession:
    session = IndexedSession(
        people=tuple(one.code for one in people),
        happened={Happening(one.what): one.amount for one in happened if one.what in _HAPPENINGS},
        **dict(zip(_FIELDS, values, strict=True)),
    )
    return FoundSession(session, tuple(map(_figure, figures)), gone)


def _figure(row: Row[Any]) -> Figure:
    return Figure(**{name: row._mapping[name] for name in Figure.__dataclass_fields__})


_FIELDS = [name for name in IndexedSession.__dataclass_fields__ if name in SESSIONS.columns]

_HAPPENINGS = frozenset(map(str, Happening))
"""A newer program may have written others."""
