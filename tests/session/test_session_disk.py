"""Full, dying and powerless disks: what was acknowledged stays, and a sentence says the rest."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from failing_disks import PLENTY, FailingDisk, MortalDisk
from recordings import (
    ANNA,
    MS,
    START_NS,
    begin,
    every_command,
    make_frame,
    make_outcome,
    make_snapshot,
    record,
)

from drivers.api.clock import ManualClock
from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app.domain.checklist import ChecklistEntry, Emergency, Mark
from guidance_app.domain.commands import (
    Command,
    EmergencyDeclared,
    ItemMarked,
    MomentMarked,
    PhaseSigned,
    RecordClosed,
)
from guidance_app.domain.signature import Meaning, Signature, Subject
from guidance_app.session.errors import SessionError
from guidance_app.session.format import RESERVE_BYTES, RESERVE_NAME
from guidance_app.session.info import list_sessions
from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify
from guidance_app.session.writer import UPKEEP_NS, SessionWriter

GIB = 1 << 30
NOON = "2026-05-05T12:00:00+00:00"
SIGNED: list[Command] = [
    ItemMarked(ChecklistEntry("PRE-1", Mark.DONE, ANNA, NOON)),
    PhaseSigned((Signature(Subject("1", "ab12", "PRE"), Meaning.DONE, ANNA, NOON, "cd34"),)),
    EmergencyDeclared(Emergency(ANNA, NOON, "The patient bleeds.")),
    RecordClosed(ANNA, NOON),
]
NOISY = PictureGeometry(64, 48, PixelFormat.GRAY8)


@dataclass
class Outcome:
    """How far a recording came on a failing disk."""

    writer: SessionWriter | None
    commands: int = 0
    frames: int = 0
    sealed: bool = False


def record_until_it_fails(folder: Path, disk: FailingDisk) -> Outcome:
    """Six rounds of command, frame and snapshot, over a second of time; SessionError ends it."""
    outcome = Outcome(None)
    clock = ManualClock(START_NS)
    try:
        writer = outcome.writer = begin(folder, disk, clock)
        for number, command in zip(range(6), every_command(), strict=False):
            writer.write_command(make_outcome(2 * number, command))
            outcome.commands += 1
            writer.write_frame(*make_frame(number, NOISY))
            outcome.frames = writer.state.counts.frames_written
            writer.write_snapshot(make_snapshot(2 * number + 1, number))
            clock.advance(400 * MS)
        writer.seal()
        outcome.sealed = True
    except SessionError as error:
        assert "could not be" in str(error) or "cannot be recorded" in str(error)
    if outcome.writer is not None:
        outcome.writer.abandon()
    return outcome


def check_what_is_left(folder: Path, outcome: Outcome) -> None:
    if outcome.writer is None:
        assert list(folder.iterdir()) == []
        return
    path = outcome.writer.path
    done = recover(path)
    assert not list(path.glob("*.new"))
    with SessionReader(path) as reader:
        assert len(reader.commands) >= outcome.commands
        assert reader.counts.frames_written >= outcome.frames
        for entry, pixels in reader.pictures():
            assert np.array_equal(pixels, make_frame(entry.facts.number, NOISY)[0].pixels)
        numbers = [entry.facts.number for entry in reader.frames]
        assert numbers == list(range(len(numbers)))
    assert verify(path)["problems"] == done["problems"]
    assert outcome.sealed or done["note"] == "The recording is closed now."


def test_a_disk_that_fills_up_at_any_byte(tmp_path: Path) -> None:
    complete = 0
    for room in count(0, 997):
        folder = tmp_path / str(room)
        outcome = record_until_it_fails(folder, FailingDisk(room=room))
        check_what_is_left(folder, outcome)
        complete += outcome.sealed and outcome.frames == 6
        if complete == 3:
            return


def test_a_disk_that_fills_up_at_any_byte_still_takes_the_end(tmp_path: Path) -> None:
    closed_early = 0
    for room in count(0, 997):
        folder = tmp_path / str(room)
        outcome = record_until_it_fails(folder, FailingDisk(room=room, kept=1 << 20))
        assert outcome.writer is not None
        assert outcome.sealed
        path, why = outcome.writer.path, outcome.writer.state.must_close
        assert verify(path)["ok"]
        assert not (path / RESERVE_NAME).exists()
        with SessionReader(path) as reader:
            assert len(reader.commands) == outcome.commands == 6
            assert (why in [fault.text for fault in reader.faults]) is bool(why)
        closed_early += bool(why)
        if not why and outcome.frames == 6:
            break
    assert closed_early > 10


def test_a_killed_session_is_closed_on_a_disk_that_is_full(tmp_path: Path) -> None:
    path = record(tmp_path, 6, every_command(), seal=False).path
    with (path / "journal.mcap").open("ab") as file:
        file.write(b"half a record")
    disk = FailingDisk(room=0, kept=1 << 20)
    disk.reserve_path = path / RESERVE_NAME
    assert recover(path, disk=disk)["frames"] == 6
    assert verify(path)["frames"] == 6


@pytest.mark.parametrize("only", ["", "video", "journal", "manifest"])
def test_a_disk_that_fails_at_any_sync(tmp_path: Path, only: str) -> None:
    for syncs in count():
        folder = tmp_path / str(syncs)
        disk = FailingDisk(syncs=syncs, only=only)
        outcome = record_until_it_fails(folder, disk)
        check_what_is_left(folder, outcome)
        if disk.syncs > 0:
            assert outcome.sealed
            return


def test_video_stops_for_a_failing_file_and_the_journal_goes_on(tmp_path: Path) -> None:
    outcome = record_until_it_fails(tmp_path, FailingDisk(room=9000, only="video"))
    assert outcome.sealed
    assert outcome.writer is not None
    assert outcome.writer.state.fault == (
        f"Video is no longer recorded: its file in {outcome.writer.path} cannot be written "
        "(No space left on device). Check the disk; everything else is still recorded."
    )
    with SessionReader(outcome.writer.path) as reader:
        written = [entry.place is not None for entry in reader.frames]
        assert written == [True] * 2 + [False] * 4
        assert {entry.why_lost for entry in reader.frames[2:]} == {
            "the video file could not be written"
        }
        assert [fault.text for fault in reader.faults] == [outcome.writer.state.fault]
        assert reader.counts.commands == reader.counts.snapshots == 6
    assert verify(outcome.writer.path)["ok"]


def test_video_makes_way_for_the_journal_and_comes_back(tmp_path: Path) -> None:
    disk, clock = FailingDisk(), ManualClock(START_NS)
    writer = begin(tmp_path, disk, clock)
    for number in range(12):
        disk.free = RESERVE_BYTES - (4 <= number < 8)
        clock.advance(1000 * MS)
        writer.write_frame(*make_frame(number))
        assert bool(writer.state.fault) is (4 <= number < 8)
    writer.seal()
    with SessionReader(writer.path) as reader:
        reasons = [entry.why_lost for entry in reader.frames]
        assert reasons == [*[""] * 4, *["disk full"] * 4, *[""] * 4]
        segments = [entry.place.segment for entry in reader.frames if entry.place]
        assert segments == [*[0] * 4, *[1] * 4]
        (fault,) = reader.faults
        assert "less than 1 GB free. Free space" in fault.text
    assert verify(writer.path)["ok"]


def test_free_space_is_looked_at_once_a_second(tmp_path: Path) -> None:
    disk, clock = FailingDisk(), ManualClock(START_NS)
    writer = begin(tmp_path, disk, clock)
    disk.free = 0
    clock.advance(UPKEEP_NS - 1)
    writer.keep_up()
    assert writer.state.free_bytes == PLENTY
    clock.advance(1)
    writer.keep_up()
    assert writer.state.free_bytes == 0
    writer.abandon()


def test_no_session_is_begun_on_a_full_disk(tmp_path: Path) -> None:
    disk = FailingDisk()
    disk.free = 3 * GIB // 10
    with pytest.raises(SessionError) as refused:
        begin(tmp_path / "new", disk)
    assert str(refused.value) == (
        f"The disk holding {tmp_path / 'new'} has only 0.3 GB free; 1.1 GB is needed to record. "
        "Free space or choose another folder with --record."
    )
    assert list_sessions(tmp_path / "new") == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SessionError, match=r"cannot be recorded in .*Choose another folder"):
        begin(tmp_path / "file" / "below")


def test_a_disk_that_vanishes_ends_the_recording_with_a_sentence(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    writer = begin(tmp_path / "usb", clock=clock)
    writer.write_frame(*make_frame(0))
    (tmp_path / "usb").rename(tmp_path / "gone")
    clock.advance(1000 * MS)
    with pytest.raises(SessionError, match=r"could not be written \(No such file"):
        writer.write_frame(*make_frame(1))
    writer.abandon()


def test_a_power_cut_costs_a_second_and_no_checklist_entry(tmp_path: Path) -> None:
    disk, clock = MortalDisk(), ManualClock(START_NS)
    writer = begin(tmp_path, disk, clock)
    commands = every_command()
    mark = next(command for command in commands if isinstance(command, ItemMarked))
    moment = next(command for command in commands if isinstance(command, MomentMarked))
    for number in range(60):
        command = mark if number in (3, 58) else moment
        writer.write_command(make_outcome(number, command))
        writer.write_frame(*make_frame(number))
        clock.advance(40 * MS)
    disk.cut_power(writer.path)
    writer.abandon()
    disk.cut_power(writer.path)
    done = recover(writer.path)
    with SessionReader(writer.path) as reader:
        kept = [outcome.index for outcome in reader.commands]
        assert kept == list(range(len(kept)))
        assert {3, 58} <= set(kept)
        pictures = [entry.facts.number for entry, _ in reader.pictures()]
        assert pictures == list(range(len(pictures)))
    assert 60 - len(pictures) <= 25 + 1
    lost = 58 - len(pictures)
    assert done["problems"][0]["what"].startswith(f"{lost} of 58 pictures are not intact")


@pytest.mark.parametrize("signed", SIGNED, ids=lambda command: type(command).__name__)
def test_a_power_cut_behind_a_signature_costs_nothing_before_it(
    tmp_path: Path, signed: Command
) -> None:
    disk = MortalDisk()
    writer = begin(tmp_path, disk)
    writer.write_snapshot(make_snapshot(0))
    writer.write_command(make_outcome(1, signed))
    disk.cut_power(writer.path)
    writer.abandon()
    disk.cut_power(writer.path)
    with SessionReader(writer.path) as reader:
        assert list(reader.engine_events()) == [make_snapshot(0), make_outcome(1, signed)]


def test_a_repair_that_finds_no_room_loses_nothing(tmp_path: Path) -> None:
    path = record(tmp_path, 6, every_command(), seal=False).path
    with (path / "video-000.nut").open("r+b") as file:
        file.truncate(file.seek(0, 2) - 20)  # the index is gone
    (path / RESERVE_NAME).unlink()  # what a repair clears first
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    failures = 0
    for room in count(0, 2500):
        try:
            done = recover(path, disk=FailingDisk(room=room))
        except SessionError as error:
            assert "nothing in it was lost. Check the disk and its free space" in str(error)
            failures += 1
        else:
            break
        assert not list(path.glob("*.new"))
        with SessionReader(path) as reader:
            assert reader.counts.events == 17
            assert reader.counts.frames_written == 6
            assert len(list(reader.pictures())) == 6
        if failures < 3:
            assert {file.name: file.read_bytes() for file in path.iterdir()} == before
    assert failures > 10
    assert done["ok"]
    assert verify(path)["ok"]
