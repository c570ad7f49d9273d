"""What cannot be made is told in a sentence, before anything is made of it."""

import json
from pathlib import Path

import pytest
from debrief_sessions import numbered_session
from recorded_procedures import Session

from guidance_app.cli import DONE_IN_PART, FAILED, main

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("a.docx", "ends in neither .html nor .pdf"),
        ("nowhere/a.html", "there is no folder"),
        ("there.pdf", "is there already"),
        ("session/a.html", "lies inside a recording"),
    ],
)
def test_a_place_that_does_not_do_is_refused(
    tmp_path: Path, capsys: Capture, to: str, said: str
) -> None:
    session = numbered_session(tmp_path, 2)
    (tmp_path / "there.pdf").write_bytes(b"mine")
    place = session / "a.html" if to.startswith("session") else tmp_path / to
    assert main(["debrief", str(session), "--to", str(place)]) == FAILED
    shown = capsys.readouterr()
    assert said in shown.err and len(shown.err.splitlines()) == 1
    assert (tmp_path / "there.pdf").read_bytes() == b"mine"


@pytest.mark.parametrize("mask", ["1,2,3", "a,b,c,d", "0,0,-4,4", "1.5,2,3,4"])
def test_a_mask_that_is_none_is_wrong_usage(tmp_path: Path, capsys: Capture, mask: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["debrief", str(tmp_path), "--to", str(tmp_path), "--mask", mask])
    assert "whole pixels" in capsys.readouterr().err


def test_what_is_no_session_is_told(tmp_path: Path, capsys: Capture) -> None:
    assert main(["debrief", str(tmp_path), "--to", str(tmp_path)]) == FAILED
    assert "manifest.json" in capsys.readouterr().err


@pytest.mark.usefixtures("qapp")
def test_of_a_session_that_was_broken_off_there_is_one_all_the_same(
    tmp_path: Path, capsys: Capture
) -> None:
    """One that holds nothing at all, and one whose video is gone."""
    empty, blind = Session(tmp_path).kill(), numbered_session(tmp_path, 3)
    (blind / "video-000.nut").unlink()
    for session in (empty, blind):
        folder = tmp_path / f"of {session.stem}"
        folder.mkdir()
        asked = ["debrief", str(session), "--to", str(folder), "--json"]
        assert main(asked) == DONE_IN_PART
        document = json.loads(capsys.readouterr().out)
        assert [Path(one).suffix for one in document["files"]] == [".html", ".pdf"]
        assert all(Path(one).stat().st_size > 1000 for one in document["files"])
        assert not list(folder.glob("*.new"))
    page = Path(document["files"][0]).read_text("utf-8")
    assert "pictures of the clip are not in the recording" in page
