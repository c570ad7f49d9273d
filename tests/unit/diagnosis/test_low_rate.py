"""The reasons of a low rate come from what is known of the device."""

import pytest

from drivers.api.ports import SourceInfo, VideoFormat
from drivers.api.samples import Origin
from guidance_app.diagnosis.low_rate import low_rate_advice

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
    assert expected in low_rate_advice(source(VideoFormat(code, width_px, height_px), nominal_hz))


def test_the_rate_of_the_format_serves_where_the_source_states_none() -> None:
    stated = VideoFormat("YUYV", 1920, 1080, (30.0, 60.0))
    assert BUS in low_rate_advice(source(stated, None))


def test_without_a_known_format_light_and_bus_are_named() -> None:
    assert LIGHT in low_rate_advice(source(None, 30.0))


def test_of_a_network_device_the_network_is_named() -> None:
    info = SourceInfo("http://host/video", "Camera", None, Origin.DEVICE, 30.0)
    assert "network" in low_rate_advice(info)
