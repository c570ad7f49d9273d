"""`guidance session search`, and `guidance score` of many: real sessions, a real cluster."""

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from recorded_libraries import Watched, begun, with_needle

from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.domain.snapshot import TruthState

Capture = pytest.CaptureFixture[str]
LONGEST_S = 120
COMMAND = "from guidance_app.cli import main; raise SystemExit(main())"
HAS_DASK = importlib.util.find_spec("distributed") is not None
needs_dask = pytest.mark.skipif(not HAS_DASK, reason="Dask is not installed (guidance[cluster])")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps its records."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """A library of three: seen all along, advanced unseen, and lost for a while."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    return folder


@pytest.fixture
def seen(folder: Path) -> Path:
    return with_needle(folder)


@pytest.fixture
def unseen(folder: Path) -> Path:
    return with_needle(folder, False, True, True, True, False, False)


@pytest.fixture
def lost(folder: Path) -> Path:
    session = Watched(folder).do(begun("hip-injection", "Hip injection"))
    return session.pictures(5, TruthState.LOST).pictures(2).seal()


def found(folder: Path, capsys: Capture, *asked: str) -> set[str]:
    assert main(["session", "search", str(folder), "--json", *asked]) == DONE
    return {one["path"] for one in json.loads(capsys.readouterr().out)}


def refusal(folder: Path, capsys: Capture, *asked: str) -> str:
    assert main(["session", "search", str(folder), *asked]) == FAILED
    shown = capsys.readouterr()
    assert shown.out == "" and len(shown.err.splitlines()) == 1
    return shown.err


def test_sessions_are_found_by_what_is_asked(
    folder: Path, seen: Path, unseen: Path, lost: Path, capsys: Capture
) -> None:
    everything = {str(seen), str(unseen), str(lost)}
    assert found(folder, capsys) == everything
    assert found(folder, capsys, "--procedure", "hip-injection") == {str(lost)}
    assert found(folder, capsys, "--happened", "Picture Lost") == {str(lost)}
    assert found(folder, capsys, "--happened", "tip not visible while advancing") == {str(unseen)}
    assert found(folder, capsys, "--words", "HIP") == {str(lost)}
    assert found(folder, capsys, "--person", "S-2") == everything
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    assert found(folder, capsys, "--from", tomorrow) == set()
    assert found(folder, capsys, "--to", tomorrow, "--from", "2020-01-01") == everything


def test_a_table_says_what_happened_in_words(folder: Path, lost: Path, capsys: Capture) -> None:
    assert main(["session", "search", str(folder)]) == DONE
    shown = capsys.readouterr()
    (row,) = shown.out.splitlines()
    for words in ("Hip injection", "P-17 · trainee", "sealed", "picture lost 0.2 s", lost.name):
        assert words in row
    assert shown.err == "1 session\n"


def test_a_bad_question_is_refused_with_what_there_is(
    folder: Path, lost: Path, capsys: Capture
) -> None:
    said = refusal(folder, capsys, "--happened", "explosion")
    assert '"explosion". There is: tip not visible while advancing, ' in said
    assert 'the procedure "x". There is: hip-injection.' in refusal(folder, capsys, "--procedure=x")
    assert 'the person "x". There is: P-17, S-2.' in refusal(folder, capsys, "--person=x")
    assert 'the figure "a". There is none yet.' in refusal(folder, capsys, "--score", "a<1")
    assert '"a" compares nothing. Write it like' in refusal(folder, capsys, "--score", "a")
    assert "is not a folder" in refusal(folder / "none", capsys)
    assert "too late a day" in refusal(folder, capsys, "--to", "9999-12-31")
    with pytest.raises(SystemExit, match="2"):
        main(["session", "search", str(folder), "--from", "yesterday"])
    assert "yesterday is no day; write 2026-11-26" in capsys.readouterr().err


def test_scores_are_found(
    folder: Path, seen: Path, unseen: Path, lost: Path, capsys: Capture
) -> None:
    assert main(["score", str(seen), str(unseen), str(lost), "--workers", "1"]) == DONE_IN_PART
    assert "No needle was seen in" in capsys.readouterr().err
    assert found(folder, capsys, "--score", "tip_seen_share<80") == {str(unseen)}
    assert found(folder, capsys, "--score", "tip_seen_share >= 80") == {str(seen)}
    assert main(["session", "search", str(folder), "--score", "tip_seen_share=100"]) == DONE
    shown = capsys.readouterr()
    assert "tip_seen_share 100 %" in shown.out
    assert "Without figures: 1. Compute them with: guidance score" in shown.err
    assert "There is: " in refusal(folder, capsys, "--score", "tip<1")
    assert "names no number" in refusal(folder, capsys, "--score", "tip_seen_share<nan")


def test_records_that_are_locked_are_told_and_the_sessions_found(
    folder: Path, home: Path, seen: Path, capsys: Capture
) -> None:
    assert found(folder, capsys) == {str(seen)}
    with closing(sqlite3.connect(home / "guidance" / "records.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(["session", "search", str(folder)]) == DONE
        shown = capsys.readouterr()
        assert seen.name in shown.out
        assert "in use by another program. Close that program. The sessions are read" in shown.err
        assert main(["score", str(seen), "--json"]) == DONE
        shown = capsys.readouterr()
        assert json.loads(shown.out)["session"] == str(seen)
        assert "guidance: The figures cannot be searched for. The records" in shown.err


def test_the_index_can_be_thrown_away(
    folder: Path, home: Path, seen: Path, capsys: Capture
) -> None:
    before = found(folder, capsys)
    with closing(sqlite3.connect(home / "guidance" / "records.sqlite")) as other:
        other.execute("UPDATE library_sessions SET procedure = 'wrong'")
        other.commit()
    assert found(folder, capsys, "--procedure", "wrong") == before
    assert found(folder, capsys, "--rebuild", "--procedure", "knee-injection") == before


def lines_of(capsys: Capture) -> tuple[list[dict[str, object]], str]:
    shown = capsys.readouterr()
    return [json.loads(line) for line in shown.out.splitlines()], shown.err


def test_many_are_scored_the_same_on_any_number_of_processes(
    folder: Path, seen: Path, unseen: Path, lost: Path, capsys: Capture
) -> None:
    paths = [str(one) for one in (unseen, lost, seen, unseen)]
    assert main(["score", *paths, "--json", "--workers", "1"]) == DONE_IN_PART
    alone, said = lines_of(capsys)
    assert [one["session"] for one in alone] == [paths[0], paths[2], paths[3]]
    assert main(["score", *paths, "--json", "--workers", "3"]) == DONE_IN_PART
    assert lines_of(capsys) == (alone, said)
    with pytest.raises(SystemExit, match="2"):
        main(["score", *paths, "--workers", "0"])


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(host="127.0.0.1", preload=sys.argv[1:], **options) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@contextmanager
def cluster(tmp_path: Path, preload: str = "") -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    command = [sys.executable, str(script), *([preload] if preload else [])]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as running:
        assert running.stdout is not None and running.stdin is not None
        yield running.stdout.readline().strip()
        running.stdin.close()


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: Dask leaves threads behind."""
    command = [sys.executable, "-c", COMMAND, *arguments]
    return subprocess.run(
        command,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


@needs_dask
def test_a_cluster_gives_the_same_scores(
    folder: Path, seen: Path, unseen: Path, lost: Path, tmp_path: Path, capsys: Capture
) -> None:
    paths = [str(one) for one in (unseen, lost, seen, unseen)]
    assert main(["score", *paths, "--json", "--workers", "1"]) == DONE_IN_PART
    alone = capsys.readouterr()
    with cluster(tmp_path) as address:
        there = call("score", *paths, "--json", "--cluster", address)
    assert (there.returncode, there.stdout, there.stderr) == (DONE_IN_PART, alone.out, alone.err)


@needs_dask
def test_workers_of_another_version_are_refused(seen: Path, tmp_path: Path) -> None:
    with cluster(tmp_path, "import guidance_app; guidance_app.__version__ = '0.0.0'") as address:
        refused = call("score", str(seen), "--cluster", address)
    assert (refused.returncode, refused.stdout) == (FAILED, "")
    assert "has guidance 0.0.0, and this is" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@needs_dask
def test_a_cluster_that_does_not_answer_is_named(seen: Path, free_port: int) -> None:
    address = f"tcp://127.0.0.1:{free_port}"
    refused = call("score", str(seen), "--cluster", address)
    assert (refused.returncode, refused.stdout) == (FAILED, "")
    assert f"No scheduler of a Dask cluster answers at {address}" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_without_dask_it_is_said_what_to_install(
    seen: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["score", str(seen), "--cluster", "tcp://127.0.0.1:8786"]) == FAILED
    assert capsys.readouterr().err == (
        "guidance: Dask is not installed, which a cluster needs. Install it with: "
        "pip install guidance[cluster]\n"
    )
