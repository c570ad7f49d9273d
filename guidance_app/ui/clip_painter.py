"""Recorded pictures painted for a file: pixel by pixel, with what the program is for below."""

import contextlib
from collections.abc import Iterator

import numpy as np
from PyQt6.QtCore import QRect, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication

from drivers.api.samples import ImageU8, PictureGeometry, VideoFrame
from guidance_app import PURPOSE
from guidance_app.presentation.view import NO_TEXT, PictureView
from guidance_app.ui import theme
from guidance_app.ui.lettering import CENTRE, draw_text, text_height
from guidance_app.ui.overlay_layer import OverlayLayer
from guidance_app.ui.painter import paint_picture, picture_area

NARROWEST_PX = 320
"""On less the purpose cannot be read."""
CAP_SHARE = 0.02
"""Height of the purpose's capitals, of that of the picture."""


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """What Qt needs to draw text, where nothing else has begun it."""
    application = QApplication.instance() or QApplication(["guidance"])
    yield
    del application


class ClipPainter:
    """Paints the pictures of one clip, all of one size. One thread, with an application."""

    def __init__(self, geometry: PictureGeometry, mark: str, overlay: bool) -> None:
        """Pictures fit into `geometry`; `mark` says what stands behind them.

        With the overlay the mark stands along the border too, and the picture inside of it.
        """
        self._overlay = overlay
        self._layer = OverlayLayer()
        width, height = geometry.width_px, geometry.height_px
        self._target = _framed(width, height, mark) if overlay else QRect(0, 0, width, height)
        strip = _strip(max(NARROWEST_PX, self._target.width()), height, mark)
        self.size_px = strip.width(), _even(self._target.height() + strip.height())
        """Width and height of what is painted; both even."""
        self._image = QImage(*self.size_px, QImage.Format.Format_RGB32)
        self._strip = strip

    def paint(self, frame: VideoFrame | None, view: PictureView) -> ImageU8:
        """The whole picture, BGR: (height, width, 3)."""
        self._image.fill(QColor(theme.GROUND))
        painter = QPainter(self._image)
        target = self._target
        if frame is not None and not self._overlay:  # where pictures have several sizes
            target = QRect(0, 0, frame.geometry.width_px, frame.geometry.height_px)
        paint_picture(painter, target, frame, view, self._layer)
        painter.drawImage(0, self.size_px[1] - self._strip.height(), self._strip)
        painter.end()
        return _pixels(self._image)


def _framed(width: int, height: int, mark: str) -> QRect:
    """Where a picture of this size is painted as large as it is, with its border and lines."""
    view = PictureView(1.0, NO_TEXT, mark, guide=NO_TEXT)
    target = QRect(0, 0, width, height)
    while (area := picture_area(target, view)).width() < width or area.height() < height:
        target.setWidth(target.width() + max(0, width - area.width()))
        target.setHeight(target.height() + max(0, height - area.height()))
    return target


def _strip(width: int, picture_height: int, mark: str) -> QImage:
    """The purpose and the mark, over the whole width, in as many lines as it takes."""
    words, cap_px = f"{PURPOSE}  {mark}", CAP_SHARE * picture_height
    height = text_height(words, width - 8, cap_px) + 8
    image = QImage(_even(width), _even(height), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.GROUND))
    painter = QPainter(image)
    box = QRectF(image.rect()).adjusted(4, 2, -4, -2)
    draw_text(painter, box, words, cap_px, theme.TEXT, align=CENTRE)
    painter.end()
    return image


def _even(side: int) -> int:
    """Colour of video is stored for two by two pixels."""
    return side + side % 2


def _pixels(image: QImage) -> ImageU8:
    bits = image.constBits()
    if bits is None:
        raise MemoryError("no memory for a picture")
    rows = np.frombuffer(bytes(bits.asarray(image.sizeInBytes())), np.uint8)
    shaped = rows.reshape(image.height(), image.bytesPerLine() // 4, 4)
    return np.ascontiguousarray(shaped[:, : image.width(), :3])
