"""Icons, all from one kept set (Material Design Icons 6); each stands beside a word."""

from functools import cache

import qtawesome
from PyQt6.QtGui import QPixmap


@cache
def icon_pixmap(name: str, colour: str, side_px: int, ratio: float) -> QPixmap:
    """An icon as a square pixmap, `side_px` logical pixels wide; GUI thread."""
    icon = qtawesome.icon(f"mdi6.{name}", color=colour)
    side = round(side_px * ratio)
    pixmap: QPixmap = icon.pixmap(side, side)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
