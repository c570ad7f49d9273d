"""What can go wrong with a device, each with device, operation and cause."""


class DeviceError(Exception):
    """A device failed; `str()` is one sentence for the user: what, where, what to do."""

    def __init__(self, device: str, operation: str, cause: str, advice: str) -> None:
        super().__init__(f"{device}: {cause}. {advice}")
        self.device = device
        self.operation = operation
        self.cause = cause
        self.advice = advice


class NotFound(DeviceError):
    """The device, file or host is not there, or the address names no known driver."""


class Busy(DeviceError):
    """Another program holds the device."""


class Timeout(DeviceError):
    """The device is there and does not answer in time."""


class Disconnected(DeviceError):
    """The device was there and has gone."""


class ProtocolViolation(DeviceError):
    """What came cannot be read as what the address promised."""


class EndOfStream(DeviceError):
    """A file or recording has been read to its end; nothing failed."""
