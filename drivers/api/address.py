"""The address of a source: one string, on the command line, in settings and in recordings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote_plus

from drivers.api.errors import NotFound


@dataclass(frozen=True, slots=True)
class Address:
    """`scheme:target?options`; in a URL, whose query is the device's, `scheme://…#options`."""

    text: str
    scheme: str
    target: str
    options: Mapping[str, str]


URL_SCHEMES = ("http", "https", "rtsp", "rtsps", "udp")
"""Behind these stands a URL, also when somebody has forgotten its slashes."""
LOCAL_SCHEMES = ("v4l2", "camera", "file", "dicom", "sim", "replay")
"""Behind these stands something on this computer, which has no password."""


def public_text(text: str) -> str:
    """An address as it may be said and logged: neither name nor password, of a URL no query.

    One on this computer is said as it is. Any other may be mistyped in any way, so everything up
    to the last @ counts as a password. Where that might stand in a query, nothing at all is said of
    what follows the scheme.
    """
    scheme, colon, rest = text.partition(":")
    if scheme.strip().lower() in LOCAL_SCHEMES and not _is_url(text):
        return text
    slashes = "//" if rest.startswith("//") else ""
    hidden, _, shown = rest.removeprefix("//").rpartition("@")
    if "?" in hidden:
        shown = "…"
    if _is_url(text):
        shown = shown.partition("?")[0]
    return scheme.rpartition("@")[2] + colon + slashes + shown


def parse_address(text: str) -> Address:
    """Split an address; raises NotFound when there is no scheme or an option has no value."""
    scheme, colon, rest = text.strip().partition(":")
    if not colon or not scheme or not rest:
        raise NotFound(
            f'"{public_text(text)}"',
            "open",
            "this is not an address",
            "Write scheme:target, for example sim:knee or file:clip.mp4.",
        )
    target, _, query = rest.partition(_mark(text))
    if _is_url(text) and "@" in query:
        raise NotFound(
            f'"{public_text(text)}"',
            "open",
            "there is an @ behind the # of this address",
            "Write # in a password as %23, and @ in an option as %40.",
        )
    return Address(text, scheme.lower(), target, _options(text, query))


def names_in_query(address: Address) -> tuple[str, ...]:
    """What the query of a URL names; it is sent to the device. None of any other address."""
    if not _is_url(address.text):
        return ()
    _, _, query = address.target.partition("?")
    return tuple(unquote_plus(part.partition("=")[0]) for part in query.split("&") if part)


def with_option(text: str, name: str, value: str) -> str:
    """The address with one option more, behind those that it has."""
    joint = "&" if _mark(text) in text else _mark(text)
    return f"{text}{joint}{name}={quote(value, safe='/:,~')}"


def without_options(address: Address, names: Collection[str]) -> Address:
    """The address as somebody would have written it who knows none of these options."""
    if not any(name in address.options for name in names):
        return address
    head, mark, query = address.text.partition(_mark(address.text))
    kept = [part for part in query.split("&") if unquote_plus(part.split("=")[0]) not in names]
    return parse_address(head + (mark + "&".join(kept) if kept else ""))


def _mark(text: str) -> str:
    """What stands before the options."""
    return "#" if _is_url(text) else "?"


def _is_url(text: str) -> bool:
    scheme, _, rest = text.strip().partition(":")
    return rest.startswith("//") or scheme.lower() in URL_SCHEMES


def _options(text: str, query: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:  # its words would repeat what may be a part of a password
        raise NotFound(
            f'"{public_text(text)}"',
            "open",
            "its options cannot be read",
            f"Write {_mark(text)}name=value&name=value.",
        ) from None
    options = dict(pairs)
    if len(options) < len(pairs):
        raise NotFound(
            f'"{public_text(text)}"',
            "open",
            "one of its options is written twice",
            "Leave one of the two out.",
        )
    return options


class UnknownOption(NotFound):
    """An address carries an option that nobody knows; the advice names those that exist."""

    def __init__(self, address: Address, known: frozenset[str]) -> None:
        super().__init__(
            f'"{public_text(address.text)}"',
            "open",
            f"unknown option {', '.join(sorted(set(address.options) - known))}",
            f"Options that exist here: {', '.join(sorted(known)) or 'none'}.",
        )
        self.known = known


def refuse_unknown_options(address: Address, known: frozenset[str]) -> None:
    """Raise UnknownOption when `address` carries another than those in `known`."""
    if not known.issuperset(address.options):
        raise UnknownOption(address, known)
