"""Motion in files of other programs: real sequences, and recorded transforms made here."""

from pathlib import Path

import numpy as np
import pytest

from guidance_app.training.motion import MotionRefused
from guidance_app.training.motion_metrics import elapsed_s, path_mm
from guidance_app.training.tracked_files import read_recording

PLUS = Path(__file__).resolve().parents[4] / "shared" / "data" / "plus"
HEAD = "ObjectType = Image\nNDims = 3\n"
POSE = "1 0 0 {x} 0 1 0 0 0 0 1 0 0 0 0 1"


def sequence(path: Path, frames: list[tuple[str, str, str]]) -> Path:
    lines = [
        f"Seq_Frame{n:04d}_NeedleToReferenceTransform = {pose}\n"
        f"Seq_Frame{n:04d}_NeedleToReferenceTransformStatus = {status}\n"
        f"Seq_Frame{n:04d}_Timestamp = {time}\n"
        for n, (time, pose, status) in enumerate(frames)
    ]
    path.write_text(HEAD + "".join(lines) + "ElementDataFile = LOCAL\n")
    return path


def recorded(path: Path, *logs: str) -> Path:
    path.write_text("<TransformRecorderLog>" + "".join(logs) + "</TransformRecorderLog>")
    return path


def log(seconds: int, nanoseconds: int, x: float, device: str = "NeedleToReference") -> str:
    return (
        f'<log TimeStampSec="{seconds}" TimeStampNSec="{nanoseconds}" type="transform" '
        f'DeviceName="{device}" transform="{POSE.format(x=x)}" />'
    )


@pytest.mark.skipif(not PLUS.is_dir(), reason="the shared data is not there")
def test_a_real_sequence() -> None:
    motions = read_recording(PLUS / "SpinePhantomFreehand.igs.mha").motions
    assert set(motions) == {"ProbeToTracker", "ReferenceToTracker", "StylusToTracker"}
    probe = motions["ProbeToTracker"]
    assert probe.time_ns[0] == 215_102_186_000
    assert probe.tips_mm[0] == pytest.approx((172.641, -98.0022, -22.0262))
    assert path_mm(probe) > 5 * path_mm(motions["ReferenceToTracker"]) > 0.0


WITHOUT_TOOLS = (
    "UltrasonixCurvilinearScanConvertedData.igs.mha",
    "WaterTankBottomTranslationVideoBuffer.igs.mha",
)


@pytest.mark.skipif(not PLUS.is_dir(), reason="the shared data is not there")
@pytest.mark.parametrize("path", sorted(PLUS.glob("*.igs.mha")), ids=lambda path: path.name)
def test_every_real_sequence_is_read(path: Path) -> None:
    if path.name in WITHOUT_TOOLS:
        with pytest.raises(MotionRefused, match="no tool"):
            read_recording(path)
        return
    for motion in read_recording(path).motions.values():
        assert elapsed_s(motion) > 0.0


def test_what_is_not_ok_is_no_pose(tmp_path: Path) -> None:
    frames = [
        ("1.0", POSE.format(x=0), "OK"),
        ("1.5", POSE.format(x=900), "INVALID"),
        ("2.0", POSE.format(x=3), "OK"),
        ("2.0", POSE.format(x=700), "OK"),
    ]
    motion = read_recording(sequence(tmp_path / "one.igs.mha", frames)).motions["NeedleToReference"]
    assert motion.time_ns.tolist() == [1_000_000_000, 2_000_000_000]
    assert path_mm(motion) == 3.0


def test_recorded_transforms_keep_their_nanoseconds(tmp_path: Path) -> None:
    logs = [
        log(4096, 7, 0.0),
        '<log type="message" message="begin" />',
        log(4096, 999_999_999, 4.0),
    ]
    found = read_recording(
        recorded(tmp_path / "one.xml", *logs, log(4097, 0, 1.0, "Probe"))
    ).motions
    assert set(found) == {"NeedleToReference"}
    motion = found["NeedleToReference"]
    assert np.diff(motion.time_ns).tolist() == [999_999_992]
    assert path_mm(motion) == 4.0


BOMB = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("one.xml", BOMB, "document type of its own"),
        ("one.xml", "<TransformRecorderLog>", "damaged"),
        ("one.xml", "<a/>", "no tool"),
        ("one.xml", '<a><log type="transform" /></a>', "damaged"),
        ("one.igs.mha", "PK\x03\x04", "does not begin as"),
        ("one.igs.mha", HEAD, "no tool"),
        ("one.igs.mha", "", "does not begin as"),
        ("one.txt", "", "is no recording of tools"),
    ],
)
def test_what_is_no_recording_is_refused(
    tmp_path: Path, name: str, content: str, words: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(MotionRefused, match=words):
        read_recording(tmp_path / name)


@pytest.mark.parametrize(
    ("time", "pose", "words"),
    [
        ("now", POSE.format(x=0), "is no time"),
        ("-1", POSE.format(x=0), "is no time"),
        ("1e400000", POSE.format(x=0), "is no time"),
        ("1.0", "1 0 0", "3 numbers, not 16"),
        ("1.0", POSE.format(x="left"), "is no number"),
        ("1.0", POSE.format(x="nan"), "no rotation"),
        ("1.0", "0 " * 16, "no rotation"),
    ],
)
def test_damaged_frames_are_refused(tmp_path: Path, time: str, pose: str, words: str) -> None:
    whole = ("0.5", POSE.format(x=0), "OK")
    path = sequence(tmp_path / "one.seq.mha", [whole, (time, pose, "OK"), ("3", whole[1], "OK")])
    with pytest.raises(MotionRefused, match=words):
        read_recording(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(MotionRefused, match="cannot be read"):
        read_recording(tmp_path / "one.xml")


def test_how_the_image_lies_in_a_probe_is_no_tool(tmp_path: Path) -> None:
    frames = [("1.0", POSE.format(x=0), "OK"), ("2.0", POSE.format(x=3), "OK")]
    path = sequence(tmp_path / "one.igs.mha", frames)
    image = "0 0.08 0 4 0.1 0 0 5 0 0 0.09 6 0 0 0 1"
    added = f"Seq_Frame0000_ImageToProbeTransform = {image}\nElementDataFile"
    path.write_text(path.read_text().replace("ElementDataFile", added))
    found = read_recording(path)
    assert list(found.motions) == ["NeedleToReference"]
    assert found.images["ImageToProbe"][:3, 3].tolist() == [4.0, 5.0, 6.0]
    path.write_text(path.read_text().replace(image, "0 " * 16))
    with pytest.raises(MotionRefused, match="spans no plane"):
        read_recording(path)


def test_a_recorded_time_beyond_all_times_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MotionRefused, match="is no time"):
        read_recording(recorded(tmp_path / "one.xml", log(10**30, 0, 0.0), log(1, 0, 0.0)))


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "one.csv").mkdir()
    with pytest.raises(MotionRefused, match="not a plain file"):
        read_recording(tmp_path / "one.csv")
