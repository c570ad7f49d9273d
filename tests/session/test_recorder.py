"""The recorder thread: never blocks who offers, loses nothing silently, ends with a sentence."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from failing_disks import FailingDisk, FailingFile
from recordings import (
    GRAY,
    MS,
    START_NS,
    begin,
    every_command,
    make_frame,
    make_outcome,
    make_snapshot,
)

from drivers.api.clock import ManualClock
from guidance_app.runtime.recorder import Recorder, RecordingStatus
from guidance_app.session.disk import OutputFile
from guidance_app.session.errors import RecordRefused, SessionError
from guidance_app.session.format import RESERVE_BYTES, FaultRecord, PaintRecord, Topic
from guidance_app.session.journal import read_journal
from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify

SOON_S = 20.0
FRAME_BYTES = GRAY.width_px * GRAY.height_px


class GatedDisk(FailingDisk):
    """A disk on which every write waits while the gate is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()

    def create(self, path: Path) -> OutputFile:
        return GatedFile(self, path)


class GatedFile(FailingFile):
    """A file on such a disk."""

    def __init__(self, disk: GatedDisk, path: Path) -> None:
        super().__init__(disk, path)
        self._gated = disk

    def write(self, data: bytes) -> int:
        if not self._gated.gate.is_set():
            self._gated.waiting.set()
            assert self._gated.gate.wait(SOON_S)
        return super().write(data)


@contextmanager
def held_back(disk: GatedDisk, recorder: Recorder) -> Iterator[None]:
    """The recorder thread stands in a write until the block ends."""
    disk.gate.clear()
    recorder.record(FaultRecord(START_NS, "held back"))
    assert disk.waiting.wait(SOON_S)
    try:
        yield
    finally:
        disk.gate.set()


def start(folder: Path, disk: FailingDisk, **limits: int) -> Recorder:
    clock = ManualClock(START_NS)
    recorder = Recorder(begin(folder, disk, clock), clock, **limits)
    recorder.start()
    return recorder


def test_everything_offered_is_recorded_and_sealed(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    recorder = Recorder(begin(tmp_path, clock=clock), clock)
    assert recorder.status() == RecordingStatus(True, 0.0, 0, 0, 0, None, "")
    recorder.start()
    futures = []
    for number, command in enumerate(every_command()):
        recorder.offer_frame(*make_frame(number))
        futures.append(recorder.record(make_outcome(2 * number, command)))
        futures.append(recorder.record(make_snapshot(2 * number + 1, number)))
    for future in futures:
        assert future.result(SOON_S) is None
    clock.advance(2000 * MS)
    recorder.stop(SOON_S)
    status = recorder.status()
    assert replace(status, free_minutes=None) == RecordingStatus(False, 2.0, 11, 11, 0, None, "")
    assert verify(recorder.path) == {"ok": True, "problems": [], "frames": 11, "events": 22}
    assert recorder.record(make_snapshot(99)).exception(SOON_S) is not None
    recorder.offer_frame(*make_frame(99))
    recorder.stop(SOON_S)
    assert recorder.status() == status


def test_an_event_is_in_the_file_when_it_is_acknowledged(tmp_path: Path) -> None:
    recorder = start(tmp_path, FailingDisk())
    snapshot = make_snapshot(0)
    recorder.record(snapshot).result(SOON_S)
    with SessionReader(recorder.path) as reader:
        assert list(reader.snapshots()) == [snapshot]
    recorder.stop(SOON_S)


def test_a_paint_is_in_the_file_when_it_is_acknowledged_and_no_event(tmp_path: Path) -> None:
    recorder = start(tmp_path, FailingDisk())
    recorder.record(PaintRecord(START_NS, START_NS + 8 * MS)).result(SOON_S)
    with SessionReader(recorder.path) as reader:
        assert list(reader.latencies_ns) == [8 * MS]
    recorder.stop(SOON_S)
    assert verify(recorder.path) == {"ok": True, "problems": [], "frames": 0, "events": 0}


def test_the_oldest_pictures_make_way_and_their_loss_is_recorded(tmp_path: Path) -> None:
    disk = GatedDisk()
    recorder = start(tmp_path, disk, frame_queue_bytes=3 * FRAME_BYTES)
    with held_back(disk, recorder):
        for number in range(8):
            recorder.offer_frame(*make_frame(number))
        snapshot = recorder.record(make_snapshot(0))
        status = recorder.status()
        assert (status.frames_offered, status.frames_lost) == (8, 5)
        assert {recorder.is_kept(number) for number in range(8)} == {None}
    recorder.stop(SOON_S)
    assert [recorder.is_kept(number) for number in range(9)] == [*[False] * 5, *[True] * 3, None]
    assert snapshot.result() is None
    status = recorder.status()
    assert (status.frames_offered, status.frames_written, status.frames_lost) == (8, 3, 5)
    with SessionReader(recorder.path) as reader:
        assert [entry.facts.number for entry in reader.frames] == list(range(8))
        assert [entry.why_lost for entry in reader.frames] == [
            *["recorder too slow"] * 5,
            *[""] * 3,
        ]
        for entry, pixels in reader.pictures():
            assert np.array_equal(pixels, make_frame(entry.facts.number)[0].pixels)
    assert verify(recorder.path)["ok"]


def test_events_go_before_frames(tmp_path: Path) -> None:
    disk = GatedDisk()
    recorder = start(tmp_path, disk)
    with held_back(disk, recorder):
        for number in range(3):
            recorder.offer_frame(*make_frame(number))
        recorder.record(make_snapshot(0))
    recorder.stop(SOON_S)
    with (recorder.path / "journal.mcap").open("rb") as file:
        topics = [entry.topic for entry in read_journal(file)]
    assert topics == [Topic.FAULT, Topic.SNAPSHOT, Topic.FRAME, Topic.FRAME, Topic.FRAME]


def test_what_finds_no_room_at_all_is_told(tmp_path: Path) -> None:
    disk = GatedDisk()
    recorder = start(tmp_path, disk, frame_queue_bytes=FRAME_BYTES, queue_records=2)
    with held_back(disk, recorder):
        futures = [recorder.record(make_snapshot(index)) for index in range(3)]
        for number in range(6):
            recorder.offer_frame(*make_frame(number))
        assert recorder.status().frames_lost == 5
        assert isinstance(futures[2].exception(), SessionError)
    recorder.stop(SOON_S)
    assert [future.exception() for future in futures[:2]] == [None, None]
    status = recorder.status()
    assert (status.frames_offered, status.frames_written, status.frames_lost) == (6, 1, 5)
    assert status.fault.startswith("4 frames and events could not be recorded")
    with SessionReader(recorder.path) as reader:
        assert [entry.facts.number for entry in reader.frames] == [3, 4, 5]
        assert status.fault in [fault.text for fault in reader.faults]


def test_a_full_disk_shows_in_the_status_and_every_event_hears_of_it(tmp_path: Path) -> None:
    disk = FailingDisk()
    recorder = start(tmp_path, disk)
    recorder.record(make_snapshot(0)).result(SOON_S)
    disk.room = 100
    refused = recorder.record(make_snapshot(1)).exception(SOON_S)
    assert isinstance(refused, SessionError)
    assert "No space left on device" in str(refused)
    recorder.offer_frame(*make_frame(0))
    recorder.stop(SOON_S)
    status = recorder.status()
    assert not status.recording
    assert status.fault == (
        f"The recording in {recorder.path} could not be written (No space left on device); "
        "what was recorded before is kept. "
        f"Check the disk, then run: guidance session recover {recorder.path}"
    )
    assert recorder.record(make_snapshot(2)).exception(SOON_S) is not None
    done = recover(recorder.path)
    assert done["events"] == 1


def test_video_that_stops_for_lack_of_space_shows_in_the_status(tmp_path: Path) -> None:
    disk = FailingDisk()
    clock = ManualClock(START_NS)
    recorder = Recorder(begin(tmp_path, disk, clock), clock)
    recorder.start()
    disk.free = RESERVE_BYTES - 1
    clock.advance(1000 * MS)
    recorder.record(make_snapshot(0)).result(SOON_S)
    recorder.offer_frame(*make_frame(0))
    recorder.record(make_snapshot(1)).result(SOON_S)
    recorder.stop(SOON_S)
    assert "has less than 1 GB free" in recorder.status().fault
    assert recorder.status().free_minutes == 0.0
    with SessionReader(recorder.path) as reader:
        assert [entry.why_lost for entry in reader.frames] == ["disk full"]


def test_a_refused_record_leaves_the_recording_going(tmp_path: Path) -> None:
    recorder = start(tmp_path, FailingDisk())
    snapshot = make_snapshot(0)
    bad = replace(snapshot, plan=replace(snapshot.plan, corridor_mm=float("inf")))
    assert isinstance(recorder.record(bad).exception(SOON_S), RecordRefused)
    frame, facts = make_frame(0)
    recorder.offer_frame(frame, replace(facts, number=-1))
    recorder.offer_frame(*make_frame(1))
    recorder.record(make_snapshot(1)).result(SOON_S)
    indices = count(2)
    while not recorder.status().frames_lost:  # a frame's turn comes after each event
        index = next(indices)
        assert index < 100
        recorder.record(make_snapshot(index)).result(SOON_S)
    recorder.stop(SOON_S)
    status = recorder.status()
    assert (status.frames_offered, status.frames_written, status.frames_lost) == (2, 1, 1)
    assert "A FrameRecord could not be recorded" in status.fault
    with SessionReader(recorder.path) as reader:
        assert [fault.text[:25] for fault in reader.faults] == [
            "A GuidanceSnapshot could ",
            "A FrameRecord could not b",
        ]
    assert verify(recorder.path)["ok"]


def test_an_error_in_the_program_ends_the_recording_with_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = start(tmp_path, FailingDisk())
    frame, facts = make_frame(0)
    object.__setattr__(frame, "pixels", frame.pixels.astype(np.float64))
    recorder.offer_frame(frame, facts)
    recorder.stop(SOON_S)
    assert not recorder.status().recording
    assert "stopped because of an error in the program" in recorder.status().fault
    assert "thread recorder failed" in caplog.text
    assert recover(recorder.path)["ok"]


def test_a_recording_that_cannot_be_closed_in_time_says_so(tmp_path: Path) -> None:
    disk = GatedDisk()
    recorder = start(tmp_path, disk)
    with held_back(disk, recorder):
        waiting = recorder.record(make_snapshot(0))
        stopper = threading.Thread(target=recorder.stop, args=(0.0,))
        stopper.start()
        assert isinstance(waiting.exception(SOON_S), SessionError)
    stopper.join(SOON_S)
    status = recorder.status()
    assert not status.recording
    assert "was not closed within 0 s" in status.fault
    assert recover(recorder.path)["note"] == "The recording is closed now."


def test_the_time_that_is_left_follows_from_what_was_written(tmp_path: Path) -> None:
    disk = FailingDisk()
    clock = ManualClock(START_NS)
    recorder = Recorder(begin(tmp_path, disk, clock), clock)
    recorder.start()
    disk.free = RESERVE_BYTES + 6_000_000
    clock.advance(60_000 * MS)
    recorder.record(make_snapshot(0)).result(SOON_S)
    recorder.stop(SOON_S)
    with SessionReader(recorder.path) as reader:
        (_,) = reader.snapshots()
    minutes = recorder.status().free_minutes
    assert minutes is not None
    assert 6_000_000 / 2000 < minutes < 6_000_000 / 1000  # a snapshot is 1 to 2 kB
