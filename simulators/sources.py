"""Simulated devices by address: `sim:SITE[?seed=NUMBER][&operator=NAME][&view=NAME] …`.

Every name in a scenario (`simulators/scenario.py`) but its site and title is an option.
"""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from drivers.api.address import Address, refuse_unknown_options
from drivers.api.errors import Disconnected, NotFound
from drivers.api.ports import (
    Clock,
    DeviceInfo,
    DriverSpec,
    HandMove,
    SourceInfo,
    VideoSource,
)
from drivers.api.samples import ImageU8, Origin, PixelFormat, ScaledRegion, Stamp, VideoFrame
from simulators.anatomy.sites import SITES
from simulators.plain_yaml import in_plain_words
from simulators.scenario import (
    LARGEST_SEED,
    MOST_PX,
    SMALLEST_PX,
    Scenario,
    ScenarioRefused,
    cast,
)
from simulators.steered import YOU, SteeredHands

if TYPE_CHECKING:
    from simulators.pictures import Pictures
    from simulators.truth_file import TruthFile

OPTIONS = frozenset(Scenario.__struct_fields__) - {"site", "title"}
NUMBERS = (
    f"Write seed= with a whole number from 0 to {LARGEST_SEED}, "
    f"width_px= and height_px= from {SMALLEST_PX} to {MOST_PX}."
)
RATE_HZ = 30
_FORMATS = {2: PixelFormat.GRAY8, 3: PixelFormat.BGR24}
_SECOND_NS = 1_000_000_000


class SimulatedVideo:
    """A VideoSource over a scenario: 30 frames a second by the injected clock.

    Frame k shows the time k/30 s and is due as long after open(), so frames of one address
    have the same pixels however fast they are read. A reader who is late gets the newest frame
    that is due; those left out are missing in the sequence, as with a probe that does not wait.
    """

    def __init__(self, address: Address, scenario: Scenario, clock: Clock) -> None:
        self._address = address
        self._scenario = scenario
        self._clock = clock
        self._interrupted = threading.Event()
        self._pictures: Pictures | None = None
        self._regions: tuple[ScaledRegion, ...] = ()
        self._opened_ns = 0
        self._next = 0

    def open(self) -> SourceInfo:
        """Build the body and the machine, about a second; their time starts at 0 now."""
        from simulators.pictures import build_pictures  # noqa: PLC0415 - compiles, loads OpenCV

        self._pictures = build_pictures(self._scenario)
        self._regions = self._pictures.regions
        self._pictures.image(0)  # what is compiled at first use is compiled now
        self._opened_ns = self._clock.now_ns()
        self._next = 0
        return SourceInfo(
            address=self._address.text,
            name=_name(self._address.target),
            identity=None,
            origin=Origin.SIMULATED,
            nominal_rate_hz=float(RATE_HZ),
            simulated=True,
        )

    def read(self) -> VideoFrame:
        """The next frame when it is due, the newest when several are; stamped when it is drawn."""
        if self._pictures is None:
            raise self._stopped("it is not open")
        number = max(self._next, self._newest_due())
        due_ns = self._opened_ns + _scene_ns(number)
        if not self._clock.wait_until(due_ns, self._interrupted):
            raise self._stopped("reading was stopped")
        pixels: ImageU8 = self._pictures.image(number)
        pixels.flags.writeable = False
        self._next = number + 1
        stamp = Stamp(number, self._clock.now_ns(), device_ns=_scene_ns(number))
        return VideoFrame(pixels, _FORMATS[pixels.ndim], stamp, Origin.SIMULATED, self._regions)

    def interrupt(self) -> None:
        """End a blocked read() and all later ones; for good."""
        self._interrupted.set()

    def close(self) -> None:
        """Drop body and machine."""
        self._pictures = None

    def _newest_due(self) -> int:
        return (self._clock.now_ns() - self._opened_ns) * RATE_HZ // _SECOND_NS

    def _stopped(self, cause: str) -> Disconnected:
        name = _name(self._address.target)
        return Disconnected(name, "read", cause, "Open it again to go on.")


class SteeredVideo(SimulatedVideo):
    """The same with hands that do what they are asked for, after the moment at which it came.

    Frames depend on what was asked when, and not on how fast they are read.
    """

    def __init__(self, address: Address, scenario: Scenario, clock: Clock) -> None:
        super().__init__(address, scenario, clock)
        self._truth: TruthFile | None = None

    @property
    def task(self) -> str:
        """The target of the view."""
        return cast(self._scenario).view.target

    def steer(self, move: HandMove) -> None:
        """As the port says; after open() the hands begin anew."""
        pictures = self._pictures
        if pictures is not None and isinstance(pictures.case.hands, SteeredHands):
            pictures.case.hands.move(self._clock.now_ns() - self._opened_ns, move)

    def keep_truth(self, path: Path) -> None:
        """As the port says."""
        from simulators.truth_file import TruthFile  # noqa: PLC0415 - only where it is asked for

        self._truth = TruthFile(path)

    def read(self) -> VideoFrame:
        """The next frame; its truth is in the file before it is handed out."""
        frame = super().read()
        if self._truth is not None and self._pictures is not None:
            number = frame.stamp.sequence
            self._truth.write(number, self._pictures.truth(number))
        return frame

    def close(self) -> None:
        """Drop body and machine; no more truth is written."""
        super().close()
        if self._truth is not None:
            self._truth.close()
            self._truth = None


def create(address: Address, clock: Clock) -> VideoSource:
    """A simulated source; NotFound for a site, option or value that does not exist."""
    refuse_unknown_options(address, OPTIONS)
    scenario = _scenario(address)
    kind = SteeredVideo if scenario.operator == YOU else SimulatedVideo
    return kind(address, scenario, clock)


def pose_of(address: Address) -> Callable[[float], NDArray[np.float64]]:
    """Where the picture of a simulated source lies in the body at a time of its own, 4x4, mm.

    The origin is the middle of the picture's upper border, x runs to the right, z down. NotFound as
    by `create`; options of others than this source are left alone.
    """
    from simulators.pictures import build_case  # noqa: PLC0415 - compiles, loads OpenCV

    case, top_mm = build_case(_scenario(address))
    border = np.eye(4)
    border[2, 3] = top_mm
    return lambda time_s: np.asarray(case.probe_to_body(time_s) @ border)


def _scenario(address: Address) -> Scenario:
    if address.target not in SITES:
        raise _refused(address, f'there is no site "{address.target}"', _listed("Sites", SITES))
    try:
        own = {name: value for name, value in address.options.items() if name in OPTIONS}
        scenario = msgspec.convert({"site": address.target, **own}, Scenario, strict=False)
        cast(scenario)
    except ScenarioRefused as refused:
        raise _refused(address, str(refused).rstrip("."), "Change it.") from None
    except msgspec.ValidationError as error:
        raise _refused(address, in_plain_words(error), NUMBERS) from None
    return scenario


def discover() -> list[DeviceInfo]:
    """Every site can always be opened."""
    return [DeviceInfo(f"sim:{site}", _name(site), None, "video", True, True, "") for site in SITES]


def _scene_ns(number: int) -> int:
    """When a frame is due after open(): rounded up, so that it is due once that time is reached."""
    return -(-number * _SECOND_NS // RATE_HZ)


def _name(site: str) -> str:
    return f"Simulated {site}"


def _listed(what: str, names: Iterable[str]) -> str:
    return f"{what} that exist: {', '.join(names)}."


def _refused(address: Address, cause: str, advice: str) -> NotFound:
    return NotFound(f'"{address.text}"', "open", cause, advice)


DRIVER = DriverSpec(("sim",), "Simulated devices", "sim:knee", create, discover)
