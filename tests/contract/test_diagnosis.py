"""What the diagnosis says of devices, networks and disks as they really fail."""

import os
import re
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest
from mjpeg_server import MjpegServer
from stream_servers import http_answer, udp_sender, unanswered_port

from drivers.api.clock import SystemClock
from drivers.api.ports import DeviceInfo
from drivers.api.samples import ImageU8
from drivers.registry import Registry
from drivers.video import capture
from guidance_app.diagnosis.diagnose import Diagnosis, RunningSource, Surroundings
from guidance_app.diagnosis.findings import Finding, Outcome
from guidance_app.diagnosis.network import Reach, try_port
from guidance_app.domain.snapshot import Cause, Truth, TruthState
from guidance_app.processing.change import measure, thumbnail

Diagnose = Callable[..., list[Finding]]
GRABBER = DeviceInfo("v4l2:/dev/video0", "USB3 Capture", "A1", "video", False, True, "")
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"


@pytest.fixture
def diagnose(registry: Registry, tmp_path: Path) -> Diagnose:
    """Diagnose addresses, beside the devices that are said to be attached."""

    def run(
        *addresses: str,
        devices: tuple[DeviceInfo, ...] = (),
        running: RunningSource | None = None,
        has_screen: bool = True,
    ) -> list[Finding]:
        clock = SystemClock()
        around = Surroundings(
            clock=clock,
            create=lambda address: registry.create(address, clock),
            devices=devices,
            sessions=tmp_path / "sessions",
            records=tmp_path / "records.sqlite",
            has_screen=has_screen,
        )
        return list(Diagnosis(around, addresses, running).findings())

    return run


def about(findings: list[Finding], check: str) -> Finding:
    """The one finding of a check, readable for a person."""
    (found,) = [finding for finding in findings if finding.check.split()[0] == check]
    for sentence in (found.what, found.advice):
        assert "\n" not in sentence and "Errno" not in sentence and "Traceback" not in sentence
        assert not sentence or sentence[-1] in ".?"
    assert found.advice or found.outcome is Outcome.OK
    return found


def noise(number: int) -> ImageU8:
    return np.random.default_rng(number).integers(0, 256, (240, 320), dtype=np.uint8)


@pytest.mark.usefixtures("roomy_disk")
def test_a_sound_source_is_said_to_deliver(diagnose: Diagnose) -> None:
    with MjpegServer(noise, rate_hz=25) as camera:
        findings = diagnose(camera.url)
    found = about(findings, "source")
    assert found.outcome is Outcome.OK
    assert re.search(r"delivers pictures of 320x240, \d+\.\d a second\.$", found.what)
    assert {finding.outcome for finding in findings} == {Outcome.OK}
    checks = [finding.check.split()[0] for finding in findings]
    assert checks == ["devices", "source", "recording", "disk", "records", "screen"]


def test_without_a_device_it_says_to_plug_one_in(diagnose: Diagnose) -> None:
    found = about(diagnose(), "devices")
    assert found.outcome is Outcome.FAILED
    assert found.what == "No camera or video grabber is attached to this computer."
    assert found.advice.startswith("Plug the grabber in")


def test_a_device_that_may_not_be_opened_says_who_can_change_that(
    diagnose: Diagnose, tmp_path: Path
) -> None:
    node = tmp_path / "video0"
    node.touch(mode=0)
    if os.geteuid() == 0:
        pytest.skip("an administrator may open everything")
    reason = capture.refusal(node)
    device = DeviceInfo(f"v4l2:{node}", "USB3 Capture", "A1", "video", False, False, reason)
    found = about(diagnose(devices=(device,)), "devices")
    assert found.outcome is Outcome.FAILED and "group video" in found.what


def test_a_device_in_use_says_by_what(diagnose: Diagnose) -> None:
    busy = DeviceInfo("v4l2:/dev/video0", "USB3", "A1", "video", False, False, "OBS is using it.")
    found = about(diagnose(devices=(busy,)), "devices")
    assert found.outcome is Outcome.FAILED
    assert found.what == (
        "USB3 is attached (v4l2:/dev/video0) and cannot be opened: OBS is using it."
    )


def test_an_unusable_device_is_in_doubt_only_when_another_source_is_asked(
    diagnose: Diagnose,
) -> None:
    busy = DeviceInfo("v4l2:/dev/video0", "USB3", "A1", "video", False, False, "OBS is using it.")
    assert about(diagnose("sim:knee", devices=(busy,)), "devices").outcome is Outcome.WARNING


def test_a_stream_that_another_program_receives_is_busy(diagnose: Diagnose) -> None:
    with udp_sender() as address, av.open(address, options={"analyzeduration": "500000"}):
        found = about(diagnose(address), "source")
    assert found.outcome is Outcome.FAILED
    assert "another program receives this stream" in found.what
    assert found.advice == "Close the other program."


def test_a_refused_port_says_what_can_refuse(diagnose: Diagnose, free_port: int) -> None:
    found = about(diagnose(f"http://127.0.0.1:{free_port}/video"), "source")
    assert found.outcome is Outcome.FAILED
    assert found.what == f"127.0.0.1 is there, but takes no connection on port {free_port}."
    assert "firewall" in found.advice


def test_a_silent_server_says_that_it_takes_the_connection_and_sends_nothing(
    diagnose: Diagnose,
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        found = about(diagnose(f"http://127.0.0.1:{port}/video"), "source")
    assert found.outcome is Outcome.FAILED
    assert found.what == f"127.0.0.1 takes the connection on port {port}, and sends no picture."
    assert found.advice.startswith("Start the video on the device.")


def test_an_unknown_name_is_said_to_be_unknown(diagnose: Diagnose) -> None:
    found = about(diagnose("http://no-such-host.invalid/video"), "source")
    assert found.outcome is Outcome.FAILED
    assert found.what == 'No computer called "no-such-host.invalid" is known here.'


def test_a_web_page_is_the_wrong_format(diagnose: Diagnose) -> None:
    with http_answer([HTML]) as address:
        found = about(diagnose(address), "source")
    assert found.outcome is Outcome.FAILED and "not with live video" in found.what


def test_a_file_that_is_no_video_is_the_wrong_format(diagnose: Diagnose, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("not a video")
    found = about(diagnose(f"file:{tmp_path}/clip.mp4"), "source")
    assert found.outcome is Outcome.FAILED


def test_an_address_that_cannot_be_is_told_with_those_that_exist(diagnose: Diagnose) -> None:
    found = about(diagnose("knee"), "source")
    assert found.outcome is Outcome.FAILED and "not an address" in found.what


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (lambda number: np.full((240, 320), 2 + number % 5, np.uint8), "they are black"),
        (lambda number: np.full((240, 320), 60 + 9 * (number % 9), np.uint8), "of one colour"),
        (lambda number: noise(0), "does not change"),
    ],
    ids=["black", "one colour", "frozen"],
)
def test_pictures_that_show_nothing_are_doubted(
    diagnose: Diagnose, picture: Callable[[int], ImageU8], words: str
) -> None:
    with MjpegServer(picture, rate_hz=25) as camera:
        found = about(diagnose(camera.url), "source")
    assert found.outcome is Outcome.WARNING and words in found.what


@pytest.mark.skipif(not Path("/proc/net").exists(), reason="other systems refuse instead")
def test_a_port_that_does_not_answer_is_told_from_one_that_refuses() -> None:
    with unanswered_port() as port:
        assert try_port("127.0.0.1", port, patience_s=0.2) is Reach.UNANSWERED


def test_what_runs_already_is_not_opened_a_second_time(diagnose: Diagnose) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/video"
        live = RunningSource(address, "Camera", Truth(TruthState.LIVE, ""))
        found = about(diagnose(devices=(GRABBER,), running=live), "source")
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert (found.outcome, found.what) == (
        Outcome.OK,
        "Camera delivers, and its picture changes.",
    )


def test_what_runs_and_is_lost_tells_why_and_what_to_do(diagnose: Diagnose) -> None:
    lost = Truth(TruthState.LOST, "The video device /dev/video0: it was unplugged.")
    running = RunningSource("v4l2:/dev/video0", "USB3 Capture", lost)
    found = about(diagnose(running=running), "source")
    assert found.outcome is Outcome.FAILED
    assert "it was unplugged" in found.what and "cables" in found.advice


def test_a_run_that_lost_the_network_tells_what_is_wrong_there(
    diagnose: Diagnose, free_port: int
) -> None:
    lost = Truth(TruthState.LOST, "No picture comes any more.")
    running = RunningSource(f"rtsp://127.0.0.1:{free_port}/a", "Camera", lost)
    found = about(diagnose(running=running), "source")
    assert f"takes no connection on port {free_port}" in found.what


@pytest.mark.parametrize(
    ("pixels", "what", "advice"),
    [
        (np.zeros((240, 320), np.uint8), "they are black", "video cable"),
        (np.full((240, 320), 90, np.uint8), "of one colour", "no signal"),
    ],
)
def test_a_run_that_shows_nothing_is_not_told_as_silent(
    diagnose: Diagnose, pixels: ImageU8, what: str, advice: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        address = f"rtsp://127.0.0.1:{server.getsockname()[1]}/a"
        blank = Truth(TruthState.LOST, "It shows nothing.", cause=Cause.NO_IMAGE)
        content = measure(None, thumbnail(pixels))
        found = about(diagnose(running=RunningSource(address, "Camera", blank, content)), "source")
    assert found.outcome is Outcome.FAILED
    assert what in found.what and advice in found.advice


ENDED = Truth(TruthState.LOST, "The file is over.", ended=True)
HELD = Truth(TruthState.FROZEN, "Last image hold.", cause=Cause.LAST_IMAGE_HOLD)
STILL = Truth(TruthState.FROZEN, "A still picture: for planning only.")


@pytest.mark.parametrize(
    "running",
    [
        RunningSource("file:a.mp4", "a.mp4", ENDED),
        RunningSource("v4l2:x", "Grabber", HELD),
        RunningSource("file:a.png", "a.png", STILL, still=True),
    ],
    ids=["end of a file", "last image hold", "still picture"],
)
def test_what_stands_as_it_should_is_no_fault(diagnose: Diagnose, running: RunningSource) -> None:
    assert about(diagnose(running=running), "source").outcome is Outcome.OK


def test_a_damaged_database_is_told(diagnose: Diagnose, tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"no database" * 100)
    damaged = about(diagnose("sim:knee"), "records")
    assert damaged.outcome is Outcome.FAILED and "is damaged" in damaged.what


def test_a_computer_without_a_screen_is_doubted(diagnose: Diagnose) -> None:
    assert about(diagnose("sim:knee", has_screen=False), "screen").outcome is Outcome.WARNING


def test_a_folder_that_is_a_file_is_told(diagnose: Diagnose, tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("a file")
    assert about(diagnose("sim:knee"), "recording").outcome is Outcome.FAILED


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_told(diagnose: Diagnose, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    found = about(diagnose("sim:knee"), "recording")
    tmp_path.chmod(0o700)
    assert found.outcome is Outcome.FAILED and "--record" in found.advice
