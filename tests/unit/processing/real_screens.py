"""The real screens: where they are, how they are read, and what is true of them."""

from pathlib import Path

import numpy as np
from metaimage import read_metaimage

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
    """The frames of a tracked sequence, GRAY8: (frame, row, column)."""
    return read_metaimage(shared_data / PLUS / f"{name}.igs.mha")
