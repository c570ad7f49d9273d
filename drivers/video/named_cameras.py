"""Attached cameras of systems that know them by name alone: Windows and macOS."""

from collections import Counter
from collections.abc import Sequence

from drivers.api.ports import DeviceInfo, VideoFormat


def list_cameras(found: Sequence[tuple[str, tuple[VideoFormat, ...]]]) -> list[DeviceInfo]:
    """Names and formats as the system lists them, to devices.

    Each has the address that opens it and the identity that it then has: its name. Two of one
    name are not available: which of them an address would open is chance.
    """
    named = Counter(name for name, _ in found)
    return [_describe(name, formats, named[name] > 1) for name, formats in found]


def _describe(name: str, formats: tuple[VideoFormat, ...], has_twin: bool) -> DeviceInfo:
    return DeviceInfo(
        address=f"camera:{name}",
        name=name,
        identity=name,
        kind="video",
        simulated=False,
        available=not has_twin,
        reason="another one has the same name: unplug it" if has_twin else "",
        formats=formats,
    )
