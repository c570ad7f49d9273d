"""Where the records are: a file, or an address like postgresql://user@server/database."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from guidance_app.records.engine import Engine
from guidance_app.records.errors import RecordsError
from guidance_app.records.postgres import EXAMPLE, PostgresEngine
from guidance_app.records.sqlite import SqliteEngine

SCHEME = "postgresql://"
NONE = f"The address of the records database is none. {EXAMPLE}"
WITH_PASSWORD = (
    "The address of the records database holds a password. Take it out and keep it in libpq's "
    "password file (.pgpass) or in PGPASSWORD."
)
PASSWORDS = ("password", "sslpassword")
"""Options of libpq that hold one."""


def engine_at(place: Path | str) -> Engine:
    """What can open a file, or an address; raises RecordsError without repeating the address.

    An address that holds a password is refused: it would be seen wherever the address is kept.
    """
    if isinstance(place, Path):
        return SqliteEngine(place)
    if not place.startswith(SCHEME):
        raise RecordsError(NONE)
    try:
        url = make_url(place)
        engine = PostgresEngine(url)
    except (ArgumentError, ValueError):
        raise RecordsError(NONE) from None
    if _has_password(url):
        raise RecordsError(WITH_PASSWORD)
    return engine


def _has_password(url: URL) -> bool:
    return url.password is not None or any(name in url.query for name in PASSWORDS)
