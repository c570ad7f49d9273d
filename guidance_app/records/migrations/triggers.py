"""Triggers that keep stored rows as they are, for both engines."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows are never deleted, and never changed unless `change` allows it."""

    table: str
    same: str
    """Condition under which a row that is there already is the NEW one."""
    fixed: tuple[str, ...] = ()
    """Columns that no change may touch."""
    change: str = "FALSE"
    """Condition on OLD and NEW under which the other columns may change."""
    said: str = ""
    """What is told; the table's name says enough if it is empty."""

    @property
    def words(self) -> str:
        """What is told when it is tried."""
        return self.said or f"{self.table}: what is stored is never changed"

    def allows(self, equals: str) -> str:
        """The condition of an update that is allowed; `equals` compares, also with NULL."""
        kept = [f"NEW.{column} {equals} OLD.{column}" for column in self.fixed]
        return " AND ".join([*kept, f"({self.change})"])


def keep_in_sqlite(kept: Kept) -> Iterator[str]:
    """INSERT OR REPLACE has a trigger of its own, because it fires none for what it deletes."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{kept.words}'); END"
    begin = f"CREATE TRIGGER {kept.table}_keep"
    yield (f"{begin}_update BEFORE UPDATE ON {kept.table} WHEN NOT ({kept.allows('IS')}) {refuse}")
    yield f"{begin}_delete BEFORE DELETE ON {kept.table} {refuse}"
    there = f"EXISTS (SELECT 1 FROM {kept.table} WHERE {kept.same})"
    yield f"{begin}_replace BEFORE INSERT ON {kept.table} WHEN {there} {refuse}"


def keep_in_postgresql(kept: Kept) -> Iterator[str]:
    """One function a table, so that what it tells needs no formatting in the database."""
    begin = f"CREATE TRIGGER {kept.table}_keep"
    run = f"EXECUTE FUNCTION {kept.table}_refuse()"
    yield (
        f"CREATE FUNCTION {kept.table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{kept.words}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    allowed = kept.allows("IS NOT DISTINCT FROM")
    yield (
        f"{begin}_update BEFORE UPDATE ON {kept.table} FOR EACH ROW WHEN (NOT ({allowed})) {run}"
    )
    yield f"{begin}_delete BEFORE DELETE ON {kept.table} FOR EACH ROW {run}"
    yield f"{begin}_truncate BEFORE TRUNCATE ON {kept.table} FOR EACH STATEMENT {run}"
