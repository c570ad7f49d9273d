"""What can go wrong with the records database, each as one or two sentences for the user."""

from dataclasses import dataclass

IN_JOURNAL = "Nothing was lost: it is kept in the session's journal."
"""What is said of procedures and entries."""

NOT_STORED = "Nothing was stored."
"""What is said of everything else."""

IN_DOUBT = "Whether the last of it was stored is known when the server answers again."

NOT_SIGNED = "No signature was stored. Sign again."


class RecordsError(Exception):
    """The records database cannot do what was asked; `str()` says why and what to do."""


class RecordsLocked(RecordsError):
    """Another program is writing to it; trying again soon may help."""


class RecordsRefused(RecordsError):
    """This can never be stored as it is; trying again does not help."""


class PinLocked(RecordsRefused):
    """Too many wrong PINs; `str()` says until when."""


class RecordsUnreachable(RecordsError):
    """The connection to the server is gone; open the records anew to try again."""


def without_journal(error: Exception) -> str:
    """The sentence for what no session's journal keeps, such as who is registered."""
    return str(error).removesuffix(IN_JOURNAL).rstrip()


@dataclass(frozen=True, slots=True)
class AuditHead:
    """One place in the audit chain: the entry's number and its digest."""

    seq: int
    sha256: str


class RecordsInDoubt(RecordsUnreachable):
    """The connection went while a write was being confirmed: `head` is there if it was stored."""

    def __init__(self, sentence: str, head: AuditHead) -> None:
        super().__init__(sentence)
        self.head = head


def damaged(shown: str, kept: str) -> RecordsError:
    """The file is there and is not a sound records database; it is never overwritten."""
    return RecordsError(
        f"The records database {shown} is damaged or is another kind of file. It was not changed: "
        f"move it away or bring back a copy. {kept}"
    )


def newer_version(shown: str, found: int, known: int) -> RecordsError:
    """A later version of the application has written it."""
    return RecordsError(
        f"The records database {shown} was written by a newer version of this application "
        f"(format {found}; this one knows {known}). Install that version, or choose another file."
    )


def refused(cause: object, kept: str) -> RecordsRefused:
    """The database itself holds something to be impossible; its first line says what."""
    first_line = str(cause).partition("\n")[0]
    return RecordsRefused(f"The records database refused an entry ({first_line}). {kept}")


def locked(shown: str, kept: str) -> RecordsLocked:
    """Another program holds the lock that is needed."""
    return RecordsLocked(
        f"The records database {shown} is in use by another program. Close that program. {kept}"
    )


READ_ONLY = "The records database {shown} may only be read. Allow writing to it{more}."
FULL = "The disk with the records database {shown} is full. Free some space."
OTHER = "The records database {shown} does not work ({cause}). Check {where}."
