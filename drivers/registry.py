"""From an address to the driver that serves it, and to what its options wrap around it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from drivers.api.address import (
    Address,
    UnknownOption,
    names_in_query,
    parse_address,
    public_text,
    without_options,
)
from drivers.api.errors import DeviceError, NotFound
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, SourceOption, VideoSource

log = logging.getLogger(__name__)

ENTRY_POINT_GROUP = "guidance_app.drivers"
OPTION_GROUP = "guidance_app.source_options"
REPORT = "Report this to its author."

Part = TypeVar("Part", DriverSpec, SourceOption)


def load_drivers() -> list[DriverSpec]:
    """All installed drivers: every entry point of the group names one DriverSpec.

    One that cannot be loaded keeps none of the others away; it is listed with the reason.
    """
    return _load_all(ENTRY_POINT_GROUP, DriverSpec, _broken_driver)


def load_source_options() -> list[SourceOption]:
    """All installed options that any address takes: every entry point names one SourceOption.

    One that cannot be loaded keeps none of the others away; who writes it is told why.
    """
    return _load_all(OPTION_GROUP, SourceOption, _broken_option)


def _load_all(group: str, kind: type[Part], broken: Callable[[str, str], Part]) -> list[Part]:
    found = sorted(entry_points(group=group), key=lambda entry: entry.name)
    return [_load(entry, kind, broken) for entry in found]


def _load(entry: EntryPoint, kind: type[Part], broken: Callable[[str, str], Part]) -> Part:
    try:
        part = entry.load()
    except Exception as error:
        log.exception("%s cannot be loaded", entry.value)
        return broken(entry.name, f"it cannot be loaded ({error})")
    if not isinstance(part, kind):
        return broken(entry.name, f"{entry.value} is no {kind.__name__}")
    return part


def _broken_option(name: str, reason: str) -> SourceOption:
    def wrap(source: VideoSource, value: str, clock: Clock) -> VideoSource:
        raise NotFound(f"The option {name}", "open", reason, "Install it again, or leave it out.")

    return SourceOption(name, f"{name}=", wrap)


def _broken_driver(name: str, reason: str) -> DriverSpec:
    address = f"{name}:"

    def create(address: Address, clock: Clock) -> VideoSource:
        raise NotFound(
            f"The driver {name}", "open", reason, "Install it again, or choose another source."
        )

    def discover() -> list[DeviceInfo]:
        told = f"Not usable: {reason}. Install the driver again."
        return [DeviceInfo(address, name, None, "video", False, False, told)]

    return DriverSpec((name,), name, address, create, discover)


def _listed(driver: DriverSpec, look: Callable[[], list[DeviceInfo]]) -> list[DeviceInfo]:
    try:
        return list(look())
    except Exception as error:
        log.exception("the driver %s failed to look for devices", driver.title)
        reason = f"The driver {driver.title} {_failed(error)}. {REPORT}"
        return [DeviceInfo(driver.example, driver.title, None, "video", False, False, reason)]


def _failed(error: Exception) -> str:
    """The error in one line, as a part of a sentence."""
    return f"failed ({type(error).__name__}: {' '.join(str(error).split())})"


@contextmanager
def _named(device: str, address: Address) -> Iterator[None]:
    """Whatever is no DeviceError becomes one that names the part which failed."""
    try:
        yield
    except DeviceError:
        raise
    except Exception as error:
        log.exception("%s failed to create %s", device, public_text(address.text))
        raise NotFound(device, "create", f"it {_failed(error)}", REPORT) from None


class Registry:
    """Finds the driver for an address; what it holds is fixed when it is made."""

    def __init__(self, drivers: Iterable[DriverSpec], options: Iterable[SourceOption] = ()) -> None:
        self._drivers = tuple(drivers)
        self._options: Mapping[str, SourceOption] = {option.name: option for option in options}
        self._by_scheme: Mapping[str, DriverSpec] = {
            scheme: driver for driver in self._drivers for scheme in driver.schemes
        }

    def create(self, address_text: str, clock: Clock) -> VideoSource:
        """An unopened source for the address; raises NotFound with the list of what exists.

        A driver or an option that fails in any other way is named in a NotFound too.
        """
        address = parse_address(address_text)
        driver = self._driver(address)
        self._refuse_misplaced(address)
        plain = without_options(address, self._options)
        with _named(f"The driver {driver.title}", address):
            try:
                source = driver.create(plain, clock)
            except UnknownOption as error:  # the driver cannot name those that every address takes
                raise UnknownOption(plain, error.known.union(self._options)) from None
        for name in filter(self._options.__contains__, address.options):
            with _named(f"The option {name}", address):
                source = self._options[name].wrap(source, address.options[name], clock)
        return source

    def discover(self) -> list[DeviceInfo]:
        """What every driver can see now; one that fails is listed with the reason."""
        return [found for driver in self._drivers for found in _listed(driver, driver.discover)]

    def inspect(self) -> list[DeviceInfo]:
        """The same, with what attached devices offer; they are asked, which may take seconds."""
        looks = [(driver, driver.inspect or driver.discover) for driver in self._drivers]
        return [found for driver, look in looks for found in _listed(driver, look)]

    def examples(self) -> list[str]:
        """One example address a driver, for help texts."""
        return [driver.example for driver in self._drivers]

    def _refuse_misplaced(self, address: Address) -> None:
        """An option of ours in a URL's query would be sent to the device, and do nothing here."""
        for name in names_in_query(address):
            if name in self._options:
                raise NotFound(
                    f'"{public_text(address.text)}"',
                    "open",
                    f"what follows the ? of a URL goes to the device, also {name}=",
                    f"Write it behind #, as in …/video#{self._options[name].example}.",
                )

    def _driver(self, address: Address) -> DriverSpec:
        driver = self._by_scheme.get(address.scheme)
        if driver is None:
            raise NotFound(
                f'"{public_text(address.text)}"',
                "open",
                f'no driver is called "{public_text(address.scheme)}"',
                f"Addresses that exist: {', '.join(self.examples())}.",
            )
        return driver
