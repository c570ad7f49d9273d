"""Whatever use of the disk is refused, what was acknowledged stays."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from failing_disks import RefusingDisk
from recordings import GRAY, MS, START_NS, begin, every_command, make_frame, make_outcome

from drivers.api.clock import ManualClock
from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.commands import CommandOutcome
from guidance_app.runtime.recorder import Recorder
from guidance_app.session.errors import SessionError
from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify

SOON_S = 20.0
KINDS = ["any", "create", "write", "sync", "close", "replace", "reserve"]
GEOMETRIES = [GRAY, GRAY, PictureGeometry(16, 12, PixelFormat.GRAY8)]  # two video files
COMMANDS = every_command()


def refusing_disks(kind: str) -> Iterator[RefusingDisk]:
    """The first use of one kind refused, the second, and so on until none is reached."""
    for nth in count(1):
        disk = RefusingDisk(kind, nth)
        yield disk
        if not disk.refused:
            assert nth > 1
            return


def record_on(recorder: Recorder, clock: ManualClock) -> list[CommandOutcome]:
    """Offer everything and stop; what was acknowledged of the events."""
    outcomes = []
    recorder.start()
    for number, geometry in enumerate(GEOMETRIES):
        recorder.offer_frame(*make_frame(number, geometry))
        outcome = make_outcome(number, COMMANDS[number], number + 1)
        error = recorder.record(outcome).exception(SOON_S)
        assert error is None or isinstance(error, SessionError)
        outcomes += [outcome] if error is None else []
        clock.advance(600 * MS)
    recorder.stop(SOON_S)
    return outcomes


def check_kept(path: Path, outcomes: list[CommandOutcome], frames: list[int]) -> None:
    assert not list(path.glob("*.new"))
    with SessionReader(path) as reader:
        assert list(reader.commands)[: len(outcomes)] == outcomes
        pictures = {record.facts.number: pixels for record, pixels in reader.pictures()}
    assert set(frames) <= set(pictures)
    for number, pixels in pictures.items():
        assert np.array_equal(pixels, make_frame(number, GEOMETRIES[number])[0].pixels)


@pytest.mark.parametrize("kind", KINDS)
def test_a_recording_keeps_what_it_acknowledged(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    for number, disk in enumerate(refusing_disks(kind)):
        folder, clock = tmp_path / str(number), ManualClock(START_NS)
        try:
            recorder = Recorder(begin(folder, disk, clock), clock)
        except SessionError as error:
            assert str(error).startswith(f"A session cannot be recorded in {folder} (Input/output")
            assert list(folder.iterdir()) == []
            continue
        outcomes = record_on(recorder, clock)
        frames = [number for number in range(len(GEOMETRIES)) if recorder.is_kept(number)]
        status = recorder.status()
        assert not status.recording
        assert bool(status.fault) is disk.refused
        assert "error in the program" not in status.fault
        check_kept(recorder.path, outcomes, frames)
        done = recover(recorder.path)
        check_kept(recorder.path, outcomes, frames)
        assert verify(recorder.path)["problems"] == done["problems"]
    assert "Traceback" not in caplog.text


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A killed session: no index, half a record at the end, and damage in the middle."""
    clock = ManualClock(START_NS)
    folder = tmp_path_factory.mktemp("damaged")
    writer = begin(folder, clock=clock)
    for number, geometry in enumerate(GEOMETRIES):
        writer.write_frame(*make_frame(number, geometry))
        writer.write_command(make_outcome(number, COMMANDS[number]))
    shutil.copytree(writer.path, folder / "killed.session")
    writer.abandon()
    journal = folder / "killed.session" / "journal.mcap"
    content = journal.read_bytes()
    journal.write_bytes(content.replace(b'{"index":1,', b'{"index":x,') + b"half a record")
    return folder / "killed.session"


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_a_repair_can_be_run_again(tmp_path: Path, damaged: Path, kind: str) -> None:
    expected = recover(Path(shutil.copytree(damaged, tmp_path / "clean")))
    assert len(expected["problems"]) == 2
    assert expected["frames"] == len(GEOMETRIES)
    for number, disk in enumerate(refusing_disks(kind)):
        path = Path(shutil.copytree(damaged, tmp_path / str(number)))
        try:
            recover(path, disk=disk)
        except SessionError as error:
            assert disk.refused
            assert "could not be repaired (Input/output error); nothing in it was lost" in str(
                error
            )
        check_kept(path, [], list(range(len(GEOMETRIES))))
        again = recover(path)
        assert again["problems"] == expected["problems"]
        assert (again["frames"], again["events"]) == (expected["frames"], expected["events"])
        assert verify(path)["problems"] == expected["problems"]
        assert b'{"index":x,' in (path / "journal.mcap.damaged").read_bytes()
