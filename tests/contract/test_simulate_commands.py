"""`guidance simulate video` and `igtl`: the address first, and a sentence for what cannot be."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from wire_viewers import IgtlViewer

from drivers.api.clock import ManualClock
from drivers.api.ports import VideoSource
from drivers.codecs.igtl import Image
from guidance_app.cli import FAILED, main

Create = Callable[..., VideoSource]

COMMAND = "from guidance_app.cli import main; raise SystemExit(main())"
HEEDS_CTRL_C = "from signal import *; signal(SIGINT, default_int_handler)"
"""Also where the tests run in the background, which ignores it."""
ALIKE = 0.9
"""Least correlation of a picture with one of the same scene at nearly the same time."""


@contextmanager
def simulated(*arguments: str) -> Iterator[str]:
    """The command as it runs, its first line; ended by Ctrl-C, without a word."""
    command = [sys.executable, "-c", f"{HEEDS_CTRL_C}; {COMMAND}", "simulate", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        yield running.stdout.readline().strip()
        os.kill(running.pid, signal.SIGINT)
        assert running.stderr.read() == ""
    assert running.returncode == 0


def first_picture(create: Create) -> np.ndarray:
    source = create("sim:knee?seed=7", ManualClock())
    source.open()
    return source.read().pixels.astype(float)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize(
    ("protocol", "scheme"), [("mjpeg", "http"), ("rtsp", "rtsp")], ids=["mjpeg", "rtsp"]
)
def test_the_simulated_knee_is_served_until_it_is_stopped(
    protocol: str, scheme: str, create: Create
) -> None:
    with simulated("video", "--source", "sim:knee?seed=7", "--protocol", protocol) as address:
        assert address.startswith(f"{scheme}://127.0.0.1:")
        client = create(address)
        client.open()
        pixels = client.read().pixels.astype(float)
        client.close()
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    assert likeness(grey, first_picture(create)) > ALIKE


def test_faults_are_served_as_well(create: Create, tmp_path: Path) -> None:
    plan = tmp_path / "black.yaml"
    plan.write_text("faults:\n  - {kind: black, at: 0}\n")
    with simulated("video", "--source", f"sim:knee?faults={plan}") as url:
        client = create(url)
        client.open()
        assert client.read().pixels.max() < 10
        client.close()


def test_the_simulated_knee_is_served_by_openigtlink(create: Create) -> None:
    with simulated("igtl", "--source", "sim:knee?seed=7") as address:
        host, _, port = address.rpartition(":")
        assert host == "127.0.0.1"
        with IgtlViewer(int(port)) as viewer:
            while not isinstance(picture := viewer.message().content, Image):
                pass
    assert likeness(picture.pixels.astype(float), first_picture(create)) > ALIKE
    along = picture.ijk_to_world[:3, 0]
    assert np.linalg.norm(along) == pytest.approx(0.08, rel=1e-4)
    assert 0.0 < np.hypot(*along[1:]) < 0.08 * 0.02, "the hand rocks the probe a little"


@pytest.mark.parametrize("kind", ["video", "igtl"])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("v4l2:/dev/video0", "only simulated pictures are served"),
        ("http://nurse:secret@host/video", "only simulated pictures are served"),
        ("knee", "this is not an address"),
        ("sim:elbow", 'there is no site "elbow"'),
        ("sim:knee?seed=one", "expected a whole number"),
        ("sim:knee?faults=absent.yaml", "Name a file, or one of the drills"),
    ],
)
def test_a_source_that_cannot_be_served_is_said(
    kind: str, address: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", kind, "--source", address]) == FAILED
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and "secret" not in told


@pytest.mark.parametrize(
    "kind", [["video"], ["video", "--protocol", "rtsp"], ["igtl"]], ids=["mjpeg", "rtsp", "igtl"]
)
def test_a_port_that_is_taken_is_said(kind: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["simulate", *kind, "--source", "sim:knee", "--port", port]) == FAILED
    assert f"The port {port}: it cannot be used" in capsys.readouterr().err
