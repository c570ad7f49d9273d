"""What every refusal of a device has to be."""

from drivers.api.errors import DeviceError

LONGEST_SENTENCES = 240


def assert_readable(error: DeviceError) -> None:
    """One or two sentences for a person, without the traces of a program."""
    text = str(error)
    assert "\n" not in text and "Traceback" not in text and "Errno" not in text
    assert text.endswith(".") and len(text) <= LONGEST_SENTENCES
