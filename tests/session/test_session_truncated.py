"""A session cut off anywhere is readable up to there, and the repair says what is missing."""

import contextlib
import io
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from failing_disks import RefusingDisk
from mcap.writer import MCAP0_MAGIC
from recordings import Recorded, every_command, make_frame, record

from drivers.api.samples import PictureGeometry, PixelFormat, VideoFrame
from guidance_app.domain.snapshot import FrameFacts
from guidance_app.session.content import JournalContent, read_content
from guidance_app.session.errors import SessionError
from guidance_app.session.journal import Ending, JournalBroken, read_journal
from guidance_app.session.reader import SessionReader
from guidance_app.session.recover import recover
from guidance_app.session.verify import verify


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("whole"), 2, every_command()[9:])


def record_ends(journal: bytes) -> list[int]:
    """Where the records end in the file, in order."""
    return [entry.offset + len(entry.payload) for entry in read_journal(io.BytesIO(journal))]


def records_in(content: JournalContent) -> int:
    return content.counts.frames_offered + content.counts.events


def test_the_journal_is_readable_up_to_any_byte(recorded: Recorded) -> None:
    journal = (recorded.path / "journal.mcap").read_bytes()
    ends = record_ends(journal)
    whole = 0
    for length in range(len(journal)):
        whole += whole < len(ends) and ends[whole] == length
        content = read_content(io.BytesIO(journal[:length]))
        assert records_in(content) == whole
        assert content.commands == recorded.outcomes[: len(content.commands)]
        assert len(content.problems) == 1
        assert content.ending is not Ending.CLOSED
        if length in ends:
            assert content.ending is Ending.UNCLOSED
        elif ends[0] < length < ends[-1]:
            assert content.ending is Ending.CUT_OFF
    assert read_content(io.BytesIO(journal)).problems == []
    assert whole == len(ends) == 6


def cut_copy(recorded: Recorded, folder: Path, name: str, length: int) -> Path:
    """The session as it would be with one file cut off and the manifest not sealed."""
    path = folder / f"{length}.session"
    shutil.copytree(recorded.path, path)
    with (path / name).open("r+b") as file:
        file.truncate(length)
    return path


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("killed"), 4, every_command()[6:], seal=False)


def test_the_repair_closes_a_journal_cut_off_anywhere(killed: Recorded, tmp_path: Path) -> None:
    journal = (killed.path / "journal.mcap").read_bytes()
    with pytest.raises(JournalBroken, match="it was not closed"):
        list(read_journal(io.BytesIO(journal)))
    ends = [at for at in range(len(journal) + 1) if _ends_at(journal, at)]
    assert len(ends) == 13
    cuts = sorted(
        {at + more for at in ends for more in (-1, 0, 1, 8, 9, 31, 32)}
        - {*range(len(journal) + 1, len(journal) + 33)}
    )
    for length in [0, 5, len(MCAP0_MAGIC), 100, *cuts]:
        path = cut_copy(killed, tmp_path, "journal.mcap", length)
        done = recover(path)
        whole = sum(end <= length for end in ends)
        clean = length in (len(MCAP0_MAGIC), *ends)
        assert done["ok"] is clean, length
        assert bool(done["problems"]) is not clean
        assert done["frames"] + done["events"] == whole
        assert verify(path)["problems"] == done["problems"]
        with SessionReader(path) as reader:
            assert reader.problems == ()
            assert reader.commands == tuple(killed.outcomes[: len(reader.commands)])
            for (_, pixels), (frame, _) in zip(reader.pictures(), killed.frames, strict=False):
                assert np.array_equal(pixels, frame.pixels)
        shutil.rmtree(path)


def _ends_at(journal: bytes, length: int) -> bool:
    content = read_content(io.BytesIO(journal[:length]))
    return content.ending is Ending.UNCLOSED and records_in(content) > 0


def tiny_frame(number: int) -> tuple[VideoFrame, FrameFacts]:
    """So small that a video can be cut off at each of its bytes."""
    return make_frame(number, PictureGeometry(4, 4, PixelFormat.GRAY8))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("tiny"), 2, seal=False, frame=tiny_frame)


def test_a_video_cut_off_at_any_byte_gives_what_is_whole(tiny: Recorded, tmp_path: Path) -> None:
    path = Path(shutil.copytree(tiny.path, tmp_path / "cut.session"))
    video = path / "video-000.nut"
    whole = []
    for length in range(video.stat().st_size, -1, -1):
        os.truncate(video, length)
        numbers = []
        with SessionReader(path) as reader:
            for entry in reader.frames:
                with contextlib.suppress(SessionError):  # any other exception fails the test
                    pixels = reader.picture(entry)
                    assert np.array_equal(pixels, tiny.frames[entry.facts.number][0].pixels)
                    numbers.append(entry.facts.number)
        assert numbers == list(range(len(numbers)))
        whole.append(len(numbers))
    assert whole == sorted(whole, reverse=True)
    assert set(whole) == {0, 1, 2}


def test_the_repair_names_the_pictures_that_are_cut_off(tiny: Recorded, tmp_path: Path) -> None:
    size = (tiny.path / "video-000.nut").stat().st_size
    numbers: set[int] = set()
    for length in range(size + 1):
        path = cut_copy(tiny, tmp_path, "video-000.nut", length)
        done = recover(path, disk=RefusingDisk("nothing", 1))
        with SessionReader(path) as reader:
            kept = [entry.facts.number for entry, _ in reader.pictures()]
            lost = [entry.facts.number for entry in reader.frames if entry.place is None]
        assert kept + lost == [0, 1]
        assert done["ok"] is not bool(lost)
        if lost:
            listed = ", ".join(map(str, lost))
            what = f"{len(lost)} of 2 pictures are not intact (frames {listed})."
            assert done["problems"] == [{"where": "video-000.nut", "what": what}]
        assert done["events"] == 2
        if len(kept) not in numbers:
            assert verify(path)["problems"] == done["problems"]
        numbers.add(len(kept))
        shutil.rmtree(path)
    assert numbers == {0, 1, 2}
