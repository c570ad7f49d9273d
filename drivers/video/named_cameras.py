"""Attached cameras of systems that know them by name alone: Windows and macOS."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.api.ports import DeviceInfo, VideoFormat


@dataclass(frozen=True, slots=True)
class NamedCamera:
    """A camera as the system describes it."""

    name: str
    formats: tuple[VideoFormat, ...] = ()


def list_cameras(found: Sequence[NamedCamera]) -> list[DeviceInfo]:
    """Each under the address that opens it and the identity that it then has: its name.

    Two of one name are not available: which of them an address would open is chance.
    """
    named = Counter(camera.name for camera in found)
    return [_describe(camera, named[camera.name] > 1) for camera in found]


def _describe(camera: NamedCamera, has_twin: bool) -> DeviceInfo:
    return DeviceInfo(
        address=f"camera:{camera.name}",
        name=camera.name,
        identity=camera.name,
        kind="video",
        simulated=False,
        available=not has_twin,
        reason="another one has the same name: unplug it" if has_twin else "",
        formats=camera.formats,
    )
