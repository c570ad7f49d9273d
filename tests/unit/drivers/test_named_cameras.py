"""A camera that is listed by its name is opened by it, and is the same device then."""

from drivers.api.address import parse_address
from drivers.api.ports import VideoFormat
from drivers.isolation.reader import Opened
from drivers.video.capture import CameraDevice
from drivers.video.named_cameras import list_cameras

NAME = "USB3.0 HD Video Capture"
MJPG = VideoFormat("Jpeg", 1920, 1080, (60.0,))


def test_what_is_listed_is_what_is_opened() -> None:
    (listed,) = list_cameras([(NAME, (MJPG,))])
    address = parse_address(listed.address)
    device = CameraDevice(address, f"video={address.target}", "dshow")
    opened = device.confirm(Opened(MJPG, 60.0))
    assert device.locate().parameters["url"] == f"video={NAME}"
    assert (opened.identity, opened.name, opened.address) == (
        listed.identity,
        listed.name,
        listed.address,
    )
    assert listed.available and listed.formats == (MJPG,)


def test_of_two_that_share_a_name_none_is_opened_by_chance() -> None:
    found = list_cameras([(NAME, ()), ("Webcam", ()), (NAME, ())])
    assert [device.available for device in found] == [False, True, False]
    assert "same name" in found[0].reason and not found[1].reason
