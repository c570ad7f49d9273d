"""The picture on the screen: it paints a frame with its view, and turns clicks into points."""

import math
from dataclasses import replace

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from drivers.api.ports import Clock
from drivers.api.samples import VideoFrame
from guidance_app.domain.calibration import Point
from guidance_app.presentation.live import late_view
from guidance_app.presentation.primitives import Cross, Ink, Primitive, Ring
from guidance_app.presentation.view import PictureView, Text
from guidance_app.ui.actions import Tool
from guidance_app.ui.overlay_layer import OverlayLayer
from guidance_app.ui.painter import paint_picture, picture_area
from guidance_app.ui.placement import Placement, place_picture

NO_PICTURE = PictureView(1.0, Text(""), "")
REACH_PX = 28.0
"""How far from a handle a finger still takes it; 20 mm targets are 72 px on a 24" screen."""
STEPS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LARGE_STEP = 10.0


class ImageView(QWidget):
    """Shows one frame; with a tool in hand a click, or Enter at the crosshair, places a point.

    Touch comes as mouse events, which Qt makes of it. GUI thread.
    """

    point_placed = pyqtSignal(tuple)
    """A point of the picture."""
    handle_moved = pyqtSignal(str, tuple)
    """The name of a handle and where it was let go."""
    missed = pyqtSignal()
    """A tool was used beside the picture."""
    painted = pyqtSignal(object)
    """Arrival time, host nanoseconds, of a frame just painted for the first time.

    Not of one that came while the view was hidden: it waited for the view, not for the painting.
    """

    def __init__(self, clock: Clock) -> None:
        """`clock` is the one that frames are stamped by."""
        super().__init__()
        self._clock = clock
        self._frame: VideoFrame | None = None
        self._view = NO_PICTURE
        self._awaits_paint = False
        self._tool: Tool | None = None
        self._handles: tuple[tuple[str, Point], ...] = ()
        self._dragged: str | None = None
        self._cursor: Point | None = None
        self._hidden = False
        self._layer = OverlayLayer()
        self.setAccessibleName("Picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def show_frame(self, frame: VideoFrame | None, view: PictureView) -> None:
        """Show another frame with the view made for it; the frame is kept until the next."""
        if frame is not self._frame:
            self._awaits_paint = frame is not None and self.isVisible()
        self._frame = frame
        self._view = view
        self.update()

    def show_tool(self, tool: Tool | None) -> None:
        """Take another tool in hand, or none."""
        self._tool = tool
        placing = self._is_placing()
        self._cursor = self._cursor if placing else None
        self.setCursor(Qt.CursorShape.CrossCursor if placing else Qt.CursorShape.ArrowCursor)
        self.update()

    def show_handles(self, handles: tuple[tuple[str, Point], ...]) -> None:
        """Points that can be dragged, by name; the controller gives them from the plan.

        One that is being dragged and is not among them is let go without a word.
        """
        self._handles = handles
        if self._dragged is not None and self._dragged not in dict(handles):
            self._dragged = self._cursor = None
            self.update()

    def hide_overlay(self, hidden: bool) -> None:
        """Leave the overlay away while `hidden`."""
        self._hidden = hidden
        self.update()

    def placement(self) -> Placement | None:
        """Where the picture lies in this widget; None without a picture."""
        if self._frame is None:
            return None
        height_px, width_px = self._frame.pixels.shape[:2]
        return place_picture(width_px, height_px, picture_area(self.rect(), self._view))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint frame, overlay and what is being placed."""
        painter = QPainter(self)
        view = self._view_in_time()
        shapes = () if self._hidden else view.primitives
        view = replace(view, primitives=shapes + self._sketch())
        paint_picture(painter, self.rect(), self._frame, view, self._layer)
        painter.end()
        if self._frame is not None and self._awaits_paint:
            self._awaits_paint = False
            self.painted.emit(self._frame.stamp.arrival_ns)

    def _view_in_time(self) -> PictureView:
        """The view, or what is left of it when Qt comes to paint it too late."""
        until_ns = self._view.live_until_ns
        if until_ns is not None and self._clock.now_ns() > until_ns:
            return late_view(self._view)
        return self._view

    def _is_placing(self) -> bool:
        return self._tool is not None and self._tool.takes_points

    def _is_by_itself(self) -> bool:
        return self._tool is not None and self._tool.by_itself

    def _sketch(self) -> tuple[Primitive, ...]:
        shapes = () if self._tool is None else self._tool.sketch()
        if self._cursor is None:
            return shapes
        free = Cross(self._cursor, 3.0, 16.0, Ink.PREDICTION)
        return (*shapes, free, Ring(self._cursor, 26.0, Ink.PREDICTION))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Place a point, or take hold of the nearest handle."""
        place = self.placement()
        if event is None or place is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        position = _pixel_centre(event)
        in_hand = self._is_placing() and not self._is_by_itself()
        self._dragged = None if in_hand else self._nearest_handle(position, place)
        if self._is_placing() and self._dragged is None:
            self._place_at(position, place)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Show where a dragged handle would come to lie."""
        place = self.placement()
        if event is None or place is None:
            return
        dragging = self._dragged is not None
        if dragging or self._cursor is not None:
            point = place.inside(place.to_picture(_pixel_centre(event)))
            self._cursor = point if dragging else None
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Let a handle go."""
        place = self.placement()
        if event is None or place is None or self._dragged is None:
            return
        name, self._dragged, moved = self._dragged, None, self._cursor
        self._cursor = None
        self.update()
        if moved is not None:
            self.handle_moved.emit(name, moved)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Arrows move the crosshair by one picture pixel, with Shift by ten; Enter places."""
        if event is None:
            return
        placing = self._is_placing()
        key, place = Qt.Key(event.key()), self.placement()
        if placing and place is not None and key in STEPS:
            large = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._step(STEPS[key], LARGE_STEP if large else 1.0, place)
        elif placing and self._cursor is not None and key in ENTER:
            self.point_placed.emit(self._cursor)
        else:
            event.ignore()

    def _step(self, direction: Point, length_px: float, place: Placement) -> None:
        x, y = self._cursor or ((place.width_px - 1) // 2, (place.height_px - 1) // 2)
        self._cursor = place.inside((x + direction[0] * length_px, y + direction[1] * length_px))
        self.update()

    def _place_at(self, position: QPointF, place: Placement) -> None:
        if place.contains(position):
            self._cursor = None
            self.point_placed.emit(place.inside(place.to_picture(position)))
        elif not self._is_by_itself():
            self.missed.emit()

    def _nearest_handle(self, position: QPointF, place: Placement) -> str | None:
        distances = [
            (math.dist((at.x(), at.y()), (position.x(), position.y())), name)
            for name, at in ((name, place.to_view(point)) for name, point in self._handles)
        ]
        distance, name = min(distances, default=(math.inf, ""))
        return name if distance <= REACH_PX else None


def _pixel_centre(event: QMouseEvent) -> QPointF:
    """The centre of the screen pixel under the pointer; Qt gives its corner."""
    return event.position() + QPointF(0.5, 0.5)
