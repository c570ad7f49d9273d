"""What is known of a session before it is rated."""

from pathlib import Path

from guidance_app.domain.written import HIDDEN, holds_hidden
from guidance_app.presentation.rating_view import About
from guidance_app.presentation.sessions import session_row
from guidance_app.session.errors import SessionError
from guidance_app.session.info import SessionEntry, started_procedure
from guidance_app.session.manifest import read_manifest
from guidance_app.training.form_files import Forms

LONGEST_CODE = 40


def about_session(session: Path, forms: Forms, raters: tuple[str, ...] = ()) -> About:
    """Its words and the forms that suit it; raises SessionError."""
    row = session_row(SessionEntry(session, read_manifest(session)))
    started = started_procedure(session)
    suiting = (
        forms.suiting(started.procedure, started.technique) if started else forms.suiting("", "")
    )
    if not suiting:
        raise SessionError(
            "No rating form suits this session.", "Add one to the folder of rating forms."
        )
    operator = f"operator {row.person}" if row.person else ""
    words = " · ".join(part for part in (row.procedure, operator, row.when) if part)
    return About(words, suiting, raters)


def rater_fault(code: str) -> str:
    """Why nobody can rate under this code; empty where somebody can, or it is empty."""
    if len(code) > LONGEST_CODE:
        return f"A code has {LONGEST_CODE} characters at most."
    return f"This code {HIDDEN}." if holds_hidden(code) else ""
