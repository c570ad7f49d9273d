"""Frames with their truth on disk: pictures, JSON lines, a tracked sequence; the same each time."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from drivers.opencv import cv2
from simulators.pictures import RATE_HZ, Pictures
from simulators.truth_file import TRUTH, truth_line

FRAMES, SEQUENCE, ABOUT = "frames", "sequence.igs.mha", "dataset.json"
LONGEST_WAIT_S = 120
"""So long it is looked for a needle that goes in."""


class DatasetRefused(ValueError):
    """It cannot be written there; `str()` says why and what to do."""


def write_dataset(
    pictures: Pictures,
    frames: int,
    folder: Path,
    done: Callable[[int], None] = lambda n: None,
    *,
    first: int = 0,
    scenario: Mapping[str, object] | None = None,
) -> None:
    """Write that many frames into a new or empty folder; raises DatasetRefused.

    `done` is told how many are written. Frames are PNG of 8 bits, numbered from 0, and begin with
    frame `first` of the case; the truth has a JSON object a frame; the sequence holds the same
    frames with the pose of the probe, as tracked ultrasound is kept (MetaImage with fields for each
    frame); one more file says of what `scenario`, and at which scale, they are. All of it is there
    in the end, or nothing.
    """
    part = _make_part(folder)
    try:
        _write_frames(pictures, range(first, first + frames), part, done)
        _write_about(pictures, first, frames, part / ABOUT, scenario)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        raise DatasetRefused(f"{folder} cannot be written ({error.strerror}).") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def needle_goes_in(pictures: Pictures) -> int:
    """The frame a second before the needle goes through the skin; 0 where it is long in coming."""
    needle = pictures.case.needle
    numbers = (n for n in range(LONGEST_WAIT_S * RATE_HZ) if needle(n / RATE_HZ) is not None)
    return max(next(numbers, 0) - RATE_HZ, 0)


def _write_frames(
    pictures: Pictures, numbers: range, folder: Path, done: Callable[[int], None]
) -> None:
    (folder / FRAMES).mkdir()
    with (
        (folder / TRUTH).open("w", encoding="utf-8", newline="\n") as lines,
        (folder / SEQUENCE).open("wb") as sequence,
    ):
        sequence.write(_sequence_head(pictures, numbers))
        for index, number in enumerate(numbers):
            image, truth = pictures.image(number), pictures.truth(number)
            cv2.imwrite(str(folder / FRAMES / f"{index:06}.png"), image)
            lines.write(truth_line(index, truth))
            sequence.write(image.tobytes())
            done(index + 1)


def _write_about(
    pictures: Pictures,
    first: int,
    frames: int,
    path: Path,
    scenario: Mapping[str, object] | None,
) -> None:
    height_px, width_px, channels = pictures.shape
    about = {
        "scenario": scenario,
        "first_frame": first,
        "frames": frames,
        "rate_hz": RATE_HZ,
        "size_px": [width_px, height_px],
        "channels": channels,
        "area_px": pictures.area_px,
        "image_to_probe": _image_to_probe(pictures).tolist(),
        "target": pictures.case.view.target,
        "spare": pictures.case.body.no_go,
    }
    path.write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _make_part(folder: Path) -> Path:
    """A folder beside the one that is wanted, which takes its name in the end."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists() and any(folder.iterdir()):
            raise DatasetRefused(f"{folder} is not empty. Name a new folder.")
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        part.chmod(0o755)
        return part
    except OSError as error:
        raise DatasetRefused(
            f"{folder} cannot be written ({error.strerror}). Name another."
        ) from None


def _sequence_head(pictures: Pictures, numbers: range) -> bytes:
    """Of a MetaImage: text with fields for each frame; all pixels follow it."""
    height_px, width_px, channels = pictures.shape
    head = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "False",
        "DimSize": f"{width_px} {height_px} {len(numbers)}",
        "ElementSpacing": "1 1 1",
        "UltrasoundImageOrientation": "MFA",
        "UltrasoundImageType": "BRIGHTNESS",
        "ElementNumberOfChannels": f"{channels}",
        "ElementType": "MET_UCHAR",
    }
    lines = [f"{name} = {value}" for name, value in head.items()]
    for index, number in enumerate(numbers):
        lines += _frame_fields(index, number, pictures)
    return "\n".join([*lines, "ElementDataFile = LOCAL", ""]).encode("ascii")


def _frame_fields(index: int, number: int, pictures: Pictures) -> list[str]:
    name, pose = f"Seq_Frame{index:04}", pictures.case.probe_to_body(number / RATE_HZ)
    image_to_probe = _image_to_probe(pictures)
    return [
        f"{name}_FrameNumber = {index}",
        f"{name}_Timestamp = {number / RATE_HZ:.6f}",
        f"{name}_ProbeToTrackerTransform = {_in_words(pose)}",
        f"{name}_ProbeToTrackerTransformStatus = OK",
        f"{name}_ImageToProbeTransform = {_in_words(image_to_probe)}",
        f"{name}_ImageToProbeTransformStatus = OK",
        f"{name}_ImageStatus = OK",
    ]


def _image_to_probe(pictures: Pictures) -> np.ndarray:
    """Pixels to mm of probe space: columns to x, rows to z, and the third axis to -y, which keeps
    the handedness."""
    left, top = pictures.grid.to_mm((0.0, 0.0))
    s = pictures.grid.mm_per_px
    return np.array(
        [[s, 0.0, 0.0, left], [0.0, 0.0, -s, 0.0], [0.0, s, 0.0, top], [0.0, 0.0, 0.0, 1.0]]
    )


def _in_words(matrix: np.ndarray) -> str:
    return " ".join(f"{value:.6f}" for value in matrix.ravel())
