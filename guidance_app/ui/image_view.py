"""The picture on the screen: it paints a frame with its view, and turns clicks into points."""

import math
from dataclasses import replace

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
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
from guidance_app.ui.steering import ARROWS, drag_move, key_move, wheel_move

NO_PICTURE = PictureView(1.0, Text(""), "")
REACH_PX = 28.0
"""How far from a handle a finger still takes it; 20 mm targets are 72 px on a 24" screen."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LARGE_STEP = 10.0


class ImageView(QWidget):
    """Shows one frame; with a tool in hand a click, or Enter at the crosshair, places a point.

    Without one, arrows, wheel and drags move the hands of a source that is steered.
    Touch comes as mouse events, which Qt makes of it. GUI thread.
    """

    point_placed = pyqtSignal(tuple)
    """A point of the picture."""
    handle_moved = pyqtSignal(str, tuple)
    """The name of a handle and where it was let go."""
    hands_moved = pyqtSignal(object)
    """A `HandMove` that a key, the wheel or a drag asks for."""
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
        self._steered = False
        self._pulled_from: QPointF | None = None
        """Where the pointer was last while it drags the hands."""
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
        self._cursor = self._cursor if self._is_placing() else None
        self._pulled_from = None
        self.setCursor(self._pointer())
        self.update()

    def show_steered(self, steered: bool) -> None:
        """Whether the source's hands are moved from here."""
        self._steered, self._pulled_from = steered, None
        self.setCursor(self._pointer())

    def _pointer(self) -> Qt.CursorShape:
        if self._is_placing():
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.OpenHandCursor if self._steers() else Qt.CursorShape.ArrowCursor

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

    def _steers(self) -> bool:
        return self._steered and self._tool is None

    def _is_by_itself(self) -> bool:
        return self._tool is not None and self._tool.by_itself

    def _sketch(self) -> tuple[Primitive, ...]:
        shapes = () if self._tool is None else self._tool.sketch()
        if self._cursor is None:
            return shapes
        free = Cross(self._cursor, 3.0, 16.0, Ink.PREDICTION)
        return (*shapes, free, Ring(self._cursor, 26.0, Ink.PREDICTION))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Place a point, or take hold of the nearest handle, or else of the hands."""
        place = self.placement()
        if event is None or place is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        position = _pixel_centre(event)
        in_hand = self._is_placing() and not self._is_by_itself()
        self._dragged = None if in_hand else self._nearest_handle(position, place)
        if self._is_placing() and self._dragged is None:
            self._place_at(position, place)
        elif self._steers() and self._dragged is None:
            self._pulled_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Show where a dragged handle would come to lie, or move the hands along."""
        if event is not None and self._pulled_from is not None:
            way = event.position() - self._pulled_from
            self._pulled_from = event.position()
            self.hands_moved.emit(drag_move(event.modifiers(), way))
            return
        place = self.placement()
        if event is None or place is None:
            return
        dragging = self._dragged is not None
        if dragging or self._cursor is not None:
            point = place.inside(place.to_picture(_pixel_centre(event)))
            self._cursor = point if dragging else None
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Let a handle go, or the hands."""
        self._pulled_from = None
        place = self.placement()
        if event is None or place is None or self._dragged is None:
            return
        name, self._dragged, moved = self._dragged, None, self._cursor
        self._cursor = None
        self.update()
        if moved is not None:
            self.handle_moved.emit(name, moved)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Arrows move the crosshair by one picture pixel, with Shift by ten; Enter places.

        While nothing is placed they move the hands of a steered source.
        """
        if event is None:
            return
        placing = self._is_placing()
        key, place = Qt.Key(event.key()), self.placement()
        if placing and place is not None and key in ARROWS:
            large = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._step(ARROWS[key], LARGE_STEP if large else 1.0, place)
        elif placing and self._cursor is not None and key in ENTER:
            self.point_placed.emit(self._cursor)
        elif self._steers() and (move := key_move(event)) is not None:
            self.hands_moved.emit(move)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """The wheel moves the needle of a steered source."""
        if event is not None and self._steers():
            self.hands_moved.emit(wheel_move(event))
        elif event is not None:
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
