"""What may be said and recorded of a URL: never the name and password in it."""

from urllib.parse import SplitResult, quote

_SAFE = "%/?:=&~+!$,;'@()*"
"""What a path and a query may hold as it is (RFC 3986, 3.3 and 3.4), and what is quoted already."""


def host_and_port(parts: SplitResult) -> str:
    """What stands behind name and password."""
    return parts.netloc.rpartition("@")[2]


def without_credentials(parts: SplitResult) -> str:
    """The URL without name and password."""
    return parts._replace(netloc=host_and_port(parts), fragment="").geturl()


def request_url(parts: SplitResult) -> str:
    """The URL to ask a server with: letters that may not stand in it are quoted, as UTF-8."""
    path, query = quote(parts.path, _SAFE), quote(parts.query, _SAFE)
    return without_credentials(parts._replace(path=path, query=query))


def public_url(parts: SplitResult) -> str:
    """The URL for recordings and messages: without its query too, which may hold a password."""
    return without_credentials(parts._replace(query=""))
