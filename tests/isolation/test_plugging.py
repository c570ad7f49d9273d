"""A device is unplugged and plugged in: real child processes over a made-up sysfs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from video_tree import FakeComputer, FakeDevice

from drivers.api.address import parse_address
from drivers.api.clock import SystemClock
from drivers.api.errors import DeviceError, Disconnected, NotFound
from drivers.attached.inspection import ask_offers
from drivers.isolation.reader import ReaderSpec, ReadFailure
from drivers.isolation.source import IsolatedSource
from drivers.video.capture import V4l2Device

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="V4L2 is Linux")

GRABBER = FakeDevice("Grabber", serial="A1")
OTHER = FakeDevice("Other grabber", serial="B2")


class PluggedDevice(V4l2Device):
    """Found as a V4L2 device is, read by a reader of scripted_readers."""

    def locate(self) -> ReaderSpec:
        node = super().locate().parameters["node"]
        return ReaderSpec("scripted_readers:Plugged", {"node": node})


@pytest.fixture
def computer(tmp_path: Path) -> FakeComputer:
    return FakeComputer(tmp_path)


@pytest.fixture
def make(computer: FakeComputer) -> Iterator[Callable[..., IsolatedSource]]:
    """Makes an unopened source for a device file, and closes it when the test ends."""
    with ExitStack() as stack:

        def build(kind: type[V4l2Device], file: Path, query: str = "") -> IsolatedSource:
            device = kind(parse_address(f"v4l2:{file}{query}"), str(file), computer.tree)
            source = IsolatedSource(device, SystemClock())
            stack.callback(source.close)
            return source

        yield build


def test_only_the_same_device_is_opened_again_under_any_number(
    computer: FakeComputer, make: Callable[..., IsolatedSource]
) -> None:
    source = make(PluggedDevice, computer.plug(GRABBER, "1", 0), "?fps=100")
    first = source.open()
    assert first.address == "v4l2:usb-534d:2109-A1?fps=100"
    assert (first.name, first.identity) == ("Grabber", "usb-534d:2109-A1")
    source.read()

    computer.unplug_all()
    with pytest.raises(Disconnected, match=r"Grabber: it was unplugged\."):
        while True:
            source.read()
    source.close()
    with pytest.raises(NotFound, match="not attached"):
        source.open()

    computer.plug(OTHER, "1", 0)
    with pytest.raises(NotFound, match=r"another device is plugged in there \(Other grabber\)"):
        source.open()
    assert source.pid is None

    computer.plug(GRABBER, "2", 7)
    assert source.open() == first
    assert source.read().stamp.sequence == 0


def test_what_is_no_video_device_is_told_by_the_kernel(
    computer: FakeComputer, make: Callable[..., IsolatedSource]
) -> None:
    source = make(V4l2Device, computer.plug(GRABBER, "1", 0))
    with pytest.raises(DeviceError, match=r"Grabber: this is no video device\."):
        source.open()
    assert source.pid is None


def test_a_device_that_refuses_to_start_is_told_so(tmp_path: Path) -> None:
    from drivers.attached.v4l2_reader import V4l2Reader

    with pytest.raises(ReadFailure, match="it does not start") as raised:
        V4l2Reader(str(tmp_path)).open()
    assert "another size or format" in raised.value.advice


def test_what_gives_no_pictures_offers_nothing(computer: FakeComputer) -> None:
    file = computer.plug(GRABBER, "1", 0)
    missing = computer.dev / "video9"
    assert ask_offers([file, missing]) == {file: (), missing: ()}
    assert ask_offers([]) == {}
