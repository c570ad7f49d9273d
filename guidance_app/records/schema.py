"""Tables of the records database, format 1, and the triggers that keep entries as they are."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
)

FORMAT = 1
"""Stands in PRAGMA user_version; a database with a higher number is refused."""

METADATA = MetaData()

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
    Column("started_utc", String, nullable=False),
    Column("ended_utc", String),
)

PEOPLE = Table(
    "people",
    METADATA,
    Column("procedure_id", ForeignKey("procedures.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", String, nullable=False),
    Column("role", String, nullable=False),
    sqlite_with_rowid=False,
)

ENTRIES = Table(
    "checklist_entries",
    METADATA,
    Column("procedure_id", ForeignKey("procedures.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("item", String, nullable=False),
    Column("mark", String, nullable=False),
    Column("person_code", String, nullable=False),
    Column("role", String, nullable=False),
    Column("time_utc", String, nullable=False),
    Column("note", String, nullable=False),
    sqlite_with_rowid=False,
)

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'checklist entries are never changed'); END"

TRIGGERS = (
    f"CREATE TRIGGER entries_keep_update BEFORE UPDATE ON checklist_entries {_REFUSE}",
    f"CREATE TRIGGER entries_keep_delete BEFORE DELETE ON checklist_entries {_REFUSE}",
    # INSERT OR REPLACE deletes without firing the delete trigger.
    "CREATE TRIGGER entries_keep_replace BEFORE INSERT ON checklist_entries WHEN EXISTS "
    "(SELECT 1 FROM checklist_entries WHERE procedure_id = NEW.procedure_id "
    f"AND position = NEW.position) {_REFUSE}",
)
