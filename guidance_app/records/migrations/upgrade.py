"""Bringing a database to the newest format."""

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it works on in its module."""


def upgrade(connection: Connection, found: int, now_utc: str, to: str = "head") -> None:
    """Run the migrations after format `found`, in the transaction that is open.

    Raises what the database raises; then the caller rolls everything back.
    """
    config = Config(attributes={"connection": connection, "now_utc": now_utc})
    folder = str(Path(__file__).parent).replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    with _ONE_AT_A_TIME:
        if found:
            command.stamp(config, f"{found:04}")
        command.upgrade(config, to)
