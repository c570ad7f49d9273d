"""Tables of the records database, format 4, as they are written and read.

Those of the library's index are in `catalogue_tables`.

The migrations make them, with the triggers that keep what is stored as it is.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

FORMAT = 4
"""The newest migration, and PRAGMA user_version; a higher number is refused."""

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}
"""How constraints and indexes are named."""

METADATA = MetaData(naming_convention=NAMES)

UTC_TEXT = String().with_variant(String(collation="C"), "postgresql")
"""ISO 8601 in UTC with its offset; in this collation the order of texts is that of times."""


def _table(name: str, *parts: Column[object] | Index | ForeignKeyConstraint) -> Table:
    """A table without rowid: through one, SQLite replaces rows without firing a trigger."""
    return Table(name, METADATA, *parts, sqlite_with_rowid=False)


PROCEDURES = Table(
    "procedures",
    METADATA,
    Column("id", String, primary_key=True),
    Column("session_id", String, nullable=False),
    Column("procedure", String, nullable=False),
    Column("patient", String, nullable=False),
    Column("side", String, nullable=False),
    Column("template_version", String, nullable=False),
    Column("template_digest", String, nullable=False),
    Column("working_alone", Boolean, nullable=False),
    Column("started_utc", UTC_TEXT, nullable=False),
    Column("ended_utc", UTC_TEXT),
    Column("technique", String, nullable=False),
    Column("site_family", String, nullable=False),
    Column("complex", Boolean, nullable=False),
    Column("supervisor_code", String),
    Column("trainee", Boolean, nullable=False),
    Column("modality_reason", String, nullable=False),
    Index(None, "patient"),
    Index(None, "started_utc"),
)

PROCEDURE_PEOPLE = _table(
    "procedure_people",
    Column("procedure_id", ForeignKey("procedures.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", String, nullable=False),
    Column("role", String, nullable=False),
    Index(None, "code"),
)

ENTRIES = _table(
    "checklist_entries",
    Column("procedure_id", ForeignKey("procedures.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("item", String, nullable=False),
    Column("mark", String, nullable=False),
    Column("person_code", String, nullable=False),
    Column("role", String, nullable=False),
    Column("time_utc", UTC_TEXT, nullable=False),
    Column("note", String, nullable=False),
)

ENTRY_EVIDENCE = _table(
    "entry_evidence",
    Column("procedure_id", String, primary_key=True),
    Column("entry", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("field", String, nullable=False),
    Column("value", String, nullable=False),
    ForeignKeyConstraint(
        ["procedure_id", "entry"], ["checklist_entries.procedure_id", "checklist_entries.position"]
    ),
)

STAFF = _table(
    "staff",
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("active", Boolean, nullable=False),
)

STAFF_ROLES = _table(
    "staff_roles",
    Column("person_code", ForeignKey("staff.code"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("roles", String, nullable=False),
)

CERTIFICATES = _table(
    "certificates",
    Column("person_code", ForeignKey("staff.code"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("scheme", String, nullable=False),
    Column("level", Integer, nullable=False),
    Column("technique", String, nullable=False),
    Column("issued", String, nullable=False),
    Column("expires", String),
)

COURSES = _table(
    "courses",
    Column("person_code", ForeignKey("staff.code"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("topic", String, nullable=False),
    Column("taken", String, nullable=False),
    Column("expires", String),
)

PINS = _table(
    "pins",
    Column("person_code", ForeignKey("staff.code"), primary_key=True),
    Column("hash", String, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until_utc", UTC_TEXT),
)

SIGNATURES = _table(
    "signatures",
    Column("procedure_id", ForeignKey("procedures.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("template_digest", String, nullable=False),
    Column("part", String, nullable=False),
    Column("phase_items", String, nullable=False),
    Column("meaning", String, nullable=False),
    Column("person_code", ForeignKey("staff.code"), nullable=False),
    Column("role", String, nullable=False),
    Column("time_utc", UTC_TEXT, nullable=False),
    Column("content_sha256", String, nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("audit_sha256", String, nullable=False),
)

LOG_BOOK = _table(
    "log_book",
    Column("procedure_id", ForeignKey("procedures.id"), primary_key=True),
    Column("person_code", String, primary_key=True),
    Column("family", String, nullable=False),
    Column("technique", String, nullable=False),
    Column("complex", Boolean, nullable=False),
    Column("supervised_by", String),
    Column("date_utc", UTC_TEXT, nullable=False),
    Index(None, "person_code"),
)

AUDIT = _table(
    "audit",
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time_utc", UTC_TEXT, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", Text, nullable=False),
    Column("previous_sha256", String, nullable=False),
    Column("sha256", String, nullable=False),
)

AUDITED = tuple(table for table in METADATA.sorted_tables if table is not AUDIT)
"""Every row of these stands in the audit chain."""

CHANGING = frozenset(table.name for table in (PROCEDURES, STAFF, PINS))
"""Of the rows of these, some columns change; all other rows stay as they are written."""
