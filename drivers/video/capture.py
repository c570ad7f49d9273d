"""Attached video devices: `v4l2:/dev/video0?size=1280x720&fps=30`, and `camera:0` elsewhere.

Read in the program itself in this form: a fault inside the camera's own software cannot be held
off, and a read that hangs ends only with the timeout below.
"""

import os
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drivers.api.address import Address, refuse_unknown_options
from drivers.api.errors import Busy, DeviceError, Disconnected, NotFound, ProtocolViolation
from drivers.api.ports import Clock, DeviceInfo, DriverSpec, SourceInfo, VideoSource
from drivers.api.samples import Origin, PixelFormat, Stamp, VideoFrame
from drivers.opencv import cv2

OPTIONS = frozenset({"size", "fps"})
SYSFS = Path("/sys")

# OpenCV waits 10 s for a picture of a silent V4L2 device; it reads this, in whole seconds, at the
# first such wait. Set while drivers are loaded, because changing it beside running threads is not
# safe.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks of the device; None where it leaves the choice to the device."""

    size_px: tuple[int, int] | None
    rate_hz: float | None


class CaptureSource:
    """A VideoSource over OpenCV; `interrupt()` is noticed when the read under way ends (1 s)."""

    def __init__(self, address: Address, device: str | int, wish: Wish, clock: Clock) -> None:
        """`device` is the path of a V4L2 node, or a number where there are none."""
        self._address = address
        self._device = device
        self._wish = wish
        self._clock = clock
        self._interrupted = threading.Event()
        self._capture: cv2.VideoCapture | None = None
        self._delivered = 0

    def open(self) -> SourceInfo:
        """Open the device; NotFound, Busy, or ProtocolViolation when it cannot give the size."""
        self.close()
        if isinstance(self._device, str):
            self._require_node(Path(self._device))
        self._capture = self._start()
        self._delivered = 0
        rate_hz = self._capture.get(cv2.CAP_PROP_FPS)
        name, identity = self._describe()
        return SourceInfo(
            address=self._address.text,
            name=name,
            identity=identity,
            origin=Origin.DEVICE,
            nominal_rate_hz=rate_hz if rate_hz > 0 else None,
        )

    def read(self) -> VideoFrame:
        """The next picture; Disconnected when none comes within a second or the device is gone."""
        if self._capture is None:
            raise self._error(Disconnected, "it is not open", "Open it again to go on.")
        if self._interrupted.is_set():
            raise self._error(Disconnected, "reading was stopped", "Open it again to go on.")
        delivered, picture = self._capture.read()
        arrival_ns = self._clock.now_ns()
        if self._is_gone():  # OpenCV may go on giving the last picture of a device that is gone
            raise self._error(Disconnected, "it was unplugged", "Check its cable.")
        if not delivered:
            raise self._error(
                Disconnected, "it has stopped sending pictures", "Check its cable and its input."
            )
        stamp = Stamp(self._delivered, arrival_ns, self._device_ns(self._capture))
        self._delivered += 1
        pixels = np.asarray(picture, np.uint8)
        pixels.flags.writeable = False
        pixel_format = PixelFormat.GRAY8 if pixels.ndim == 2 else PixelFormat.BGR24
        return VideoFrame(pixels, pixel_format, stamp, Origin.DEVICE)

    def interrupt(self) -> None:
        """End all later reads, and one under way within a second; for good."""
        self._interrupted.set()

    def close(self) -> None:
        """Release the device."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _require_node(self, node: Path) -> None:
        if not node.exists():
            raise self._error(NotFound, "it is not attached", "Plug it in, or choose another.")
        if not node.is_char_device():
            raise self._error(NotFound, "this is no video device", "Choose one that is.")
        if reason := refusal(node):
            raise self._error(NotFound, reason, "Then log in again.")

    def _start(self) -> cv2.VideoCapture:
        backend = cv2.CAP_V4L2 if isinstance(self._device, str) else cv2.CAP_ANY
        capture = cv2.VideoCapture(self._device, backend)
        if not capture.isOpened():
            raise self._error(
                Busy,
                "it cannot be opened, most likely because another program uses it",
                "Close the other program, or plug the device in again.",
            )
        self._apply_wish(capture)
        return capture

    def _apply_wish(self, capture: cv2.VideoCapture) -> None:
        if self._wish.rate_hz is not None:
            capture.set(cv2.CAP_PROP_FPS, self._wish.rate_hz)
        if self._wish.size_px is None:
            return
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._wish.size_px[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._wish.size_px[1])
        width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        if (width, height) != self._wish.size_px:
            capture.release()
            wanted = f"{self._wish.size_px[0]}x{self._wish.size_px[1]}"
            raise self._error(
                ProtocolViolation,
                f"it does not offer the size {wanted}",
                f"Ask for another; it would give {width}x{height}.",
            )

    def _device_ns(self, capture: cv2.VideoCapture) -> int | None:
        buffer_ms = capture.get(cv2.CAP_PROP_POS_MSEC)  # the time of the V4L2 buffer
        return round(buffer_ms * 1e6) if buffer_ms > 0 else None

    def _is_gone(self) -> bool:
        return isinstance(self._device, str) and not Path(self._device).exists()

    def _describe(self) -> tuple[str, str | None]:
        if isinstance(self._device, int):
            return f"Camera {self._device}", None
        for found in list_devices(SYSFS, Path("/dev")):
            if found.address == f"v4l2:{Path(self._device).resolve()}":
                return found.name, found.identity
        return self._device, None

    def _error(self, kind: type[DeviceError], cause: str, advice: str) -> DeviceError:
        operation = "open" if self._capture is None else "read"
        return kind(f"The video device {self._device}", operation, cause, advice)


def create(address: Address, clock: Clock) -> VideoSource:
    """A source that reads the device; NotFound for a target or option that makes no sense."""
    refuse_unknown_options(address, OPTIONS)
    wish = Wish(_parse_size(address), _parse_rate(address))
    if address.scheme == "v4l2":
        return CaptureSource(address, address.target, wish, clock)
    if not re.fullmatch(r"\d{1,3}", address.target):
        raise _refused(address, "a camera has a number", "Write camera:0 for the first one.")
    number = int(address.target)
    on_linux = sys.platform == "linux"
    return CaptureSource(address, f"/dev/video{number}" if on_linux else number, wish, clock)


def discover() -> list[DeviceInfo]:
    """The video devices attached to this Linux computer; none on other systems."""
    return list_devices(SYSFS, Path("/dev"))


def list_devices(sysfs: Path, dev: Path) -> list[DeviceInfo]:
    """The capture nodes under `sysfs`, whose files are in `dev`.

    A device with several nodes is listed once, by its first: the others carry metadata.
    """
    entries = sorted((sysfs / "class/video4linux").glob("video[0-9]*"), key=_number)
    return [_device_info(entry, dev / entry.name) for entry in entries if _is_first(entry)]


def refusal(node: Path) -> str:
    """Why this user may not open `node`; empty when allowed."""
    if os.access(node, os.R_OK | os.W_OK):
        return ""
    return f"this user may not open {node}: an administrator has to add it to the group video"


def _device_info(entry: Path, node: Path) -> DeviceInfo:
    reason = refusal(node) if node.exists() else f"there is no file {node}"
    return DeviceInfo(
        address=f"v4l2:{node}",
        name=_line(entry / "name") or node.name,
        identity=_identity(entry),
        kind="video",
        simulated=False,
        available=not reason,
        reason=reason,
    )


def _identity(entry: Path) -> str | None:
    """The serial number of the device or of what it is plugged into; else the port it is at."""
    device = entry / "device"
    if not device.exists():
        return None
    place = device.resolve()
    for folder in _usb_folders(place):
        if serial := _line(folder / "serial"):
            return serial
    return place.name


def _usb_folders(place: Path) -> Iterator[Path]:
    yield place
    yield place.parent  # a video interface lies in the folder of its USB device


def _line(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""


def _is_first(entry: Path) -> bool:
    return _line(entry / "index") in ("", "0")


def _number(entry: Path) -> int:
    return int(entry.name.removeprefix("video"))


def _parse_size(address: Address) -> tuple[int, int] | None:
    text = address.options.get("size")
    if text is None:
        return None
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
    if match is None:
        raise _refused(address, f'"{text}" is not a size', "Write size=1280x720.")
    return int(match[1]), int(match[2])


def _parse_rate(address: Address) -> float | None:
    text = address.options.get("fps")
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or float(text) == 0:
        raise _refused(address, f'"{text}" is not a rate', "Write fps=30.")
    return float(text)


def _refused(address: Address, cause: str, advice: str) -> NotFound:
    return NotFound(f'"{address.text}"', "open", cause, advice)


DRIVER = DriverSpec(
    ("v4l2", "camera"), "Attached video device", "v4l2:/dev/video0", create, discover
)
