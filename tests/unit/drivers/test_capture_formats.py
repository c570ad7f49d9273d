"""The choice among what a device offers, and the words when a wish cannot be met."""

import pytest

from drivers.api.ports import VideoFormat
from drivers.attached.formats import FormatWish, choose_format, describe_offer
from drivers.isolation.reader import ReadFailure

GRABBER = [
    VideoFormat("MJPG", 3840, 2160, (30.0,)),
    VideoFormat("MJPG", 1920, 1080, (60.0, 30.0)),
    VideoFormat("YUYV", 1920, 1080, (5.0,)),
    VideoFormat("YUYV", 1280, 720, (10.0, 5.0)),
    VideoFormat("MJPG", 1280, 720, (60.0, 30.0)),
    VideoFormat("YUYV", 640, 480, (30.0,)),
    VideoFormat("H264", 1920, 1080, (60.0,)),
]
SILENT_ABOUT_RATES = [VideoFormat("YUYV", 720, 576), VideoFormat("GREY", 720, 576)]


@pytest.mark.parametrize(
    ("offered", "wish", "expected"),
    [
        (GRABBER, FormatWish(), ("MJPG", 1920, 1080, 60.0)),
        (GRABBER, FormatWish(rate_hz=30), ("MJPG", 1920, 1080, 30.0)),
        (GRABBER, FormatWish(rate_hz=29.97), ("MJPG", 1920, 1080, 30.0)),
        (GRABBER, FormatWish(size_px=(3840, 2160)), ("MJPG", 3840, 2160, 30.0)),
        (GRABBER, FormatWish(code="YUYV"), ("YUYV", 640, 480, 30.0)),
        (GRABBER, FormatWish(size_px=(1280, 720)), ("MJPG", 1280, 720, 60.0)),
        (GRABBER, FormatWish((1280, 720), None, "YUYV"), ("YUYV", 1280, 720, 10.0)),
        (GRABBER[:1], FormatWish(), ("MJPG", 3840, 2160, 30.0)),
        (GRABBER[2:4], FormatWish(), ("YUYV", 1280, 720, 10.0)),
        (SILENT_ABOUT_RATES, FormatWish(), ("YUYV", 720, 576, None)),
        (SILENT_ABOUT_RATES, FormatWish(rate_hz=50), ("YUYV", 720, 576, 50.0)),
        ([VideoFormat("YUYV", 640, 480, (240.0, 30.0))], FormatWish(), ("YUYV", 640, 480, 30.0)),
        ([VideoFormat("YUYV", 640, 480, (240.0,))], FormatWish(), ("YUYV", 640, 480, 240.0)),
    ],
)
def test_the_best_that_the_wish_allows_is_taken(
    offered: list[VideoFormat], wish: FormatWish, expected: tuple[str, int, int, float | None]
) -> None:
    choice = choose_format(offered, wish)
    taken = choice.format
    assert (taken.code, taken.width_px, taken.height_px, choice.rate_hz) == expected


def test_uncompressed_is_preferred_when_the_rate_is_equal() -> None:
    offered = [VideoFormat(code, 1280, 720, (30.0,)) for code in ("GREY", "MJPG", "NV12", "YUYV")]
    order = []
    while offered:
        best = choose_format(offered, FormatWish()).format
        order.append(best.code)
        offered.remove(best)
    assert order == ["YUYV", "NV12", "MJPG", "GREY"]


@pytest.mark.parametrize(
    ("offered", "wish", "cause", "advice"),
    [
        (
            GRABBER,
            FormatWish((1920, 1080), 25, "MJPG"),
            "it does not offer MJPG 1920x1080 at 25 a second",
            "It offers MJPG 1920x1080 at 60, 30; MJPG 1280x720 at 60, 30; MJPG 3840x2160 at 30.",
        ),
        (
            GRABBER,
            FormatWish((800, 600)),
            "it does not offer 800x600",
            "It offers YUYV 640x480 at 30; MJPG 1280x720 at 60, 30; MJPG 1920x1080 at 60, 30;"
            " and others.",
        ),
        (
            GRABBER,
            FormatWish((800, 600), None, "YUYV"),
            "it does not offer YUYV 800x600",
            "It offers YUYV 640x480 at 30; YUYV 1280x720 at 10, 5; YUYV 1920x1080 at 5.",
        ),
        (
            [VideoFormat("H264", 1920, 1080)],
            FormatWish(),
            "it offers no picture format that is known",
            "Choose another.",
        ),
        (
            [VideoFormat("MJPG", 8192, 8192)],
            FormatWish(),
            "it offers no picture format that is known",
            "Choose another.",
        ),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_what_is_offered(
    offered: list[VideoFormat], wish: FormatWish, cause: str, advice: str
) -> None:
    with pytest.raises(ReadFailure) as raised:
        choose_format(offered, wish)
    assert (raised.value.cause, raised.value.advice) == (cause, advice)
    assert raised.value.kind == "ProtocolViolation"


def test_what_cannot_be_read_is_not_named_as_offered() -> None:
    given = VideoFormat("HM12", 1920, 1080, (60.0,))
    assert describe_offer([given, *GRABBER[4:]], FormatWish(code="MJPG")) == (
        "MJPG 1280x720 at 60, 30"
    )
    assert describe_offer([given, *GRABBER[4:]], FormatWish(code="NV12")) == (
        "MJPG 1280x720 at 60, 30; YUYV 640x480 at 30"
    )
