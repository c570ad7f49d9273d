"""A made-up sysfs and /dev in which video devices are plugged in and out."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from drivers.attached.device_tree import DeviceTree

CONTROLLER = "pci0000:00/0000:00:14.0"


@dataclass(frozen=True)
class FakeDevice:
    """A thing with a plug; two that are equal are twins."""

    name: str = "USB3 Capture"
    model: tuple[str, str] = ("534d", "2109")
    serial: str = ""


class FakeComputer:
    """Gives each plugged device the number that it is told, as the kernel does by chance."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        self._listed = self.sysfs / "class/video4linux"
        self._listed.mkdir(parents=True)
        self.dev.mkdir()

    @property
    def tree(self) -> DeviceTree:
        return DeviceTree(self.sysfs, self.dev)

    def plug(self, device: FakeDevice, port: str, number: int, interface: int = 0) -> Path:
        """The device's file. A second one with the same port adds a function to the device."""
        usb = self.sysfs / "devices" / CONTROLLER / "usb1" / f"1-{port}"
        function = usb / f"1-{port}:1.{interface}"
        function.mkdir(parents=True)
        facts = {"idVendor": device.model[0], "idProduct": device.model[1]}
        for fact, text in (facts | {"serial": device.serial}).items():
            if text:
                (usb / fact).write_text(f"{text}\n")
        (function / "bInterfaceNumber").write_text(f"{interface:02d}\n")
        return self._add_node(function, device.name, number, 0)

    def add_metadata_node(self, port: str, number: int) -> Path:
        """The second file that a USB camera has; no pictures come from it."""
        usb = self.sysfs / "devices" / CONTROLLER / "usb1" / f"1-{port}"
        return self._add_node(usb / f"1-{port}:1.0", "Metadata", number, 1)

    def add_platform_device(self, name: str, number: int) -> Path:
        """A device that is built in, or made by a kernel module."""
        return self._add_node(self.sysfs / "devices/platform" / name, name, number, 0)

    def unplug_all(self) -> None:
        """Nothing is attached any more."""
        for folder in (self.sysfs, self.dev):
            shutil.rmtree(folder)
        self._listed.mkdir(parents=True)
        self.dev.mkdir()

    def _add_node(self, device: Path, name: str, number: int, index: int) -> Path:
        entry = device / f"video4linux/video{number}"
        entry.mkdir(parents=True)
        (entry / "name").write_text(f"{name}\n")
        (entry / "index").write_text(f"{index}\n")
        (entry / "device").symlink_to(device)
        (self._listed / entry.name).symlink_to(entry)
        (self.dev / entry.name).touch()
        return self.dev / entry.name
