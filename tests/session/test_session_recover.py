"""A repair can be run at any time, any number of times, and touches nothing it need not."""

import json
import multiprocessing
import shutil
from pathlib import Path

import av
import pytest
from failing_disks import FailingDisk
from recordings import GRAY, MS, START_NS, begin, every_command, make_frame, record

from guidance_app.session.disk import LocalDisk, LocalFile, OutputFile
from guidance_app.session.errors import NotASession, SessionError
from guidance_app.session.format import PaintRecord
from guidance_app.session.info import info
from guidance_app.session.pictures import list_pictures
from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify


def leave_as_killed(folder: Path, frames: int, period_ms: int = 40) -> Path:
    """A session as the disk has it while the recording still runs."""
    writer = begin(folder / "running")
    for number in range(frames):
        writer.write_frame(*make_frame(number, GRAY, START_NS + number * period_ms * MS))
    path = Path(shutil.copytree(writer.path, folder / writer.path.name))
    writer.abandon()
    return path


def test_a_killed_session_is_closed_with_an_index(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 5, period_ms=25_000)  # two minutes
    finished = (path / "video-000.nut").read_bytes()
    assert not verify(path)["ok"]
    assert recover(path) == {
        "ok": True,
        "problems": [],
        "frames": 5,
        "events": 0,
        "note": "The recording is closed now.",
        "unrecorded": 0,
    }
    assert (path / "video-000.nut").read_bytes() == finished
    with av.open(path / "video-001.nut") as video:
        assert video.duration is not None
    assert verify(path)["ok"]
    assert info(path)["recovered"]
    with SessionReader(path) as reader:
        assert [
            (pixels == make_frame(n)[0].pixels).all()
            for n, (_, pixels) in enumerate(reader.pictures())
        ] == [True] * 5


def test_a_repair_keeps_when_pictures_came_to_the_screen(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    writer.write_paint(PaintRecord(START_NS, START_NS + 8 * MS))
    writer.write_frame(*make_frame(0))
    writer.abandon()
    with (writer.path / "journal.mcap").open("ab") as file:
        file.write(b"half a record")
    assert not recover(writer.path)["ok"]
    with SessionReader(writer.path) as reader:
        assert list(reader.latencies_ns) == [8 * MS]


def test_a_second_repair_changes_nothing(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 3)
    recover(path)
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    done = recover(path)
    assert done["ok"]
    assert done["note"] == "The recording was already closed; nothing was changed."
    assert {file.name: file.read_bytes() for file in path.iterdir()} == before


def cut_in_half(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def test_a_closed_session_that_was_damaged_later_is_not_called_whole(tmp_path: Path) -> None:
    path = record(tmp_path, 8).path
    cut_in_half(path / "video-000.nut")
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    done = recover(path)
    assert not done["ok"]
    assert [problem["what"] for problem in done["problems"]] == [
        "Its content has changed since the recording was closed.",
        f"{8 - done['frames']} of 8 pictures are not intact (frames "
        f"{', '.join(str(number) for number in range(done['frames'], 8))}).",
    ]
    assert 0 < done["frames"] < 8
    assert done["note"].startswith("The recording was already closed; nothing was changed. ")
    assert verify(path)["problems"] == done["problems"]
    assert verify(path)["frames"] == done["frames"]
    assert {file.name: file.read_bytes() for file in path.iterdir()} == before


def test_what_the_first_repair_found_missing_stays_missing(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 8)
    cut_in_half(path / "video-000.nut")
    first, second = recover(path), recover(path)
    assert first["problems"]
    assert second["problems"] == first["problems"]
    assert second["frames"] == first["frames"]
    assert info(path)["problems"] == first["problems"]


def test_what_a_killed_repair_left_is_cleared(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 3)
    (path / "video-000.nut.new").write_bytes(b"half")
    (path / "journal.mcap.new").write_bytes(b"half")
    assert recover(path)["ok"]
    assert sorted(file.name for file in path.iterdir()) == [
        "journal.mcap",
        "manifest.json",
        "video-000.nut",
    ]


class DyingDisk(LocalDisk):
    """Ends the process, as a kill would, at the n-th file that is created."""

    def __init__(self, survives: int) -> None:
        self.survives = survives

    def create(self, path: Path) -> OutputFile:
        self.survives -= 1
        if self.survives < 0:
            raise KeyboardInterrupt
        return super().create(path)


@pytest.mark.parametrize("survives", [0, 1, 2])
def test_a_repair_broken_off_can_be_run_again(tmp_path: Path, survives: int) -> None:
    path = leave_as_killed(tmp_path, 5)
    with pytest.raises(KeyboardInterrupt):
        recover(path, disk=DyingDisk(survives))
    with SessionReader(path) as reader:
        assert reader.counts.frames_written == 5
    done = recover(path)
    assert done["ok"]
    assert done["frames"] == 5
    assert verify(path)["ok"]


def test_pictures_that_nobody_recorded_are_counted_and_kept(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 6)
    journal = path / "journal.mcap"
    with journal.open("r+b") as file:
        file.truncate(journal.stat().st_size - 1)  # the last picture is in the other file
    assert recover(path)["unrecorded"] == 1
    assert len(list_pictures(path / "video-000.nut")) == 6
    assert verify(path)["frames"] == 5


def test_a_running_recording_is_left_alone(tmp_path: Path) -> None:
    writer = begin(tmp_path)
    writer.write_frame(*make_frame(0))
    assert info(writer.path)["being_recorded"]
    assert info(writer.path)["problems"] == []
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as other_process:
        refusal = other_process.apply(recover_refusal, (writer.path,))
    assert refusal == (f"{writer.path} is still being recorded or repaired. Stop that first.")
    writer.seal()
    assert verify(writer.path)["ok"]
    assert not info(writer.path)["being_recorded"]


def recover_refusal(path: Path) -> str:
    try:
        recover(path)
    except SessionError as error:
        return str(error)
    return ""


def test_an_empty_video_file_is_kept_as_it_is(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 0)
    (path / "video-000.nut").touch()
    done = recover(path)
    assert done["ok"]
    assert done["frames"] == 0
    assert verify(path)["ok"]


def test_damage_in_the_middle_of_an_open_file_costs_one_picture(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 8)
    video = path / "video-000.nut"
    content = bytearray(video.read_bytes())
    content[len(content) // 2] ^= 0xFF
    video.write_bytes(content)
    done = recover(path)
    assert not done["ok"]
    assert done["frames"] == 7
    with SessionReader(path) as reader:
        (lost,) = [entry for entry in reader.frames if entry.place is None]
        assert lost.why_lost == "not intact when the session was recovered"
        assert len(list(reader.pictures())) == 7


def test_many_lost_pictures_are_not_listed_one_by_one(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 16)
    (path / "video-000.nut").unlink()
    (problem,) = recover(path)["problems"]
    assert problem["what"] == (
        "16 of 16 pictures are not intact (frames 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...)."
    )


def test_without_a_journal_there_is_no_session(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 2)
    (path / "journal.mcap").unlink()
    with pytest.raises(NotASession, match=r"has no journal\.mcap"):
        recover(path)


def test_a_journal_that_was_closed_is_not_written_again(tmp_path: Path) -> None:
    recorded = record(tmp_path, 3, every_command())
    journal = (recorded.path / "journal.mcap").read_bytes()
    path = recorded.path
    disk = FailingDisk(syncs=0, only="manifest")

    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "sealed": None}))
    with pytest.raises(SessionError):
        recover(path, disk=disk)
    assert recover(path)["ok"]
    assert (path / "journal.mcap").read_bytes() == journal
    assert verify(path)["ok"]


def test_a_video_too_damaged_to_be_copied_is_kept_as_it_is(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 4)
    video = path / "video-000.nut"
    content = video.read_bytes()
    damaged = content[:40] + bytes(200) + content[240:]  # the head says what the stream is
    video.write_bytes(damaged)
    done = recover(path)
    assert done["frames"] == 0
    assert video.read_bytes() == damaged
    assert not list(path.glob("*.new"))


class ForgetfulFile(LocalFile):
    """Claims to have written what it dropped."""

    def write(self, data: bytes) -> int:
        return super().write(data) if self.tell() < 1500 else len(data)


class ForgetfulDisk(DyingDisk):
    """A disk that drops the end of every video file without saying so."""

    def create(self, path: Path) -> OutputFile:
        return ForgetfulFile(path) if "video" in path.name else super().create(path)


def test_a_copy_that_came_out_wrong_is_not_used(tmp_path: Path) -> None:
    path = leave_as_killed(tmp_path, 6)
    video = (path / "video-000.nut").read_bytes()
    done = recover(path, disk=ForgetfulDisk(survives=9))
    assert done["ok"]
    assert done["frames"] == 6
    assert (path / "video-000.nut").read_bytes() == video
    assert verify(path)["ok"]
