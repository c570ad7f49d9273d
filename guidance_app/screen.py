"""Whether there is a screen to open a window on; decided before Qt starts."""

import os
import socket
import sys

NO_SCREEN = "There is no screen: running without a window."


def choose_platform() -> bool:
    """Let Qt run offscreen where there is no screen; True when there is one."""
    if "QT_QPA_PLATFORM" in os.environ:
        return os.environ["QT_QPA_PLATFORM"] != "offscreen"
    if sys.platform != "linux" or _has_display():
        return True
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return False


def _has_display() -> bool:
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    host, _, number = display.partition(":")
    if not number:
        return False
    return bool(host) or _answers(number.partition(".")[0])


def _answers(number: str) -> bool:
    """Whether a local X server listens; Qt would abort the process if none did."""
    path = f"/tmp/.X11-unix/X{number}"  # where X servers listen
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            try:
                link.connect(address)
            except OSError:
                continue
            return True
    return False
