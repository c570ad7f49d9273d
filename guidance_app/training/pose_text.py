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
    """(n, 4, 4), from sixteen numbers row by row in each text; raises ValueError."""
    for text in texts:
        count = len(text.split())
        if count != 16:
            raise ValueError(f"a pose has {count} numbers instead of 16")
    return np.array(" ".join(texts).split()).astype(np.float64).reshape(-1, 4, 4)
