"""What can go wrong with a session on disk; `str()` is one or two sentences for the user."""


class SessionError(Exception):
    """A session cannot be written or read: what happened and where, then what to do."""

    def __init__(self, cause: str, advice: str) -> None:
        super().__init__(f"{cause} {advice}")
        self.cause = cause
        self.advice = advice


class NotASession(SessionError):
    """The folder holds no session."""


class NewerFormat(SessionError):
    """The session was written by a later version of this program."""


class DamagedSession(SessionError):
    """A part that is needed cannot be read as what it should be."""


class RecordRefused(SessionError):
    """One record cannot be stored exactly; nothing of it was written, recording goes on."""
