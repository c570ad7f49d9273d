"""Frames with their truth on disk: pictures, JSON lines, a tracked sequence; the same each time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from drivers.opencv import cv2
from simulators.pictures import RATE_HZ, Pictures
from simulators.truth_file import TRUTH, truth_line

FRAMES, SEQUENCE = "frames", "sequence.igs.mha"


class DatasetRefused(ValueError):
    """It cannot be written there; `str()` says why and what to do."""


def write_dataset(
    pictures: Pictures, frames: int, folder: Path, done: Callable[[int], None] = lambda n: None
) -> None:
    """Write that many frames into a new or empty folder; raises DatasetRefused.

    `done` is told how many are written. Frames are PNG of 8 bits, numbered from 0; the truth has a
    JSON object a frame; the sequence holds the same frames with the pose of the probe, as tracked
    ultrasound is kept (MetaImage with fields for each frame).
    """
    _make_folder(folder)
    with (
        (folder / TRUTH).open("w", encoding="utf-8", newline="\n") as lines,
        (folder / SEQUENCE).open("wb") as sequence,
    ):
        sequence.write(_sequence_head(pictures, frames))
        for number in range(frames):
            image, truth = pictures.image(number), pictures.truth(number)
            cv2.imwrite(str(folder / FRAMES / f"{number:06}.png"), image)
            lines.write(truth_line(number, truth))
            sequence.write(image.tobytes())
            done(number + 1)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise DatasetRefused(f"{folder} is not empty. Name a new folder.")
        (folder / FRAMES).mkdir()
    except OSError as error:
        raise DatasetRefused(
            f"{folder} cannot be written ({error.strerror}). Name another."
        ) from None


def _sequence_head(pictures: Pictures, frames: int) -> bytes:
    """Of a MetaImage: text with fields for each frame; all pixels follow it."""
    height_px, width_px, channels = pictures.shape
    head = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "False",
        "DimSize": f"{width_px} {height_px} {frames}",
        "ElementSpacing": "1 1 1",
        "UltrasoundImageOrientation": "MFA",
        "UltrasoundImageType": "BRIGHTNESS",
        "ElementNumberOfChannels": f"{channels}",
        "ElementType": "MET_UCHAR",
    }
    lines = [f"{name} = {value}" for name, value in head.items()]
    for number in range(frames):
        lines += _frame_fields(number, pictures)
    return "\n".join([*lines, "ElementDataFile = LOCAL", ""]).encode("ascii")


def _frame_fields(number: int, pictures: Pictures) -> list[str]:
    name, pose = f"Seq_Frame{number:04}", pictures.case.probe_to_body(number / RATE_HZ)
    image_to_probe = _image_to_probe(pictures)
    return [
        f"{name}_FrameNumber = {number}",
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
