"""The recorded sessions as the list and the start screen show them."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from drivers.api.ports import SourceInfo
from guidance_app.domain.commands import ProcedureStarted
from guidance_app.presentation import figures
from guidance_app.presentation.view import Text, Tone
from guidance_app.session.errors import SessionError
from guidance_app.session.info import SessionEntry, list_sessions, started_procedure
from guidance_app.session.manifest import Manifest

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
    length: str
    record: Text
    """Of the procedure: "closed", "not closed", "not known"; empty where none was started."""
    state: Text
    """Of the recording: "sealed", "recovered", or what is wrong with it."""


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
    return tuple(session_row(entry) for entry in reversed(list_sessions(folder)[-LISTED:]))


def newest_session(folder: Path, today: date) -> LastSession | None:
    """The newest session in a folder, which may not exist yet."""
    entries = list_sessions(folder)
    return last_session(entries[-1], today) if entries else None


def session_row(entry: SessionEntry) -> SessionRow:
    """A session in words; reads the beginning of its journal."""
    if entry.manifest is None:
        return SessionRow(
            path=str(entry.path),
            when="",
            procedure=entry.path.name,
            person="",
            length="",
            record=Text(""),
            state=Text(entry.problem, Tone.CAUTION),
        )
    started = _procedure(entry.path)
    return SessionRow(
        path=str(entry.path),
        when=_local(entry.manifest.started.utc),
        procedure=_title(started, entry.manifest.source)
        + (f" · {started.patient}" if started else ""),
        person=started.people[0].code if started and started.people else "",
        length=_length(entry.manifest),
        record=_record(entry.manifest) if started else Text(""),
        state=_state(entry.manifest),
    )


def recorded_title(started: ProcedureStarted | None, source: SourceInfo, started_utc: str) -> str:
    """What a recording is of: "Knee injection R · P-0417 · 21 Nov 2026, 22:43"."""
    return f"{_title_on(started, source)} · {_local(started_utc)}"


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


def _length(manifest: Manifest) -> str:
    if manifest.sealed is None:
        return ""
    ended = datetime.fromisoformat(manifest.sealed.ended_utc)
    return figures.seconds((ended - datetime.fromisoformat(manifest.started.utc)).total_seconds())


def _state(manifest: Manifest) -> Text:
    if manifest.sealed is None:
        return Text("not closed: run guidance session recover", Tone.CAUTION)
    return Text("recovered") if manifest.recovered else Text("sealed")


def _record(manifest: Manifest) -> Text:
    if manifest.sealed is None:
        return Text("not known", Tone.CAUTION)
    return Text("closed") if manifest.record_closed_utc else Text("not closed", Tone.CAUTION)


def _local(utc: str) -> str:
    return datetime.fromisoformat(utc).astimezone().strftime("%d %b %Y, %H:%M")


def _day_words(utc: str, today: date) -> str:
    """As a person says it: the day is left out while it is today."""
    moment = datetime.fromisoformat(utc).astimezone()
    return moment.strftime("today %H:%M") if moment.date() == today else _local(utc)
