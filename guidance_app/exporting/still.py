"""One moment of a session as a PNG picture."""

from pathlib import Path

from drivers.api.samples import PixelFormat
from drivers.opencv import cv2
from guidance_app.exporting.footage import PICTURE_MISSING, ClipPicture, Footage
from guidance_app.exporting.output import ExportRefused, Written
from guidance_app.session.manifest import Problem
from guidance_app.ui.clip_painter import ClipPainter


def picture_at(footage: Footage, at_s: float, overlay: bool) -> ClipPicture:
    """What stands at a time since the start; raises ExportRefused beyond the end."""
    at_ns = round(at_s * 1e9)
    if at_ns > footage.duration_ns:
        lasts_s = footage.duration_ns / 1e9
        raise ExportRefused(f"The session lasts {lasts_s:.3f} s. Choose a moment within it.")
    return footage.shown_at(at_ns) if overlay else footage.recorded_at(at_ns)


def frame_picture(footage: Footage, number: int, overlay: bool) -> ClipPicture:
    """One frame by its number; raises SessionError without it, ExportRefused if never shown."""
    return footage.frame_shown(number) if overlay else footage.frame_recorded(number)


def write_still(path: Path, footage: Footage, picture: ClipPicture, overlay: bool) -> Written:
    """Paint one picture; grey stays grey without the overlay. OSError passes through."""
    pixels = ClipPainter(footage.geometry, footage.mark, overlay).paint(picture.frame, picture.view)
    if not overlay and footage.geometry.pixel_format is PixelFormat.GRAY8:
        pixels = pixels[:, :, 1]
    _, coded = cv2.imencode(".png", pixels)
    path.write_bytes(coded.tobytes())
    missing = picture.view.banner == PICTURE_MISSING
    return Written(1, (Problem("picture", "not in the recording"),) if missing else ())
