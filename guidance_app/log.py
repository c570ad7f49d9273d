"""The log of this program: one file of limited size, and two older ones."""

import logging
import logging.handlers
from pathlib import Path

LOG_BYTES = 1 << 20


def start_log(path: Path) -> None:
    """Write what is logged from now on to the end of this file; makes its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
