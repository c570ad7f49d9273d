"""Motion in plain tables."""

from pathlib import Path

import numpy as np
import pytest
from motions import about_y

from guidance_app.training.motion import MotionRefused, ToolMotion
from guidance_app.training.motion_metrics import path_mm
from guidance_app.training.tracked_files import read_recording

SHORT = "time_s,tool,x_mm,y_mm,z_mm,qx,qy,qz,qw"
LONG = "time_ns,tool,m00,m01,m02,m03_mm,m10,m11,m12,m13_mm,m20,m21,m22,m23_mm,m30,m31,m32,m33"
STILL = "0,0,0,0,0,0,1"


def read(folder: Path, *lines: str) -> dict[str, ToolMotion]:
    path = folder / "one.csv"
    path.write_text("\n".join(lines) + "\n")
    return dict(read_recording(path).motions)


def test_both_ways_to_write_a_pose_say_the_same(tmp_path: Path) -> None:
    angles = np.linspace(0.0, 1.0, 5)
    short, long = [SHORT], [LONG]
    for n, (angle, turn) in enumerate(zip(angles.tolist(), about_y(angles), strict=True)):
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = turn, (n, 2.0, -n)
        half = f"0,{np.sin(angle / 2)},0,{np.cos(angle / 2)}"
        short.append(f"0.{n},Needle,{n},2.0,{-n},{half}")
        long.append(f"{n}00000000,Needle," + ",".join(map(str, pose.ravel().tolist())))
    one, other = read(tmp_path, *short)["Needle"], read(tmp_path, *long)["Needle"]
    assert one.time_ns.tolist() == other.time_ns.tolist()
    assert one.poses == pytest.approx(other.poses)


def test_tools_may_take_turns(tmp_path: Path) -> None:
    lines = ["0,Needle,0,0,0,0,0,0,1", "0,Probe,5,0,0,0,0,0,1", "", "1,Needle,3,4,0,0,0,0,1"]
    found = read(tmp_path, "\ufeff" + SHORT, *lines, "1.5,Probe,5,0,1,0,0,0,-1")
    assert list(found) == ["Needle", "Probe"]
    assert (path_mm(found["Needle"]), path_mm(found["Probe"])) == (5.0, 1.0)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["time,tool,x"], "line 1 has to be"),
        ([SHORT.replace("x_mm", "x")], "line 1 has to be"),
        ([SHORT, f"0,A,{STILL}", f"1,A,{STILL},9"], "line 3 has 10 values instead of 9"),
        ([SHORT, f"0,A,{STILL}", "1,A,left,0,0,0,0,0,1"], "line 3: could not convert"),
        ([SHORT, f"0,A,{STILL}", "1,A,nan,0,0,0,0,0,1"], "line 3 has a pose that is no rotation"),
        ([SHORT, f"0,A,{STILL}", "1,A,0,0,0,0,0,0,0"], "line 3 has a pose that is no rotation"),
        ([SHORT, f"0,A,{STILL}", "1,A,0,0,0,0,0,0,1.1"], "line 3 has a pose that is no rotation"),
        ([SHORT, f"soon,A,{STILL}"], "line 2: soon is no time"),
        ([SHORT, f"-1,A,{STILL}"], "line 2: -1 is no time"),
        ([SHORT, f"0,,{STILL}"], "line 2 names no tool"),
        ([SHORT, f'0,"A,{STILL}'], "line 2"),
        ([LONG, "0.5,A," + ",".join("1000010000100001")], "line 2: 0.5 is no time in whole"),
        ([LONG, "5,A," + ",".join("2000010000100001")], "line 2 has a pose that is no rotation"),
        ([SHORT, f"0,A,{STILL}"], "no tool that was followed"),
        ([""], "line 1 has to be"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(MotionRefused, match=words) as refused:
        read(tmp_path, *lines)
    assert str(refused.value).startswith("one.csv ")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_bytes(b"\xff\x00\xfe" * 40)
    with pytest.raises(MotionRefused, match="damaged"):
        read_recording(tmp_path / "one.csv")
