"""What an HTTP server sends, as a file to read: by the standard library, with limits.

FFmpeg's own HTTP keeps no limit on the size of a picture: measured with a part that states
2 GB and a fast sender, it took 1.2 GB, and 3.2 s where a second was asked for.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, unquote
from urllib.request import (
    AbstractHTTPHandler,
    HTTPBasicAuthHandler,
    HTTPDefaultErrorHandler,
    HTTPDigestAuthHandler,
    HTTPErrorProcessor,
    HTTPPasswordMgrWithDefaultRealm,
    OpenerDirector,
    Request,
)

from drivers.media.urls import request_url

MOST_BYTES_A_PICTURE = 32 * 1024 * 1024
"""Of compressed data (ours); a JPEG of 8192x8192 in good quality fits."""
SOCKET_TIMEOUT_S = 2.0
"""To connect, over all addresses of the host, and for each answer."""

Addresses = list[tuple[Any, ...]]
"""Where a host can be reached, as socket.getaddrinfo() gives it."""


class TooLarge(Exception):
    """More came than any picture has."""


class NoVideoType(Exception):
    """The server itself says that it sends something else; the argument is its media type."""


class UnknownChallenge(Exception):
    """The server asks for a password in a way that cannot be answered."""


class HttpBody:
    """Opens a URL and reads its body; abort() ends everything at once, from any thread.

    A redirection is not followed, because it could lead to the picture of another device. No
    proxy is asked, whatever the environment says: devices stand in the same network.
    Certificates are not verified, because devices sign their own.
    """

    def __init__(self, parts: SplitResult) -> None:
        self.failure: Exception | None = None
        """Why the body ended before its end."""
        self._parts = parts
        self._addresses: Addresses = []
        self._response: Any = None
        self._refused: list[Any] = []
        self._left = MOST_BYTES_A_PICTURE
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._aborted = False

    def open(self, addresses: Addresses) -> None:
        """Ask for the page at the first of the addresses that answers.

        Raises OSError, HTTPError, HTTPException, NoVideoType, UnknownChallenge.
        """
        self._addresses = addresses
        url = request_url(self._parts)
        request = Request(url, headers={"User-Agent": "guidance"})
        try:
            self._response = self._opener(url).open(request, timeout=SOCKET_TIMEOUT_S)
        except HTTPError as error:
            self._refused.append(error)
            raise
        except (ValueError, LookupError) as error:  # urllib, on a challenge it cannot read
            raise UnknownChallenge from error
        stated = str(self._response.headers["Content-Type"] or "")
        kind = stated.partition(";")[0].strip().lower()
        if kind.startswith("text/") or kind.endswith(("json", "xml", "mpegurl")):
            raise NoVideoType(kind)

    def read(self, size: int) -> bytes:
        """At most `size` bytes, as soon as there are any; empty at the end, see `failure`."""
        if self.failure is not None:
            return b""
        try:
            data: bytes = self._response.read1(size)
            self._left -= len(data)
            if self._left < 0:
                raise TooLarge
        except (OSError, HTTPException, TooLarge) as error:
            self.failure = error
            return b""
        return data

    def allow_next_picture(self) -> None:
        """A picture is complete: the next one may be as large."""
        self._left = MOST_BYTES_A_PICTURE

    def abort(self) -> None:
        """Make everything that waits for the server end; any thread."""
        with self._lock:
            self._aborted = True
            if self._handle is not None:
                _shut_down(self._handle)

    def close(self) -> None:
        """Release the connection."""
        for response in (self._response, *self._refused):
            if response is not None:
                response.close()
        with self._lock:
            self._release()

    def _opener(self, url: str) -> OpenerDirector:
        passwords = HTTPPasswordMgrWithDefaultRealm()
        if self._parts.username is not None:
            user, password = self._parts.username, self._parts.password or ""
            passwords.add_password(None, url, unquote(user), unquote(password))
        opener = OpenerDirector()
        for handler in (
            _Handler(self._reach, self._refused),
            HTTPDefaultErrorHandler(),
            HTTPErrorProcessor(),
            HTTPDigestAuthHandler(passwords),
            HTTPBasicAuthHandler(passwords),
        ):
            opener.add_handler(handler)
        return opener

    def _reach(self) -> socket.socket:
        """A connection to the first address that answers; all of them share the time there is."""
        deadline_s = time.monotonic() + SOCKET_TIMEOUT_S
        failure: OSError | None = None
        for number, address in enumerate(self._addresses):
            share_s = (deadline_s - time.monotonic()) / (len(self._addresses) - number)
            try:
                return self._connect(address, share_s)
            except OSError as error:
                failure = error
        raise failure or TimeoutError

    def _connect(self, address: tuple[Any, ...], timeout_s: float) -> socket.socket:
        family, kind, protocol, _, where = address
        connecting = socket.socket(family, kind, protocol)
        try:
            self._keep(connecting)
            connecting.settimeout(max(timeout_s, 0.001))  # 0 would mean not to wait at all
            connecting.connect(where)
            self._keep(connecting)  # an abort() just before connect() had no effect
        except OSError:
            connecting.close()
            raise
        connecting.settimeout(SOCKET_TIMEOUT_S)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connecting

    def _keep(self, used: socket.socket) -> None:
        """Hold a second handle of the socket in use: the first one is not ours to touch."""
        with self._lock:
            self._release()
            if self._aborted:
                raise ConnectionAbortedError
            self._handle = used.dup()

    def _release(self) -> None:
        if self._handle is not None:
            self._handle.close()
        self._handle = None


class _Connection(HTTPConnection):
    """Goes through a socket that is made for it."""

    reach: Callable[[], socket.socket]

    def connect(self) -> None:
        self.sock = self.reach()


class _TlsConnection(HTTPSConnection, _Connection):
    """The same below TLS."""


class _Handler(AbstractHTTPHandler):
    handler_order = 400  # ahead of those that answer a challenge

    def __init__(self, reach: Callable[[], socket.socket], refused: list[Any]) -> None:
        super().__init__()
        self._reach = reach
        self._refused = refused

    def http_error_401(self, request: Request, response: HTTPResponse, *_: object) -> None:
        """Remember the response to be closed: urllib forgets it when it cannot answer."""
        self._refused.append(response)

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(partial(self._make, _Connection), request)

    def https_open(self, request: Request) -> HTTPResponse:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return self.do_open(partial(self._make, _TlsConnection, context=context), request)

    http_request = https_request = AbstractHTTPHandler.do_request_

    def _make(
        self,
        kind: Callable[..., _Connection],
        host: str,
        **options: Any,  # noqa: ANN401 - whatever urllib gives its connections
    ) -> HTTPConnection:
        connection = kind(host, **options)
        connection.reach = self._reach
        return connection


def _shut_down(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        connected.shutdown(socket.SHUT_RDWR)
