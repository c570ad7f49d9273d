"""What the child process runs: one class that reads one device, and the records it speaks in."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drivers.api.ports import VideoFormat
from drivers.api.samples import ImageU8, PictureGeometry

Parameters = Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class ReaderSpec:
    """How the child makes its reader."""

    factory: str
    """`package.module:callable`; called with the parameters as keywords."""
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the device agreed to when it was opened."""

    format: VideoFormat | None
    """None where the library that reads it does not tell."""
    rate_hz: float | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A picture has come and waits to be converted."""

    sequence: int
    """Rises by one for each picture that the device made; a gap is a loss."""
    arrival_ns: int
    """perf_counter_ns directly after the call that gave the picture.

    That clock is the same in all processes: CLOCK_MONOTONIC on Linux, mach_absolute_time on
    macOS, QueryPerformanceCounter on Windows.
    """
    device_ns: int | None


class Waiting(enum.IntEnum):
    """Why there is no picture just now."""

    SILENT = 0
    NO_SIGNAL = 1
    """The device itself says that nothing is connected to its input, or nothing it understands."""


class ReadFailure(Exception):
    """The device failed in the child; the parent makes a DeviceError of it."""

    def __init__(self, kind: str, cause: str, advice: str) -> None:
        """`kind` is the name of a class in drivers.api.errors."""
        super().__init__(cause)
        self.kind = kind
        self.cause = cause
        self.advice = advice


def explain_waiting(waiting: Waiting) -> ReadFailure:
    """What is told when no picture has come for too long."""
    if waiting is Waiting.NO_SIGNAL:
        return ReadFailure(
            "Timeout",
            "there is no signal at its input",
            "Check that the console is on, and the cable between it and the device.",
        )
    return ReadFailure("Timeout", "it sends no pictures", "Check its cable and its input.")


class DeviceReader(Protocol):
    """Reads one device; everything is called by one thread of the child.

    Each method may block, hang or crash: the parent ends the child then. All may raise
    ReadFailure.
    """

    def open(self) -> Opened:
        """Acquire the device and start it."""
        ...

    def wait(self, limit_s: float) -> Arrival | Waiting:
        """The next picture, or why none came within about `limit_s`.

        A damaged one that is recognised here is left out: the next sequence shows the gap.
        """
        ...

    def convert(self, space: ImageU8) -> PictureGeometry | None:
        """Write the picture of the last Arrival to the beginning of `space`, a flat array.

        None when it turns out to be damaged; it is lost then.
        """
        ...
