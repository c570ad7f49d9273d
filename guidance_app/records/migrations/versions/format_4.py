"""Format 4: the index of the library of recorded sessions, empty; it is read from their folders."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from guidance_app.records.schema import UTC_TEXT

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make it out of format 3."""
    _sessions()
    _part("people", "position", _whole("position"), _text("code"))
    _part("happened", "what", _text("what"), sa.Column("amount", sa.Float, nullable=False))
    _part(
        "figures",
        "metric",
        _text("metric"),
        sa.Column("value", sa.Float),
        _text("unit"),
        _whole("version"),
        *map(_text, ("pairing", "app")),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _truth(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _sessions() -> None:
    op.create_table(
        "library_sessions",
        _whole("key"),
        *map(_text, ("folder", "name", "stamp", "content_sha256")),
        *map(_whole, ("read", "reader")),
        _truth("gone"),
        _text("id"),
        sa.Column("started_utc", UTC_TEXT, nullable=False),
        sa.Column("length_s", sa.Float),
        *map(_text, ("procedure", "title", "site", "side", "patient")),
        *map(_truth, ("trainee", "simulated")),
        *map(_text, ("drill", "source", "app")),
        *map(_truth, ("sealed", "recovered")),
        *map(_text, ("record_closed_utc", "problem")),
        *map(_number, ("frames_offered", "frames_written", "commands", "snapshots", "faults")),
        _text("words"),
        sa.PrimaryKeyConstraint("key", name="pk_library_sessions"),
    )
    op.create_index(
        "ix_library_sessions_folder", "library_sessions", ["folder", "name"], unique=True
    )


def _part(name: str, key: str, *columns: sa.Column[Any]) -> None:
    """A table with rows of a session, which go with it."""
    op.create_table(
        f"library_{name}",
        _whole("session"),
        *columns,
        sa.PrimaryKeyConstraint("session", key, name=f"pk_library_{name}"),
        sa.ForeignKeyConstraint(
            ["session"],
            ["library_sessions.key"],
            name=f"fk_library_{name}_session",
            ondelete="CASCADE",
        ),
    )
