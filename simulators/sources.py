"""Simulated devices by address: `sim:knee[?seed=NUMBER][&operator=expert|novice]`."""

import threading
from collections.abc import Callable

from drivers.api.address import Address, refuse_unknown_options
from drivers.api.errors import Disconnected, NotFound
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, SourceInfo, VideoSource
from drivers.api.samples import ImageU8, Origin, PixelFormat, ScaledRegion, Stamp, VideoFrame
from simulators.hand import OPERATORS
from simulators.scene import HEIGHT_PX, MM_PER_PX, WIDTH_PX, make_scene

SITES = ("knee",)
OPTIONS = frozenset({"seed", "operator"})
RATE_HZ = 30
WHOLE_PICTURE = ScaledRegion(0, 0, WIDTH_PX - 1, HEIGHT_PX - 1, MM_PER_PX, MM_PER_PX)
_SECOND_NS = 1_000_000_000
_LARGEST_SEED = 999_999


class SimulatedVideo:
    """A VideoSource over a scene: 30 frames a second by the injected clock.

    Frame k shows scene time k/30 s and is due as long after open(), so frames of one address
    have the same pixels however fast they are read. A reader who is late gets the newest frame
    that is due; those left out are missing in the sequence, as with a probe that does not wait.
    """

    def __init__(self, address: Address, seed: int, operator: str, clock: Clock) -> None:
        self._address = address
        self._seed = seed
        self._operator = operator
        self._clock = clock
        self._interrupted = threading.Event()
        self._draw: Callable[[float], ImageU8] | None = None
        self._opened_ns = 0
        self._next = 0

    def open(self) -> SourceInfo:
        """Build the scene, some tenths of a second; its time starts at 0 now."""
        from simulators.anatomy.knee_tissue import paint_knee  # noqa: PLC0415 - loads OpenCV
        from simulators.ultrasound import Ultrasound  # noqa: PLC0415

        scene = make_scene(self._seed, self._operator)
        self._draw = Ultrasound(scene, paint_knee(scene.knee)).image
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
        if self._draw is None:
            raise self._stopped("it is not open")
        number = max(self._next, self._newest_due())
        due_ns = self._opened_ns + _scene_ns(number)
        if not self._clock.wait_until(due_ns, self._interrupted):
            raise self._stopped("reading was stopped")
        pixels = self._draw(number / RATE_HZ)
        pixels.flags.writeable = False
        self._next = number + 1
        stamp = Stamp(number, self._clock.now_ns(), device_ns=_scene_ns(number))
        return VideoFrame(pixels, PixelFormat.GRAY8, stamp, Origin.SIMULATED, (WHOLE_PICTURE,))

    def interrupt(self) -> None:
        """End a blocked read() and all later ones; for good."""
        self._interrupted.set()

    def close(self) -> None:
        """Drop the scene."""
        self._draw = None

    def _newest_due(self) -> int:
        return (self._clock.now_ns() - self._opened_ns) * RATE_HZ // _SECOND_NS

    def _stopped(self, cause: str) -> Disconnected:
        name = _name(self._address.target)
        return Disconnected(name, "read", cause, "Open it again to go on.")


def create(address: Address, clock: Clock) -> VideoSource:
    """A simulated source; NotFound for a site, option or value that does not exist."""
    refuse_unknown_options(address, OPTIONS)
    if address.target not in SITES:
        raise _refused(address, f'there is no site "{address.target}"', _listed("Sites", SITES))
    operator = address.options.get("operator", OPERATORS[0])
    if operator not in OPERATORS:
        raise _refused(
            address, f'there is no operator "{operator}"', _listed("Operators", OPERATORS)
        )
    return SimulatedVideo(address, _seed(address), operator, clock)


def discover() -> list[DeviceInfo]:
    """Every site can always be opened."""
    return [DeviceInfo(f"sim:{site}", _name(site), None, "video", True, True, "") for site in SITES]


def _seed(address: Address) -> int:
    text = address.options.get("seed", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_SEED))):
        advice = f"Write seed= and a whole number from 0 to {_LARGEST_SEED}."
        raise _refused(address, f'"{text}" is not a seed', advice)
    return int(text)


def _scene_ns(number: int) -> int:
    """When a frame is due after open(): rounded up, so that it is due once that time is reached."""
    return -(-number * _SECOND_NS // RATE_HZ)


def _name(site: str) -> str:
    return f"Simulated {site}"


def _listed(what: str, names: tuple[str, ...]) -> str:
    return f"{what} that exist: {', '.join(names)}."


def _refused(address: Address, cause: str, advice: str) -> NotFound:
    return NotFound(f'"{address.text}"', "open", cause, advice)


DRIVER = DriverSpec(("sim",), "Simulated devices", "sim:knee", create, discover)
