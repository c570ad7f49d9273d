"""Format 3: what was noted with an entry, field by field.

What format 2 holds stays as it is: nothing was noted in fields then.
"""

import sqlalchemy as sa
from alembic import op

from guidance_app.records.migrations.triggers import Kept, keep_in_postgresql, keep_in_sqlite

revision = "0003"
down_revision = "0002"

TABLE = "entry_evidence"
KEYS = ("procedure_id", "entry", "position")
KEPT = Kept(TABLE, " AND ".join(f"{key} = NEW.{key}" for key in KEYS))


def upgrade() -> None:
    """Make it out of format 2."""
    op.create_table(
        TABLE,
        sa.Column("procedure_id", sa.String, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint(*KEYS, name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(
            ["procedure_id", "entry"],
            ["checklist_entries.procedure_id", "checklist_entries.position"],
            name=f"fk_{TABLE}_procedure_id",
        ),
        sqlite_with_rowid=False,
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in keep_in_sqlite(KEPT) if on_sqlite else keep_in_postgresql(KEPT):
        op.execute(trigger)
