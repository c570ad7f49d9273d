"""`isolated:numbers`: a real child process whose reader makes its pictures itself."""

from drivers.api.address import Address, refuse_unknown_options
from drivers.api.errors import DeviceError
from drivers.api.ports import Clock, DriverSpec, SourceInfo, VideoSource
from drivers.api.samples import Origin
from drivers.isolation.reader import Opened, ReaderSpec
from drivers.isolation.source import IsolatedSource


class NumberedDevice:
    """An IsolatedDevice behind a reader of the isolation tests."""

    title = "The numbered pictures"

    def __init__(self, address: Address) -> None:
        self._address = address

    def locate(self) -> ReaderSpec:
        return ReaderSpec("scripted_readers:Numbered", {"rate_hz": 60.0, "colour": 1})

    def confirm(self, opened: Opened) -> SourceInfo:
        name, rate_hz = "Numbered", opened.rate_hz
        return SourceInfo(
            self._address.text, name, name, Origin.DEVICE, rate_hz, format=opened.format
        )

    def look(self) -> None:
        pass

    def explain(self, failure: DeviceError) -> DeviceError:
        return failure


def create(address: Address, clock: Clock) -> VideoSource:
    refuse_unknown_options(address, frozenset())
    return IsolatedSource(NumberedDevice(address), clock)


DRIVER = DriverSpec(("isolated",), "Numbered pictures", "isolated:numbers", create, list)
