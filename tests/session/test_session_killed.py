"""A recording process that is killed loses nothing that it had acknowledged."""

import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from recordings import every_command, make_outcome, make_snapshot, pixels_of

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify

HERE = Path(__file__).parent
GEOMETRY = PictureGeometry(320, 241, PixelFormat.GRAY8)
COMMANDS = every_command()


@dataclass
class Killed:
    """A session whose process is dead, and what it had said before."""

    path: Path
    events: set[int]
    frames: int


def kill_while_recording(folder: Path, after_lines: int) -> Killed:
    """Start a recording, and kill it when it has acknowledged enough."""
    root = HERE.parents[1]
    search = os.pathsep.join([str(root), str(HERE)])
    command = [sys.executable, str(HERE / "recording_child.py"), str(folder)]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": search}
    )
    assert child.stdout is not None
    with child:
        path = Path(child.stdout.readline().strip())
        lines = list(islice(child.stdout, after_lines))
        child.kill()
        lines += child.stdout.readlines()
    said = [line.split() for line in lines if line.endswith("\n")]
    events = {int(number) for kind, number in said if kind == "event"}
    frames = max((int(number) for kind, number in said if kind == "frames"), default=0)
    return Killed(path, events, frames)


def check_nothing_is_missing(killed: Killed) -> None:
    """Every acknowledged event and picture is in the repaired session, equal to what it was."""
    with SessionReader(killed.path) as reader:
        events = {event.index: event for event in reader.engine_events()}
        for index in killed.events:
            number = index // 2
            command = COMMANDS[number % len(COMMANDS)]
            expected = (
                make_snapshot(index, number) if index % 2 else make_outcome(index, command, number)
            )
            assert events[index] == expected
        pictures = [(record.facts.number, pixels) for record, pixels in reader.pictures()]
    assert len(pictures) >= killed.frames
    assert [number for number, _ in pictures] == list(range(len(pictures)))
    for number, pixels in pictures:
        assert (pixels == pixels_of(number, GEOMETRY)).all()


@pytest.mark.parametrize("after_lines", [5, 137, 400])
def test_a_kill_loses_nothing_acknowledged(tmp_path: Path, after_lines: int) -> None:
    killed = kill_while_recording(tmp_path, after_lines)
    done = recover(killed.path)
    assert done["ok"], done["problems"]
    assert done["unrecorded"] <= 1
    assert verify(killed.path)["ok"]
    check_nothing_is_missing(killed)
