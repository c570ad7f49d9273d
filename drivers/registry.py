"""From an address to the driver that serves it: built-in drivers and entry points."""

import logging
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from drivers.api.address import Address, parse_address
from drivers.api.errors import NotFound
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, VideoSource

log = logging.getLogger(__name__)

ENTRY_POINT_GROUP = "guidance_app.drivers"


def load_drivers() -> list[DriverSpec]:
    """All installed drivers: every entry point of the group names one DriverSpec.

    One that cannot be loaded keeps none of the others away; it is listed with the reason.
    """
    found = entry_points(group=ENTRY_POINT_GROUP)
    return [_load(entry) for entry in sorted(found, key=lambda entry: entry.name)]


def _load(entry: EntryPoint) -> DriverSpec:
    try:
        driver = entry.load()
    except Exception as error:
        log.exception("the driver %s cannot be loaded", entry.value)
        return _broken(entry.name, f"This driver cannot be loaded ({error}). Install it again.")
    if not isinstance(driver, DriverSpec):
        return _broken(entry.name, f"{entry.value} is no DriverSpec. Install the driver again.")
    return driver


def _broken(name: str, reason: str) -> DriverSpec:
    address = f"{name}:"

    def create(address: Address, clock: Clock) -> VideoSource:
        raise NotFound(f"The driver {name}", "open", reason.rstrip("."), "Choose another source.")

    def discover() -> list[DeviceInfo]:
        return [DeviceInfo(address, name, None, "video", False, False, reason)]

    return DriverSpec((name,), name, address, create, discover)


class Registry:
    """Finds the driver for an address; what it holds is fixed when it is made."""

    def __init__(self, drivers: Iterable[DriverSpec]) -> None:
        self._drivers = tuple(drivers)
        self._by_scheme: Mapping[str, DriverSpec] = {
            scheme: driver for driver in self._drivers for scheme in driver.schemes
        }

    def create(self, address_text: str, clock: Clock) -> VideoSource:
        """An unopened source for the address; raises NotFound with the list of what exists."""
        address = parse_address(address_text)
        return self._driver(address).create(address, clock)

    def discover(self) -> list[DeviceInfo]:
        """What every driver can see now."""
        return [device for driver in self._drivers for device in driver.discover()]

    def examples(self) -> list[str]:
        """One example address a driver, for help texts."""
        return [driver.example for driver in self._drivers]

    def _driver(self, address: Address) -> DriverSpec:
        driver = self._by_scheme.get(address.scheme)
        if driver is None:
            raise NotFound(
                f'"{address.text}"',
                "open",
                f'no driver is called "{address.scheme}"',
                f"Addresses that exist: {', '.join(self.examples())}.",
            )
        return driver
