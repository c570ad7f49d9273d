"""The real screens: where they are, how they are read, and what is true of them."""

import zlib
from pathlib import Path

import numpy as np

from drivers.api.samples import ImageU8
from drivers.opencv import cv2

SCREENS = "needle/janwolzenburg"
VIDEO = "needle/paulokwija/ph_dev_first3s.mp4"
PLUS = "plus"


def read_screen(shared_data: Path, name: str) -> ImageU8:
    """One picture, BGR24."""
    return np.asarray(cv2.imread(str(shared_data / name), cv2.IMREAD_COLOR))


def read_video(shared_data: Path) -> list[ImageU8]:
    """All frames of the grabbed scan, BGR24."""
    capture = cv2.VideoCapture(str(shared_data / VIDEO))
    frames = []
    while True:
        more, frame = capture.read()
        if not more:
            capture.release()
            return frames
        frames.append(frame)


def read_sequence(shared_data: Path, name: str) -> ImageU8:
    """The frames of a MetaImage sequence, GRAY8: (frame, row, column)."""
    raw = (shared_data / PLUS / f"{name}.igs.mha").read_bytes()
    data = raw.index(b"\n", raw.index(b"ElementDataFile")) + 1
    lines = raw[:data].decode("latin1").splitlines()
    header = dict(line.split(" = ", 1) for line in lines if " = " in line)
    width, height, _ = (int(word) for word in header["DimSize"].split())
    packed = header.get("CompressedData") == "True"
    values = np.frombuffer(zlib.decompress(raw[data:]) if packed else raw[data:], np.uint8)
    count = len(values) // (width * height)
    return values[: count * width * height].reshape(count, height, width)
