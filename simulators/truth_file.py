"""The truth of a simulated procedure on disk: a JSON object a frame, one on each line."""

import json
from pathlib import Path
from typing import TextIO

import numpy as np

from simulators.case import Truth

TRUTH = "truth.jsonl"
DIGITS = 4
"""Of millimetres and pixels: finer than any picture shows."""


class TruthFile:
    """Written while frames are drawn; a line that was begun is in the file when it is drawn.

    Where it cannot be written any more it ends: who reads it sees up to when it goes. One thread
    at a time.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError where it cannot be begun."""
        self._lines: TextIO | None = path.open("w", encoding="utf-8", newline="\n", buffering=1)

    def write(self, number: int, truth: Truth) -> None:
        """Add a frame."""
        if self._lines is None:
            return
        try:
            self._lines.write(truth_line(number, truth))
        except OSError:
            self._lines = None

    def close(self) -> None:
        """Nothing is added any more."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()


def truth_line(number: int, truth: Truth) -> str:
    """A frame's line."""
    return json.dumps(truth_record(number, truth), ensure_ascii=False) + "\n"


def truth_record(number: int, truth: Truth) -> dict[str, object]:
    """What the truth of a frame says in JSON; lengths in mm, points of the picture in pixels."""
    return {
        "frame": number,
        "t_s": round(truth.time_s, 6),
        "probe_to_body": _rounded(truth.probe_to_body),
        "tip_mm": _rounded(truth.tip_mm),
        "tip_px": _rounded(truth.tip_px),
        "shaft_mm": _rounded(truth.shaft_mm),
        "shaft_px": _rounded(truth.shaft_px),
        "entry_px": _rounded(truth.entry_px),
        "target_mm": _rounded(truth.target_mm),
        "target_px": _rounded(truth.target_px),
        "tip_visible": truth.tip_mm is not None and not truth.hidden,
        "hidden": truth.hidden,
        "at_tip": truth.at_tip,
        "hit": list(truth.hit),
        "injecting": truth.injecting,
    }


def _rounded(values: object) -> object:
    return None if values is None else np.round(np.asarray(values, float), DIGITS).tolist()
