"""Who keeps a network picture away: the name, the port, a firewall, or the sender itself."""

import socket
from enum import StrEnum
from urllib.parse import urlsplit

PATIENCE_S = 1.0
"""A device in the same building answers within milliseconds."""
PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
"""Where a sender listens when its address names no port."""


class Reach(StrEnum):
    """How far a connection gets, nothing being said on it."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    NO_WAY = "no way"
    NO_SUCH_NAME = "no such name"


def explain_network(address: str, silent: bool) -> tuple[str, str] | None:
    """What is so and what to do; None where a connection says no more than the source did.

    `silent` says that no answer came, rather than a wrong one.

    Opens one connection and closes it again. Takes at most PATIENCE_S after the name is known.
    """
    parts = urlsplit(address)
    port = PORTS.get(parts.scheme)
    try:
        host, port = parts.hostname, parts.port or port
    except ValueError:
        return None
    if host is None or port is None or parts.scheme not in PORTS:
        return None
    reach = try_port(host, port)
    if reach is Reach.TAKEN and not silent:
        return None  # the source knows more of what was said
    return _words(reach, host, port)


def try_port(host: str, port: int, patience_s: float = PATIENCE_S) -> Reach:
    """Connect once and close again."""
    try:
        with socket.create_connection((host, port), patience_s):
            return Reach.TAKEN
    except (socket.gaierror, UnicodeError):
        return Reach.NO_SUCH_NAME
    except ConnectionRefusedError:
        return Reach.REFUSED
    except TimeoutError:
        return Reach.UNANSWERED
    except OSError:
        return Reach.NO_WAY


def _words(reach: Reach, host: str, port: int) -> tuple[str, str]:
    match reach:
        case Reach.TAKEN:
            return (
                f"{host} takes the connection on port {port}, and sends no picture.",
                "Start the video on the device. If it runs, check the part of the address after "
                "the port number; switch the device off and on if it hangs.",
            )
        case Reach.REFUSED:
            return (
                f"{host} is there, but takes no connection on port {port}.",
                "Start sending on the device. If it is sending, the port number is another one, "
                "or its firewall keeps this computer out.",
            )
        case Reach.UNANSWERED:
            return (
                f"{host} does not answer on port {port}, neither with yes nor with no.",
                "Check that the device is on and in the same network as this computer. "
                "If it is, a firewall drops the connection: ask who looks after the network.",
            )
        case Reach.NO_WAY:
            return (
                f"There is no way to {host} in the network of this computer.",
                "Check the network cable or the wireless network of this computer.",
            )
        case Reach.NO_SUCH_NAME:
            return (
                f'No computer called "{host}" is known here.',
                "Check the spelling, or write its number (such as 192.168.1.20) instead.",
            )
