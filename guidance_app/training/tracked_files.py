"""Tool motion that other programs recorded: tracked sequences, recorded transforms, tables.

`.igs.mha` and `.seq.mha` are MetaImage sequences of PLUS and 3D Slicer: the head of the file has,
for each frame, a time, and a transform with its status for each tool. `.xml` is what Perk Tutor's
transform recorder wrote, `.csv` is described in `motion_csv`. Pictures are not read. What a tool's
status calls other than OK is no pose; nor is one at a time that was there already.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import numpy as np

from guidance_app.training.motion import MotionRefused, Numbers, ToolMotion
from guidance_app.training.motion_csv import read_table
from guidance_app.training.plain_file import open_input
from guidance_app.training.pose_text import Poses, matrices, nanoseconds, whole_ns

MOST_HEAD_BYTES, MOST_FILE_BYTES = 64 << 20, 256 << 20
"""Of the head of a sequence, and of recorded transforms and tables."""
BLOCK_BYTES = 1 << 20
HEAD_BEGINS, HEAD_ENDS = b"ObjectType", b"\nElementDataFile"
OK = "OK"
IMAGE_TO = "ImageTo"
"""Begins the name of what is no tool: how the image lies in a probe, with its scale."""
FRAME, TRANSFORM, STATUS, TIME = "Seq_Frame", "Transform", "TransformStatus", "Timestamp"


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds."""

    motions: Mapping[str, ToolMotion]
    """By name, such as "NeedleToReference", in the order in which the file names them."""
    images: Mapping[str, Numbers]
    """How the image lies in a probe, (4, 4), by name, such as "ImageToProbe"."""


def is_recording(path: Path) -> bool:
    """Whether it is named as one of these files is."""
    return any(_is_named(path, suffix) for suffix in READERS)


def read_recording(path: Path) -> Recording:
    """All tools of a file; those with fewer than two poses are left out.

    Raises MotionRefused, whose sentence names the file.
    """
    read = next((one for suffix, one in READERS.items() if _is_named(path, suffix)), None)
    if read is None:
        kinds = ", ".join(READERS)
        raise MotionRefused(f"{path.name} is no recording of tools. Name one of these: {kinds}.")
    try:
        recording = _recording(read(path))
    except OSError as error:
        raise MotionRefused(f"{path.name} cannot be read ({error.strerror}).") from None
    except (KeyError, ValueError, expat.ExpatError) as error:
        raise MotionRefused(f"{path.name} is damaged, or no recording of tools: {error}") from None
    if not recording.motions:
        raise MotionRefused(f"{path.name} holds no tool that was followed.")
    return recording


def _is_named(path: Path, suffix: str) -> bool:
    return path.name.lower().endswith(suffix)


def _recording(poses: Poses) -> Recording:
    tools = {name: one for name, one in poses.items() if not name.startswith(IMAGE_TO)}
    return Recording(
        {name: _motion(*one) for name, one in tools.items() if len(one[0]) > 1},
        {name: _image(one[1][0]) for name, one in poses.items() if name not in tools},
    )


def _motion(time_ns: list[int], poses: Numbers) -> ToolMotion:
    times, first = np.unique(np.array(time_ns, np.int64), return_index=True)
    return ToolMotion(times, poses[first])


def _image(image_to_probe: Numbers) -> Numbers:
    """The first one: it is a calibration, which does not change while it is recorded."""
    across = np.cross(image_to_probe[:3, 0], image_to_probe[:3, 1])
    if not np.isfinite(image_to_probe).all() or not np.any(across):
        raise ValueError("how the image lies in the probe spans no plane")
    return image_to_probe


def _read_sequence(path: Path) -> Poses:
    times: dict[str, int] = {}
    lost: set[tuple[str, str]] = set()
    given: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in _head(path).splitlines():
        if not line.startswith(FRAME):
            continue
        name, _, value = line.partition(" = ")
        frame, _, field = name[len(FRAME) :].partition("_")
        if field.endswith(TRANSFORM):
            given[field.removesuffix(TRANSFORM)].append((frame, value))
        elif field == TIME:
            times[frame] = nanoseconds(value)
        elif value != OK and field.endswith(STATUS):
            lost.add((field.removesuffix(STATUS), frame))
    kept: dict[str, list[tuple[int, str]]] = {
        tool: [(times[n], text) for n, text in of if n in times and (tool, n) not in lost]
        for tool, of in given.items()
    }
    return _read_text(kept)


def _read_text(given: Mapping[str, list[tuple[int, str]]]) -> Poses:
    """Poses of which a file has the numbers in a text; those without one are left out."""
    return {
        tool: ([time for time, _ in poses], matrices([text for _, text in poses]))
        for tool, poses in given.items()
        if poses
    }


def _head(path: Path) -> str:
    """What stands before the pictures."""
    head = bytearray()
    with open_input(path) as file:
        while block := file.read(BLOCK_BYTES):
            since = max(0, len(head) - len(HEAD_ENDS))
            head += block
            if not head.startswith(HEAD_BEGINS):
                break
            ends = head.find(HEAD_ENDS, since)
            if ends >= 0:
                return head[:ends].decode("utf-8", "replace")
            if len(head) > MOST_HEAD_BYTES:
                raise ValueError("its head does not end")
    if not head.startswith(HEAD_BEGINS):
        raise ValueError("it does not begin as a MetaImage does")
    return head.decode("utf-8", "replace")


def _read_recorded(path: Path) -> Poses:
    """Of `log` elements whose type is "transform"."""
    given: dict[str, list[tuple[int, str]]] = defaultdict(list)

    def begin(name: str, about: dict[str, str]) -> None:
        if name == "log" and about.get("type") == "transform":
            time_ns = int(about["TimeStampSec"]) * 1_000_000_000 + int(about["TimeStampNSec"])
            given[about["DeviceName"]].append((whole_ns(time_ns), about["transform"]))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = _refuse_entities
    with open_input(path, MOST_FILE_BYTES) as file:
        parser.ParseFile(file)
    return _read_text(given)


def _refuse_entities(*_: object) -> None:
    """What a document declares of its own could unpack to anything."""
    raise ValueError("it has a document type of its own")


def _read_csv(path: Path) -> Poses:
    with open_input(path, MOST_FILE_BYTES) as file:
        return read_table(file.read(MOST_FILE_BYTES))


READERS: dict[str, Callable[[Path], Poses]] = {
    ".igs.mha": _read_sequence,
    ".seq.mha": _read_sequence,
    ".xml": _read_recorded,
    ".csv": _read_csv,
}
