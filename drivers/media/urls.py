"""What may be said and recorded of a URL: never the name and password in it."""

from urllib.parse import SplitResult


def host_and_port(parts: SplitResult) -> str:
    """What stands behind name and password."""
    return parts.netloc.rpartition("@")[2]


def without_credentials(parts: SplitResult) -> str:
    """The URL without name and password, to ask a server with."""
    return parts._replace(netloc=host_and_port(parts), fragment="").geturl()


def public_url(parts: SplitResult) -> str:
    """The URL for recordings and messages: without its query too, which may hold a password."""
    return without_credentials(parts._replace(query=""))
