"""What can go wrong with the records database, each as one or two sentences for the user."""

import sqlite3
from pathlib import Path

_KEPT = "Nothing was lost: it is kept in the session's journal."


class RecordsError(Exception):
    """The records database cannot do what was asked; `str()` says why and what to do."""


class RecordsLocked(RecordsError):
    """Another program is writing to it; trying again soon may help."""


class RecordsRefused(RecordsError):
    """This entry can never be stored; trying again does not help."""


def records_error(cause: BaseException | None, path: Path) -> RecordsError:
    """The error for what SQLite reported; primary result codes of sqlite.org/rescode.html."""
    unless_sqlite = sqlite3.SQLITE_CANTOPEN if isinstance(cause, OSError) else sqlite3.SQLITE_ERROR
    code = getattr(cause, "sqlite_errorcode", unless_sqlite) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return RecordsLocked(
            f"The records database {path} is in use by another program. Close that program. {_KEPT}"
        )
    if code == sqlite3.SQLITE_CONSTRAINT:
        return RecordsRefused(f"The records database refused an entry ({cause}). {_KEPT}")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(path)
    return RecordsError(f"{_SENTENCES.get(code, _OTHER).format(path=path, cause=cause)} {_KEPT}")


def damaged(path: Path) -> RecordsError:
    """The file is there and is not a sound records database; it is never overwritten."""
    return RecordsError(
        f"The records database {path} is damaged or is another kind of file. It was not changed: "
        f"move it away or bring back a copy. {_KEPT}"
    )


def newer_version(path: Path, found: int, known: int) -> RecordsError:
    """A later version of the application has written it."""
    return RecordsError(
        f"The records database {path} was written by a newer version of this application "
        f"(format {found}; this one knows {known}). Install that version, or choose another file."
    )


_SENTENCES = {
    sqlite3.SQLITE_READONLY: (
        "The records database {path} may only be read. Allow writing to it and to its folder."
    ),
    sqlite3.SQLITE_FULL: "The disk with the records database {path} is full. Free some space.",
    sqlite3.SQLITE_CANTOPEN: (
        "The records database {path} cannot be opened. Check that its folder exists and may be "
        "written to."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk with the records database {path} cannot be read or written ({cause}). "
        "Check the disk."
    ),
}
_OTHER = "The records database {path} does not work ({cause}). Check the file and its disk."
