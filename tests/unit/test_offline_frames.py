"""Pictures of several files in a row: their numbers, their times, and what is missing."""

from pathlib import Path

import numpy as np
import pytest

from drivers.opencv import cv2
from guidance_app.bootstrap import create_source
from guidance_app.input_files import address_of
from guidance_app.offline_frames import InputFile, OfflineFrames


def offline(*paths: Path) -> OfflineFrames:
    return OfflineFrames([InputFile(p.name, address_of(str(p))) for p in paths], create_source)


@pytest.fixture
def still(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "still.png"), np.full((20, 30), 90, np.uint8))
    return tmp_path / "still.png"


def test_times_and_numbers_go_on_from_file_to_file(shared_data: Path, still: Path) -> None:
    cine = shared_data / "dicom/OBXXXX1A_rle_2frame.dcm"
    frames = list(offline(still, cine, still))
    assert [frame.number for frame in frames] == [0, 1, 2, 3]
    assert [frame.t_s for frame in frames] == pytest.approx([0.0, 0.04, 0.08, 0.12])
    assert [frame.modality for frame in frames] == ["", "US", "US", ""]
    shares = [frame.share_done for frame in frames]
    assert shares == pytest.approx([0, 1 / 3, 1 / 3 + 1 / 6, 2 / 3])


def test_the_share_of_a_video_is_counted_by_its_length(shared_data: Path) -> None:
    video = shared_data / "needle/paulokwija/ph_dev_first3s.mp4"
    shares = [frame.share_done or 0.0 for frame in offline(video)]
    assert shares == pytest.approx(np.arange(180) / 180, abs=0.01)


def test_one_still_has_no_share(still: Path) -> None:
    (frame,) = offline(still)
    assert frame.share_done is None


def test_a_file_that_gives_nothing_keeps_its_place(still: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_text("no picture")
    frames = offline(still, broken, still)
    read = list(frames)
    assert [frame.number for frame in read] == [0, 1, 2]
    assert [frame.frame is None for frame in read] == [False, True, False]
    assert frames.missing == [read[1].problem]
    assert read[1].problem.startswith('"broken.png": ')
