"""Which video devices Linux has, by what they are and not by the number they got today."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class VideoNode:
    """One video device file with what sysfs tells of the device behind it."""

    node: Path
    name: str
    model: str
    """USB vendor and product, "0c45:6366"; empty for a device that is not on USB."""
    serial: str
    """As the device tells it; many cheap ones all tell the same. Empty when there is none."""
    place: str
    """USB: host controller and port path, "0000:00:14.0-2.4". Else: the path in sysfs."""
    unit: str
    """Which of several functions of one device; empty for the first."""

    @property
    def identities(self) -> tuple[str, ...]:
        """The names under which this device may be meant, the shortest first.

        `usb-MODEL-SERIAL`, `usb-MODEL-SERIAL@PLACE`, `usb-MODEL@PLACE`, `dev-PLACE:NAME`.
        """
        if not self.model:  # a card may have several inputs at one place, each with its name
            return (f"dev-{self.place}:{quote(self.name, safe='')}",)
        if not self.serial:
            return (f"usb-{self.model}@{self.place}{self.unit}",)
        numbered = f"usb-{self.model}-{quote(self.serial, safe='')}"
        return (f"{numbered}{self.unit}", f"{numbered}@{self.place}{self.unit}")


class DeviceTree:
    """The nodes that are there at this moment; quick, opens nothing."""

    def __init__(self, sysfs: Path = Path("/sys"), dev: Path = Path("/dev")) -> None:
        self._sysfs = sysfs
        self.dev = dev

    def nodes(self) -> list[VideoNode]:
        """All capture nodes in order of their numbers, each device function once.

        A function with several nodes is listed by its first: the others carry metadata.
        """
        entries = sorted((self._sysfs / "class/video4linux").glob("video[0-9]*"), key=_number)
        found = [self._read(entry) for entry in entries if _line(entry / "index") in ("", "0")]
        return [node for node in found if node is not None]

    def listing(self) -> frozenset[tuple[str, int]]:
        """Changes whenever a device comes or goes; asks no device, so none can hold it up."""
        try:
            with os.scandir(self._sysfs / "class/video4linux") as entries:
                return frozenset((entry.name, entry.inode()) for entry in entries)
        except OSError:  # no video device at all
            return frozenset()

    def _read(self, entry: Path) -> VideoNode | None:
        try:
            device = (entry / "device").resolve(strict=True)
        except OSError:  # unplugged while it was looked at, or a device without hardware
            device = entry.resolve()
            if not device.exists():
                return None
        name = _line(entry / "name") or entry.name
        usb = next((folder for folder in (device, device.parent) if _is_usb(folder)), None)
        if usb is None:
            return VideoNode(self.dev / entry.name, name, "", "", self._path(device), "")
        model = f"{_line(usb / 'idVendor')}:{_line(usb / 'idProduct')}"
        interface = _line(device / "bInterfaceNumber").lstrip("0")
        unit = f"+{interface}" if interface else ""
        return VideoNode(
            self.dev / entry.name, name, model, _line(usb / "serial"), _usb_place(usb), unit
        )

    def _path(self, device: Path) -> str:
        devices = (self._sysfs / "devices").resolve()
        if device.is_relative_to(devices):
            return quote(device.relative_to(devices).as_posix())
        return quote(device.name)


def identity_among(node: VideoNode, attached: Sequence[VideoNode]) -> str:
    """The shortest name that no other attached device answers to; else the longest."""
    others = {name for one in attached if one.node != node.node for name in one.identities}
    return next((name for name in node.identities if name not in others), node.identities[-1])


def refusal(node: Path) -> str:
    """Why this user may not open `node`; empty when allowed."""
    if not node.exists():
        return f"there is no file {node}"
    if os.access(node, os.R_OK | os.W_OK):
        return ""
    return f"this user may not open {node}: an administrator has to add it to the group video"


def _is_usb(folder: Path) -> bool:
    return (folder / "idVendor").is_file()


def _usb_place(usb: Path) -> str:
    """Controller and port path; the number of the bus changes from start to start."""
    bus, _, ports = usb.name.partition("-")
    root = next((folder for folder in usb.parents if folder.name == f"usb{bus}"), None)
    controller = root.parent.name if root is not None else f"usb{bus}"
    return quote(f"{controller}-{ports}", safe=":")


def _line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:  # no such property, or unplugged while it was looked at
        return ""


def _number(entry: Path) -> int:
    return int(entry.name.removeprefix("video"))
