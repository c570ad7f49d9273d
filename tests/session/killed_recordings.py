"""Kills recordings at random moments, and checks that each kept what it had acknowledged."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import av
import numpy as np
from recordings import every_command, make_outcome, make_snapshot

from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify

HERE = Path(__file__).parent
COMMANDS = every_command()
FRAMES = 90
"""Of one recording, if it is left alone: three video files."""
LINES = 3 * FRAMES
FOOTAGE = "needle/paulokwija/ph_dev_first3s.mp4"


@dataclass
class Killed:
    """A session whose process is dead, and what it had said before."""

    path: Path
    said: list[str]
    events: set[int] = field(default_factory=set)
    frames: int = 0

    def __post_init__(self) -> None:
        words = [line.split() for line in self.said]
        self.events = {int(word[1]) for word in words if word[0] == "event"}
        self.frames = max((int(word[1]) for word in words if word[0] == "frames"), default=0)


@dataclass
class Loss:
    """What one kill cost."""

    events: int
    """Acknowledged and not there, or not as they were."""
    frames: int
    """The same of pictures."""
    unknown_frames: int
    """In the video, and the journal did not get to know."""
    cut_off: bool
    """In the middle of a record, which was not acknowledged: a repair names it."""
    sealed: bool
    """The kill came when the session was closed already."""


def real_pictures(video: Path, count: int, height_px: int, width_px: int) -> np.ndarray:
    """The first pictures of a video, cut to their middle, as colour."""
    with av.open(video) as container:
        frames = [
            frame.to_ndarray(format="bgr24")
            for frame, _ in zip(container.decode(video=0), range(count), strict=False)
        ]
    pictures = np.stack(frames)
    top, left = (pictures.shape[1] - height_px) // 2, (pictures.shape[2] - width_px) // 2
    return pictures[:, top : top + height_px, left : left + width_px]


@contextmanager
def recordings_of(pictures: np.ndarray, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that records the pictures whenever it is asked to."""
    kept = folder / "pictures.npy"
    np.save(kept, pictures)
    command = [sys.executable, str(HERE / "recording_child.py"), str(folder), str(kept)]
    search = os.pathsep.join(map(str, (HERE.parents[1], HERE.parent, HERE)))
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
    ) as parent:
        yield parent


def kill_one(parent: "subprocess.Popen[str]", random: Random) -> Killed:
    """Let it record, and kill it at a random moment; each third time while it closes."""
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(f"{FRAMES}\n")
    parent.stdin.flush()
    process, path = parent.stdout.readline().split()
    said = [parent.stdout.readline() for _ in range(random.randrange(1, LINES))]
    if random.random() < 1 / 3 and "sealing\n" not in said:
        said += iter(parent.stdout.readline, "sealing\n")
        said += [parent.stdout.readline() for _ in range(random.randrange(3))]
    os.kill(int(process), signal.SIGKILL)
    for line in parent.stdout:
        if line == "gone\n":
            break
        said.append(line)
    return Killed(Path(path), [line for line in said if line.endswith("\n")])


def check(killed: Killed, pictures: np.ndarray) -> Loss:
    """Repair and compare; whatever else is wrong fails here."""
    with SessionReader(killed.path) as reader:
        sealed = reader.manifest.sealed is not None
    done = recover(killed.path)
    cut_off = ["the last record is cut off" in problem["what"] for problem in done["problems"]]
    assert cut_off in ([], [True]), done["problems"]
    assert verify(killed.path)["problems"] == done["problems"]
    with SessionReader(killed.path) as reader:
        events = {event.index: event for event in reader.engine_events()}
        found = [
            record.facts.number
            for record, pixels in reader.pictures()
            if np.array_equal(pixels, pictures[record.facts.number % len(pictures)])
        ]
    assert found == list(range(len(found)))
    wrong = sum(events.get(index) != _event(index) for index in killed.events)
    lost = max(0, killed.frames - len(found))
    return Loss(wrong, lost, done["unrecorded"], bool(cut_off), sealed)


def _event(index: int) -> object:
    number = index // 2
    command = COMMANDS[number % len(COMMANDS)]
    return make_snapshot(index, number) if index % 2 else make_outcome(index, command, number)
