"""Tables of the library's index: a cache, which no trigger keeps and no audit chain speaks of."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

from guidance_app.records.schema import NAMES, UTC_TEXT

LIBRARY_METADATA = MetaData(naming_convention=NAMES)


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _truth(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _session() -> Column[int]:
    return Column(
        "session", ForeignKey("library_sessions.key", ondelete="CASCADE"), primary_key=True
    )


SESSIONS = Table(
    "library_sessions",
    LIBRARY_METADATA,
    Column("key", Integer, primary_key=True),
    _text("folder"),
    _text("name"),
    _text("stamp"),
    _text("content_sha256"),
    Column("read", Integer, nullable=False),
    Column("reader", Integer, nullable=False),
    _truth("gone"),
    _text("id"),
    Column("started_utc", UTC_TEXT, nullable=False),
    Column("length_s", Float),
    *map(_text, ("procedure", "title", "site", "side", "patient")),
    *map(_truth, ("trainee", "simulated")),
    *map(_text, ("drill", "source", "app")),
    *map(_truth, ("sealed", "recovered")),
    *map(_text, ("record_closed_utc", "problem")),
    *map(_number, ("frames_offered", "frames_written", "commands", "snapshots", "faults")),
    _text("words"),
    Index(None, "folder", "name", unique=True),
)

PEOPLE = Table(
    "library_people",
    LIBRARY_METADATA,
    _session(),
    Column("position", Integer, primary_key=True),
    _text("code"),
)

HAPPENED = Table(
    "library_happened",
    LIBRARY_METADATA,
    _session(),
    Column("what", String, primary_key=True),
    Column("amount", Float, nullable=False),
)

FIGURES = Table(
    "library_figures",
    LIBRARY_METADATA,
    _session(),
    Column("metric", String, primary_key=True),
    Column("value", Float),
    _text("unit"),
    Column("version", Integer, nullable=False),
    *map(_text, ("pairing", "app")),
)
