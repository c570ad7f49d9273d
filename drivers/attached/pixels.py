"""From the bytes of a capture buffer to gray or BGR pixels in a given place."""

import numpy as np

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from drivers.attached.buffer_layout import COMPRESSED, GRAY, BufferLayout
from drivers.isolation.memory import fits, shaped
from drivers.media.jpeg import is_cut_jpeg
from drivers.opencv import cv2

_TO_BGR = {
    "YUYV": cv2.COLOR_YUV2BGR_YUYV,
    "UYVY": cv2.COLOR_YUV2BGR_UYVY,
    "NV12": cv2.COLOR_YUV2BGR_NV12,
    "YU12": cv2.COLOR_YUV2BGR_I420,
    "RGB3": cv2.COLOR_RGB2BGR,
}


def convert(data: ImageU8, layout: BufferLayout, space: ImageU8) -> PictureGeometry | None:
    """Write the picture in `data` to the beginning of flat `space`; None when it is damaged."""
    if data.size < layout.needed_bytes:
        return None
    if layout.code in COMPRESSED:
        return _decode(data, space)
    gray = layout.code in GRAY
    geometry = PictureGeometry(
        layout.width_px, layout.height_px, PixelFormat.GRAY8 if gray else PixelFormat.BGR24
    )
    pixels, rows = shaped(space, geometry), layout.rows(data)
    if layout.code in _TO_BGR:
        cv2.cvtColor(rows, _TO_BGR[layout.code], dst=pixels)
    else:
        np.copyto(pixels, rows[:, :, 1] if layout.code == "Y16" else rows)
    return geometry


def _decode(data: ImageU8, space: ImageU8) -> PictureGeometry | None:
    if is_cut_jpeg(data.tobytes()):
        return None
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:  # larger than a sound picture is
        return None
    if picture is None:
        return None
    height_px, width_px = picture.shape[:2]
    geometry = PictureGeometry(width_px, height_px, PixelFormat.BGR24)
    if not fits(geometry):
        return None
    np.copyto(shaped(space, geometry), picture)
    return geometry
