"""Why a device gives far fewer pictures than it said, in words."""

from drivers.api.ports import SourceInfo, VideoFormat
from guidance_app.domain.stated_rate import stated_rate_hz

USB2_BYTES_S = 8000 * 3 * 1024
"""The most that one video stream gets over USB 2.0 (specification, 5.6.3: three transactions of
1024 bytes in each of 8000 microframes)."""
_BYTES_PER_PIXEL = {
    **dict.fromkeys(("BGR3", "RGB3"), 3.0),
    **dict.fromkeys(("YUYV", "UYVY", "Y16"), 2.0),
    **dict.fromkeys(("NV12", "YU12"), 1.5),
    "GREY": 1.0,
}


def low_rate_advice(info: SourceInfo) -> str:
    """What may hold the pictures back, and what helps: the format, the light, or the way here."""
    if "://" in info.address:
        return "Check the network between the device and this computer, and the device's settings."
    if info.format is not None and _bytes_s(info.format, stated_rate_hz(info) or 0) > USB2_BYTES_S:
        return (
            f"{info.format.code} pictures of {info.format.width_px}x{info.format.height_px}"
            " do not fit through a USB 2 connection. Use a USB 3 port and cable, or choose"
            " format=MJPG or a smaller size."
        )
    return (
        "A camera slows down in the dark: give it more light, or turn its automatic"
        " exposure off. A grabber may share its USB port with other devices: give it a port of"
        " its own."
    )


def _bytes_s(stated: VideoFormat, rate_hz: float) -> float:
    """Bytes a second of an uncompressed format; 0 for a compressed one."""
    depth = _BYTES_PER_PIXEL.get(stated.code, 0.0)
    return stated.width_px * stated.height_px * depth * rate_hz
