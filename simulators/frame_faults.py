"""What a plan does to one picture: lost, late, twice, with other pixels or another stamp.

No clock and no waiting: times are handed in, so that the same pictures get the same faults.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from drivers.api.samples import ImageU8, PixelFormat, VideoFrame
from drivers.opencv import cv2
from simulators.fault_kinds import (
    Area,
    BackwardStamps,
    Black,
    Burst,
    ClockStep,
    ConsoleFreeze,
    Corrupt,
    Delay,
    Drop,
    Duplicate,
    FalseArrival,
    Fault,
    Freeze,
    FutureStamps,
    Grey,
    Jitter,
    LastImageHold,
    Mirror,
    Pulse,
    RateDrop,
    Reformat,
    Resize,
    Stall,
    StandingStamps,
    Tear,
    Window,
)
from simulators.fault_plan import FaultPlan

STRIPES = 3
STRIPE_ROWS = 16
LABEL_PX = (8, 8, 96, 40)
STAMP_FAULTS = (FutureStamps, StandingStamps, BackwardStamps, ClockStep)
_MS = 1_000_000
_SECOND_NS = 1_000_000_000


@dataclass(slots=True, eq=False)
class Outcome:
    """What becomes of one picture."""

    frame: VideoFrame
    copies: int = 1
    """How often it is delivered; 0 when it is lost."""
    delay_ns: int = 0
    not_before_ns: int = 0
    """Plan time until which it is held back."""
    arrival_offset_ns: int = 0
    """By how much the stamp of its arrival is to lie."""
    kinds: list[str] = field(default_factory=list)
    """The faults that were put into it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """One fault at one picture, with what it may look at."""

    place: int
    window: Window
    time_ns: int
    before: ImageU8
    """The picture before this one, as it came; at the very first, this one."""
    chance: Callable[[], np.random.Generator]


@dataclass(slots=True, eq=False)
class _Memory:
    """What one entry remembers while it is going on."""

    window: int
    picture: ImageU8
    device_ns: int
    slot: int = -1


class FrameFaults:
    """Puts the faults of a plan into one picture after the other."""

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan
        self._alters_stamps = any(isinstance(fault, STAMP_FAULTS) for fault in plan.faults)
        self._memories: dict[int, _Memory] = {}
        self._before: ImageU8 | None = None

    def apply(self, frame: VideoFrame, time_ns: int, number: int) -> Outcome:
        """The picture at plan time `time_ns`; `number` counts all pictures of the source."""
        outcome = Outcome(self._with_device_time(frame, time_ns))
        before = frame.pixels if self._before is None else self._before
        active = list(self._plan.active(time_ns))
        self._forget_all_but({place for place, _, _ in active})
        for place, fault, window in active:
            moment = _Moment(place, window, time_ns, before, self._chance(place, number))
            if _strikes(fault, moment):
                self._put(fault, moment, outcome)
        self._before = frame.pixels
        outcome.frame.pixels.flags.writeable = False
        return outcome

    def _forget_all_but(self, places: set[int]) -> None:
        for place in self._memories.keys() - places:
            del self._memories[place]

    def _with_device_time(self, frame: VideoFrame, time_ns: int) -> VideoFrame:
        """A device whose clock is to go wrong has one: the plan's time where it states none."""
        if not self._alters_stamps or frame.stamp.device_ns is not None:
            return frame
        return replace(frame, stamp=replace(frame.stamp, device_ns=time_ns))

    def _chance(self, place: int, number: int) -> Callable[[], np.random.Generator]:
        return lambda: self._plan.chance(place, number)

    def _put(self, fault: Fault, moment: _Moment, outcome: Outcome) -> None:
        memory = self._remember(moment, outcome.frame)
        known = _delivery(fault, moment, memory, outcome)
        known = known or _stamp(fault, memory, outcome)
        pixels = None if known else _picture(fault, moment, memory, outcome.frame.pixels)
        if pixels is not None:
            outcome.frame = _with_pixels(outcome.frame, pixels)
        if known or pixels is not None:
            outcome.kinds.append(fault.kind)

    def _remember(self, moment: _Moment, frame: VideoFrame) -> _Memory:
        memory = self._memories.get(moment.place)
        if memory is None or memory.window != moment.window.number:
            device_ns = frame.stamp.device_ns or 0
            memory = _Memory(moment.window.number, moment.before, device_ns)
            self._memories[moment.place] = memory
        return memory


def _strikes(fault: Fault, moment: _Moment) -> bool:
    match fault:
        case Drop(probability=p) | Duplicate(probability=p) | Tear(probability=p):
            return p >= 1 or moment.chance().random() < p
        case Corrupt(probability=p):
            return p >= 1 or moment.chance().random() < p
    return True


def _delivery(fault: Fault, moment: _Moment, memory: _Memory, outcome: Outcome) -> bool:
    """What happens on the way; True when `fault` is of this sort and did something."""
    match fault:
        case Drop() | Stall() | Tear(noticed=True) | Corrupt(noticed=True):
            outcome.copies = 0
        case Duplicate():
            outcome.copies *= 2
        case Delay(delay_ms=delay_ms):
            outcome.delay_ns += round(delay_ms * _MS)
        case Jitter(jitter_ms=jitter_ms):
            outcome.delay_ns += round(moment.chance().uniform(0, jitter_ms) * _MS)
        case Burst():
            outcome.not_before_ns = max(outcome.not_before_ns, moment.window.end_ns or 0)
        case RateDrop(rate_hz=rate_hz):
            if _same_slot(memory, moment, rate_hz):
                outcome.copies = 0
            return outcome.copies == 0
        case _:
            return False
    return True


def _stamp(fault: Fault, memory: _Memory, outcome: Outcome) -> bool:
    """What the times say; True when `fault` is of this sort."""
    stamp = outcome.frame.stamp
    device_ns = stamp.device_ns or 0
    match fault:
        case FutureStamps(ahead_s=step_s) | ClockStep(step_s=step_s):
            device_ns += round(step_s * _SECOND_NS)
        case StandingStamps():
            device_ns = memory.device_ns
        case BackwardStamps():
            device_ns = 2 * memory.device_ns - device_ns
        case FalseArrival(offset_ms=offset_ms):
            outcome.arrival_offset_ns += round(offset_ms * _MS)
            return True
        case _:
            return False
    outcome.frame = replace(outcome.frame, stamp=replace(stamp, device_ns=device_ns))
    return True


def _picture(fault: Fault, moment: _Moment, memory: _Memory, pixels: ImageU8) -> ImageU8 | None:
    """What the picture shows instead; None when `fault` is of another sort."""
    match fault:
        case Freeze():
            return memory.picture
        case Pulse(rate_hz=rate_hz):
            if not _same_slot(memory, moment, rate_hz):
                memory.picture = pixels
            return memory.picture
        case LastImageHold():
            return _labelled(memory.picture, LABEL_PX, "LIH")
        case ConsoleFreeze():
            return _console(fault, moment, memory.picture, pixels)
        case Black():
            return np.zeros_like(pixels)
        case Grey(level=level):
            return np.full_like(pixels, level)
        case Mirror():
            return _mirrored(fault, pixels)
        case Tear():
            return _torn(pixels, moment)
        case Corrupt():
            return _corrupted(pixels, moment.chance())
        case Resize(size_px=size_px):
            return np.asarray(cv2.resize(pixels, size_px, interpolation=cv2.INTER_AREA), np.uint8)
        case Reformat():
            code = cv2.COLOR_GRAY2BGR if pixels.ndim == 2 else cv2.COLOR_BGR2GRAY
            return np.asarray(cv2.cvtColor(pixels, code), np.uint8)
    return None


def _same_slot(memory: _Memory, moment: _Moment, rate_hz: float) -> bool:
    """Whether the entry has had a picture in this part of a second already."""
    since_ns = moment.time_ns - moment.window.start_ns
    slot = int(since_ns * rate_hz / _SECOND_NS)
    same, memory.slot = slot == memory.slot, slot
    return same


def _console(fault: ConsoleFreeze, moment: _Moment, held: ImageU8, pixels: ImageU8) -> ImageU8:
    left, top, width, height = fault.area_px
    area = (slice(top, top + height), slice(left, left + width))
    shown = pixels.copy()
    if held.shape == pixels.shape:
        shown[area] = held[area]
    if fault.clock_px is None:
        return shown
    minutes, seconds = divmod(moment.time_ns // _SECOND_NS, 60)
    return _labelled(shown, fault.clock_px, f"{minutes:02d}:{seconds:02d}")


def _mirrored(fault: Mirror, pixels: ImageU8) -> ImageU8:
    shown = pixels.copy()
    height_px, width_px = pixels.shape[:2]
    left, top, width, height = fault.area_px or (0, 0, width_px, height_px)
    area = (slice(top, top + height), slice(left, left + width))
    shown[area] = np.flip(pixels[area], 0 if fault.upside_down else 1)
    return shown


def _torn(pixels: ImageU8, moment: _Moment) -> ImageU8:
    shown, height_px = pixels.copy(), pixels.shape[0]
    row = int(moment.chance().integers(height_px // 4, 3 * height_px // 4))
    if moment.before.shape == pixels.shape:
        shown[row:] = moment.before[row:]
    return shown


def _corrupted(pixels: ImageU8, chance: np.random.Generator) -> ImageU8:
    shown = pixels.copy()
    for top in chance.integers(0, pixels.shape[0], STRIPES):
        stripe = shown[top : top + STRIPE_ROWS]
        stripe[:] = chance.integers(0, 256, stripe.shape, dtype=np.uint8)
    return shown


def _labelled(pixels: ImageU8, area: Area, text: str) -> ImageU8:
    """A copy with white letters on black in the area, as large as they fit."""
    left, top, width, height = area
    shown = pixels.copy()
    shown[top : top + height, left : left + width] = 0
    letters = cv2.FONT_HERSHEY_SIMPLEX
    (wide, high), _ = cv2.getTextSize(text, letters, 1.0, 1)
    scale = 0.9 * min(width / wide, height / high)
    foot = (left + width // 20, top + round(height / 2 + scale * high / 2))
    cv2.putText(shown, text, foot, letters, scale, (255, 255, 255), max(1, round(scale)))
    return shown


def _with_pixels(frame: VideoFrame, pixels: ImageU8) -> VideoFrame:
    """Regions hold for one size only; the source would have stated others."""
    pixel_format = PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24
    same_size = pixels.shape[:2] == frame.pixels.shape[:2]
    regions = frame.regions if same_size else ()
    return replace(frame, pixels=pixels, pixel_format=pixel_format, regions=regions)
