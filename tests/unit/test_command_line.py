"""What the commands print, and the exit status that tells a script how it went."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import socket

import pytest

from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.domain.commands import ModalitySet
from guidance_app.domain.modality import Modality
from guidance_app.session.manifest import read_manifest
from guidance_app.session.reader import SessionReader

COMMAND = "from guidance_app.cli import main; raise SystemExit(main())"
LONGEST_S = 60
SMALL_DISK_BYTES = 300_000


@pytest.fixture
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A computer without a screen, on which nothing has been recorded yet."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return dict(os.environ)


def call(
    surroundings: dict[str, str], *arguments: str, before: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, after the Python statement `before`."""
    return subprocess.run(
        [sys.executable, "-c", f"{before}\n{COMMAND}", *arguments],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


@pytest.fixture
def recorded(surroundings: dict[str, str], tmp_path: Path) -> Path:
    """A session of some seconds on the simulator."""
    run = call(
        surroundings, "run", "--video", "sim:knee", "--seconds", "5", "--record", str(tmp_path)
    )
    (session,) = tmp_path.glob("*.session")
    assert (run.returncode, run.stdout) == (DONE, f"session  {session}\n")
    assert run.stderr == "guidance: There is no screen: running without a window.\n"
    return session


@pytest.mark.usefixtures("surroundings")
def test_where_nothing_was_recorded_the_list_is_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["session", "list"]) == DONE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"No sessions yet in {tmp_path}")
    assert main(["session", "list", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out) == []
    assert main(["session", "list", str(tmp_path / "absent")]) == FAILED


@pytest.mark.parametrize("arguments", [[], ["replay", "any.session"]])
@pytest.mark.skipif(sys.platform != "linux", reason="there is always a screen here")
def test_what_is_only_to_be_looked_at_needs_a_screen(
    surroundings: dict[str, str], arguments: list[str]
) -> None:
    done = call(surroundings, *arguments)
    assert done.returncode == FAILED
    assert done.stderr.startswith("guidance: There is no screen to open a window on. ")
    assert done.stderr.count("\n") == 1


def test_a_closed_session_is_told_apart_from_one_that_was_damaged_later(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_manifest(recorded).sealed is not None
    assert main(["session", "info", str(recorded)]) == DONE
    assert "sealed     yes\n" in capsys.readouterr().out
    assert main(["session", "recover", str(recorded)]) == DONE
    assert capsys.readouterr().out.endswith(
        "intact\nThe recording was already closed; nothing was changed.\n"
    )
    (recorded / "video-000.nut").unlink()
    assert main(["session", "verify", str(recorded)]) == FAILED
    verified = capsys.readouterr().out.splitlines()
    assert main(["session", "recover", str(recorded)]) == DONE_IN_PART
    assert capsys.readouterr().out.splitlines()[:-1] == verified
    assert verified[0] == "video-000.nut: The file is missing."
    assert len(verified) == 3


def test_the_modality_of_a_run_is_recorded_and_the_session_replays_exactly(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    kind = ("--modality", "fluoroscopy", "--record", str(tmp_path), "--seconds", "8")
    assert call(surroundings, "run", "--video", "sim:knee", *kind).returncode == DONE
    (session,) = tmp_path.glob("*.session")
    with SessionReader(session) as reader:
        assert reader.commands[0].command == ModalitySet(Modality.FLUOROSCOPY)
        assert reader.frames
    assert main(["session", "verify", str(session)]) == DONE


def test_snapshots_of_an_earlier_format_are_not_computed_again_and_that_is_said(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = recorded / "manifest.json"
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(content | {"format": 1}))
    assert main(["session", "verify", str(recorded)]) == FAILED  # its seal tells of the change
    said = capsys.readouterr()
    assert said.err == (
        "The recording is of an earlier version, which judged pictures by other measures: "
        "its snapshots are not computed again.\n"
    )
    assert "comes out differently" not in said.out


def test_snapshots_of_the_format_before_are_computed_again(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = recorded / "manifest.json"
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(content | {"format": 2}))
    assert main(["session", "verify", str(recorded)]) == FAILED  # its seal tells of the change
    assert capsys.readouterr().err == ""


@pytest.fixture
def silent_address() -> Iterator[str]:
    """A server that accepts and never says anything."""
    with closing(socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_a_reader_that_has_seen_enough_is_no_error(
    surroundings: dict[str, str], recorded: Path
) -> None:
    info = [sys.executable, "-c", COMMAND, "session", "info", str(recorded), "--json"]
    with subprocess.Popen(
        info, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_a_run_without_any_picture_fails_with_one_sentence(
    surroundings: dict[str, str], silent_address: str, tmp_path: Path
) -> None:
    for address, seconds in (("file:absent.mp4", "20"), (silent_address, "0.5")):
        run = call(surroundings, "run", "--video", address, "--seconds", seconds)
        assert run.returncode == FAILED
        _, sentence = run.stderr.splitlines()
        assert sentence.startswith("guidance: ")
    assert sentence.startswith(f"guidance: No picture came from {silent_address}. ")


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be limited in size here")
def test_a_run_whose_recording_broke_off_is_done_in_part(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    limit = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({SMALL_DISK_BYTES},) * 2)"
    arguments = ("run", "--video", "sim:knee", "--seconds", "5", "--record", str(tmp_path))
    run = call(surroundings, *arguments, before=limit)
    assert run.returncode == DONE_IN_PART
    _, sentence = run.stderr.splitlines()
    assert str(tmp_path) in sentence


@pytest.mark.parametrize(
    "command",
    [("run", "--video", "sim:knee"), ("replay", "absent.session")],
)
def test_with_a_wrong_site_file_nothing_starts(
    command: tuple[str, ...], surroundings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "config" / "guidance" / "site.yaml"
    file.parent.mkdir(parents=True)
    file.write_text('site: Lake\nversion: "1"\nlevels: {K-27: SOFT}\n')
    offscreen = {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path / "config")}
    run = call(surroundings | offscreen, *command)
    assert run.returncode == FAILED
    assert run.stderr.endswith(
        "guidance: site.yaml, line 3, K-27: its level HARD can be raised, not lowered to SOFT.\n"
    )
