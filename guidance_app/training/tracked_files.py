"""Tool motion that other programs recorded: tracked sequences and recorded transforms.

`.igs.mha` and `.seq.mha` are MetaImage sequences of PLUS and 3D Slicer: the head of the file has,
for each frame, a time, and a transform with its status for each tool. `.xml` is what Perk Tutor's
transform recorder wrote. Pictures are not read. What a tool's status calls other than OK is no
pose; nor is one at a time that was there already. What leads from Image, whose units are pixels,
holds a scale and is no tool's motion.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeAlias
from xml.parsers import expat

import numpy as np

from guidance_app.training.motion import MotionRefused, ToolMotion

MOST_HEAD_BYTES, MOST_FILE_BYTES = 64 << 20, 256 << 20
"""Of the head of a sequence, and of recorded transforms."""
MOST_LINE_BYTES = 1000
"""Of a line of the head: other programs read no longer ones."""
HEAD_BEGINS, HEAD_ENDS = b"ObjectType", b"ElementDataFile"
LATEST_S = 9_000_000_000
"""A time beyond is none, be it since 1970."""
OK = "OK"
_FIELD = re.compile(r"Seq_Frame(\d{1,8})_(\w+) = (.*)")
_POSE = re.compile(r"(?!ImageTo)(\w+To\w+)Transform")

Pose: TypeAlias = tuple[int, list[float]]
"""Time in nanoseconds, and sixteen numbers row by row."""
Poses: TypeAlias = dict[str, list[Pose]]
"""Of each tool."""


def is_recording(path: Path) -> bool:
    """Whether it is named as one of these files is."""
    return any(_is_named(path, suffix) for suffix in READERS)


def read_motions(path: Path) -> dict[str, ToolMotion]:
    """The motion of each tool, by its name, such as "NeedleToReference".

    Tools with fewer than two poses are left out. Raises MotionRefused, whose sentence names the
    file.
    """
    read = next((one for suffix, one in READERS.items() if _is_named(path, suffix)), None)
    if read is None:
        kinds = ", ".join(READERS)
        raise MotionRefused(f"{path.name} is no recording of tools. Name one of these: {kinds}.")
    try:
        poses = read(path)
        motions = {name: _motion(of_tool) for name, of_tool in poses.items() if len(of_tool) > 1}
    except OSError as error:
        raise MotionRefused(f"{path.name} cannot be read ({error.strerror}).") from None
    except (KeyError, ValueError, expat.ExpatError) as error:
        raise MotionRefused(f"{path.name} is damaged, or no recording of tools: {error}") from None
    if not motions:
        raise MotionRefused(f"{path.name} holds no tool that was followed.")
    return motions


def _is_named(path: Path, suffix: str) -> bool:
    return path.name.lower().endswith(suffix)


def _motion(poses: list[Pose]) -> ToolMotion:
    first_at: dict[int, list[float]] = {}
    for time_ns, numbers in poses:
        first_at.setdefault(time_ns, numbers)
    times = sorted(first_at)
    matrices = np.array([first_at[time_ns] for time_ns in times]).reshape(-1, 4, 4)
    return ToolMotion(np.array(times, np.int64), matrices)


def _read_sequence(path: Path) -> Poses:
    poses: Poses = defaultdict(list)
    for frame in _frames(_head(path)):
        if "Timestamp" not in frame:
            continue
        time_ns = _nanoseconds(frame["Timestamp"])
        for field, value in frame.items():
            named = _POSE.fullmatch(field)
            if named and frame.get(f"{field}Status", OK) == OK:
                poses[named[1]].append((time_ns, _numbers(value)))
    return poses


def _head(path: Path) -> Iterator[str]:
    """The lines before the pictures."""
    left = MOST_HEAD_BYTES
    with path.open("rb") as file:
        while left > 0:
            line = file.readline(MOST_LINE_BYTES)
            if left == MOST_HEAD_BYTES and not line.startswith(HEAD_BEGINS):
                raise ValueError("it does not begin as a MetaImage does")
            if not line or line.startswith(HEAD_ENDS):
                return
            left -= len(line)
            yield line.decode("utf-8", "replace").rstrip()
    raise ValueError("its head does not end")


def _frames(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """The fields of each frame; those of one frame stand together."""
    number, fields = "", dict[str, str]()
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None:
            continue
        if found[1] != number:
            yield fields
            number, fields = found[1], {}
        fields[found[2]] = found[3]
    yield fields


def _read_recorded(path: Path) -> Poses:
    """Of `log` elements whose type is "transform"."""
    if path.stat().st_size > MOST_FILE_BYTES:
        raise ValueError(f"it has more than {MOST_FILE_BYTES >> 20} MiB")
    poses: Poses = defaultdict(list)

    def begin(name: str, given: dict[str, str]) -> None:
        if name == "log" and given.get("type") == "transform":
            time_ns = int(given["TimeStampSec"]) * 1_000_000_000 + int(given["TimeStampNSec"])
            poses[given["DeviceName"]].append((time_ns, _numbers(given["transform"])))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = _refuse_entities
    with path.open("rb") as file:
        parser.ParseFile(file)
    return poses


def _refuse_entities(*_: object) -> None:
    """What a document declares of its own could unpack to anything."""
    raise ValueError("it has a document type of its own")


def _nanoseconds(text: str) -> int:
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:40]} is no time") from None
    if not 0 <= seconds <= LATEST_S:
        raise ValueError(f"{text[:40]} is no time")
    return int(seconds * 1_000_000_000)


def _numbers(text: str) -> list[float]:
    numbers = [float(word) for word in text.split()]
    if len(numbers) != 16:
        raise ValueError(f"a pose has {len(numbers)} numbers instead of 16")
    return numbers


READERS: dict[str, Callable[[Path], Poses]] = {
    ".igs.mha": _read_sequence,
    ".seq.mha": _read_sequence,
    ".xml": _read_recorded,
}
