"""What lies over the pixels, painted once and kept for as long as nothing in it changes.

Shapes with halos take 5 ms to draw, a picture comes every 16 ms, and a plan changes every few
seconds. The layer is cut into tiles, and the empty ones, most of them, are left out.
"""

import math
from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QImage, QPainter

TILE_PX = 64

Tile = tuple[QPoint, QImage]


class OverlayLayer:
    """Keeps what was drawn last under a key; GUI thread, or any one thread without a window."""

    def __init__(self) -> None:
        self._key: object = None
        self._tiles: tuple[Tile, ...] = ()

    def paint(
        self, painter: QPainter, target: QRect, key: object, draw: Callable[[QPainter], None]
    ) -> None:
        """Lay what `draw` draws into `target` over what is there; an equal key draws it not."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        if (key, ratio, target) != self._key:
            self._key = (key, ratio, QRect(target))
            self._tiles = tuple(_tiles(_drawn(target, ratio, draw)))
        for corner, image in self._tiles:
            painter.drawImage(target.topLeft() + corner, image)


def _drawn(target: QRect, ratio: float, draw: Callable[[QPainter], None]) -> QImage:
    width, height = math.ceil(target.width() * ratio), math.ceil(target.height() * ratio)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.translate(-target.topLeft())
    draw(painter)
    painter.end()
    return image


def _tiles(image: QImage) -> Iterator[Tile]:
    """Rows of tiles that hold something, with their corner in the layer's own pixels."""
    filled = _filled(image)
    ratio = image.devicePixelRatioF()
    for row, cells in enumerate(filled):
        for is_filled, run in groupby(range(len(cells)), key=lambda column: bool(cells[column])):
            columns = list(run)
            if is_filled:
                part = QRect(columns[0], row, len(columns), 1)
                yield _cut(image, part, ratio)


def _cut(image: QImage, part: QRect, ratio: float) -> Tile:
    step = round(TILE_PX * ratio)
    piece = image.copy(
        QRect(part.left() * step, part.top() * step, part.width() * step, step) & image.rect()
    )
    return QPoint(part.left() * TILE_PX, part.top() * TILE_PX), piece


def _filled(image: QImage) -> list[list[bool]]:
    """Which tiles have a pixel that is not transparent, row by row."""
    step = round(TILE_PX * image.devicePixelRatioF())
    bits = image.constBits()
    if bits is None:
        return []
    rows = np.frombuffer(bytes(bits.asarray(image.sizeInBytes())), np.uint32)
    alpha = rows.reshape(image.height(), image.bytesPerLine() // 4)[:, : image.width()]
    down = np.add.reduceat(alpha != 0, np.arange(0, image.height(), step), axis=0)
    cells = np.add.reduceat(down, np.arange(0, image.width(), step), axis=1)
    return (cells > 0).tolist()  # type: ignore[no-any-return]
