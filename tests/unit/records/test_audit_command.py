"""`guidance audit verify`: what it prints, and how it ends."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from guidance_app import config
from guidance_app.audit import DONE, FAILED
from guidance_app.cli import main
from guidance_app.records.database import Records


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which nothing was kept yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))


def tamper(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER entries_keep_update")
        other.execute("UPDATE checklist_entries SET note = 'x' WHERE position = 1")
        other.commit()


def test_sound_records_are_ok_on_each_engine(
    filled_address: Path | str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Records.open(filled_address)) as records:
        head = records.verify_audit().head
    command = ["audit", "verify", "--records", str(filled_address)]
    assert main(command) == DONE
    words = f"ok: {head.seq} entries intact, the newest is {head.sha256}\n"
    assert capsys.readouterr() == (words, "")
    assert main([*command, "--json"]) == DONE
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "entries": head.seq,
        "head": {"seq": head.seq, "sha256": head.sha256},
        "problem": None,
    }


def test_the_first_bad_entry_of_this_computers_records_is_told(
    filled_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config.records_file()
    path.parent.mkdir(parents=True)
    shutil.copy(filled_file, path)
    tamper(path)
    assert main(["audit", "verify"]) == FAILED
    said = capsys.readouterr()
    where = "table checklist_entries: row p-1/1 differs in note"
    assert said.out.startswith("not as it was written: entry ")
    assert said.out.endswith(f", {where}\n")
    assert main(["audit", "verify", "--json"]) == FAILED
    document = json.loads(capsys.readouterr().out)
    assert not document["ok"]
    assert document["problem"].pop("seq") < document["entries"]
    assert document["problem"] == {
        "table": "checklist_entries",
        "what": "row p-1/1 differs in note",
    }


def test_records_that_are_not_there_are_not_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == FAILED
    said = capsys.readouterr()
    assert f"There is no records database {config.records_file()}." in said.err
    assert not config.records_file().exists()


def test_an_empty_file_holds_no_records_and_stays_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "records.sqlite"
    empty.touch()
    assert main(["audit", "verify", "--records", str(empty)]) == FAILED
    assert "There is no records database" in capsys.readouterr().err
    assert empty.stat().st_size == 0


def test_another_file_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    garbage = tmp_path / "records.sqlite"
    garbage.write_bytes(b"not a database " * 500)
    assert main(["audit", "verify", "--records", str(garbage)]) == FAILED
    said = capsys.readouterr().err
    assert "damaged" in said
    assert "Nothing was lost" not in said
