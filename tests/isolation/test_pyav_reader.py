"""FFmpeg's own test picture, read as an attached device is read on Windows and macOS."""

import errno
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import pytest

from drivers.api.samples import PictureGeometry, PixelFormat
from drivers.attached.pyav_reader import PyavReader
from drivers.isolation.memory import SLOT_BYTES, shaped
from drivers.isolation.reader import Arrival, ReadFailure, Waiting

pytestmark = pytest.mark.skipif(
    "lavfi" not in av.formats_available, reason="this FFmpeg has no test pictures"
)


def test_pictures_are_counted_and_converted() -> None:
    reader = PyavReader("color=red:size=64x48:rate=30", "lavfi")
    opened = reader.open()
    assert opened.rate_hz == 30.0
    assert opened.format is not None and opened.format.width_px == 64
    space = np.zeros(SLOT_BYTES, np.uint8)
    arrivals = [reader.wait(1.0) for _ in range(3)]
    geometry = reader.convert(space)
    assert geometry == PictureGeometry(64, 48, PixelFormat.BGR24)
    blue, green, red = shaped(space, geometry).mean(axis=(0, 1))
    assert red > 240 and blue < 15 and green < 15
    assert all(isinstance(one, Arrival) for one in arrivals)
    assert [one.sequence for one in arrivals if isinstance(one, Arrival)] == [1, 2, 3]


def test_the_end_is_told_as_unplugged() -> None:
    reader = PyavReader("color=red:size=64x48:rate=30:duration=0.05", "lavfi")
    reader.open()
    with pytest.raises(ReadFailure, match="unplugged"):
        for _ in range(5):
            reader.wait(1.0)


def test_what_cannot_be_opened_is_told() -> None:
    with pytest.raises(ReadFailure, match="cannot be opened"):
        PyavReader("nonsense-that-is-no-filter", "lavfi").open()


class Hesitating:
    """A container whose read fails: of a camera on macOS, or with a damaged picture."""

    def __init__(self, container: Any, failures: int, failure: Exception) -> None:  # noqa: ANN401
        self.streams = container.streams
        self._container = container
        self._failures = failures
        self._failure = failure

    def decode(self, stream: Any) -> Iterator[Any]:  # noqa: ANN401
        if self._failures:
            self._failures -= 1
            raise self._failure
        yield from self._container.decode(stream)


NO_PICTURE_YET = av.error.BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
DAMAGED = av.error.InvalidDataError(errno.EINVAL, "Invalid data found when processing input")


def hesitating_reader(
    monkeypatch: pytest.MonkeyPatch, failures: int, failure: Exception = NO_PICTURE_YET
) -> PyavReader:
    lavfi = av.open("color=red:size=64x48:rate=30", format="lavfi")
    container = Hesitating(lavfi, failures, failure)
    monkeypatch.setattr(av, "open", lambda *_, **__: container)
    reader = PyavReader("0:none", "avfoundation")
    reader.open()
    return reader


@pytest.mark.parametrize("failure", [NO_PICTURE_YET, DAMAGED], ids=["none yet", "damaged"])
def test_a_device_without_a_picture_is_silent_and_not_unplugged(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    reader = hesitating_reader(monkeypatch, failures=3, failure=failure)
    assert [reader.wait(0.0) for _ in range(3)] == [Waiting.SILENT] * 3
    arrival = reader.wait(0.0)
    assert isinstance(arrival, Arrival) and arrival.sequence == 1


def test_a_picture_that_comes_while_it_is_waited_for_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = hesitating_reader(monkeypatch, failures=3)
    assert isinstance(reader.wait(60.0), Arrival)
