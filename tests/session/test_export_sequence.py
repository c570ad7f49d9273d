"""Other programs read a session that was exported as a tracked sequence."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813  # as everybody calls it
from exported_sessions import as_rgb, colour_frame, session_of, spoil, uneven
from recordings import COLOUR, GRAY, START_NS, make_frame

from drivers.api.samples import PictureGeometry, PixelFormat
from guidance_app import PURPOSE
from guidance_app.domain.calibration import PixelScale
from guidance_app.exporting.output import ExportRefused, Written
from guidance_app.exporting.sequence import write_sequence
from guidance_app.session.manifest import Problem
from guidance_app.session.reader import SessionReader
from guidance_app.training.motion import MotionRefused
from guidance_app.training.tracked_files import read_recording

BARE = PictureGeometry(33, 17, PixelFormat.GRAY8)


def sequence(session: Path, path: Path, compressed: bool = True) -> Written:
    with SessionReader(session) as reader:
        return write_sequence(path, reader, compressed, lambda _: None)


def fields_of(image: sitk.Image) -> dict[str, str]:
    return {key: image.GetMetaData(key) for key in image.GetMetaDataKeys()}


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("frame", [make_frame, colour_frame])
def test_pixels_and_fields_are_the_recorded(
    tmp_path: Path, frame: Callable[[int], tuple], compressed: bool
) -> None:
    frames = [frame(number) for number in range(12)]
    path = tmp_path / "session.igs.mha"
    assert sequence(session_of(tmp_path, frames), path, compressed).missing == ()
    image = sitk.ReadImage(str(path))
    given = np.stack([as_rgb(one.pixels) for one, _ in frames])
    assert np.array_equal(sitk.GetArrayViewFromImage(image), given)
    fields = fields_of(image)
    assert fields["Purpose"] == PURPOSE
    assert fields["PictureOrigin"] == "REPLAY, SIMULATED"
    assert (image.GetOrigin(), image.GetSpacing()) == ((0.0,) * 3, (1.0,) * 3)
    assert fields["Kinds"] == "domain domain list"
    assert fields["UltrasoundImageOrientation"] == "MF"
    kind = "BRIGHTNESS" if frame is make_frame else "RGB_COLOR"
    assert fields["UltrasoundImageType"] == kind
    for place, (_, facts) in enumerate(frames):
        since_ns = facts.stamp.arrival_ns - START_NS
        head = f"Seq_Frame{place:04d}_"
        assert fields[f"{head}FrameNumber"] == str(facts.number)
        time_s = f"{since_ns // 10**9}.{since_ns % 10**9:09d}"
        assert fields[f"{head}Timestamp"] == fields[f"{head}UnfilteredTimestamp"] == time_s
        assert fields[f"{head}ImageStatus"] == "OK"


def test_what_is_missing_is_black_and_invalid(tmp_path: Path) -> None:
    geometry = PictureGeometry(480, 120, PixelFormat.GRAY8)
    frames = [make_frame(number, geometry, uneven(number)) for number in range(5)]
    session, path = session_of(tmp_path, frames, lost=[3]), tmp_path / "session.seq.mha"
    spoil(session)
    missing = sequence(session, path).missing
    assert missing == (Problem("frame 0", "damaged"), Problem("frame 3", "recorder too slow"))
    image = sitk.ReadImage(str(path))
    pixels, fields = sitk.GetArrayViewFromImage(image), fields_of(image)
    status = [fields[f"Seq_Frame{place:04d}_ImageStatus"] for place in range(5)]
    assert status == ["INVALID", "OK", "OK", "INVALID", "OK"]
    assert not pixels[[0, 3]].any()
    assert np.array_equal(pixels[4], frames[4][0].pixels)


def bare_frame(number: int):  # noqa: ANN201
    """A frame whose source states no scale."""
    frame, facts = make_frame(number, BARE, uneven(number))
    return replace(frame, regions=()), replace(facts, regions=())


def test_one_scale_stands_once_and_says_what_it_is(tmp_path: Path) -> None:
    scale = PixelScale(0.05, 0.07, 1.5, BARE, "two clicks")
    path = tmp_path / "session.igs.mha"
    sequence(session_of(tmp_path, map(bare_frame, range(3)), scales=[scale] * 3), path)
    fields = fields_of(sitk.ReadImage(str(path)))
    assert fields["ImageToProbeTransform"] == "0.05 0 0 0 0 0.07 0 0 0 0 1 0 0 0 0 1"
    assert fields["ImageToProbeTransformSource"] == "two clicks, 1 sigma 1.5 %"
    assert "not calibrated" in fields["ImageToProbeTransformNote"]
    assert not any("ImageToProbe" in key for key in fields if key.startswith("Seq_"))


def test_a_scale_that_changes_stands_with_each_frame(tmp_path: Path) -> None:
    scales = [None, PixelScale(0.05, 0.05, 1.0, BARE, "ruler")]
    path = tmp_path / "session.igs.mha"
    sequence(session_of(tmp_path, map(bare_frame, range(3)), scales=scales), path)
    fields = fields_of(sitk.ReadImage(str(path)))
    name = "ImageToProbeTransform"
    assert name not in fields
    status = [fields[f"Seq_Frame{place:04d}_{name}Status"] for place in range(3)]
    assert status == ["INVALID", "OK", "INVALID"]
    assert fields[f"Seq_Frame0001_{name}"].startswith("0.05 0 0 0 0 0.05")
    with pytest.raises(MotionRefused, match="no tool that was followed"):
        read_recording(path)


def test_without_a_scale_there_is_no_transform(tmp_path: Path) -> None:
    path = tmp_path / "session.igs.mha"
    sequence(session_of(tmp_path, map(bare_frame, range(2))), path)
    assert b"Transform " not in path.read_bytes().split(b"ElementDataFile")[0].replace(
        b"TransformMatrix", b""
    )


def test_pictures_of_several_sizes_are_refused(tmp_path: Path) -> None:
    frames = [make_frame(0, GRAY, uneven(0)), make_frame(1, COLOUR, uneven(1))]
    with pytest.raises(ExportRefused, match=r"several sizes \(33 x 17 gray8, 21 x 15 bgr24\)"):
        sequence(session_of(tmp_path, frames), tmp_path / "session.igs.mha")


def test_a_session_without_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="holds no picture"):
        sequence(session_of(tmp_path, ()), tmp_path / "session.igs.mha")
