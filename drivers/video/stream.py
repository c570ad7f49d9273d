"""Network video: MJPEG over HTTP, RTSP, MPEG-TS over UDP; the address is the URL itself."""

from urllib.parse import urlsplit

from drivers.api.address import URL_SCHEMES, Address, public_text, refuse_unknown_options
from drivers.api.errors import NotFound
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, VideoSource

PLAY_LISTS = (".m3u8", ".m3u", ".mpd")


def create(address: Address, clock: Clock) -> VideoSource:
    """A source that receives the URL; NotFound when it names no host or no sound port."""
    refuse_unknown_options(address, frozenset())
    from drivers.media.receiver import StreamSource  # noqa: PLC0415 - loads PyAV, 80 ms
    from drivers.media.refusals import PLAY_LIST  # noqa: PLC0415 - the same

    url = address.text.strip()
    if _is_play_list(address):
        raise NotFound(f'"{public_text(url)}"', "open", PLAY_LIST.cause, PLAY_LIST.advice)
    if not _is_sound(url):
        raise NotFound(
            f'"{public_text(url)}"',
            "open",
            "this address names no host or an impossible port",
            f"Write {address.scheme}://host:port/path.",
        )
    return StreamSource(url, clock)


def discover() -> list[DeviceInfo]:
    """The network is not searched: a person writes the address."""
    return []


def _is_play_list(address: Address) -> bool:
    path, _, _ = address.target.partition("?")
    return path.lower().endswith(PLAY_LISTS)


def _is_sound(url: str) -> bool:
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return False
    return bool(parts.hostname or (parts.scheme == "udp" and port))


DRIVER = DriverSpec(
    URL_SCHEMES,
    "Network video",
    "http://host:8080/video",
    create,
    discover,
)
