"""Finding attached video devices in a made-up system, and refusing what cannot be opened."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from video_tree import FakeComputer, FakeDevice

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.errors import Disconnected, NotFound
from drivers.api.ports import VideoFormat, VideoSource
from drivers.attached.inspection import Offers
from drivers.video import capture

FORMAT = VideoFormat("MJPG", 1280, 720, (30.0,))


@pytest.fixture
def computer(tmp_path: Path) -> FakeComputer:
    return FakeComputer(tmp_path)


def make(address: str) -> VideoSource:
    return capture.create(parse_address(address), ManualClock())


def test_devices_are_listed_in_order_once_each(computer: FakeComputer) -> None:
    computer.plug(FakeDevice(serial="A123"), "2", 10)
    computer.plug(FakeDevice("Integrated Camera", ("04f2", "b6d0")), "5", 2)
    computer.add_metadata_node("5", 3)
    found = capture.list_devices(computer.tree)
    assert [(device.name, device.address) for device in found] == [
        ("Integrated Camera", "v4l2:usb-04f2:b6d0@0000:00:14.0-5"),
        ("USB3 Capture", "v4l2:usb-534d:2109-A123"),
    ]
    assert all(device.address == f"v4l2:{device.identity}" for device in found)
    assert all(device.available and not device.reason for device in found)
    assert not any(device.simulated for device in found)


def test_a_device_without_its_file_is_not_available(computer: FakeComputer) -> None:
    computer.plug(FakeDevice(), "2", 0).unlink()
    (device,) = capture.list_devices(computer.tree)
    assert not device.available and "there is no file" in device.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may open everything")
def test_a_device_of_others_is_not_available(computer: FakeComputer) -> None:
    computer.plug(FakeDevice(), "2", 0).chmod(0)
    (device,) = capture.list_devices(computer.tree)
    assert not device.available and "group video" in device.reason


def test_a_system_without_video_has_no_devices(tmp_path: Path) -> None:
    assert capture.list_devices(capture.DeviceTree(tmp_path, tmp_path)) == []


def test_what_devices_offer_is_listed_and_those_without_pictures_are_not(
    computer: FakeComputer,
) -> None:
    answers, hangs, none = (computer.plug(FakeDevice(), str(port), port) for port in range(3))

    def ask(nodes: Sequence[Path]) -> Offers:
        assert list(nodes) == [answers, hangs, none]
        return {answers: (FORMAT,), none: ()}

    first, second = capture.list_devices(computer.tree, ask)
    assert first.available and first.formats == (FORMAT,)
    assert not second.available and "does not answer" in second.reason


def test_a_device_whose_answer_makes_no_sense_is_listed_with_the_reason(
    computer: FakeComputer,
) -> None:
    file = computer.plug(FakeDevice(), "1", 0)
    (device,) = capture.list_devices(computer.tree, lambda _: {file: None})
    assert not device.available and "makes no sense" in device.reason


@pytest.mark.parametrize("rate", ["0.5", "1"])
def test_a_rate_that_looks_like_a_hanging_camera_is_refused(rate: str) -> None:
    address = parse_address(f"camera:Grabber?fps={rate}")
    with pytest.raises(NotFound, match="pictures that seldom cannot be read here"):
        capture.CameraDevice(address, "video=Grabber", "dshow")


def test_a_picture_format_is_refused_where_nobody_could_ask_for_it() -> None:
    address = parse_address("camera:Grabber?format=MJPG")
    with pytest.raises(NotFound, match="unknown option format") as refused:
        capture.CameraDevice(address, "video=Grabber", "dshow")
    assert refused.value.advice == "Options that exist here: fps, size."


def test_a_camera_gets_the_wish_of_its_address() -> None:
    address = parse_address("camera:Grabber?size=1280x720&fps=30")
    spec = capture.CameraDevice(address, "video=Grabber", "dshow").locate()
    wish = {"width_px": 1280, "height_px": 720, "rate_hz": 30.0}
    assert spec.parameters == {"url": "video=Grabber", "input_format": "dshow", **wish}


def test_who_has_a_device_open_is_listed(computer: FakeComputer) -> None:
    held, free = (computer.plug(FakeDevice(), str(port), port) for port in range(2))

    def ask(nodes: Sequence[Path]) -> Offers:
        return {held: (FORMAT,), free: (FORMAT,)}

    with held.open("rb"):
        devices = capture.list_devices(computer.tree, ask)
    assert [(device.available, device.held_by) for device in devices] == [
        (True, "this program"),
        (True, ""),
    ]


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
        ("v4l2:/dev/video0?format=H264", "no picture format known here"),
        ("v4l2:/dev/video0?zoom=2", "zoom"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(address: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        make(address)
