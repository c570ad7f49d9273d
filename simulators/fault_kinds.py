"""What can go wrong with a source or a wire: one record a kind, with its parameters."""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

LONGEST_HELD_S = 5.0
"""Pictures that a fault holds back wait in memory, so that it may not hold them for longer."""
_SECOND_NS = 1_000_000_000

Seconds = Annotated[float, Meta(ge=0, le=1e6)]
Duration = Annotated[float, Meta(ge=0.001, le=1e6)]
Share = Annotated[float, Meta(gt=0, le=1)]
Rate = Annotated[float, Meta(gt=0, le=1000)]
HeldMs = Annotated[float, Meta(gt=0, le=LONGEST_HELD_S * 1000)]
Place = Annotated[int, Meta(ge=0, le=20_000)]
Extent = Annotated[int, Meta(gt=0, le=20_000)]
Area = tuple[Place, Place, Extent, Extent]
"""Left, top, width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Window:
    """One occurrence of a fault, in plan time: nanoseconds since the source was first opened."""

    number: int
    start_ns: int
    end_ns: int | None
    """None when it lasts to the end."""

    def holds(self, time_ns: int) -> bool:
        """Whether it is going on at this moment."""
        return self.start_ns <= time_ns and (self.end_ns is None or time_ns < self.end_ns)


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of a plan: it begins at `at`, lasts `for`, and comes again `every` so often."""

    kind: ClassVar[str]
    example: ClassVar[str] = ""
    """The parameters as somebody would write them."""
    on_source: ClassVar[bool] = True
    on_wire: ClassVar[bool] = False

    at_s: Seconds = msgspec.field(name="at")
    for_s: Duration | None = msgspec.field(name="for", default=None)
    every_s: Duration | None = msgspec.field(name="every", default=None)

    def __post_init__(self) -> None:
        numbers = [v for v in msgspec.structs.astuple(self) if isinstance(v, float)]
        if not all(map(math.isfinite, numbers)):
            raise ValueError("a number is not finite")
        if self.every_s is not None and (self.for_s is None or self.for_s >= self.every_s):
            raise ValueError("what comes again with every needs a for that is shorter")

    def last_window(self, time_ns: int) -> Window | None:
        """The occurrence that began last, over or not; None before the first."""
        since_ns = time_ns - _ns(self.at_s)
        if since_ns < 0:
            return None
        number = 0 if self.every_s is None else since_ns // _ns(self.every_s)
        start_ns = _ns(self.at_s) + number * _ns(self.every_s or 0)
        return Window(number, start_ns, start_ns + _ns(self.for_s) if self.for_s else None)

    def window(self, time_ns: int) -> Window | None:
        """The occurrence that is going on; None between them."""
        window = self.last_window(time_ns)
        return window if window is not None and window.holds(time_ns) else None


class Drop(Fault, frozen=True):
    """Pictures get lost."""

    kind = "drop"
    example = "probability: 0.3"
    probability: Share = 1.0


class Stall(Fault, frozen=True):
    """Nothing comes: a source loses its pictures, a wire sends them when it is over."""

    kind = "stall"
    on_wire = True


class Duplicate(Fault, frozen=True):
    """Pictures come twice."""

    kind = "duplicate"
    example = "probability: 0.2"
    probability: Share = 1.0


class Delay(Fault, frozen=True):
    """Everything comes later, at its own pace."""

    kind = "delay"
    example = "delay_ms: 300"
    on_wire = True
    delay_ms: HeldMs


class Jitter(Fault, frozen=True):
    """Everything comes later by a random time, evenly from 0 to `jitter_ms`, in order."""

    kind = "jitter"
    example = "jitter_ms: 80"
    on_wire = True
    jitter_ms: HeldMs


class Burst(Fault, frozen=True):
    """What comes is held back, and delivered all at once when it is over."""

    kind = "burst"
    on_wire = True

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        if self.for_s is None or self.for_s > LONGEST_HELD_S:
            raise ValueError(f"a burst needs a for of at most {LONGEST_HELD_S:g}")


class RateDrop(Fault, frozen=True):
    """Only so many pictures a second come, the others are lost."""

    kind = "rate_drop"
    example = "rate_hz: 5"
    rate_hz: Rate


class Freeze(Fault, frozen=True):
    """Pictures come, and all show what the last one before showed."""

    kind = "freeze"


class Pulse(Fault, frozen=True):
    """Pictures come as before, and show something new only so often: pulsed fluoroscopy."""

    kind = "pulse"
    example = "rate_hz: 3"
    rate_hz: Rate


class LastImageHold(Fault, frozen=True):
    """The last picture stands, marked LIH, as when the exposure has ended."""

    kind = "last_image_hold"


class ConsoleFreeze(Fault, frozen=True):
    """`area_px` stands still while the rest goes on, and a clock runs in `clock_px` if given."""

    kind = "console_freeze"
    example = "area_px: [0, 0, 640, 440]"
    area_px: Area
    clock_px: Area | None = None


class Black(Fault, frozen=True):
    """Pictures are black."""

    kind = "black"


class Grey(Fault, frozen=True):
    """Pictures have one grey everywhere."""

    kind = "grey"
    example = "level: 128"
    level: Annotated[int, Meta(ge=0, le=255)] = 128


class Mirror(Fault, frozen=True):
    """The picture is mirrored left to right, or `upside_down`; in `area_px` alone if given."""

    kind = "mirror"
    example = "area_px: [0, 0, 640, 440]"
    area_px: Area | None = None
    upside_down: bool = False


class Tear(Fault, frozen=True):
    """The lower part still shows the picture before; `noticed`, the driver leaves it out."""

    kind = "tear"
    example = "probability: 0.5"
    probability: Share = 1.0
    noticed: bool = False


class Corrupt(Fault, frozen=True):
    """Stripes of a picture, or bytes of a wire, are random; `noticed`, the driver leaves it out.

    On a wire `probability` holds for each kilobyte, of which one byte is changed.
    """

    kind = "corrupt"
    example = "probability: 0.1"
    on_wire = True
    probability: Share = 1.0
    noticed: bool = False


class Resize(Fault, frozen=True):
    """Pictures have another size; what the source said of its scale is left out."""

    kind = "resize"
    example = "size: 640x480"
    size: str

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        width, x, height = self.size.partition("x")
        if not (x and all(part.isascii() and part.isdigit() for part in (width, height))):
            raise ValueError("a size is written 640x480")
        if not all(16 <= side <= 8192 for side in self.size_px):
            raise ValueError("a side of size has 16 to 8192 pixels")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        width, _, height = self.size.partition("x")
        return int(width), int(height)


class Reformat(Fault, frozen=True):
    """Pictures come in the other pixel format: colour for grey, grey for colour."""

    kind = "reformat"


class FutureStamps(Fault, frozen=True):
    """The device's time lies so far ahead."""

    kind = "future_stamps"
    example = "ahead_s: 3600"
    ahead_s: Duration


class StandingStamps(Fault, frozen=True):
    """The device's time stands."""

    kind = "standing_stamps"


class BackwardStamps(Fault, frozen=True):
    """The device's time runs backwards."""

    kind = "backward_stamps"


class ClockStep(Fault, frozen=True):
    """The device's clock is put forward, or back with a minus; without `for`, for good."""

    kind = "clock_step"
    example = "step_s: -3600"
    step_s: Annotated[float, Meta(ge=-1e6, le=1e6)]


class FalseArrival(Fault, frozen=True):
    """The driver's own stamp of arrival lies by this much."""

    kind = "false_arrival"
    example = "offset_ms: -200"
    offset_ms: Annotated[float, Meta(ge=-1e9, le=1e9)]


class Unplug(Fault, frozen=True):
    """The device is gone; afterwards it is back, or the one called `returns_as` is there."""

    kind = "unplug"
    on_wire = True
    returns_as: str = ""


class SlowOpen(Fault, frozen=True):
    """Opening takes so long; a wire is silent so long after a connection was made."""

    kind = "slow_open"
    example = "delay_s: 4"
    on_wire = True
    delay_s: Duration


class Dribble(Fault, frozen=True):
    """A wire delivers one byte at a time."""

    kind = "dribble"
    example = "interval_ms: 5"
    on_source = False
    on_wire = True
    interval_ms: Annotated[float, Meta(gt=0, le=10_000)]


KINDS: dict[str, type[Fault]] = {kind.kind: kind for kind in Fault.__subclasses__()}


def _ns(seconds: float) -> int:
    return round(seconds * _SECOND_NS)
