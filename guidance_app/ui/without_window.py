"""Pictures and drawings painted without a window, as pixels; one thread."""

import sys

import numpy as np
from PyQt6.QtCore import QByteArray
from PyQt6.QtGui import QGuiApplication, QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

from drivers.api.samples import ImageU8, VideoFrame
from guidance_app.presentation.view import PictureView
from guidance_app.ui.painter import render_image


class WindowlessPainter:
    """Holds the application that letters need; makes one where there is none yet."""

    def __init__(self) -> None:
        """On the platform that was chosen before."""
        self._application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])

    def picture(
        self, frame: VideoFrame | None, view: PictureView, size_px: tuple[int, int]
    ) -> ImageU8:
        """The picture as it would be shown, with its purpose below; BGR, (height, width, 3)."""
        return _pixels(render_image(frame, view, *size_px))

    def drawing(self, svg: str, size_px: tuple[int, int]) -> ImageU8:
        """An SVG drawing on white, scaled to (width, height); BGR, (height, width, 3)."""
        image = QImage(*size_px, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(svg.encode())).render(painter)
        painter.end()
        return _pixels(image)


def _pixels(image: QImage) -> ImageU8:
    """A copy of its BGR pixels; the image is of 32 bits a pixel."""
    bits = image.constBits()
    if bits is None:
        raise MemoryError("no room for a picture")
    bits.setsize(image.sizeInBytes())
    shape = (image.height(), image.bytesPerLine() // 4, 4)
    rows = np.frombuffer(memoryview(bits), np.uint8).reshape(shape)  # type: ignore[arg-type]
    return np.ascontiguousarray(rows[:, : image.width(), :3])
