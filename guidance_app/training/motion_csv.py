"""Tool motion in a plain table: comma-separated, one pose a line, units in the names of columns.

    time_s,tool,x_mm,y_mm,z_mm,qx,qy,qz,qw
    0.00,NeedleToReference,10.0,0.0,-3.5,0,0,0,1

The time may be `time_ns` instead, in whole nanoseconds, and the pose sixteen numbers row by row
(MATRIX). Poses are tool to reference. A time at which a tool was not followed has no line.
"""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from guidance_app.training.motion import Numbers, are_rigid
from guidance_app.training.pose_text import Poses, nanoseconds, whole_ns

TIMES = ("time_s", "time_ns")
QUATERNION = ("x_mm", "y_mm", "z_mm", "qx", "qy", "qz", "qw")
MATRIX = (
    *("m00", "m01", "m02", "m03_mm"),
    *("m10", "m11", "m12", "m13_mm"),
    *("m20", "m21", "m22", "m23_mm"),
    *("m30", "m31", "m32", "m33"),
)
UNIT_WITHIN = 1e-3
"""Of the length of a quaternion from 1: what is off by more is none."""
LONGEST_NAME = 100


@dataclass(slots=True)
class _Column:
    """What the lines say of one tool."""

    lines: list[int] = field(default_factory=list)
    time_ns: list[int] = field(default_factory=list)
    numbers: list[list[float]] = field(default_factory=list)


def read_table(content: bytes) -> Poses:
    """Of each tool; raises ValueError, which names the line."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    names = next(rows, [])
    if names[:1] not in ([TIMES[0]], [TIMES[1]]) or tuple(names[1:]) not in (
        ("tool", *QUATERNION),
        ("tool", *MATRIX),
    ):
        raise ValueError(
            f"line 1 has to be {TIMES[0]} or {TIMES[1]}, tool, and then {','.join(QUATERNION)} "
            "or the sixteen numbers of a matrix (docs/motion.md)"
        )
    tools: dict[str, _Column] = defaultdict(_Column)
    try:
        for row in rows:
            if row:
                _take(row, rows.line_num, names, tools)
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num}: {error}") from None
    return {name: (one.time_ns, _poses(one)) for name, one in tools.items()}


def _take(row: list[str], line: int, names: list[str], tools: dict[str, _Column]) -> None:
    if len(row) != len(names):
        raise ValueError(f"line {line} has {len(row)} values instead of {len(names)}")
    if not 0 < len(row[1]) <= LONGEST_NAME:
        raise ValueError(f"line {line} names no tool")
    column = tools[row[1]]
    try:
        column.time_ns.append(_time_ns(row[0], names[0]))
        column.numbers.append([float(word) for word in row[2:]])
    except ValueError as error:
        raise ValueError(f"line {line}: {error}") from None
    column.lines.append(line)


def _time_ns(word: str, name: str) -> int:
    if name == TIMES[0]:
        return nanoseconds(word)
    if not (word.isascii() and word.isdecimal()) or len(word) > 19:
        raise ValueError(f"{word[:40]} is no time in whole nanoseconds")
    return whole_ns(int(word))


def _poses(column: _Column) -> Numbers:
    numbers = np.array(column.numbers)
    poses = numbers.reshape(-1, 4, 4) if numbers.shape[1] == 16 else _from_quaternions(numbers)
    wrong = np.flatnonzero(~are_rigid(poses))
    if wrong.size:
        raise ValueError(f"line {column.lines[wrong[0]]} has a pose that is no rotation and shift")
    return poses


def _from_quaternions(numbers: Numbers) -> Numbers:
    """Not a number where the quaternion is not of length 1."""
    from scipy.spatial.transform import Rotation  # noqa: PLC0415  # takes a while to load

    length = np.linalg.norm(numbers[:, 3:], axis=1)
    known = np.abs(length - 1.0) <= UNIT_WITHIN
    poses = np.tile(np.eye(4), (len(numbers), 1, 1))
    poses[~known] = np.nan
    if known.any():
        poses[known, :3, :3] = Rotation.from_quat(numbers[known, 3:]).as_matrix()
    poses[known, :3, 3] = numbers[known, :3]
    return poses
