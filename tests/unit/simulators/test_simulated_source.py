"""The address sim:knee as a source: what it refuses, how it is paced, what its frames say."""

from collections.abc import Iterator

import pytest

from drivers.api.address import parse_address
from drivers.api.clock import ManualClock
from drivers.api.errors import Disconnected, NotFound
from drivers.api.ports import VideoSource
from drivers.api.samples import Origin, PictureGeometry, PixelFormat
from simulators.anatomy.sites import SITES
from simulators.sources import DRIVER, discover

START_NS = 7_000_000_000


def create(text: str, clock: ManualClock) -> VideoSource:
    return DRIVER.create(parse_address(text), clock)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS)


@pytest.fixture
def source(clock: ManualClock) -> Iterator[VideoSource]:
    source = create("sim:knee", clock)
    yield source
    source.close()


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("sim:elbow", "knee"),
        ("sim:knee?sedd=3", "operator"),
        ("sim:knee?operator=surgeon", "expert, advanced, intermediate, novice"),
        ("sim:knee?view=lateral", "suprapatellar-long-axis, suprapatellar-short-axis"),
        ("sim:knee?gauge=14", "18, 19, 20"),
        ("sim:knee?tip=blunt", "quincke"),
        ("sim:knee?width_px=0", "from 64 to 4096"),
        ("sim:knee?height_px=40000", "from 64 to 4096"),
        ("sim:knee?depth_mm=900", "from 20 to 90"),
        ("sim:knee?depth_mm=deep", "number"),
        ("sim:knee?depth_mm=nan", "from 20 to 90"),
        ("sim:knee?gain_db=99", "from -30 to 30"),
        ("sim:knee?seed=seven", "from 0 to 999999"),
        ("sim:knee?seed=-1", "from 0 to 999999"),
        ("sim:knee?seed=1.5", "from 0 to 999999"),
        ("sim:knee?seed=1000000", "from 0 to 999999"),
        ("sim:knee?seed=", "from 0 to 999999"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    address: str, named: str, clock: ManualClock
) -> None:
    with pytest.raises(NotFound, match=named):
        create(address, clock)


def test_what_it_says_of_itself(source: VideoSource) -> None:
    info = source.open()
    assert info.address == "sim:knee"
    assert info.name == "Simulated knee"
    assert info.origin is Origin.SIMULATED
    assert info.nominal_rate_hz == 30.0
    assert not info.still


def test_frames_are_simulated_scaled_and_read_only(source: VideoSource) -> None:
    source.open()
    frame = source.read()
    assert frame.origin is Origin.SIMULATED
    assert frame.geometry == PictureGeometry(640, 480, PixelFormat.GRAY8)
    (region,) = frame.regions
    assert (region.left_px, region.top_px, region.right_px, region.bottom_px) == (0, 0, 639, 479)
    assert region.mm_per_px_x == region.mm_per_px_y == pytest.approx(0.08)
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0] = 1


def test_frames_come_a_thirtieth_of_a_second_apart(source: VideoSource) -> None:
    source.open()
    stamps = [source.read().stamp for _ in range(7)]
    assert [stamp.sequence for stamp in stamps] == list(range(7))
    own = [0, 33_333_334, 66_666_667, 100_000_000, 133_333_334, 166_666_667, 200_000_000]
    assert [stamp.device_ns for stamp in stamps] == own
    assert [stamp.arrival_ns - START_NS for stamp in stamps] == own


def test_a_late_reader_gets_the_newest_frame_and_a_gap(
    source: VideoSource, clock: ManualClock
) -> None:
    source.open()
    source.read()
    clock.advance(210_000_000)
    late, after = source.read(), source.read()
    assert (late.stamp.sequence, late.stamp.arrival_ns) == (6, START_NS + 210_000_000)
    assert (after.stamp.sequence, after.stamp.arrival_ns) == (7, START_NS + 233_333_334)


def test_a_frame_does_not_depend_on_how_it_was_reached(
    source: VideoSource, clock: ManualClock
) -> None:
    source.open()
    steady = [source.read().pixels.tobytes() for _ in range(4)][3]
    other = create("sim:knee?seed=1&operator=expert", clock)
    other.open()
    clock.advance(101_000_000)
    assert other.read().pixels.tobytes() == steady
    other.close()


def test_the_seed_of_the_address_is_used(source: VideoSource, clock: ManualClock) -> None:
    source.open()
    other = create("sim:knee?seed=2", clock)
    other.open()
    assert source.read().pixels.tobytes() != other.read().pixels.tobytes()
    other.close()


def test_interrupt_ends_reading(source: VideoSource) -> None:
    source.open()
    source.interrupt()
    source.interrupt()
    for _ in range(2):
        with pytest.raises(Disconnected, match="stopped"):
            source.read()


def test_closing_is_idempotent_and_opening_again_starts_again(source: VideoSource) -> None:
    source.close()
    source.open()
    source.read(), source.read()
    source.close()
    source.close()
    with pytest.raises(Disconnected, match="not open"):
        source.read()
    source.open()
    assert source.read().stamp.sequence == 0


def test_every_site_is_listed_as_simulated_and_available() -> None:
    devices = discover()
    assert {device.address for device in devices} == {f"sim:{site}" for site in SITES}
    for device in devices:
        assert (device.simulated, device.available, device.reason) == (True, True, "")
        create(device.address, ManualClock())
