"""Simulated frames with their truth a second to disk, as `guidance simulate dataset` writes them.

The reference writes as many of the same frames as PNG and nothing else. Prints one JSON document.
"""

import json
import tempfile
import time
from pathlib import Path

from drivers.opencv import cv2
from simulators.dataset import FRAMES, SEQUENCE, write_dataset
from simulators.pictures import build_pictures
from simulators.scenario import Scenario

COUNT = 300


def main() -> None:
    """Measure, and print one JSON document."""
    pictures = build_pictures(Scenario("knee"))
    pictures.image(0)
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.perf_counter()
        write_dataset(pictures, COUNT, Path(folder) / "data")
        took_s = time.perf_counter() - began_s
        reference_s = _reference_s(Path(folder) / "data" / FRAMES)
        size_mb = (Path(folder) / "data" / SEQUENCE).stat().st_size / 1e6
    figures = {
        "benchmark": "dataset",
        "frames": COUNT,
        "size": (pictures.grid.width_px, pictures.grid.height_px),
        "frames_a_second": round(COUNT / took_s, 1),
        "sequence_mb": round(size_mb, 1),
        "reference": "the same frames written as PNG",
        "reference_frames_a_second": round(COUNT / reference_s, 1),
        "ratio": round(reference_s / took_s, 2),
    }
    print(json.dumps(figures))


def _reference_s(frames: Path) -> float:
    images = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted(frames.iterdir())]
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.perf_counter()
        for number, image in enumerate(images):
            cv2.imwrite(f"{folder}/{number:06}.png", image)
        return time.perf_counter() - began_s


if __name__ == "__main__":
    main()
