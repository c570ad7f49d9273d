"""The address of a source: one string, on the command line, in settings and in recordings."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from drivers.api.errors import NotFound


@dataclass(frozen=True, slots=True)
class Address:
    """`scheme:target?options`; a `scheme://…` URL keeps its query inside `target`."""

    text: str
    scheme: str
    target: str
    options: Mapping[str, str]


def public_text(text: str) -> str:
    """An address as it may be said and logged: of a URL neither name, password nor query.

    It may be no sound URL, so everything up to the last @ counts as a password.
    """
    scheme, slashes, rest = text.partition("//")
    return scheme + slashes + rest.rpartition("@")[2].partition("?")[0] if slashes else text


def parse_address(text: str) -> Address:
    """Split an address; raises NotFound when there is no scheme or an option has no value."""
    scheme, colon, rest = text.strip().partition(":")
    if not colon or not scheme or not rest:
        raise NotFound(
            f'"{text}"',
            "open",
            "this is not an address",
            "Write scheme:target, for example sim:knee or file:clip.mp4.",
        )
    if rest.startswith("//"):
        return Address(text, scheme.lower(), rest, {})
    target, _, query = rest.partition("?")
    return Address(text, scheme.lower(), target, _options(text, query))


def _options(text: str, query: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError as error:
        raise NotFound(
            f'"{text}"',
            "open",
            f"its options cannot be read ({error})",
            "Write ?name=value&name=value.",
        ) from None
    return dict(pairs)


def refuse_unknown_options(address: Address, known: frozenset[str]) -> None:
    """Raise NotFound naming the options that exist when `address` carries another."""
    unknown = sorted(set(address.options) - known)
    if unknown:
        listed = ", ".join(sorted(known)) or "none"
        raise NotFound(
            f'"{address.text}"',
            "open",
            f"unknown option {', '.join(unknown)}",
            f"Options that exist here: {listed}.",
        )
