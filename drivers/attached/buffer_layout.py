"""The picture formats of V4L2 that can be read, and how a picture lies in a buffer."""

from dataclasses import dataclass

import numpy as np

from drivers.api.samples import ImageU8, PictureGeometry, PixelFormat
from drivers.isolation.memory import fits

_ROWS = {"NV12": 1.5, "YU12": 1.5}
"""Rows of a row's length that a picture has for each row of pixels."""
_PIXEL_BYTES = {"YUYV": 2, "UYVY": 2, "BGR3": 3, "RGB3": 3, "GREY": 1, "Y16": 2}
_HALVED_PX = {"YUYV": (2, 1), "UYVY": (2, 1), "NV12": (2, 2), "YU12": (2, 2)}
"""Width and height of the pixels that share a colour."""
COMPRESSED = ("MJPG", "JPEG")
GRAY = ("GREY", "Y16")
UNCOMPRESSED_COLOUR = ("YUYV", "UYVY", "NV12", "YU12", "BGR3", "RGB3")
READABLE = (*UNCOMPRESSED_COLOUR, *COMPRESSED, *GRAY)
"""The formats that can be read, in the order in which they are preferred at equal size and rate."""


@dataclass(frozen=True, slots=True)
class BufferLayout:
    """How a picture lies in a buffer."""

    code: str
    width_px: int
    height_px: int
    row_bytes: int
    """Length of a row with what fills it up; nothing for compressed pictures."""

    @property
    def needed_bytes(self) -> int:
        """A buffer with fewer bytes holds a part of a picture only."""
        if self.code in COMPRESSED:
            return 4  # the two marks of the emptiest JPEG
        return self.row_bytes * self._rows

    @property
    def flaw(self) -> str:
        """What of it cannot be, or cannot be read, as a cause for an error; empty when sound."""
        size = f"{self.width_px}x{self.height_px}"
        if not fits(PictureGeometry(self.width_px, self.height_px, PixelFormat.BGR24)):
            return f"it gives pictures of {size}, which cannot be read"
        if self.code in COMPRESSED:
            return ""
        if self.row_bytes < self.width_px * _PIXEL_BYTES.get(self.code, 1):
            return f"its rows of {self.row_bytes} bytes are too short for pictures of {size}"
        halved_px = _HALVED_PX.get(self.code, (1, 1))
        if self.width_px % halved_px[0] or self.height_px % halved_px[1]:
            return f"it gives {self.code} pictures of the odd size {size}, which cannot be read"
        return ""

    @property
    def _rows(self) -> int:
        return int(self.height_px * _ROWS.get(self.code, 1))

    def rows(self, data: ImageU8) -> ImageU8:
        """The rows of an uncompressed picture, without what fills them up.

        No copy, but for YU12 with filled-up rows, whose colour rows are half as long.
        """
        if self.code == "YU12" and self.row_bytes != self.width_px:
            luma_bytes = self.row_bytes * self.height_px
            luma = data[:luma_bytes].reshape(self.height_px, -1)[:, : self.width_px]
            colour = data[luma_bytes : self.needed_bytes].reshape(self.height_px, -1)
            halves = colour[:, : self.width_px // 2].reshape(-1, self.width_px)
            return np.vstack([luma, halves])
        whole = data[: self.needed_bytes].reshape(self._rows, self.row_bytes)
        used = whole[:, : self.width_px * _PIXEL_BYTES.get(self.code, 1)]
        if self.code in _ROWS or self.code == "GREY":
            return used
        return used.reshape(self.height_px, self.width_px, -1)
