"""The audit chain as others see it; no database in here.

Each write appends one entry. Its digest covers the entry and the digest before it, so nothing
in between can be changed, left out or added without the rest of the chain telling.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from guidance_app.records.errors import AuditHead

GENESIS = AuditHead(0, "0" * 64)
"""Stands for the entry before the first."""


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """The first thing that is not as the chain says."""

    seq: int | None
    """Number of the chain's entry; None for a row that no entry speaks of."""
    table: str
    what: str

    def __str__(self) -> str:
        where = f"entry {self.seq}" if self.seq is not None else "no entry"
        return f"{where}, table {self.table}: {self.what}"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a walk along the whole chain found."""

    entries: int
    """Sound ones, before the problem if there is one."""
    head: AuditHead
    """The newest of them; noted elsewhere, it proves later that nothing was cut off."""
    problem: AuditProblem | None


def canonical(content: object) -> str:
    """JSON in the one form that is hashed; what is no JSON is told as Python shows it."""
    return json.dumps(
        content, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=repr
    )


def sha256_of(text: str) -> str:
    """Hexadecimal; bytes that were no UTF-8 when read count as they were."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def link_sha256(seq: int, time_utc: str, kind: str, payload: str, previous_sha256: str) -> str:
    """The digest of one entry and, through the digest before it, of all before it."""
    return sha256_of(canonical([seq, time_utc, kind, payload, previous_sha256]))


def audited_row(table: str, row: Mapping[str, object]) -> dict[str, object]:
    """A row as the chain holds it: whole, but of the hash of a PIN only a digest."""
    content = dict(row)
    if table == "pins":
        content["hash_sha256"] = sha256_of(str(content.pop("hash")))
    return content
