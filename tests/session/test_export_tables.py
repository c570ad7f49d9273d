"""Tables of a session: the same in both formats, typed, and without anybody's name."""

import csv
import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from exported_sessions import NEEDLE, guided_session, session_of, uneven
from pyarrow import parquet
from recorded_runs import record_run
from recordings import ANNA, MS, START_NS, begin, every_command, make_frame, make_outcome, record

from guidance_app import PURPOSE
from guidance_app.cli import main
from guidance_app.domain.checklist import (
    ChecklistEntry,
    ChecklistTemplate,
    Emergency,
    Mark,
)
from guidance_app.domain.commands import (
    Command,
    EmergencyDeclared,
    ItemMarked,
    LayoutFound,
    MomentMarked,
    PhaseSigned,
    ProcedureStarted,
    RecordClosed,
    SourceFailed,
    SourceOpened,
)
from guidance_app.domain.evidence import Evidence, EvidenceField, EvidenceKind
from guidance_app.domain.people import Person, Role
from guidance_app.domain.picture_area import rectangle
from guidance_app.domain.scale_proposal import ScaleProposal
from guidance_app.domain.signature import Meaning, Signature, Subject
from guidance_app.exporting.clip import ClipKind, write_clip
from guidance_app.exporting.footage import Footage
from guidance_app.exporting.output import ExportRefused
from guidance_app.exporting.pseudonyms import KEPT
from guidance_app.exporting.sequence import write_sequence
from guidance_app.exporting.still import frame_picture, write_still
from guidance_app.exporting.table_files import write_csv, write_parquet
from guidance_app.exporting.tables import TableName, session_table
from guidance_app.session.reader import SessionReader

NAME = "Annabel Lindqvist"


def exported(session: Path, name: TableName) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """The rows of the Parquet file and those of the CSV file."""
    paths = session.parent / f"{name}.parquet", session.parent / f"{name}.csv"
    with SessionReader(session) as reader:
        write_parquet(paths[0], session_table(reader, name), lambda _: None)
        write_csv(paths[1], session_table(reader, name), lambda _: None)
    with paths[1].open(encoding="utf-8", newline="") as file:
        return parquet.read_table(paths[0]).to_pylist(), list(csv.DictReader(file))


def as_words(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", [TableName.FRAMES, TableName.EVENTS, TableName.SNAPSHOTS])
def test_both_formats_hold_the_same(tmp_path: Path, name: TableName) -> None:
    rows, lines = exported(record(tmp_path, 6, every_command()).path, name)
    assert len(rows) == {"frames": 6, "events": len(every_command()), "snapshots": 6}[name]
    assert [{key: as_words(value) for key, value in row.items()} for row in rows] == lines
    assert {row["purpose"] for row in rows} == {PURPOSE}
    assert {row["simulated"] for row in rows} == {True}


def test_lines_end_and_quote_as_rfc_4180_says(tmp_path: Path) -> None:
    session = record(tmp_path, 1, every_command()).path
    exported(session, TableName.EVENTS)
    content = (tmp_path / "events.csv").read_bytes()
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == content.count(b"\n") == 1 + len(every_command())
    assert b'"{""' in content
    assert not content.startswith(b"\xef\xbb\xbf")


def test_each_frame_with_its_times_its_truth_and_its_loss(tmp_path: Path) -> None:
    frames = [make_frame(number, arrival_ns=uneven(number)) for number in range(4)]
    session = session_of(tmp_path, frames, lost=[2], scales=[None] * 2)
    rows, _ = exported(session, TableName.FRAMES)
    for row, (_, facts) in zip(rows, frames, strict=True):
        assert (row["frame"], row["sequence"]) == (facts.number, facts.stamp.sequence)
        assert (row["arrival_ns"], row["device_ns"]) == (
            facts.stamp.arrival_ns,
            facts.stamp.device_ns,
        )
        assert row["t_s"] == (facts.stamp.arrival_ns - START_NS) / 1e9
    assert [row["truth_state"] for row in rows] == ["LIVE", "LIVE", None, None]
    assert [row["lost"] for row in rows] == [False, False, True, False]
    assert [row["why_lost"] for row in rows] == [None, None, "recorder too slow", None]


def test_figures_of_a_snapshot_stand_beside_their_sigmas(tmp_path: Path) -> None:
    session = guided_session(tmp_path, 1)
    rows, _ = exported(session, TableName.SNAPSHOTS)
    with SessionReader(session) as reader:
        measures = next(reader.snapshots()).measures
    assert measures is not None
    assert measures.remaining is not None
    (row,) = rows
    assert (row["needle_tip_x_px"], row["needle_tip_y_px"]) == NEEDLE.tip_px
    assert (row["needle_far_x_px"], row["needle_far_y_px"]) == NEEDLE.far_px
    assert row["needle_angle_deg"] == pytest.approx(11.77, abs=0.01)
    assert row["needle_confidence"] == NEEDLE.confidence
    assert row["remaining_mm"] == measures.remaining.mm
    assert row["remaining_sigma_mm"] == measures.remaining.sigma_mm
    assert (row["guidance_mode"], row["truth_state"]) == ("on", "LIVE")
    types = parquet.read_schema(tmp_path / "snapshots.parquet")
    assert str(types.field("remaining_mm").type) == "double"
    assert str(types.field("evaluated_ns").type) == "int64"
    assert str(types.field("needle_tip_visible").type) == "bool"


def test_events_say_what_was_asked_and_refused(tmp_path: Path) -> None:
    recorded = record(tmp_path, 1, every_command())
    rows, _ = exported(recorded.path, TableName.EVENTS)
    for row, outcome in zip(rows, recorded.outcomes, strict=True):
        assert (row["index"], row["time_ns"]) == (outcome.index, outcome.time_ns)
        assert row["kind"] == type(outcome.command).__name__
        assert row["refused"] == (outcome.refusal is not None)
        assert isinstance(json.loads(row["body_json"]), dict)
    plan = json.loads(rows[2]["body_json"])["plan"]
    assert plan["target_px"] == [12.1, 14.000000000000002]


def named() -> list[Command]:
    """Commands with a name wherever a person types, and wherever a place or thing is named."""
    person = Person(NAME, Role.OPERATOR)
    text = EvidenceField("lot", NAME, EvidenceKind.TEXT)
    dose = EvidenceField("dose", NAME, EvidenceKind.NUMBER, "ml")
    item = every_command()[1].template.items[0]  # type: ignore[union-attr]
    item = replace(item, id="A-1", text=NAME, evidence=NAME, fields=(text, dose))
    template = ChecklistTemplate("knee", NAME, "1", "ab12", (item,))
    started = ProcedureStarted(
        "knee", NAME, "right", template, (person,), True, reason=NAME, procedure_id=NAME
    )
    noted = (Evidence("lot", NAME), Evidence("dose", "4"))
    entry = ChecklistEntry("A-1", Mark.DONE, person, NAME, NAME, noted)
    signed = Signature(Subject(NAME, "ab12", "PRE"), Meaning.DONE, person, NAME, NAME)
    source = every_command()[0].info  # type: ignore[union-attr]
    opened = replace(source, address=f"file:/home/{NAME}/a.mp4", name=NAME, identity=NAME)
    proposal = ScaleProposal(0.1, 1.0, f"confirmed on 2026-11-20 by {NAME}")
    area = rectangle(0, 0, 20, 15)
    geometry = make_frame(0)[1].geometry
    return [
        SourceOpened(opened),
        started,
        LayoutFound(0, area, geometry, (proposal,)),
        ItemMarked(entry),
        PhaseSigned((signed,)),
        EmergencyDeclared(Emergency(person, NAME, NAME)),
        MomentMarked(NAME, person),
        SourceFailed(f"/home/{NAME}/a.mp4 is gone."),
        RecordClosed(person, NAME),
    ]


def test_nobody_is_named(tmp_path: Path) -> None:
    session = record(tmp_path, 2, named()).path
    for name in (TableName.FRAMES, TableName.EVENTS, TableName.SNAPSHOTS):
        rows, _ = exported(session, name)
        csv_bytes = (tmp_path / f"{name}.csv").read_bytes()
        words = f"{rows}{csv_bytes.decode()}".casefold()
        assert not any(part in words for part in NAME.casefold().split())
        assert b"2026-11-20" not in csv_bytes


@pytest.mark.usefixtures("qapp")
def test_nobody_is_named_in_any_byte_of_the_other_files(tmp_path: Path) -> None:
    path, content = record(tmp_path, 2, named()).path, b""
    with SessionReader(path) as reader:
        write_sequence(tmp_path / "a.igs.mha", reader, False, lambda _: None)
        footage = Footage(reader)
        for kind in ClipKind:
            write_clip(tmp_path / kind, kind, footage, False, lambda _: None)
            content += (tmp_path / kind).read_bytes()
        write_still(tmp_path / "a.png", footage, frame_picture(footage, 0, False), False)
    content += (tmp_path / "a.igs.mha").read_bytes() + (tmp_path / "a.png").read_bytes()
    assert len(content) > 3000
    assert not any(part.encode() in content.lower() for part in NAME.casefold().split())


def test_people_are_told_apart_and_figures_stay(tmp_path: Path) -> None:
    other = replace(ANNA, code="Bo", role=Role.ASSISTANT)
    commands = [*named(), MomentMarked("seen", other), MomentMarked("again", ANNA)]
    rows, _ = exported(record(tmp_path, 1, commands).path, TableName.EVENTS)
    bodies = [json.loads(row["body_json"]) for row in rows]
    assert bodies[1]["patient"] == "patient-1"
    assert bodies[1]["people"] == [{"code": "person-1", "role": "Op"}]
    assert bodies[9]["person"] == {"code": "person-2", "role": "As"}
    assert bodies[10]["person"] == {"code": "person-3", "role": "Op"}
    noted = {one["field"]: one["value"] for one in bodies[3]["entry"]["evidence"]}
    assert noted == {"lot": "removed", "dose": "4"}
    assert bodies[5]["emergency"]["person"]["code"] == "person-1"


def test_what_is_kept_are_fields_that_exist() -> None:
    for record_type, kept in KEPT.items():
        assert is_dataclass(record_type)
        assert kept <= {field.name for field in fields(record_type)}


def test_figures_are_those_of_the_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer = record_run(tmp_path, 0.9).writer
    assert writer is not None
    rows, _ = exported(writer.path, TableName.METRICS)
    assert main(["score", str(writer.path), "--json"]) == 0
    scored = json.loads(capsys.readouterr().out)["metrics"]
    keys = ("value", "unit", "version")
    assert {row["name"]: {key: row[key] for key in keys} for row in rows} == scored
    assert scored["needle_seen_share"]["value"] > 50


def test_a_session_without_a_needle_has_no_figures(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="No needle was seen"):
        exported(record(tmp_path, 2).path, TableName.METRICS)


def test_times_count_from_the_first_of_all(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    writer.write_command(make_outcome(0, SourceFailed("gone")))
    writer.write_frame(*make_frame(0, arrival_ns=START_NS - 5 * MS))
    writer.seal()
    rows, _ = exported(writer.path, TableName.FRAMES)
    assert rows[0]["t_s"] == 0.0
