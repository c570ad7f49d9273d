"""Where the records are: a file, or an address like postgresql://user@server/database."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from guidance_app.records.engine import Engine
from guidance_app.records.errors import RecordsError
from guidance_app.records.postgres import EXAMPLE, PostgresEngine
from guidance_app.records.sqlite import SqliteEngine

SCHEME = "postgresql://"


def engine_at(address: Path | str) -> Engine:
    """What can open this; raises RecordsError for an address that is none, without repeating it."""
    if isinstance(address, Path) or "://" not in address:
        return SqliteEngine(Path(address))
    if not address.startswith(SCHEME):
        raise RecordsError(NONE)
    try:
        return PostgresEngine(make_url(address))
    except (ArgumentError, ValueError):
        raise RecordsError(NONE) from None


NONE = f"The address of the records database is none. {EXAMPLE}"
