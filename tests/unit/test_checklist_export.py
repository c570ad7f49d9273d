"""`guidance checklist export`: a recorded session becomes one file, whole or not at all."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from random_checklists import ASSISTANT, OPERATOR, at

from drivers.api.clock import ManualClock
from drivers.api.ports import SourceInfo
from drivers.api.samples import Origin
from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.domain.checklist import ChecklistEntry, Mark
from guidance_app.domain.commands import Command, CommandOutcome, ItemMarked, ProcedureStarted
from guidance_app.domain.evidence import Evidence
from guidance_app.exchange.fhir.elements import as_json
from guidance_app.exchange.fhir.reading import read_response
from guidance_app.knowledge.templates import checklist_template
from guidance_app.session.disk import LOCAL_DISK
from guidance_app.session.format import JOURNAL_NAME
from guidance_app.session.manifest import utc_now
from guidance_app.session.writer import SessionWriter

Capture = pytest.CaptureFixture[str]

SOURCE = SourceInfo("sim:knee", "Simulated knee", "", Origin.SIMULATED, 25.0)
TEMPLATE = checklist_template("knee-injection")
STARTED = ProcedureStarted(
    "knee-injection", "P-1", "right", TEMPLATE, (OPERATOR, ASSISTANT), False, "us"
)
COUNT = (Evidence("count", "120.50"),)
MARKS = [
    ChecklistEntry("K-01", Mark.DONE, OPERATOR, at(1), "seen", COUNT),
    ChecklistEntry("K-02", Mark.DONE, OPERATOR, at(1), "seen"),
]


def record(folder: Path, *commands: Command, seal: bool = True) -> Path:
    writer = SessionWriter.create(folder, SOURCE, ManualClock(1), LOCAL_DISK, utc_now)
    for index, command in enumerate(commands):
        writer.write_command(CommandOutcome(index, index + 1, 0, command))
    if seal:
        writer.seal()
    writer.abandon()
    return writer.path


def procedure(folder: Path, seal: bool = True) -> Path:
    return record(folder, STARTED, *map(ItemMarked, MARKS), seal=seal)


def export(session: Path, out: Path, *more: str) -> int:
    return main(["checklist", "export", str(session), "--fhir", "--out", str(out), *more])


def test_a_session_becomes_a_bundle_whose_answers_read_back(
    tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "bundle.json"
    assert export(procedure(tmp_path), out) == DONE
    assert capsys.readouterr() == (f"fhir  {out}\n", "")
    document = json.loads(out.read_bytes(), parse_float=Decimal)
    (response,) = [
        entry["resource"]
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == "QuestionnaireResponse"
    ]
    assert read_response(as_json(response), TEMPLATE) == tuple(MARKS)
    assert document["meta"]["tag"][0]["code"] == "HTEST"


def test_what_was_written_is_told_as_a_document(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "bundle.json"
    assert export(procedure(tmp_path), out, "--json") == DONE
    assert json.loads(capsys.readouterr().out) == {
        "file": str(out),
        "resources": {"Questionnaire": 1, "QuestionnaireResponse": 1, "Procedure": 1},
        "missing": [],
    }
    assert json.loads(out.read_bytes())["resourceType"] == "Bundle"


def refused(tmp_path: Path, session: Path, out: Path, capsys: Capture) -> str:
    """What is said; nothing is left where the file would be."""
    before = sorted(tmp_path.rglob("*"))
    assert export(session, out) == FAILED
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before
    return said.err


def test_a_session_without_a_procedure_is_refused(tmp_path: Path, capsys: Capture) -> None:
    session = record(tmp_path)
    assert refused(tmp_path, session, tmp_path / "b.json", capsys) == (
        f"guidance: {session} is not exported: no procedure was started in it. "
        "Choose another session.\n"
    )


def test_what_fhir_cannot_hold_is_refused(tmp_path: Path, capsys: Capture) -> None:
    note = ItemMarked(ChecklistEntry("K-01", Mark.DONE, OPERATOR, at(1), "a\x07b"))
    session = record(tmp_path, STARTED, note)
    said = refused(tmp_path, session, tmp_path / "b.json", capsys)
    assert "the text holds control characters, which FHIR does not allow." in said


def test_marks_that_do_not_fit_are_refused(tmp_path: Path, capsys: Capture) -> None:
    session = record(
        tmp_path, STARTED, ItemMarked(MARKS[0].__class__("K-99", Mark.DONE, OPERATOR, at(1)))
    )
    said = refused(tmp_path, session, tmp_path / "b.json", capsys)
    assert said.startswith("guidance: The checklist cannot be followed: There is no item K-99 in ")


@pytest.mark.parametrize("place", ["absent/b.json", "a-folder"])
def test_a_place_that_cannot_be_written_to_is_told(
    tmp_path: Path, capsys: Capture, place: str
) -> None:
    (tmp_path / "a-folder").mkdir()
    session = procedure(tmp_path)
    said = refused(tmp_path, session, tmp_path / place, capsys)
    assert said.startswith(f"guidance: {tmp_path / place} cannot be written (")


def test_no_session_is_told(tmp_path: Path, capsys: Capture) -> None:
    said = refused(tmp_path, tmp_path / "none", tmp_path / "b.json", capsys)
    assert said.startswith(f"guidance: {tmp_path / 'none'} is not a session.")


def test_a_damaged_recording_is_exported_in_part_and_that_is_said(
    tmp_path: Path, capsys: Capture
) -> None:
    session, out = procedure(tmp_path), tmp_path / "bundle.json"
    journal = session / JOURNAL_NAME
    content = journal.read_bytes()
    journal.write_bytes(content[: content.rindex(b"K-02") + 1])
    assert export(session, out) == DONE_IN_PART
    said = capsys.readouterr()
    assert said.out == f"fhir  {out}\n"
    assert said.err.startswith("guidance: marks may be missing. ")
    assert b'"order"' in out.read_bytes() and out.read_bytes().count(b'"answer":') == 3


FORMS = {"--html": b"<!DOCTYPE html>", "--pdf": b"%PDF"}
"""What a report begins with."""


def export_report(session: Path, out: Path, form: str, *more: str) -> int:
    return main(["checklist", "export", str(session), form, "--out", str(out), *more])


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("form", FORMS)
def test_a_session_becomes_a_report(tmp_path: Path, capsys: Capture, form: str) -> None:
    out, other = tmp_path / "report", tmp_path / "other"
    session = procedure(tmp_path)
    assert export_report(session, out, form) == DONE
    assert capsys.readouterr() == (f"{form[2:]:4}  {out}\n", "")
    assert out.read_bytes().startswith(FORMS[form])
    assert export_report(session, other, form, "--json") == DONE
    assert json.loads(capsys.readouterr().out) == {"file": str(other), "missing": []}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("form", FORMS)
def test_a_recording_that_was_broken_off_is_reported_in_part(
    tmp_path: Path, capsys: Capture, form: str
) -> None:
    out = tmp_path / "report"
    assert export_report(procedure(tmp_path, seal=False), out, form) == DONE_IN_PART
    assert "The recording was broken off: what came last may be missing." in capsys.readouterr().err
    assert out.read_bytes().startswith(FORMS[form])


@pytest.mark.parametrize("form", ["--fhir", *FORMS])
def test_nothing_is_replaced_and_no_recording_is_added_to(
    tmp_path: Path, capsys: Capture, form: str
) -> None:
    session, letter = procedure(tmp_path), tmp_path / "letter"
    letter.write_text("dear colleague")
    before = sorted(session.iterdir())
    for out, why in (
        (letter, "it is there already"),
        (session / "manifest.json", "it is there already"),
        (session / "report", "inside a recording"),
    ):
        assert export_report(session, out, form) == FAILED
        assert f"{out} cannot be written ({why}" in capsys.readouterr().err
    assert letter.read_text() == "dear colleague"
    assert sorted(session.iterdir()) == before


@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_be_reported_is_refused(tmp_path: Path, capsys: Capture, form: str) -> None:
    empty, folder, whole = record(tmp_path / "a"), tmp_path / "out", procedure(tmp_path / "b")
    folder.mkdir()
    assert export_report(empty, tmp_path / "report", form) == FAILED
    assert "no procedure was started in it." in capsys.readouterr().err
    assert export_report(whole, folder, form) == FAILED
    assert f"{folder} cannot be written (it is a folder)." in capsys.readouterr().err
    assert export_report(tmp_path / "none", tmp_path / "report", form) == FAILED
    assert "is not a session." in capsys.readouterr().err
    assert not (tmp_path / "report").exists()


def test_a_report_on_paper_needs_no_screen(tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    command = ("checklist", "export", str(procedure(tmp_path)), "--pdf", "--out", str(out))
    code = "import sys; from guidance_app.cli import main; sys.exit(main(sys.argv[1:]))"
    without = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *command],
        env=without,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (DONE, "")
    assert out.read_bytes().startswith(b"%PDF")


def test_the_form_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["checklist", "export", str(tmp_path), "--out", str(tmp_path / "b.json")])
    assert ended.value.code == 2
