"""What a network device can answer instead of pictures, and how it is said to a person."""

import errno
import ssl
from http.client import HTTPException, RemoteDisconnected
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import av

from drivers.api.errors import (
    Busy,
    DeviceError,
    Disconnected,
    NotFound,
    ProtocolViolation,
    Timeout,
)
from drivers.media.backlog import Overrun
from drivers.media.connection import LookUpTimeout, NoVideo, UnknownHost
from drivers.media.http_body import NoVideoType, TooLarge, UnknownChallenge
from drivers.media.urls import public_url

LONGEST_ADDRESS = 80


class Refusal(NamedTuple):
    """The kind of DeviceError, its cause and its advice."""

    kind: type[DeviceError]
    cause: str
    advice: str


SILENT = Refusal(
    Timeout,
    "no picture came in time",
    "Check that the device is switched on and sending, and its cable.",
)
NO_VIDEO = Refusal(
    ProtocolViolation,
    "this address answers, but not with live video",
    "Check the address in the manual of the device: it should give MJPEG or RTSP.",
)
PLAY_LIST = Refusal(
    ProtocolViolation,
    "this is HLS, which is many seconds late by design: not for guidance",
    "Ask the device for MJPEG or RTSP.",
)
NO_PAGE = Refusal(
    NotFound,
    "the device has no such page",
    "Check the part of the address after the host name.",
)
PASSWORD = Refusal(
    NotFound,
    "it asks for another user name and password",
    "Write them before the host name, as name:password@host.",
)
REFUSED = Refusal(
    ProtocolViolation,
    "the device refuses to send this video",
    "Close other programs that show it, and check the address in the manual of the device.",
)
FAULT = Refusal(
    Disconnected, "the device reports a fault of its own", "Start sending on the device again."
)
NOBODY = Refusal(
    NotFound,
    "nothing is sending video at this address",
    "Start sending on the device, or check the address and its port number.",
)
NO_ANSWER = Refusal(
    Disconnected,
    "the device closed the connection without a picture",
    "Check that it is sending, and whether its address begins with http or https.",
)
UNREACHABLE = Refusal(
    Disconnected, "it cannot be reached", "Check the network cable and the device."
)

_REFUSALS: tuple[tuple[tuple[type[Exception], ...], Refusal], ...] = (
    (
        (UnknownHost,),
        Refusal(NotFound, "no computer of this name is known here", "Check the name."),
    ),
    (
        (LookUpTimeout,),
        Refusal(
            Timeout,
            "the name of the device could not be looked up in time",
            "Check the network cable, or write the device's number (IP address) instead.",
        ),
    ),
    ((av.error.HTTPNotFoundError,), NO_PAGE),
    ((av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError, UnknownChallenge), PASSWORD),
    ((av.error.HTTPClientError,), REFUSED),
    ((av.error.HTTPServerError,), FAULT),
    ((av.error.ExitError, TimeoutError), SILENT),
    ((ConnectionRefusedError,), NOBODY),
    ((EOFError, ConnectionResetError, BrokenPipeError, RemoteDisconnected), NO_ANSWER),
    (
        (ssl.SSLError,),
        Refusal(
            ProtocolViolation,
            "the device does not speak https here",
            "Write http:// instead of https://, or check the port number.",
        ),
    ),
    (
        (NoVideo, TooLarge, HTTPException, ValueError, av.error.DecoderNotFoundError),
        NO_VIDEO,
    ),
)
_OF_STATUS = {401: PASSWORD, 403: PASSWORD, 404: NO_PAGE, 410: NO_PAGE}
_BUSY = Refusal(Busy, "another program receives this stream", "Close the other program.")
_OF_ERRNO = {
    errno.EIO: NO_VIDEO,  # an answer that ends before FFmpeg could recognise it
    errno.EADDRINUSE: _BUSY,
    errno.EPROTONOSUPPORT: REFUSED,  # RTSP 461, no transport in common
}


def explain_refusal(error: Exception) -> Refusal:
    """Why opening failed; raises the error itself when no device can have caused it."""
    if isinstance(error, HTTPError):
        return _explain_status(error)
    if isinstance(error, URLError) and isinstance(error.reason, Exception):
        return explain_refusal(error.reason)
    if isinstance(error, NoVideoType):
        return PLAY_LIST if str(error).endswith("mpegurl") else NO_VIDEO
    for kinds, refusal in _REFUSALS:
        if isinstance(error, kinds):
            return refusal
    if isinstance(error, OSError | av.FFmpegError):
        return _OF_ERRNO.get(error.errno or 0, UNREACHABLE)
    raise error


def _explain_status(error: HTTPError) -> Refusal:
    if 300 <= error.code < 400:
        return _explain_redirection(str(error.headers["Location"] or ""))
    return _OF_STATUS.get(error.code, FAULT if error.code >= 500 else REFUSED)


def _explain_redirection(target: str) -> Refusal:
    """The address is named when a person could write it; it is not followed in any case."""
    advice = "Check the address in the manual of the device."
    if target.isascii() and target.isprintable() and len(target) <= LONGEST_ADDRESS:
        try:
            parts = urlsplit(target)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme in ("http", "https", "rtsp") and parts.hostname:
            advice = f"If you trust it, write {public_url(parts)} instead."
    return Refusal(ProtocolViolation, "it sends you to another address", advice)


def explain_loss(error: Exception) -> Refusal:
    """Why reading ended; raises the error itself when no device can have caused it."""
    if isinstance(error, av.error.ExitError | TimeoutError):
        return Refusal(
            Timeout, "no picture came for 1 s", "Check the device and the network cable."
        )
    if isinstance(error, TooLarge):
        return Refusal(
            ProtocolViolation,
            "what it sends is too large for a picture",
            "Start sending on the device again.",
        )
    if isinstance(error, Overrun):
        return Refusal(
            Disconnected,
            "this computer is too slow for its pictures",
            "Choose a smaller picture or a lower rate in the device's settings.",
        )
    if isinstance(error, OSError | EOFError | HTTPException | av.FFmpegError):
        return Refusal(
            Disconnected, "the connection was closed", "Check that the device is still sending."
        )
    raise error
