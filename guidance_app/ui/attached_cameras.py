"""Cameras as Qt Multimedia lists them, for systems other than Linux.

Imported only there: on Linux it needs the sound server's library, and sysfs says more.
"""

from collections.abc import Iterable

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtMultimedia import QCameraDevice, QCameraFormat, QMediaDevices

from drivers.api.ports import VideoFormat


def attached_cameras() -> list[tuple[str, tuple[VideoFormat, ...]]]:
    """Name and formats of what is attached, in Qt's order; on the thread that Qt runs on."""
    application = QGuiApplication.instance() or QGuiApplication([])  # the cameras need one
    found = [_named(device) for device in QMediaDevices.videoInputs()]
    del application  # only now
    return found


def _named(device: QCameraDevice) -> tuple[str, tuple[VideoFormat, ...]]:
    return device.description(), tuple(_formats(device.videoFormats()))


def _formats(offered: Iterable[QCameraFormat]) -> Iterable[VideoFormat]:
    for offer in offered:
        size = offer.resolution()
        code = offer.pixelFormat().name.removeprefix("Format_")
        yield VideoFormat(code, size.width(), size.height(), (offer.maxFrameRate(),))
