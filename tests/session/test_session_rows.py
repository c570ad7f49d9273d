"""The recorded sessions in words, as the list and the start screen show them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from recordings import begin, every_command, make_frame, make_outcome, record

from guidance_app.catalogue.reading import read_whole
from guidance_app.domain.commands import ProcedureStarted, RecordClosed
from guidance_app.presentation.catalogue_view import COLUMNS, library_row
from guidance_app.presentation.sessions import SIDES, last_session
from guidance_app.records.catalogue import FoundSession
from guidance_app.session.info import SessionEntry, started_procedure
from guidance_app.session.manifest import read_manifest
from guidance_app.session.recover import recover


def row_of(path: Path, gone: bool = False) -> dict[str, str]:
    """The cells of a session's row, by the name of the column."""
    row = library_row(FoundSession(read_whole(path), gone=gone), path.parent)
    assert row.path == str(path)
    return dict(zip(COLUMNS, (cell.text for cell in row.cells), strict=True))


def test_a_session_says_its_procedure_its_person_and_how_it_ended(tmp_path: Path) -> None:
    path = record(tmp_path, 2, every_command()).path
    started = next(c for c in every_command() if isinstance(c, ProcedureStarted))
    assert started_procedure(path) == started
    row = row_of(path)
    assert row["Procedure"] == started.template.title
    assert row["Patient"] == f"{started.patient} · R"
    assert row["Operator"] == started.people[0].code
    assert (row["Recording"], row["Record"]) == ("sealed", "open")
    assert "moment marked · something refused" in row["What happened"]
    assert row_of(path, gone=True)["Recording"] == "gone"


def closed_utc(path: Path) -> str:
    return read_manifest(path).record_closed_utc


def test_a_sealed_session_says_when_its_last_record_was_closed(tmp_path: Path) -> None:
    started = next(c for c in every_command() if isinstance(c, ProcedureStarted))
    close = RecordClosed(started.people[0], "2026-11-26T09:05:00+00:00")
    assert closed_utc(record(tmp_path / "a", 1, [started, close]).path) == close.time_utc
    assert closed_utc(record(tmp_path / "b", 1, [started, close, started]).path) == ""
    assert closed_utc(record(tmp_path / "c", 1, [started]).path) == ""
    killed = record(tmp_path / "d", 1, [started, close], seal=False).path
    assert row_of(killed)["Record"] == "not known"
    recover(killed)
    assert closed_utc(killed) == close.time_utc
    assert row_of(killed)["Record"] == "closed"


def test_a_closing_that_was_refused_closes_nothing(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    started = next(c for c in every_command() if isinstance(c, ProcedureStarted))
    close = RecordClosed(started.people[0], "2026-11-26T09:05:00+00:00")
    writer.write_command(make_outcome(0, started))
    writer.write_command(replace(make_outcome(1, close), refusal="K-01 is open."))
    writer.seal()
    assert closed_utc(writer.path) == ""


def test_without_a_procedure_the_source_is_named_and_a_damaged_one_says_why(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    writer.write_frame(*make_frame(0))
    writer.abandon()
    assert started_procedure(writer.path) is None
    assert row_of(writer.path)["Procedure"] == "Simulated knee"
    assert row_of(writer.path)["Recording"] == "not closed"
    (writer.path / "manifest.json").write_text("{}")
    broken = library_row(FoundSession(read_whole(writer.path)), tmp_path)
    assert broken.cells[-1].text == "damaged" and not broken.can_replay
    assert "manifest.json cannot be read" in broken.detail.text


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
