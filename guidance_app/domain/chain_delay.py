"""How long a device takes before its picture arrives: measured once, remembered for the device."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drivers.api.ports import DeviceInfo, SourceInfo


@dataclass(frozen=True, slots=True)
class ChainDelay:
    """From paint on a screen to arrival, milliseconds; the screen's own delay is in it."""

    median_ms: float
    p95_ms: float
    plus_minus_ms: float
    """One refresh of the screen: nothing shown there is known more exactly."""
    count: int
    """Pictures it was taken from."""
    measured_on: str
    """Local date, "2026-11-26"."""
    format: str = ""
    """What the device delivered then, "YUYV 1280x720"; another format may take longer."""


def device_key(info: SourceInfo | DeviceInfo) -> str:
    """What a device is remembered under: what it says of itself, else its address."""
    return info.identity or info.address


LONGEST_MS = 10_000.0
"""Nothing that guides a needle is later than this: a longer delay is a mistake."""
FEWEST_READINGS = 10
"""Fewer give no 95th percentile."""


class TooFewReadings(Exception):
    """A delay cannot be stated; `str()` says how many pictures showed the pattern."""


def summarise_delays(
    delays_ms: Sequence[float], refresh_hz: float, measured_on: str, format_words: str
) -> ChainDelay:
    """The delay from single readings; raises TooFewReadings."""
    if len(delays_ms) < FEWEST_READINGS:
        raise TooFewReadings(f"{len(delays_ms)} of {FEWEST_READINGS} pictures")
    median_ms, p95_ms = np.percentile(np.array(delays_ms, np.float64), [50, 95])
    return ChainDelay(
        median_ms=round(float(median_ms), 1),
        p95_ms=round(float(p95_ms), 1),
        plus_minus_ms=round(1000.0 / refresh_hz, 1),
        count=len(delays_ms),
        measured_on=measured_on,
        format=format_words,
    )
