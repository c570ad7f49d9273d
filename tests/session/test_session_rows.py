"""The recorded sessions in words, as the list shows them."""

from pathlib import Path

from recordings import begin, every_command, make_frame, record

from guidance_app.domain.commands import ProcedureStarted
from guidance_app.presentation.sessions import session_row
from guidance_app.session.info import list_sessions, started_procedure


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
