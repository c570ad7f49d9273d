"""From an address to its driver, and what a wrong address or a broken driver says."""

import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from drivers import registry
from drivers.api.address import (
    LOCAL_SCHEMES,
    URL_SCHEMES,
    Address,
    parse_address,
    public_text,
    with_option,
    without_options,
)
from drivers.api.clock import ManualClock
from drivers.api.errors import Busy, NotFound
from drivers.api.ports import (
    Clock,
    DeviceInfo,
    DriverSpec,
    SourceOption,
    VideoFormat,
    VideoSource,
)
from drivers.registry import Registry, load_drivers, load_source_options
from simulators.sources import OPTIONS


def test_the_drivers_that_ship_answer_to_the_schemes_of_their_addresses() -> None:
    shipped = {scheme for driver in load_drivers() for scheme in driver.schemes}
    assert shipped == {*LOCAL_SCHEMES, *URL_SCHEMES}
    assert {"file", "dicom", "http", "rtsp", "udp", "v4l2", "camera", "sim", "replay"} <= shipped


@pytest.mark.parametrize("address", ["knee", "", "sim", ":knee", "nosuch:thing", "file:a.mp4?x"])
def test_a_wrong_address_is_refused_in_one_line_that_says_what_to_write(address: str) -> None:
    with pytest.raises(NotFound) as refused:
        Registry(load_drivers()).create(address, ManualClock())
    assert "\n" not in str(refused.value)
    assert refused.value.advice


def test_an_unknown_scheme_is_told_what_exists() -> None:
    with pytest.raises(NotFound, match="sim:knee"):
        Registry(load_drivers()).create("nosuch:thing", ManualClock())


def test_a_misspelt_address_is_told_without_the_password_in_it() -> None:
    with pytest.raises(NotFound, match='"htpp://camera/video": no driver') as refused:
        address = "htpp://nurse:se@c/ret@camera/video?pwd=secret"
        Registry(load_drivers()).create(address, ManualClock())
    assert "ret" not in str(refused.value)


def test_a_broken_driver_is_listed_with_its_reason_and_keeps_none_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torn_driver.py").write_text("raise ImportError('a library is missing')\n")
    monkeypatch.syspath_prepend(tmp_path)
    torn = EntryPoint("torn", "torn_driver:DRIVER", registry.ENTRY_POINT_GROUP)
    wrong = EntryPoint("wrong", "sys:version", registry.ENTRY_POINT_GROUP)
    knee = EntryPoint("sim", "simulators.sources:DRIVER", registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [torn, wrong, knee])
    found = Registry(load_drivers())
    listed = {device.name: device for device in found.discover()}
    assert "a library is missing" in listed["torn"].reason
    assert not listed["wrong"].available
    with pytest.raises(NotFound, match="a library is missing"):
        found.create("torn:1", ManualClock())
    found.create("sim:knee", ManualClock()).close()
    sys.modules.pop("torn_driver", None)


SECRET_ADDRESSES = [
    "http://admin:se#cret@host/video",
    "http://admin:se#cret=1@host/v",
    "http://admin:se#cret=1&cret=1@host/v",
    "http://admin:se?cret@host:x/v",
    "http://host:x/video?pwd=se@cret",
    "http:/admin:secret@host/video",
    "http:/admin:se?cret=1@host/video",
    "http:admin@host/video?pwd=secret",
    "rtsp:admin:secret@host/x",
    "admin:secret@host/video",
    "admin:se?cret@host/video",
    "secret@host:80/video",
    "secret@host",
    "camera://admin:secret@host/video",
]


@pytest.mark.parametrize("address", SECRET_ADDRESSES)
def test_no_part_of_a_password_is_said_of_a_mistyped_address(address: str) -> None:
    with pytest.raises(NotFound) as refused:
        Registry(load_drivers(), [WRAP]).create(address, ManualClock())
    assert "cret" not in str(refused.value) + public_text(address)


@pytest.mark.parametrize(
    "address",
    [
        "v4l2:usb-04f2:b6d0@0000:00:14.0-5?size=1280x720",
        "V4L2:usb-04f2:b6d0@0000:00:14.0-5",
        "camera:Grabber@2",
        "file:/home/me@clinic/knee.mp4",
        "dicom:/home/me@clinic/knee.dcm",
        "sim:knee?faults=/home/me@clinic/drill.yaml",
        "replay:/home/me@clinic/session",
    ],
)
def test_an_address_on_this_computer_is_shown_as_it_is_though_it_holds_an_at(address: str) -> None:
    assert public_text(address) == address


def test_a_password_with_a_number_sign_is_told_how_to_be_written() -> None:
    with pytest.raises(NotFound, match=r'"http://host/v": there is an @ .* password as %23'):
        parse_address("http://admin:top#secret=1@host/v")


def failing_driver(error: Exception) -> DriverSpec:
    def create(address: Address, clock: Clock) -> VideoSource:
        raise error

    def discover() -> list[DeviceInfo]:
        raise error

    return DriverSpec(("grab",), "Grabber", "grab:0", create, discover)


@pytest.mark.parametrize("look", [Registry.discover, Registry.inspect])
def test_a_driver_that_fails_while_it_looks_keeps_no_other_away(
    look: Callable[[Registry], list[DeviceInfo]],
) -> None:
    found = look(Registry([failing_driver(ValueError("two\nlines")), *load_drivers()]))
    assert len(found) > 1
    (failed,) = [device for device in found if device.name == "Grabber"]
    assert not failed.available
    assert failed.address == "grab:0"
    assert failed.reason == (
        "The driver Grabber failed (ValueError: two lines). Report this to its author."
    )


def test_devices_are_asked_what_they_offer_only_where_that_is_wanted() -> None:
    asked, seen = (
        [DeviceInfo("grab:0", "Grabber", None, "video", False, True, "", formats)]
        for formats in ((VideoFormat("MJPG", 1280, 720, (30.0,)),), ())
    )
    failing = failing_driver(KeyError("port"))
    driver = replace(failing, discover=lambda: seen, inspect=lambda: asked)
    assert Registry([driver]).discover() == seen
    assert Registry([driver]).inspect() == asked


def test_a_driver_that_fails_to_create_is_named() -> None:
    found = Registry([failing_driver(KeyError("port"))])
    with pytest.raises(NotFound) as refused:
        found.create("grab:0", ManualClock())
    assert str(refused.value) == (
        "The driver Grabber: it failed (KeyError: 'port'). Report this to its author."
    )


def test_what_a_driver_says_of_its_device_is_passed_on() -> None:
    busy = Busy("Grabber 0", "open", "another program holds it", "Close that program.")
    with pytest.raises(Busy) as refused:
        Registry([failing_driver(busy)]).create("grab:0", ManualClock())
    assert refused.value is busy


class Wrapped:
    """What an option made of a source."""

    def __init__(self, source: VideoSource, value: str, clock: Clock) -> None:
        self.source, self.value = source, value


WRAP = SourceOption("wrap", "wrap=1", Wrapped)  # type: ignore[arg-type]


def test_an_option_that_every_address_takes_wraps_what_the_driver_made() -> None:
    registry = Registry(load_drivers(), [WRAP])
    for address in ("sim:knee?wrap=a&seed=3", "sim:knee?seed=3&wrap=a", "http://x/v?q=1#wrap=a"):
        source = registry.create(address, ManualClock())
        assert isinstance(source, Wrapped)
        assert source.value == "a"
    with pytest.raises(NotFound, match="unknown option wrap"):
        Registry(load_drivers()).create("sim:knee?wrap=a", ManualClock())


@pytest.mark.parametrize("address", ["http://x/v#nonsense=1", "rtsp://x/v#wrap=a&nonsense=1"])
def test_a_url_is_refused_an_option_that_nobody_knows(address: str) -> None:
    with pytest.raises(NotFound, match="unknown option nonsense"):
        Registry(load_drivers(), [WRAP]).create(address, ManualClock())


def test_who_writes_an_unknown_option_is_told_also_those_that_every_address_takes() -> None:
    with pytest.raises(NotFound) as refused:
        Registry(load_drivers(), [WRAP]).create("sim:knee?wrap=a&nonsense=1", ManualClock())
    known = ", ".join(sorted(OPTIONS | {"wrap"}))
    assert refused.value.advice == f"Options that exist here: {known}."
    assert refused.value.cause == "unknown option nonsense"


def test_the_driver_sees_the_address_without_options_that_are_not_its_own() -> None:
    for text, plain in [
        ("sim:knee?wrap=a&seed=3", "sim:knee?seed=3"),
        ("sim:knee?seed=3&wrap=%20b", "sim:knee?seed=3"),
        ("file:a b.mp4?wrap=a", "file:a b.mp4"),
        ("HTTP://n:p@x/v?wrap=theirs#wrap=ours", "HTTP://n:p@x/v?wrap=theirs"),
    ]:
        assert without_options(parse_address(text), {"wrap"}).text == plain
    assert with_option("sim:knee?seed=3", "wrap", "a b.yaml") == "sim:knee?seed=3&wrap=a%20b.yaml"
    assert with_option("http://x/v?q=1", "wrap", "/a.yaml") == "http://x/v?q=1#wrap=/a.yaml"
    assert parse_address(with_option("sim:knee", "wrap", "a&b#c?")).options == {"wrap": "a&b#c?"}


def test_an_option_that_fails_is_named() -> None:
    def fail(source: VideoSource, value: str, clock: Clock) -> VideoSource:
        raise KeyError("port")

    registry = Registry(load_drivers(), [SourceOption("wrap", "wrap=1", fail)])
    with pytest.raises(NotFound) as refused:
        registry.create("sim:knee?wrap=a", ManualClock())
    assert str(refused.value) == (
        "The option wrap: it failed (KeyError: 'port'). Report this to its author."
    )


def test_an_option_in_the_query_of_a_url_is_refused_because_it_would_do_nothing() -> None:
    registry = Registry(load_drivers(), [WRAP])
    with pytest.raises(NotFound, match="goes to the device") as refused:
        registry.create("http://host:1/video?user=a&wrap=1", ManualClock())
    assert "/video#wrap=1" in str(refused.value)
    assert "user" not in str(refused.value)


def test_an_option_that_is_written_twice_is_refused() -> None:
    with pytest.raises(NotFound, match="written twice"):
        Registry(load_drivers(), [WRAP]).create("sim:knee?wrap=1&wrap=2", ManualClock())


def test_a_broken_option_is_told_to_who_writes_it_and_keeps_nothing_else_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torn = EntryPoint("torn", "no_such_module:OPTION", registry.OPTION_GROUP)
    wrong = EntryPoint("wrong", "sys:version", registry.OPTION_GROUP)
    found = [torn, wrong]
    monkeypatch.setattr(registry, "entry_points", lambda group: found)
    options = load_source_options()
    monkeypatch.undo()
    known = Registry(load_drivers(), options)
    known.create("sim:knee", ManualClock())
    with pytest.raises(NotFound, match="no_such_module"):
        known.create("sim:knee?torn=1", ManualClock())
    with pytest.raises(NotFound, match="sys:version is no SourceOption"):
        known.create("sim:knee?wrong=1", ManualClock())


def test_the_options_that_ship_are_named_in_the_project_file() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    named = project["project"]["entry-points"][registry.OPTION_GROUP]
    loaded = [EntryPoint(n, value, registry.OPTION_GROUP).load() for n, value in named.items()]
    assert [option.name for option in loaded] == ["faults"]
    assert all(isinstance(option, SourceOption) for option in loaded)
