"""Sources opened through the registry, and a way to see how they refuse."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import isolated_reader
import pytest
from refusing import assert_readable

from drivers.api.clock import SystemClock
from drivers.api.errors import DeviceError
from drivers.api.ports import Clock, VideoSource
from drivers.registry import Registry, load_drivers
from simulators.faults import OPTION


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry([*load_drivers(), isolated_reader.DRIVER], [OPTION])


@pytest.fixture
def create(registry: Registry) -> Iterator[Callable[..., VideoSource]]:
    """Make an unopened source for an address; closed when the test ends."""
    with ExitStack() as stack:

        def make(address: str, clock: Clock | None = None) -> VideoSource:
            source = registry.create(address, clock or SystemClock())
            stack.callback(source.close)
            return source

        yield make


@pytest.fixture
def refusal(create: Callable[..., VideoSource]) -> Callable[[str], DeviceError]:
    """Open an address and read to the end; the error that ends it, checked to be readable."""

    def find(address: str) -> DeviceError:
        with pytest.raises(DeviceError) as raised:
            read_to_the_end(create(address))
        assert_readable(raised.value)
        return raised.value

    return find


def read_to_the_end(source: VideoSource) -> None:
    source.open()
    while True:
        source.read()
