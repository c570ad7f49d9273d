"""What every refusal of a device has to be, and what it may not leave behind."""

import threading

import pytest

from drivers.api.errors import DeviceError
from drivers.api.ports import VideoSource

LONGEST_SENTENCES = 240


def assert_readable(error: DeviceError) -> None:
    """One or two sentences for a person, without the traces of a program."""
    text = str(error)
    assert "\n" not in text and "Traceback" not in text and "Errno" not in text
    assert text.endswith(".") and len(text) <= LONGEST_SENTENCES


def receiving_threads() -> list[threading.Thread]:
    """Those that receive network video."""
    return [thread for thread in threading.enumerate() if thread.name == "network video"]


def read_until_it_fails(source: VideoSource) -> DeviceError:
    """The error that ends reading."""
    with pytest.raises(DeviceError) as raised:
        while True:
            source.read()
    return raised.value


def open_in_vain(source: VideoSource) -> DeviceError:
    """The error with which it refuses."""
    with pytest.raises(DeviceError) as raised:
        source.open()
    assert_readable(raised.value)
    return raised.value
