"""Input files that a user names: plain ones, and where it is stated of a size that is stated."""

from pathlib import Path
from typing import BinaryIO


def open_input(path: Path, most_bytes: int | None = None) -> BinaryIO:
    """Open it; raises ValueError for a folder, pipe or device, or what is larger; OSError."""
    if path.exists() and not path.is_file():
        raise ValueError("it is not a plain file")
    if most_bytes is not None and path.stat().st_size > most_bytes:
        raise ValueError(f"it has more than {most_bytes >> 20} MiB")
    return path.open("rb")
