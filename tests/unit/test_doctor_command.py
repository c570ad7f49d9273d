"""`guidance doctor` and `guidance devices`: what they print, and how they end."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from mjpeg_server import MjpegServer
from pattern_views import SMALL, camera_view

from drivers.api.samples import ImageU8
from guidance_app import config
from guidance_app.cli import DONE, DONE_IN_PART, FAILED, main
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.doctor import WRONG_USAGE, exit_status
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.settings import load_settings, remember_chain_delay

COMMAND = "from guidance_app.cli import main; raise SystemExit(main())"
LONGEST_S = 60
DELAY_MS = 84


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which nothing was recorded, kept or measured yet."""
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def untold(sentence: str) -> None:
    raise AssertionError(sentence)


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([], DONE),
        ([Outcome.OK, Outcome.OK], DONE),
        ([Outcome.OK, Outcome.WARNING], DONE_IN_PART),
        ([Outcome.WARNING, Outcome.FAILED, Outcome.OK], FAILED),
    ],
)
def test_the_worst_finding_gives_the_exit_status(outcomes: list[Outcome], status: int) -> None:
    assert exit_status([Finding("disk", outcome, "So.") for outcome in outcomes]) == status


def test_a_refused_port_is_told_in_words_and_in_json(
    capsys: pytest.CaptureFixture[str], free_port: int
) -> None:
    address = f"http://127.0.0.1:{free_port}/video"
    assert main(["doctor", address]) == FAILED
    lines = capsys.readouterr().out.splitlines()
    (refused,) = [line for line in lines if line.startswith("failed")]
    assert "takes no connection on port" in refused
    assert main(["doctor", address, "--json"]) == FAILED
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    (check,) = [check for check in document["checks"] if check["outcome"] == "failed"]
    assert set(check) == {"check", "outcome", "what", "advice"}
    assert check["check"] == f"source {address}" and check["what"] in refused


def test_a_password_in_the_address_is_not_shown(
    capsys: pytest.CaptureFixture[str], free_port: int
) -> None:
    host = f"127.0.0.1:{free_port}"
    assert main(["doctor", f"http://nurse:secret@{host}/video?pwd=secret", "--json"]) == FAILED
    shown = capsys.readouterr().out
    assert f"source http://{host}/video" in shown and "secret" not in shown


@pytest.mark.parametrize("more", [["--video", "sim:knee"], ["sim:knee", "--seconds", "5"]])
def test_what_belongs_to_the_delay_alone_is_not_ignored(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", *more]) == WRONG_USAGE
    assert "guidance doctor ADDRESS" in capsys.readouterr().err


def test_without_a_screen_all_else_being_well_it_is_done_in_part(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["doctor", "sim:knee"]) == DONE_IN_PART
    said = capsys.readouterr().out
    assert "Simulated knee delivers pictures of" in said and "failed" not in said
    assert "warning  There is no screen" in said


def test_devices_are_listed_with_what_was_measured_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    delay = ChainDelay(84.2, 101.0, 16.7, 200, "2026-11-26", "YUYV 1280x720")
    remember_chain_delay(config.settings_file(), "sim:knee", delay, untold)
    assert main(["devices", "--json"]) == DONE
    (knee,) = [d for d in json.loads(capsys.readouterr().out) if d["address"] == "sim:knee"]
    fields = ("address", "name", "identity", "kind", "simulated", "available", "reason", "formats")
    assert set(fields) <= set(knee)
    assert knee["chain_delay"]["median_ms"] == 84.2
    assert main(["devices"]) == DONE
    assert "delay     whole chain 84 ms ± 17 ms, measured 2026-11-26 with YUYV 1280x720" in (
        capsys.readouterr().out
    )


def test_a_damaged_settings_file_is_told_on_the_side(capsys: pytest.CaptureFixture[str]) -> None:
    config.settings_file().parent.mkdir(parents=True)
    config.settings_file().write_text("{")
    assert main(["devices", "--json"]) == DONE
    said = capsys.readouterr()
    assert json.loads(said.out) and said.err.count("\n") == 1 and "is kept as" in said.err


def measure(address: str, platform: str, *more: str) -> subprocess.CompletedProcess[str]:
    """The measurement in a process of its own, with Qt on this platform."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "doctor", "latency", "--video", address, *more],
        env=os.environ | {"QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


def test_a_measurement_needs_a_device_and_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "latency"]) == 2
    assert "--video ADDRESS" in capsys.readouterr().err
    done = measure("sim:knee", "offscreen")
    assert done.returncode == FAILED
    assert done.stderr.startswith("guidance: There is no screen to show the pattern on.")


@pytest.mark.parametrize(
    ("address", "words"),
    [("sim:knee", "four corner marks"), ("file:absent.mp4", "absent.mp4")],
)
def test_without_a_picture_of_the_pattern_a_sentence_says_what_to_do(
    address: str, words: str
) -> None:
    done = measure(address, "minimal", "--seconds", "0.5")
    assert done.returncode == FAILED
    assert done.stderr.count("\n") == 1 and words in done.stderr
    assert load_settings(config.settings_file(), untold).chain_delays == {}


@pytest.mark.skipif(sys.platform != "linux", reason="processes do not share this clock elsewhere")
def test_the_delay_of_a_camera_is_measured_and_kept_for_it() -> None:
    def seen_late(number: int) -> ImageU8:
        shown_ms = time.perf_counter_ns() // 1_000_000 - DELAY_MS
        return camera_view(shown_ms, np.random.default_rng(number), 0.5, 6.0, SMALL)

    with MjpegServer(seen_late, rate_hz=40.0) as camera:
        done = measure(camera.url, "minimal", "--seconds", "3", "--json")
        document = json.loads(done.stdout)
        assert (done.returncode, done.stderr) == (DONE, "")
        assert document["address"] == camera.url
        assert document["median_ms"] >= DELAY_MS - 1
        kept = load_settings(config.settings_file(), untold).chain_delays[camera.url]
    assert (kept.median_ms, kept.count) == (document["median_ms"], document["count"])


@pytest.mark.parametrize("seconds", ["nan", "1e12", "-5", "0", "soon"])
def test_a_time_that_cannot_be_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "latency", "--video", "sim:knee", f"--seconds={seconds}"])
    assert ended.value.code == WRONG_USAGE
    assert "seconds" in capsys.readouterr().err.splitlines()[-1]
