"""What every video source promises, whatever stands behind it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sources import SOURCES

from drivers.api.address import with_option
from drivers.api.errors import DeviceError, Disconnected, NotFound
from drivers.api.ports import VideoSource
from drivers.api.samples import PixelFormat, VideoFrame

LIMIT_S = 10.0
"""Far beyond what is promised (a second or two): only a read that hangs gets here."""


@pytest.fixture(params=SOURCES, ids=lambda make: make.__name__)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    make: Callable[[Path], AbstractContextManager[str]] = request.param
    with make(tmp_path) as text:
        yield text


@pytest.fixture
def source(address: str, create: Callable[..., VideoSource]) -> VideoSource:
    return create(address)


class Reader:
    """Reads a source on a thread of its own until it raises."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self.has_read = threading.Event()
        self.error: DeviceError | None = None
        self._thread = threading.Thread(target=self._read, name="reader")
        self._thread.start()

    def _read(self) -> None:
        try:
            while True:
                self._source.read()
                self.has_read.set()
        except DeviceError as error:
            self.error = error

    def join(self) -> None:
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()


def test_says_what_it_is(source: VideoSource, address: str) -> None:
    info = source.open()
    assert info.address == address
    assert info.name
    assert info.nominal_rate_hz is None or info.nominal_rate_hz > 0


def test_frames_are_read_only_pictures_of_the_stated_format(source: VideoSource) -> None:
    info = source.open()
    for frame in [source.read() for _ in range(3)]:
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.flags.c_contiguous and not frame.pixels.flags.writeable
        assert frame.pixels.ndim == (2 if frame.pixel_format is PixelFormat.GRAY8 else 3)
        assert frame.pixels.shape[2:] in [(), (3,)]
        assert frame.origin is info.origin


def test_a_delivered_picture_stays_as_it_was(source: VideoSource) -> None:
    source.open()
    first = source.read()
    before = first.pixels.copy()
    for _ in range(3):
        source.read()
    assert np.array_equal(first.pixels, before)


def test_stamps_count_from_zero_and_never_go_back(source: VideoSource) -> None:
    source.open()
    stamps = [source.read().stamp for _ in range(4)]
    assert stamps[0].sequence == 0
    assert all(later.sequence > earlier.sequence for earlier, later in pairwise(stamps))
    assert all(later.arrival_ns >= earlier.arrival_ns for earlier, later in pairwise(stamps))


def test_regions_lie_inside_the_picture(source: VideoSource) -> None:
    source.open()
    frame = source.read()
    for region in frame.regions:
        assert 0 <= region.left_px < region.right_px < frame.geometry.width_px
        assert 0 <= region.top_px < region.bottom_px < frame.geometry.height_px
        assert region.mm_per_px_x > 0 and region.mm_per_px_y > 0


def test_interrupt_from_another_thread_ends_reading(source: VideoSource) -> None:
    source.open()
    reader = Reader(source)
    assert reader.has_read.wait(LIMIT_S)
    source.interrupt()
    source.interrupt()
    reader.join()
    assert isinstance(reader.error, Disconnected)


def test_interrupt_before_reading_is_not_forgotten(source: VideoSource) -> None:
    source.open()
    source.interrupt()
    with pytest.raises(Disconnected):
        source.read()


def test_close_is_allowed_at_any_time(source: VideoSource) -> None:
    source.close()
    source.open()
    source.read()
    source.close()
    source.close()
    with pytest.raises(Disconnected):
        source.read()


def test_may_be_opened_again(source: VideoSource) -> None:
    infos = []
    for _ in range(2):
        infos.append(source.open())
        assert source.read().stamp.sequence == 0
        source.close()
    assert infos[0].identity == infos[1].identity


def test_two_sources_one_after_another(address: str, create: Callable[..., VideoSource]) -> None:
    frames: list[VideoFrame] = []
    for _ in range(2):
        source = create(address)
        source.open()
        frames.append(source.read())
        source.close()
    assert frames[0].geometry == frames[1].geometry
    assert frames[1].stamp.sequence == 0


def test_an_unknown_option_is_refused(address: str, create: Callable[..., VideoSource]) -> None:
    with pytest.raises(NotFound, match="unknown option nonsense"):
        create(with_option(address, "nonsense", "1"))
