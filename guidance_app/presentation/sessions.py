"""Recorded sessions in a few words: the newest one, and those to choose from."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from drivers.api.ports import SourceInfo
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.session.errors import SessionError
from guidance_app.session.info import (
    SessionEntry,
    session_entry,
    session_folders,
    started_procedure,
)

LISTED = 200
SIDES = {"left": "L", "right": "R"}


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One recorded session."""

    path: str
    when: str
    """Local time, "21 Nov 2026, 22:43"."""
    procedure: str
    person: str


@dataclass(frozen=True, slots=True)
class LastSession:
    """The newest session, as the start screen offers it."""

    words: str
    """"Last: Knee injection R, today 09:14, closed"."""
    path: str


def last_session(entry: SessionEntry, today: date) -> LastSession:
    """A session in words, and whether its record was closed; reads the start of its journal."""
    if entry.manifest is None:
        return LastSession(f"Last: {entry.path.name}", str(entry.path))
    started = _procedure(entry.path)
    state = "closed" if entry.manifest.record_closed_utc else "record open"
    parts = (
        f"Last: {_title(started, entry.manifest.source)}",
        _day_words(entry.manifest.started.utc, today),
        *([state] if started else []),
    )
    return LastSession(", ".join(parts), str(entry.path))


def session_rows(folder: Path) -> tuple[SessionRow, ...]:
    """The newest sessions in a folder, which may not exist yet, newest first."""
    newest = session_folders(folder)[-LISTED:]
    return tuple(session_row(session_entry(path)) for path in reversed(newest))


def session_row(entry: SessionEntry) -> SessionRow:
    """A session in words; reads the beginning of its journal."""
    if entry.manifest is None:
        return SessionRow(str(entry.path), "", entry.path.name, "")
    started = _procedure(entry.path)
    return SessionRow(
        path=str(entry.path),
        when=local_time(entry.manifest.started.utc),
        procedure=_title_on(started, entry.manifest.source),
        person=started.people[0].code if started and started.people else "",
    )


def newest_session(folder: Path, today: date) -> LastSession | None:
    """The newest session in a folder, which may not exist yet."""
    found = session_folders(folder)
    return last_session(session_entry(found[-1]), today) if found else None


def recorded_title(started: ProcedureStarted | None, source: SourceInfo, started_utc: str) -> str:
    """What a recording is of: "Knee injection R · P-0417 · 21 Nov 2026, 22:43"."""
    return f"{_title_on(started, source)} · {local_time(started_utc)}"


def _procedure(path: Path) -> ProcedureStarted | None:
    try:
        return started_procedure(path)
    except SessionError:
        return None


def _title_on(started: ProcedureStarted | None, source: SourceInfo) -> str:
    return _title(started, source) + (f" · {started.patient}" if started else "")


def _title(started: ProcedureStarted | None, source: SourceInfo) -> str:
    drill = "FAULT DRILL · " if source.fault_plan else ""
    if started is None:
        return drill + source.name
    return f"{drill}{started.template.title} {SIDES.get(started.side, '')}".rstrip()


def local_time(utc: str) -> str:
    """Where this computer stands: "21 Nov 2026, 22:43"."""
    return datetime.fromisoformat(utc).astimezone().strftime("%d %b %Y, %H:%M")


def _day_words(utc: str, today: date) -> str:
    """As a person says it: the day is left out while it is today."""
    moment = datetime.fromisoformat(utc).astimezone()
    return moment.strftime("today %H:%M") if moment.date() == today else local_time(utc)
