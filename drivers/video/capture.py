"""Attached video devices: `v4l2:IDENTITY?size=1280x720&fps=30&format=MJPG`, `camera:…` elsewhere.

Each is read in a child process. On Linux the target is an identity as `guidance devices` lists
it, which follows the device to whatever number it gets, or a file as `/dev/video0`, which means
the device that is behind it when it is opened first. `camera:0` is `/dev/video0` there. On
Windows the target of `camera:` is the name of the device, on macOS its name or number, and neither
takes `format`; neither system could be tried.

What the address leaves open is chosen by `drivers.attached.formats.choose_format`: the largest
size up to 1920x1080 at 25 a second or more.
"""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from drivers.api.address import Address, public_text, refuse_unknown_options
from drivers.api.errors import Busy, DeviceError, NotFound
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, SourceInfo, VideoSource
from drivers.api.samples import Origin
from drivers.attached.binding import DeviceBinding
from drivers.attached.buffer_layout import READABLE
from drivers.attached.device_tree import DeviceTree, VideoNode, identity_among, refusal
from drivers.attached.holders import find_holders
from drivers.attached.inspection import Offers, ask_offers
from drivers.isolation.reader import Opened, Parameters, ReaderSpec
from drivers.isolation.source import IsolatedSource

CAMERA_OPTIONS = frozenset({"size", "fps"})
V4L2_OPTIONS = CAMERA_OPTIONS | {"format"}
SLOWEST_CAMERA_HZ = 2.0
"""On Windows FFmpeg's read blocks for a period, which has to end well within HEARTBEAT_LIMIT_S."""


class V4l2Device:
    """A V4L2 device that is meant by an address; an IsolatedDevice."""

    def __init__(self, address: Address, target: str, tree: DeviceTree) -> None:
        """`target` is a device file or an identity."""
        refuse_unknown_options(address, V4L2_OPTIONS)
        self._query = address.text.partition("?")[2]
        self._parameters: Parameters = {
            **_parse_size(address),
            "rate_hz": _parse_rate(address),
            "code": _parse_format(address),
        }
        self._binding = DeviceBinding(tree, target)
        self._node: VideoNode | None = None

    @property
    def title(self) -> str:
        """What a person calls it, as the beginning of a sentence."""
        return self._binding.title

    def locate(self) -> ReaderSpec:
        """How to read it where it is attached now; NotFound when it is not."""
        self._node = self._binding.find()
        parameters = {"node": str(self._node.node), **self._parameters}
        return ReaderSpec("drivers.attached.v4l2_reader:V4l2Reader", parameters)

    def confirm(self, opened: Opened) -> SourceInfo:
        """What was opened, under an address that names the device itself; binds to it."""
        assert self._node is not None
        identity = self._binding.bind(self._node)
        return SourceInfo(
            address=f"v4l2:{identity}" + (f"?{self._query}" if self._query else ""),
            name=self._node.name,
            identity=identity,
            origin=Origin.DEVICE,
            nominal_rate_hz=opened.rate_hz,
            format=opened.format,
        )

    def look(self) -> None:
        """See whether a twin was plugged in; then it is known by its port too."""
        self._binding.look()

    def explain(self, failure: DeviceError) -> DeviceError:
        """Name the program that holds a busy device, where that can be seen."""
        if not isinstance(failure, Busy) or self._node is None:
            return failure
        holder = find_holders(self._node.node)
        if holder is None:
            return failure
        return Busy(failure.device, failure.operation, f"{holder} uses it", "Close it there.")


class CameraDevice:
    """A device of Windows or macOS, by the name that the system gives it; an IsolatedDevice."""

    def __init__(self, address: Address, url: str, input_format: str) -> None:
        """`url` is the name as FFmpeg's `input_format` wants it.

        NotFound for a rate so low that a waiting reader cannot be told from one that hangs.
        """
        refuse_unknown_options(address, CAMERA_OPTIONS)
        rate_hz = _parse_rate(address)
        if rate_hz is not None and rate_hz < SLOWEST_CAMERA_HZ:
            raise _refused(address, "pictures that seldom cannot be read here", "Write fps=30.")
        self._address = address
        self._parameters: Parameters = {
            "url": url,
            "input_format": input_format,
            **_parse_size(address),
            "rate_hz": rate_hz,
        }
        self.title = f"The video device {address.target}"

    def locate(self) -> ReaderSpec:
        """How to read it; whether it is there shows when it is opened."""
        return ReaderSpec("drivers.attached.pyav_reader:PyavReader", self._parameters)

    def confirm(self, opened: Opened) -> SourceInfo:
        """What was opened."""
        name = self._address.target
        origin, rate_hz = Origin.DEVICE, opened.rate_hz
        return SourceInfo(self._address.text, name, name, origin, rate_hz, format=opened.format)

    def look(self) -> None:
        """Nothing: which others are attached is not known here."""

    def explain(self, failure: DeviceError) -> DeviceError:
        """The same: nothing more is known."""
        return failure


def create(address: Address, clock: Clock) -> VideoSource:
    """A source that reads the device; NotFound for a target or option that makes no sense."""
    if address.scheme == "v4l2":
        return IsolatedSource(V4l2Device(address, address.target, DeviceTree()), clock)
    if sys.platform == "linux":
        if not re.fullmatch(r"\d{1,3}", address.target):
            raise _refused(address, "a camera has a number", "Write camera:0 for the first one.")
        target = f"/dev/video{int(address.target)}"
        return IsolatedSource(V4l2Device(address, target, DeviceTree()), clock)
    if sys.platform == "darwin":
        return IsolatedSource(
            CameraDevice(address, f"{address.target}:none", "avfoundation"), clock
        )
    return IsolatedSource(CameraDevice(address, f"video={address.target}", "dshow"), clock)


def discover() -> list[DeviceInfo]:
    """The video devices attached to this Linux computer; none on other systems."""
    return list_devices(DeviceTree())


def inspect() -> list[DeviceInfo]:
    """The same with what each offers and who has it open, without those that give no pictures."""
    return list_devices(DeviceTree(), ask_offers)


def list_devices(
    tree: DeviceTree, ask: Callable[[Sequence[Path]], Offers] | None = None
) -> list[DeviceInfo]:
    """The capture devices of a tree, each under the address that will find it again.

    `ask` tells what they offer. A device that does not answer it is not available.
    """
    nodes = tree.nodes()
    devices = [_device_info(node, identity_among(node, nodes)) for node in nodes]
    if ask is None:
        return devices
    offers = ask([node.node for node, one in zip(nodes, devices, strict=True) if one.available])
    asked = [_with_offer(one, node, offers) for node, one in zip(nodes, devices, strict=True)]
    return [one for one in asked if one.formats or not one.available]


def _with_offer(device: DeviceInfo, node: VideoNode, offers: Offers) -> DeviceInfo:
    if not device.available:
        return device
    if node.node not in offers:
        reason = "it does not answer: unplug it and plug it in again"
        return replace(device, available=False, reason=reason)
    formats = offers[node.node]
    if formats is None:
        reason = "what it offers makes no sense: it cannot be used"
        return replace(device, available=False, reason=reason)
    return replace(device, formats=formats, held_by=find_holders(node.node) or "")


def _device_info(node: VideoNode, identity: str) -> DeviceInfo:
    reason = refusal(node.node)
    return DeviceInfo(
        address=f"v4l2:{identity}",
        name=node.name,
        identity=identity,
        kind="video",
        simulated=False,
        available=not reason,
        reason=reason,
    )


def _parse_size(address: Address) -> Parameters:
    text = address.options.get("size")
    if text is None:
        return {"width_px": None, "height_px": None}
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
    if match is None:
        raise _refused(address, f'"{text}" is not a size', "Write size=1280x720.")
    return {"width_px": int(match[1]), "height_px": int(match[2])}


def _parse_rate(address: Address) -> float | None:
    text = address.options.get("fps")
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or float(text) == 0:
        raise _refused(address, f'"{text}" is not a rate', "Write fps=30.")
    return float(text)


def _parse_format(address: Address) -> str | None:
    text = address.options.get("format")
    if text is None:
        return None
    if text.upper() not in READABLE:
        known = ", ".join(READABLE)
        raise _refused(address, f'"{text}" is no picture format known here', f"Known: {known}.")
    return text.upper()


def _refused(address: Address, cause: str, advice: str) -> NotFound:
    return NotFound(f'"{public_text(address.text)}"', "open", cause, advice)


DRIVER = DriverSpec(
    ("v4l2", "camera"), "Attached video device", "v4l2:/dev/video0", create, discover, inspect
)
