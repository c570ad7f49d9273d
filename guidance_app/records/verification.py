"""Whether the audit chain is whole, and every row as it says."""

import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Connection, Table, select, text

from guidance_app.records.audited import (
    GENESIS,
    AuditProblem,
    AuditReport,
    audited_row,
    canonical,
    link_sha256,
    sha256_of,
)
from guidance_app.records.errors import AuditHead
from guidance_app.records.schema import AUDIT, AUDITED, CHANGING, SIGNATURES

ROWS_AT_ONCE = 1000

KEYS = {
    table.name: tuple(column.name for column in table.primary_key) for table in (*AUDITED, AUDIT)
}
"""Names of the columns by which a row is found, by table."""


class _Broken(Exception):
    """The walk cannot go on."""

    def __init__(self, problem: AuditProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class _Walk:
    """What the chain has said so far."""

    heads: dict[int, str]
    """The digest of each entry that a signature has seen; empty until the walk comes there."""
    head: AuditHead = GENESIS
    expected: dict[str, tuple[int, str]] = field(default_factory=dict)
    """For each row, by table and key: the entry that spoke of it last, and its digest."""


def verify(connection: Connection) -> AuditReport:
    """The first bad entry, in the chain's order; raises what the database raises.

    Holds some 300 bytes of memory for each row of the database.
    """
    seen = select(SIGNATURES.c.audit_seq).distinct()
    walk = _Walk(dict.fromkeys(connection.execute(seen).scalars(), ""))
    try:
        _follow(connection, walk)
    except _Broken as broken:
        return AuditReport(walk.head.seq, walk.head, broken.problem)
    problems = list(_differences(connection, walk))
    return AuditReport(walk.head.seq, walk.head, min(problems, key=_place, default=None))


def _place(problem: AuditProblem) -> tuple[bool, bool, int]:
    """Of the chain first: where its end is gone, rows differ for that reason alone."""
    return problem.table != AUDIT.name, problem.seq is None, problem.seq or 0


def _follow(connection: Connection, walk: _Walk) -> None:
    with closing(_rows(connection, AUDIT)) as entries:
        for entry in entries:
            walk.head = _next_head(entry, walk.head)
            if walk.head.seq in walk.heads:
                walk.heads[walk.head.seq] = walk.head.sha256
            try:
                _hear(walk, json.loads(entry["payload"]))
            except (KeyError, TypeError, ValueError):
                raise _bad(walk.head.seq, "this application writes nothing like it") from None


def _hear(walk: _Walk, said: list[dict[str, Any]]) -> None:
    for one in said:
        table, row = one["table"], one["row"]
        key = _key(table, row)
        if key in walk.expected and table not in CHANGING:
            what = f"it changes {_name(table, row)} of {table}, which never changes"
            raise _bad(walk.head.seq, what)
        walk.expected[key] = (walk.head.seq, sha256_of(canonical(row)))


def _next_head(entry: dict[str, Any], before: AuditHead) -> AuditHead:
    if entry["seq"] != before.seq + 1:
        raise _bad(before.seq + 1, f"it is missing; the next one there is {entry['seq']}")
    if entry["previous_sha256"] != before.sha256:
        raise _bad(entry["seq"], "it does not join on to the entry before")
    if entry["sha256"] != link_sha256(*list(entry.values())[:-1]):
        raise _bad(entry["seq"], "its content is not what its digest says")
    return AuditHead(entry["seq"], entry["sha256"])


def _bad(seq: int, what: str) -> _Broken:
    return _Broken(AuditProblem(seq, AUDIT.name, what))


def _key(table: str, row: dict[str, Any]) -> str:
    return canonical([table, *(row[key] for key in KEYS[table])])


def _differences(connection: Connection, walk: _Walk) -> Iterator[AuditProblem]:
    for table in AUDITED:
        for raw in _rows(connection, table):
            row: dict[str, Any] = audited_row(table.name, raw)
            name = _name(table.name, row)
            seq, digest = walk.expected.pop(_key(table.name, row), (None, ""))
            if seq is None:
                yield _unknown(table, row, walk.head)
            elif digest != sha256_of(canonical(row)):
                changed = _changed(connection, seq, table, row)
                yield AuditProblem(seq, table.name, f"{name} differs in {changed}")
            elif table is SIGNATURES and walk.heads[row["audit_seq"]] != row["audit_sha256"]:
                yield AuditProblem(
                    row["audit_seq"], AUDIT.name, "a signature has seen another entry in this place"
                )
    for key, (seq, _) in walk.expected.items():
        of_table, *values = json.loads(key)
        yield AuditProblem(seq, of_table, f"row {_words(values)} is missing")


def _unknown(table: Table, row: dict[str, Any], head: AuditHead) -> AuditProblem:
    """The chain does not speak of it: it was added, or the chain's end was taken."""
    name = _name(table.name, row)
    seen = row["audit_seq"] if table is SIGNATURES else None
    if isinstance(seen, int) and seen >= head.seq:
        what = f"it is missing, cut off; {name} of {table.name} came after {seen}"
        return AuditProblem(head.seq + 1, AUDIT.name, what)
    return AuditProblem(None, table.name, f"{name} was added")


def _rows(connection: Connection, table: Table) -> Generator[dict[str, Any], None, None]:
    """As the database holds them, but for booleans, which SQLite holds as 0 and 1."""
    names = table.columns.keys()
    order = ", ".join(KEYS[table.name])
    asked = text(f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {order}")
    booleans = [column.name for column in table.columns if isinstance(column.type, Boolean)]
    with connection.execute(asked.execution_options(yield_per=ROWS_AT_ONCE)) as rows:
        for row in rows.mappings():
            found = dict(row)
            found |= {name: bool(found[name]) for name in booleans if found[name] in (0, 1)}
            yield found


def _changed(connection: Connection, seq: int, table: Table, row: dict[str, Any]) -> str:
    payload = connection.execute(select(AUDIT.c.payload).where(AUDIT.c.seq == seq)).scalar_one()
    wanted = next(
        said["row"]
        for said in json.loads(payload)
        if said["table"] == table.name and _key(table.name, said["row"]) == _key(table.name, row)
    )
    return ", ".join(name for name in wanted if canonical(wanted[name]) != canonical(row[name]))


def _name(table: str, row: dict[str, Any]) -> str:
    return f"row {_words(row[key] for key in KEYS[table])}"


def _words(values: Iterable[object]) -> str:
    return "/".join(str(value) for value in values)
