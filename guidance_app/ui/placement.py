"""Where a picture lies on the screen: one scale for both axes, and points both ways."""

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRect, QRectF

from guidance_app.domain.calibration import Point


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture of `width_px` x `height_px` drawn into `box`, view pixels."""

    width_px: int
    height_px: int
    box: QRect

    @property
    def scale(self) -> float:
        """View pixels a picture pixel; the box's rounding keeps both axes within half a pixel."""
        return self.box.width() / self.width_px

    def to_view(self, point: Point) -> QPointF:
        """A point of the picture (pixel centres at whole numbers) on the screen."""
        scale_y = self.box.height() / self.height_px
        return QPointF(
            self.box.left() + (point[0] + 0.5) * self.scale,
            self.box.top() + (point[1] + 0.5) * scale_y,
        )

    def to_picture(self, position: QPointF) -> Point:
        """Inverse of `to_view`."""
        scale_y = self.box.height() / self.height_px
        return (
            (position.x() - self.box.left()) / self.scale - 0.5,
            (position.y() - self.box.top()) / scale_y - 0.5,
        )

    def inside(self, point: Point) -> Point:
        """The nearest point of the picture."""
        return (
            min(max(point[0], 0.0), self.width_px - 1.0),
            min(max(point[1], 0.0), self.height_px - 1.0),
        )

    def contains(self, position: QPointF) -> bool:
        """Whether a position on the screen lies on the picture."""
        return QRectF(self.box).contains(position)


def place_picture(width_px: int, height_px: int, area: QRect) -> Placement:
    """The picture as large as the area allows, never stretched.

    It stands in the middle across and at the top, so that whatever room is left lies below,
    where the reason for disbelief is written.
    """
    scale = min(area.width() / width_px, area.height() / height_px)
    width, height = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    left = area.left() + (area.width() - width) // 2
    return Placement(width_px, height_px, QRect(left, area.top(), width, height))
