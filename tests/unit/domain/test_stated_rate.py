"""What a source promises, and when its pictures come far slower."""

import pytest

from drivers.api.ports import SourceInfo, VideoFormat
from drivers.api.samples import Origin
from guidance_app.domain.stated_rate import is_far_too_slow, stated_rate_hz

OFFER = VideoFormat("MJPG", 640, 480, (30.0, 60.0))
NAKED = VideoFormat("MJPG", 640, 480)


@pytest.mark.parametrize(
    ("nominal_hz", "format", "expected_hz"),
    [
        (25.0, OFFER, 25.0),
        (None, OFFER, 60.0),
        (25.0, None, 25.0),
        (None, NAKED, None),
        (None, None, None),
    ],
)
def test_the_nominal_rate_goes_before_that_of_the_format(
    nominal_hz: float | None, format: VideoFormat | None, expected_hz: float | None
) -> None:
    info = SourceInfo("v4l2:x", "Grabber", "x", Origin.DEVICE, nominal_hz, format=format)
    assert stated_rate_hz(info) == expected_hz


@pytest.mark.parametrize(
    ("stated_hz", "measured_hz", "slow"),
    [
        (30.0, 7.4, True),
        (30.0, 7.5, False),
        (30.0, 30.0, False),
        (None, 1.0, False),
        (240.0, 59.0, True),
        (90_000.0, 25.0, False),
    ],
)
def test_under_a_quarter_of_a_rate_that_can_be_is_far_too_slow(
    stated_hz: float | None, measured_hz: float, slow: bool
) -> None:
    assert is_far_too_slow(measured_hz, stated_hz) is slow
