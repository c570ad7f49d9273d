"""Small JSON files that the application keeps for itself, read without trust."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from guidance_app.session.disk import LOCAL_DISK, open_plain, write_whole
from guidance_app.session.errors import NotASession, SessionError

DAMAGED_SUFFIX = ".damaged"
"""A file that could not be read is kept under this name."""

Content = TypeVar("Content")
Tell = Callable[[str], None]


def read_kept(
    path: Path, most_bytes: int, decode: Callable[[bytes], Content], empty: Content, tell: Tell
) -> Content:
    """What `decode` makes of the file; `empty` when there is none.

    A file that cannot be read, or of which `decode` raises MsgspecError or ValueError, is moved
    aside and told in a sentence; `empty` holds then.
    """
    try:
        with open_plain(path) as file:
            content = file.read(most_bytes + 1)
    except NotASession:
        return empty
    except (SessionError, OSError) as error:
        _set_aside(path, str(error).rstrip("."), tell)
        return empty
    try:
        if len(content) > most_bytes:
            raise ValueError("it is larger than it can be")
        return decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        _set_aside(path, str(error), tell)
        return empty


def write_kept(path: Path, content: object) -> None:
    """Write the content as JSON, whole or not at all; OSError from the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(LOCAL_DISK, path, msgspec.json.format(msgspec.json.encode(content), indent=2))


def _set_aside(path: Path, why: str, tell: Tell) -> None:
    kept = path.with_name(path.name + DAMAGED_SUFFIX)
    try:
        path.replace(kept)
        tell(f"{path} cannot be read ({why}). It is kept as {kept.name}.")
    except OSError:
        tell(f"{path} cannot be read ({why}). Move the file away.")
