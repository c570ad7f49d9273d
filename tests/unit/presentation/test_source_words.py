"""A device as `guidance devices` prints it, and an open source in words."""

from dataclasses import replace

import pytest

from drivers.api.ports import DeviceInfo, SourceInfo, VideoFormat
from drivers.api.samples import Origin
from guidance_app.domain.chain_delay import ChainDelay
from guidance_app.domain.snapshot import Truth, TruthState
from guidance_app.presentation.source_words import device_words, source_words

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


GRABBER = SourceInfo(
    "v4l2:x", "Grabber", "x", Origin.DEVICE, 60.0, format=VideoFormat("YUYV", 1920, 1080)
)
SLOW = Truth(TruthState.LIVE, "", rate_hz=5.0)


def test_a_rate_far_too_low_is_said_once_with_what_helps() -> None:
    assert source_words(GRABBER, SLOW, None) == (
        "Grabber · YUYV 1920x1080 · only 5.0/s of 60/s\n"
        "YUYV pictures of 1920x1080 do not fit through a USB 2 connection. "
        "Use a USB 3 port and cable, or choose format=MJPG or a smaller size."
    )


@pytest.mark.parametrize("state", [state for state in TruthState if state is not TruthState.LIVE])
def test_the_old_rate_of_what_has_stopped_is_not_said(state: TruthState) -> None:
    assert source_words(GRABBER, replace(SLOW, state=state), None) == "Grabber · YUYV 1920x1080"
