"""The time line: lanes of bars and ticks under one cursor; a click or a drag goes there."""

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from guidance_app.presentation.lanes import Bar, Height, LaneView, Tick
from guidance_app.ui import theme
from guidance_app.ui.lettering import LEFT, draw_text
from guidance_app.ui.theme import Sizes

REACH_PX = 6.0
"""How far from a tick the pointer still means it."""
TICK_PX = 3.0
WORDS = 12
"""Lines in a tooltip, at most."""


class LaneChart(QWidget):
    """All lanes of one recording. GUI thread."""

    sought = pyqtSignal(object)
    """Host time of the recording, nanoseconds, that was pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes: tuple[LaneView, ...] = ()
        self._span_ns = (0, 1)
        self._position_ns = 0
        self._loop_ns: tuple[int, int] | None = None
        self._gutter_px = 100
        self._cap_px = 10.0
        self._drawn: QPixmap | None = None
        self.setAccessibleName("Time line")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def apply(self, sizes: Sizes, gutter_px: int) -> None:
        """Take sizes for the present window; `gutter_px` is where time begins."""
        self._gutter_px, self._cap_px = gutter_px, sizes.hand_cap * 0.9
        self._set_height()

    def show_lanes(self, lanes: tuple[LaneView, ...], begin_ns: int, end_ns: int) -> None:
        """Another recording, or another view of it."""
        self._lanes, self._span_ns = lanes, (begin_ns, max(end_ns, begin_ns + 1))
        self._set_height()

    def show_position(self, position_ns: int, loop_ns: tuple[int, int] | None) -> None:
        """Move the cursor."""
        self._position_ns, self._loop_ns = position_ns, loop_ns
        self.update()

    def words_at(self, point: QPointF) -> str:
        """What stands at a point of the chart; empty for nothing."""
        place = int(point.y() // self._lane_px())
        if not 0 <= place < len(self._lanes):
            return ""
        lane, time_ns = self._lanes[place], self._time_at(point.x())
        near = [tick for tick in lane.ticks if abs(self._x(tick.time_ns) - point.x()) <= REACH_PX]
        under = [bar.words for bar in lane.bars if bar.begin_ns <= time_ns <= bar.end_ns]
        return "\n".join([lane.name, *(tick.words for tick in near), *under][:WORDS])

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """The lanes as they were drawn once, the loop and the cursor."""
        if self._drawn is None or self._drawn.deviceIndependentSize().toSize() != self.size():
            self._drawn = self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        for border_ns in self._loop_ns or ():
            painter.setPen(QPen(QColor(theme.FOCUS), 2, Qt.PenStyle.DashLine))
            self._upright(painter, border_ns)
        painter.setPen(QPen(QColor(theme.TEXT), 2))
        self._upright(painter, self._position_ns)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Go where the pointer is."""
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Follow a pointer that is held down."""
        self._seek(event)

    def event(self, event: QEvent | None) -> bool:
        """The tooltip says what stands under the pointer."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _seek(self, event: QMouseEvent | None) -> None:
        if event is not None and event.position().x() >= self._gutter_px:
            self.sought.emit(self._time_at(event.position().x()))

    def _set_height(self) -> None:
        self.setFixedHeight(round(self._lane_px() * max(1, len(self._lanes))))
        self._drawn = None
        self.update()

    def _lane_px(self) -> float:
        return round(self._cap_px * 1.75)

    def _x(self, time_ns: int) -> float:
        begin_ns, end_ns = self._span_ns
        share = (time_ns - begin_ns) / (end_ns - begin_ns)
        return self._gutter_px + share * (self.width() - self._gutter_px)

    def _time_at(self, x: float) -> int:
        begin_ns, end_ns = self._span_ns
        share = (x - self._gutter_px) / max(1, self.width() - self._gutter_px)
        return round(begin_ns + min(max(share, 0.0), 1.0) * (end_ns - begin_ns))

    def _upright(self, painter: QPainter, time_ns: int) -> None:
        x = self._x(time_ns)
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(theme.SURFACE))
        painter = QPainter(pixmap)
        for place, lane in enumerate(self._lanes):
            self._draw_lane(painter, place * self._lane_px(), lane)
        painter.end()
        return pixmap

    def _draw_lane(self, painter: QPainter, top: float, lane: LaneView) -> None:
        height = self._lane_px()
        name = QRectF(4, top, self._gutter_px - 8, height)
        draw_text(painter, name, lane.name, self._cap_px, theme.MUTED, align=LEFT)
        painter.setPen(QPen(QColor(theme.LINE), 1))
        painter.drawLine(QPointF(0, top + height), QPointF(self.width(), top + height))
        for bar in lane.bars:
            painter.fillRect(self._bar_box(bar, top, height), QColor(theme.TONE_COLOURS[bar.tone]))
        for tick in lane.ticks:
            painter.fillRect(self._tick_box(tick, top, height), QColor(theme.HALO))
            inner = self._tick_box(tick, top, height).adjusted(1, 1, -1, -1)
            painter.fillRect(inner, QColor(theme.TONE_COLOURS[tick.tone]))

    def _bar_box(self, bar: Bar, top: float, height: float) -> QRectF:
        left, right = self._x(bar.begin_ns), self._x(bar.end_ns)
        room = (height - 6) * bar.height / Height.FULL
        return QRectF(left, top + height - 3 - room, max(1.0, right - left), room)

    def _tick_box(self, tick: Tick, top: float, height: float) -> QRectF:
        return QRectF(self._x(tick.time_ns) - TICK_PX, top + 2, 2 * TICK_PX, height - 4)
