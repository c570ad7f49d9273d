"""Times and poses as they stand in files: as text."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import numpy as np

from guidance_app.training.motion import Numbers

LATEST_S = 9_000_000_000
"""A time beyond is none, be it since 1970."""

Poses: TypeAlias = dict[str, tuple[list[int], Numbers]]
"""Of each tool, in the order in which the file names them: times in nanoseconds, and matrices
(n, 4, 4)."""


def nanoseconds(seconds: str) -> int:
    """From a time in seconds, cut off, never rounded; raises ValueError."""
    try:
        time_s = Decimal(seconds)
    except InvalidOperation:
        raise ValueError(f"{seconds[:40]} is no time") from None
    if not 0 <= time_s <= LATEST_S:
        raise ValueError(f"{seconds[:40]} is no time")
    return int(time_s * 1_000_000_000)


def whole_ns(time_ns: int) -> int:
    """A time in nanoseconds as it is; raises ValueError."""
    if not 0 <= time_ns <= LATEST_S * 1_000_000_000:
        raise ValueError(f"{str(time_ns)[:40]} ns is no time")
    return time_ns


def matrices(texts: Sequence[str]) -> Numbers:
    """(n, 4, 4), from sixteen numbers row by row in each of n > 0 texts; raises ValueError."""
    try:
        rows = np.loadtxt(texts, comments=None, ndmin=2)
    except ValueError:
        rows = np.empty((0, 0))
    if rows.shape != (len(texts), 16):
        raise ValueError(_what_is_wrong(texts))
    return np.asarray(rows.reshape(-1, 4, 4))


def _what_is_wrong(texts: Sequence[str]) -> str:
    """Of the first text that is no pose."""
    text = next(text for text in texts if not _is_pose(text))
    count = len(text.split())
    return f"{text[:40]} is no number" if count == 16 else f"a pose has {count} numbers, not 16"


def _is_pose(text: str) -> bool:
    try:
        return len([float(word) for word in text.split()]) == 16
    except ValueError:
        return False
