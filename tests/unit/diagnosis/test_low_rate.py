"""The reasons of a low rate come from what is known of the device."""

import pytest

from drivers.api.ports import SourceInfo, VideoFormat
from drivers.api.samples import Origin
from guidance_app.diagnosis.low_rate import explain_low_rate

BUS, LIGHT = "USB 2 connection", "more light"


def source(stated: VideoFormat | None, nominal_hz: float | None) -> SourceInfo:
    return SourceInfo("v4l2:x", "Grabber", "x", Origin.DEVICE, nominal_hz, format=stated)


@pytest.mark.parametrize(
    ("code", "width_px", "height_px", "nominal_hz", "expected"),
    [
        ("YUYV", 1920, 1080, 60.0, BUS),
        ("YUYV", 1280, 720, 14.0, BUS),
        ("YUYV", 1280, 720, 13.0, LIGHT),
        ("NV12", 1280, 720, 25.0, BUS),
        ("GREY", 1280, 720, 25.0, LIGHT),
        ("MJPG", 1920, 1080, 60.0, LIGHT),
        ("YUYV", 640, 480, 30.0, LIGHT),
    ],
)
def test_the_bus_is_to_blame_when_the_pictures_do_not_fit_through_it(
    code: str, width_px: int, height_px: int, nominal_hz: float, expected: str
) -> None:
    info = source(VideoFormat(code, width_px, height_px), nominal_hz)
    sentence = explain_low_rate(info, nominal_hz * 0.24)
    assert expected in sentence
    assert sentence.startswith("Grabber: ") and f"instead of {nominal_hz:g}." in sentence


def test_without_a_known_format_light_and_bus_are_named() -> None:
    assert LIGHT in explain_low_rate(source(None, 30.0), 5.0)


def test_of_a_network_device_the_network_is_named() -> None:
    info = SourceInfo("http://host/video", "Camera", None, Origin.DEVICE, 30.0)
    assert "network" in explain_low_rate(info, 5.0)


@pytest.mark.parametrize(
    ("nominal_hz", "measured_hz"), [(30.0, 7.5), (30.0, 30.0), (None, 1.0), (90_000.0, 25.0)]
)
def test_a_rate_that_is_not_low_needs_no_words(
    nominal_hz: float | None, measured_hz: float
) -> None:
    assert explain_low_rate(source(VideoFormat("YUYV", 1920, 1080), nominal_hz), measured_hz) == ""
