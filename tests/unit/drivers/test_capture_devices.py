"""Finding attached video devices in a made-up system, and refusing what cannot be opened."""

import os
from pathlib import Path

import pytest

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.errors import Disconnected, NotFound
from drivers.api.ports import VideoSource
from drivers.video import capture


class FakeSystem:
    """A sysfs and a /dev with the nodes that are added."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        self.dev.mkdir()

    def add(self, number: int, name: str, index: int, port: str, serial: str = "") -> None:
        usb = self.sysfs / "devices/usb1" / port
        interface = usb / f"{port}:1.0"
        entry = interface / f"video4linux/video{number}"
        entry.mkdir(parents=True)
        (entry / "name").write_text(f"{name}\n")
        (entry / "index").write_text(f"{index}\n")
        (entry / "device").symlink_to(interface)
        if serial:
            (usb / "serial").write_text(f"{serial}\n")
        listed = self.sysfs / "class/video4linux"
        listed.mkdir(parents=True, exist_ok=True)
        (listed / entry.name).symlink_to(entry)
        (self.dev / entry.name).touch()


@pytest.fixture
def system(tmp_path: Path) -> FakeSystem:
    return FakeSystem(tmp_path)


def make(address: str) -> VideoSource:
    return capture.create(parse_address(address), ManualClock())


def test_devices_are_listed_in_order_once_each(system: FakeSystem) -> None:
    system.add(10, "USB3 Capture", index=0, port="1-2", serial="A123")
    system.add(2, "Integrated Camera", index=0, port="1-5")
    system.add(3, "Integrated Camera metadata", index=1, port="1-5")
    found = capture.list_devices(system.sysfs, system.dev)
    assert [(device.name, device.address, device.identity) for device in found] == [
        ("Integrated Camera", f"v4l2:{system.dev}/video2", "1-5:1.0"),
        ("USB3 Capture", f"v4l2:{system.dev}/video10", "A123"),
    ]
    assert all(device.available and not device.reason for device in found)
    assert not any(device.simulated for device in found)


def test_a_device_without_its_file_is_not_available(system: FakeSystem) -> None:
    system.add(0, "USB3 Capture", index=0, port="1-2")
    (system.dev / "video0").unlink()
    (device,) = capture.list_devices(system.sysfs, system.dev)
    assert not device.available and "there is no file" in device.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may open everything")
def test_a_device_of_others_is_not_available(system: FakeSystem) -> None:
    system.add(0, "USB3 Capture", index=0, port="1-2")
    (system.dev / "video0").chmod(0)
    (device,) = capture.list_devices(system.sysfs, system.dev)
    assert not device.available and "group video" in device.reason


def test_a_system_without_video_has_no_devices(tmp_path: Path) -> None:
    assert capture.list_devices(tmp_path, tmp_path) == []


def test_a_missing_device_is_not_found() -> None:
    source = make("v4l2:/dev/video-that-is-not-there")
    with pytest.raises(NotFound, match=r"it is not attached\. Plug it in"):
        source.open()
    with pytest.raises(Disconnected):
        source.read()


def test_a_file_is_no_device(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(NotFound, match="no video device"):
        make(f"v4l2:{tmp_path}/clip.mp4").open()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("camera:front", "a camera has a number"),
        ("v4l2:/dev/video0?size=big", "not a size"),
        ("v4l2:/dev/video0?size=1280x720x3", "not a size"),
        ("v4l2:/dev/video0?fps=0", "not a rate"),
        ("v4l2:/dev/video0?fps=nan", "not a rate"),
        ("v4l2:/dev/video0?zoom=2", "zoom"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(address: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        make(address)
