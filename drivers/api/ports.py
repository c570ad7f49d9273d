"""The seams between devices and the application: sources, clock, and how drivers are named."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from drivers.api.address import Address
from drivers.api.samples import DoseReading, Origin, VideoFrame


class Clock(Protocol):
    """Time as a port: injected everywhere, so that tests need no sleeping."""

    def now_ns(self) -> int:
        """Monotonic nanoseconds since an arbitrary fixed moment."""
        ...

    def wait_until(self, deadline_ns: int, interrupted: threading.Event) -> bool:
        """Block until the deadline (True) or until `interrupted` is set (False)."""
        ...


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """One way in which a device delivers pictures."""

    code: str
    """Four characters as the device names it: "YUYV", "MJPG", "GREY"."""
    width_px: int
    height_px: int
    rates_hz: tuple[float, ...] = ()
    """Frames a second that it offers, falling; empty where it states none."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What an opened source says of itself."""

    address: str
    name: str
    """What a person calls it: "Simulated knee", "USB3 capture"."""
    identity: str | None
    """Serial number or port path; None when the source has none."""
    origin: Origin
    nominal_rate_hz: float | None = None
    """Frames a second as the source states it; None when it states none."""
    still: bool = False
    """One picture that will never change: for planning, never for guidance."""
    simulated: bool = False
    """A simulator made it, or made what is replayed."""
    format: VideoFormat | None = None
    """What the device really delivers now; None where there is no such thing."""
    fault_plan: str = ""
    """Name of the script whose faults are put into it; empty when there is none."""
    dose: DoseReading | None = None
    """What it stated when it was opened; None where it states none."""
    modality: str = ""
    """How its pictures are made, a term of DICOM PS3.3 C.7.3.1.1.1; empty where it states none."""
    length_s: float | None = None
    """How long it plays as the file states it; None where it does not, and of what has no end."""


class VideoSource(Protocol):
    """A source of frames. One thread calls open, read and close; any may interrupt.

    After close() it may be opened again. A source that is bound to one device opens that one
    again, wherever it is plugged in, and no other.
    """

    def open(self) -> SourceInfo:
        """Acquire the device; raises DeviceError inside a bounded time."""
        ...

    def read(self) -> VideoFrame:
        """Block for the next frame and stamp it; raises DeviceError, EndOfStream at the end.

        After interrupt() it raises Disconnected soon, without a frame.
        """
        ...

    def interrupt(self) -> None:
        """Make a blocked or later read() return soon; any thread, idempotent."""
        ...

    def close(self) -> None:
        """Release everything; idempotent, never raises, allowed before open()."""
        ...


@dataclass(frozen=True, slots=True)
class HandMove:
    """A movement of both hands from where they are, as they are seen on the picture."""

    advance_mm: float = 0.0
    """Of the needle along its way, positive inwards."""
    swing_rad: float = 0.0
    """Of the needle in the image plane; positive brings its tip to the right."""
    lift_rad: float = 0.0
    """Of the needle out of the image plane; positive brings its tip towards the viewer."""
    entry_mm: float = 0.0
    """Of the needle along the skin, positive to the right; only while it is outside."""
    slide_mm: float = 0.0
    """Of the probe in the image plane, positive to the right."""
    sweep_mm: float = 0.0
    """Of the probe at right angles to it, positive towards the viewer."""
    rock_rad: float = 0.0
    """Of the probe in the image plane, positive sinks its right end."""


@runtime_checkable
class Steered(VideoSource, Protocol):
    """A source in which needle and probe are moved by the person who looks: for practice."""

    @property
    def task(self) -> str:
        """What the needle is meant for: "subacromial bursa"."""
        ...

    def steer(self, move: HandMove) -> None:
        """Ask for a movement, beyond those under way; any thread, returns at once, never raises.

        It is done as fast as a hand can, as far as it can be done; while closed it is let go.
        """
        ...

    def keep_truth(self, path: Path) -> None:
        """Write into this file from now on, until it is closed, where needle and probe really are.

        Before the first read(), once; raises OSError where it cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device that is attached or a source that could be opened."""

    address: str
    name: str
    identity: str | None
    kind: str
    simulated: bool
    available: bool
    reason: str
    """Why it is not available, in a plain sentence; empty when it is."""
    formats: tuple[VideoFormat, ...] = ()
    """What it offers, as far as that can be asked without disturbing it."""
    held_by: str = ""
    """Programs that have it open now, which may keep it busy: "obs (process 4711)"."""


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """One driver: the schemes it answers to, an example, how to make a source, what it sees."""

    schemes: tuple[str, ...]
    title: str
    example: str
    create: Callable[[Address, Clock], VideoSource]
    """Build an unopened source; raises NotFound on an unknown target or option."""
    discover: Callable[[], list[DeviceInfo]]
    """What this driver can see now; quick, opens nothing."""
    inspect: Callable[[], list[DeviceInfo]] | None = None
    """The same, after asking each device what it offers; ends within seconds. None where there is
    nothing to ask."""


@dataclass(frozen=True, slots=True)
class SourceOption:
    """An option that every address takes, whatever its driver: it wraps the source."""

    name: str
    example: str
    """As it is written: "faults=unplug"."""
    wrap: Callable[[VideoSource, str, Clock], VideoSource]
    """The unopened source, the option's value; raises DeviceError on a value that cannot be."""
