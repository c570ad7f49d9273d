"""Format 1: procedures, the people on them, and checklist entries that are never changed."""

import sqlalchemy as sa
from alembic import op

from guidance_app.records.migrations.triggers import Kept, keep_in_postgresql
from guidance_app.records.schema import UTC_TEXT

revision = "0001"
down_revision = None

SAID = "checklist entries are never changed"
REFUSE = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
TRIGGERS = (
    f"CREATE TRIGGER entries_keep_update BEFORE UPDATE ON checklist_entries {REFUSE}",
    f"CREATE TRIGGER entries_keep_delete BEFORE DELETE ON checklist_entries {REFUSE}",
    # INSERT OR REPLACE deletes without firing the delete trigger.
    "CREATE TRIGGER entries_keep_replace BEFORE INSERT ON checklist_entries WHEN EXISTS "
    "(SELECT 1 FROM checklist_entries WHERE procedure_id = NEW.procedure_id "
    f"AND position = NEW.position) {REFUSE}",
)


def upgrade() -> None:
    """Make it in an empty database."""
    _create_procedures()
    _create_people()
    _create_entries()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kept = Kept("checklist_entries", "", said=SAID)
    for trigger in TRIGGERS if on_sqlite else keep_in_postgresql(kept):
        op.execute(trigger)


def _create_procedures() -> None:
    op.create_table(
        "procedures",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("session_id", sa.String, nullable=False),
        sa.Column("procedure", sa.String, nullable=False),
        sa.Column("patient", sa.String, nullable=False),
        sa.Column("side", sa.String, nullable=False),
        sa.Column("template_version", sa.String, nullable=False),
        sa.Column("template_digest", sa.String, nullable=False),
        sa.Column("working_alone", sa.Boolean, nullable=False),
        sa.Column("started_utc", UTC_TEXT, nullable=False),
        sa.Column("ended_utc", UTC_TEXT),
    )


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("procedure_id", sa.String, sa.ForeignKey("procedures.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_entries() -> None:
    op.create_table(
        "checklist_entries",
        sa.Column("procedure_id", sa.String, sa.ForeignKey("procedures.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("mark", sa.String, nullable=False),
        sa.Column("person_code", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("time_utc", UTC_TEXT, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sqlite_with_rowid=False,
    )
