"""Video files and still pictures: `file:PATH[?pace=real|stepped][&colour=gray]`."""

from functools import partial
from pathlib import Path

from drivers.api.address import Address, refuse_unknown_options
from drivers.api.errors import NotFound
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, VideoSource
from drivers.media.playback import Clip, PlaybackSource, choose_pace

OPTIONS = frozenset({"pace", "colour"})


def create(address: Address, clock: Clock) -> VideoSource:
    """A source that plays the file; NotFound for an option that does not exist."""
    refuse_unknown_options(address, OPTIONS)
    path = Path(address.target).expanduser()
    open_file = partial(_open, path, _asks_for_gray(address))
    return PlaybackSource(address, clock, choose_pace(address), open_file)


def discover() -> list[DeviceInfo]:
    """No files are listed: a person chooses one."""
    return []


def _asks_for_gray(address: Address) -> bool:
    word = address.options.get("colour")
    if word not in (None, "gray"):
        raise NotFound(
            f'"{address.text}"', "open", f'there is no colour "{word}"', "Write colour=gray."
        )
    return word is not None


def _open(path: Path, gray: bool) -> Clip:
    from drivers.media.clips import open_clip  # noqa: PLC0415 - loads PyAV, 80 ms

    return open_clip(path, gray)


DRIVER = DriverSpec(("file",), "Video or picture file", "file:clip.mp4", create, discover)
