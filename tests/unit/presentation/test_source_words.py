"""A device as `guidance devices` prints it."""

from drivers.api.ports import DeviceInfo, VideoFormat
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.presentation.source_words import device_words

DEVICE = DeviceInfo(
    address="v4l2:usb-534d:2109-A1",
    name="USB3 capture",
    identity="usb-534d:2109-A1",
    kind="video",
    simulated=False,
    available=True,
    reason="",
    formats=(VideoFormat("MJPG", 1920, 1080, (60.0, 30.0)), VideoFormat("YUYV", 640, 480)),
    held_by="obs (process 4711)",
)


def test_everything_known_of_a_device_has_a_line() -> None:
    delay = ChainDelay(84.2, 101.0, 16.7, 200, "2026-11-26", "MJPG 1920x1080")
    assert device_words(DEVICE, delay) == [
        "v4l2:usb-534d:2109-A1  USB3 capture: ready",
        "    identity  usb-534d:2109-A1",
        "    open in   obs (process 4711)",
        "    format    MJPG 1920x1080 at 60, 30/s",
        "    format    YUYV 640x480",
        "    delay     whole chain 84 ms ± 17 ms, measured 2026-11-26 with MJPG 1920x1080",
    ]


def test_of_a_device_that_cannot_be_opened_the_reason_stands_in_the_first_line() -> None:
    away = DeviceInfo("v4l2:x", "Grabber", None, "video", False, False, "it does not answer")
    assert device_words(away, None) == ["v4l2:x  Grabber: it does not answer"]
