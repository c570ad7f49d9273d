"""The recorded sessions in words, as the list shows them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from recordings import begin, every_command, make_frame, record

from guidance_app.domain.commands import ProcedureStarted
from guidance_app.presentation.sessions import SIDES, last_session, session_row
from guidance_app.session.info import SessionEntry, list_sessions, started_procedure
from guidance_app.session.manifest import read_manifest


def test_a_session_says_its_procedure_its_person_and_how_it_ended(tmp_path: Path) -> None:
    path = record(tmp_path, 2, every_command()).path
    started = next(c for c in every_command() if isinstance(c, ProcedureStarted))
    assert started_procedure(path) == started
    (row,) = [session_row(entry) for entry in list_sessions(tmp_path)]
    assert started.template.title in row.procedure
    assert started.patient in row.procedure
    assert row.person == started.people[0].code
    assert row.state.text == "closed"


def test_without_a_procedure_the_source_is_named_and_a_damaged_one_says_why(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    writer.write_frame(*make_frame(0))
    writer.abandon()
    assert started_procedure(writer.path) is None
    (row,) = [session_row(entry) for entry in list_sessions(tmp_path)]
    assert "not closed" in row.state.text
    (writer.path / "manifest.json").write_text("{}")
    (broken,) = [session_row(entry) for entry in list_sessions(tmp_path)]
    assert broken.state.text


def test_the_start_screen_says_which_session_was_the_last_and_whether_its_record_is_open(
    tmp_path: Path,
) -> None:
    path = record(tmp_path, 2, every_command()).path
    manifest = read_manifest(path)
    started = next(c for c in every_command() if isinstance(c, ProcedureStarted))
    moment = datetime.fromisoformat(manifest.started.utc).astimezone()
    last = last_session(SessionEntry(path, manifest), moment.date())
    side = SIDES.get(started.side, "")
    title = f"Last: {started.template.title} {side}".rstrip()
    assert last.words == f"{title}, today {moment:%H:%M}, record open"
    assert last.path == str(path)
    closed = replace(manifest, record_closed_utc=manifest.started.utc)
    tomorrow = moment.date() + timedelta(days=1)
    words = last_session(SessionEntry(path, closed), tomorrow).words
    assert words == f"{title}, {moment:%d %b %Y, %H:%M}, closed"


def test_a_last_session_without_a_procedure_is_named_by_its_source(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    writer.seal()
    manifest = read_manifest(writer.path)
    words = last_session(SessionEntry(writer.path, manifest), date(2000, 1, 1)).words
    assert words.startswith(f"Last: {manifest.source.name}, ")
    assert "record" not in words
    broken = last_session(SessionEntry(writer.path, None, "It is damaged."), date(2000, 1, 1))
    assert broken.words == f"Last: {writer.path.name}"
