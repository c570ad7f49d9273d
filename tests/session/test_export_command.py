"""`guidance session export`: one file, whole or not there, and an answer that can be relied on."""

import json
from pathlib import Path

import pytest
from exported_sessions import dark_frame, guided_session, session_of
from recordings import every_command, make_frame, record

from guidance_app.cli import main

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("qapp")

EVERY_KIND = [
    ("a.mp4", ["--overlay"]),
    ("a.mkv", []),
    ("a.igs.mha", []),
    ("a.SEQ.MHA", ["--uncompressed"]),
    ("a.csv", ["--table", "frames"]),
    ("a.parquet", ["--table", "snapshots"]),
    ("a.png", ["--at", "0.05", "--overlay"]),
    ("b.png", ["--frame", "2"]),
]


def export(session: Path, to: Path, *options: str) -> int:
    try:
        return main(["session", "export", str(session), "--to", str(to), *options])
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize(("name", "options"), EVERY_KIND)
def test_every_kind_is_written_and_told_in_one_document(
    tmp_path: Path, capsys: Capture, name: str, options: list[str]
) -> None:
    session, path = guided_session(tmp_path), tmp_path / name
    assert export(session, path, *options, "--json") == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert (document["session"], document["written"]) == (str(session), str(path))
    assert document["bytes"] == path.stat().st_size > 0
    assert document["kind"] in name.lower()
    assert document["count"] > 0
    assert document["missing"] == []
    assert shown.err == ""
    assert {one.name for one in tmp_path.iterdir()} == {name, session.name}


@pytest.mark.parametrize(("name", "options"), EVERY_KIND[:5])
def test_losses_are_listed_and_the_status_says_so(
    tmp_path: Path, capsys: Capture, name: str, options: list[str]
) -> None:
    session = session_of(tmp_path, map(dark_frame, range(5)), lost=[1, 2], scales=[None] * 5)
    assert export(session, tmp_path / name, *options) == 3
    assert "missing  frames 1 to 2: recorder too slow" in capsys.readouterr().out
    assert (tmp_path / name).is_file()


def test_a_recording_that_was_not_closed_is_exported_in_part(
    tmp_path: Path, capsys: Capture
) -> None:
    session = record(tmp_path, 3, seal=False).path
    assert export(session, tmp_path / "a.csv", "--table", "frames", "--json") == 3
    missing = json.loads(capsys.readouterr().out)["missing"]
    assert any("not closed" in problem["what"] for problem in missing)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("a.avi", [], "ends in none of .mp4, .mkv, .igs.mha, .seq.mha, .csv, .parquet, .png"),
        ("a.mha", [], "ends in none of"),
        ("a.png", [], "a picture needs its moment"),
        ("a.png", ["--at", "1", "--frame", "1"], "not allowed with"),
        ("a.png", ["--at", "-1"], "is no number of seconds from 0 on"),
        ("a.png", ["--at", "nan"], "is no number of seconds from 0 on"),
        ("a.png", ["--frame", "1.5"], "is no number of a frame"),
        ("a.mp4", ["--at", "1"], "--at and --frame are of a picture"),
        ("a.csv", [], "a table needs its name: --table frames|events|snapshots|metrics"),
        ("a.csv", ["--table", "people"], "invalid choice"),
        ("a.mp4", ["--table", "frames"], "--table is of a table"),
        ("a.igs.mha", ["--overlay"], "--overlay is of a video or picture"),
        ("a.mkv", ["--uncompressed"], "--uncompressed is of a sequence"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, capsys: Capture, name: str, options: list[str], said: str
) -> None:
    assert export(tmp_path, tmp_path / name, *options) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at", "999"], "The session lasts 0.2"),
        (["--frame", "9"], "has no frame 9"),
        (["--frame", "2"], "The picture of frame 2 was not recorded (recorder too slow)"),
        (["--frame", "3", "--overlay"], "Frame 3 never came to the screen"),
        (["--at", "0.1", "--overlay"], "does not hold what was on the screen"),
    ],
)
def test_a_moment_that_is_not_there_is_refused(
    tmp_path: Path, capsys: Capture, options: list[str], said: str
) -> None:
    session = session_of(tmp_path, map(dark_frame, range(5)), lost=[2])
    assert export(session, tmp_path / "a.png", *options) == 1
    shown = capsys.readouterr()
    assert said in shown.err
    assert len(shown.err.splitlines()) == 1
    assert not (tmp_path / "a.png").exists()


def test_a_moment_of_a_lost_picture_shows_the_last_one_and_says_so(
    tmp_path: Path, capsys: Capture
) -> None:
    session = session_of(tmp_path, map(dark_frame, range(5)), lost=[2])
    assert export(session, tmp_path / "a.png", "--at", "0.09") == 3
    assert "missing  picture: not in the recording" in capsys.readouterr().out


def test_no_file_is_overwritten_and_none_left_half_written(tmp_path: Path, capsys: Capture) -> None:
    session = record(tmp_path, 3, every_command()).path
    path = tmp_path / "a.mp4"
    path.write_text("mine")
    assert export(session, path) == 1
    assert "is there already. Name a new file" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert export(session, tmp_path / "none" / "a.mp4") == 1
    assert "There is no folder" in capsys.readouterr().err
    assert export(session, session / "a.mp4") == 1
    assert "inside the session" in capsys.readouterr().err
    assert export(session, tmp_path / "a.csv", "--table", "metrics") == 1
    assert "No needle was seen" in capsys.readouterr().err
    mixed = session_of(tmp_path, [make_frame(0), dark_frame(1)])
    assert export(mixed, tmp_path / "a.igs.mha") == 1
    assert "several sizes" in capsys.readouterr().err
    assert {one.name for one in tmp_path.iterdir()} == {"a.mp4", session.name, mixed.name}


def test_what_is_no_session_is_told_in_a_sentence(tmp_path: Path, capsys: Capture) -> None:
    assert export(tmp_path / "none", tmp_path / "a.mkv") == 1
    assert "is not a session" in capsys.readouterr().err
    empty = session_of(tmp_path, ())
    assert export(empty, tmp_path / "a.mkv") == 1
    assert "holds no picture" in capsys.readouterr().err
