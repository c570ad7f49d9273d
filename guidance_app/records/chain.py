"""The audit chain: every write of the records goes through here and leaves one entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, insert, select, update

from guidance_app.records.audited import GENESIS, audited_row, canonical, link_sha256
from guidance_app.records.errors import AuditHead
from guidance_app.records.schema import AUDIT

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A row as it is to stand: a new one, or another state of one that is there."""

    table: Table
    row: Row
    is_new: bool = True


def write(connection: Connection, kind: str, time_utc: str, changes: Iterable[Change]) -> AuditHead:
    """Make the changes and append the entry that holds them whole; the newest entry.

    Inside a transaction that holds the chain's lock. Raises what the database raises.
    """
    made = tuple(changes)
    for change in made:
        if change.is_new:
            connection.execute(insert(change.table).values(change.row))
        else:
            _update(connection, change)
    return append(connection, kind, time_utc, [(one.table.name, one.row) for one in made])


def append(
    connection: Connection, kind: str, time_utc: str, rows: Iterable[tuple[str, Row]]
) -> AuditHead:
    """Append an entry for rows that stand as they are given, each with its table's name."""
    last = tail(connection)
    payload = canonical([{"row": audited_row(name, row), "table": name} for name, row in rows])
    seq = last.seq + 1
    digest = link_sha256(seq, time_utc, kind, payload, last.sha256)
    values = (seq, time_utc, kind, payload, last.sha256, digest)
    names = AUDIT.columns.keys()
    connection.execute(insert(AUDIT).values(dict(zip(names, values, strict=True))))
    return AuditHead(seq, digest)


def tail(connection: Connection) -> AuditHead:
    """The newest entry."""
    newest = select(AUDIT.c.seq, AUDIT.c.sha256).order_by(AUDIT.c.seq.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    return GENESIS if found is None else AuditHead(found.seq, found.sha256)


def holds(connection: Connection, head: AuditHead) -> bool:
    """Whether this entry is in the chain."""
    same = (AUDIT.c.seq == head.seq) & (AUDIT.c.sha256 == head.sha256)
    return connection.execute(select(AUDIT.c.seq).where(same)).one_or_none() is not None


def _update(connection: Connection, change: Change) -> None:
    keys = change.table.primary_key.columns
    this = and_(*(column == change.row[column.name] for column in keys))
    connection.execute(update(change.table).where(this).values(change.row))
