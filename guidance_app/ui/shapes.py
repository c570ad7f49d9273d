"""The overlay's shapes drawn over a picture, each line with a dark halo.

No single colour stands out from every grey, so a core of at least 2 px has a black halo of at
least 2 px on each side. Around the centre of every cross nothing at all is drawn.
"""

import math
from functools import lru_cache

from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from guidance_app.domain.calibration import Point
from guidance_app.presentation.primitives import (
    Arrow,
    Band,
    Cross,
    Ink,
    Label,
    Line,
    Primitive,
    Ring,
)
from guidance_app.presentation.primitives import Stroke as StrokeKind
from guidance_app.ui import theme
from guidance_app.ui.placement import Placement

CORE_PX = 2.0
ARROW_WIDTH_PX = 4.0
HALO_PX = 2.0
BAND_ALPHA = 56
HATCH_STEP_PX = 44.0
ARROW_FROM_PX, ARROW_LONG_PX, ARROW_HEAD_PX = 20.0, 46.0, 14.0
LABEL_GAP_PX = 4.0
OUTLINE_PX = 1024
PATTERNS_PX = {StrokeKind.DASHED: (14.0, 10.0), StrokeKind.DOTTED: (3.0, 9.0)}
"""On and off; the halo of a dash reaches beyond both of its ends."""


def paint_shapes(
    painter: QPainter, placement: Placement, shapes: tuple[Primitive, ...], cap_px: float
) -> None:
    """Draw the shapes in order, inside the picture; labels have capitals of `cap_px`.

    Only a ring reaches into the free centre of a cross: a tip at the target is shown as one.
    """
    discs = _discs(placement, shapes)
    whole, free = (_free_area(placement, kept) for kept in ([], discs))
    for shape in shapes:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = whole if isinstance(shape, Ring) else free
        painter.setClipPath(area, Qt.ClipOperation.IntersectClip)
        if isinstance(shape, Label):
            _paint_label(painter, placement, shape, cap_px, discs)
        else:
            _paint_shape(painter, placement, shape)
        painter.restore()


def _discs(placement: Placement, shapes: tuple[Primitive, ...]) -> list[QRectF]:
    """The free centres of all crosses; a pixel wider, for the antialiased rim."""
    crosses = [shape for shape in shapes if isinstance(shape, Cross)]
    return [
        _square(placement.to_view(cross.centre), cross.gap_px * placement.scale + 1.0)
        for cross in crosses
    ]


def _square(centre: QPointF, radius: float) -> QRectF:
    return QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)


def _free_area(placement: Placement, discs: list[QRectF]) -> QPainterPath:
    area = QPainterPath()
    area.addRect(QRectF(placement.box))
    for square in discs:
        disc = QPainterPath()
        disc.addEllipse(square)
        area = area.subtracted(disc)
    return area


def _paint_shape(
    painter: QPainter, placement: Placement, shape: Line | Band | Cross | Arrow | Ring
) -> None:
    match shape:
        case Line():
            _paint_line(painter, placement, shape)
        case Band():
            _paint_band(painter, placement, shape)
        case Cross():
            _paint_cross(painter, placement, shape)
        case Arrow():
            _paint_arrow(painter, placement, shape)
        case Ring():
            path = QPainterPath()
            radius = shape.radius_view_px
            path.addEllipse(placement.to_view(shape.centre), radius, radius)
            stroke_path(painter, path, _colour(shape.ink))


def stroke_path(
    painter: QPainter,
    path: QPainterPath,
    colour: QColor,
    width: float = CORE_PX,
    stroke: StrokeKind = StrokeKind.SOLID,
) -> None:
    """Draw a path's outline: first its halo, then its core."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(QColor(theme.HALO), width, HALO_PX, stroke))
    painter.drawPath(path)
    painter.setPen(_pen(colour, width, 0.0, stroke))
    painter.drawPath(path)


def _pen(colour: QColor, core_px: float, halo_px: float, stroke: StrokeKind) -> QPen:
    width = core_px + 2.0 * halo_px
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if stroke in PATTERNS_PX:
        on, off = PATTERNS_PX[stroke]
        pen.setDashPattern([(on + 2.0 * halo_px) / width, (off - 2.0 * halo_px) / width])
        pen.setDashOffset(halo_px / width)
    elif halo_px:
        pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    return pen


def _paint_line(painter: QPainter, placement: Placement, line: Line) -> None:
    path = _outline(placement, line.points, line.closed)
    if line.hatched:
        _paint_hatching(painter, path, _colour(line.ink))
    stroke_path(painter, path, _colour(line.ink), max(CORE_PX, line.width_view_px), line.stroke)


def _outline(placement: Placement, points: tuple[Point, ...], closed: bool) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([placement.to_view(point) for point in points]))
    if closed:
        path.closeSubpath()
    return path


def _paint_hatching(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    hatching = QPainterPath()
    for line in _diagonals(path.boundingRect()):
        hatching.moveTo(line.p1())
        hatching.lineTo(line.p2())
    stroke_path(painter, hatching, colour)
    painter.restore()


def _diagonals(box: QRectF) -> list[QLineF]:
    """Rising lines through a box, on one grid for the whole screen so that they never crawl."""
    step = HATCH_STEP_PX * math.sqrt(2.0)
    first = math.floor((box.left() + box.top()) / step) * step
    count = int((box.width() + box.height()) / step) + 2
    sums = (first + index * step for index in range(count))
    return [
        QLineF(total - box.top(), box.top(), total - box.bottom(), box.bottom()) for total in sums
    ]


def _paint_band(painter: QPainter, placement: Placement, band: Band) -> None:
    colour = _colour(band.ink)
    colour.setAlpha(BAND_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([placement.to_view(point) for point in band.points]))


def _paint_cross(painter: QPainter, placement: Placement, cross: Cross) -> None:
    centre = placement.to_view(cross.centre)
    near = cross.gap_px * placement.scale + 1.0 + HALO_PX
    path = QPainterPath()
    for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        path.moveTo(centre + QPointF(x, y) * near)
        path.lineTo(centre + QPointF(x, y) * (near + cross.arm_view_px))
    stroke_path(painter, path, _colour(cross.ink))


def _paint_arrow(painter: QPainter, placement: Placement, arrow: Arrow) -> None:
    way = QPointF(*arrow.towards) / math.hypot(*arrow.towards)
    across, start = QPointF(-way.y(), way.x()), placement.to_view(arrow.start)
    point = start + way * (ARROW_FROM_PX + ARROW_LONG_PX)
    path = QPainterPath(start + way * ARROW_FROM_PX)
    path.lineTo(point)
    path.moveTo(point - (way - across * 0.6) * ARROW_HEAD_PX)
    path.lineTo(point)
    path.lineTo(point - (way + across * 0.6) * ARROW_HEAD_PX)
    stroke_path(painter, path, _colour(arrow.ink), ARROW_WIDTH_PX)


def _paint_label(
    painter: QPainter, placement: Placement, label: Label, cap_px: float, discs: list[QRectF]
) -> None:
    scale = theme.pixel_size(cap_px) / OUTLINE_PX
    path = QTransform.fromScale(scale, scale).map(_text_outline(label.text))
    path.translate(placement.to_view(label.anchor) + QPointF(*label.offset_view_px))
    path.translate(_kept_inside(path.boundingRect(), placement))
    for disc in discs:
        path.translate(_beside(path.boundingRect(), disc, placement), 0.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(theme.HALO), 2.0 * (HALO_PX + 0.5))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, _colour(label.ink))


@lru_cache(maxsize=256)
def _text_outline(text: str) -> QPainterPath:
    """The letters, large: at their own size the font engine places them now here, now 1/64 px off,

    and equal inputs would not give equal pixels.
    """
    path = QPainterPath()
    path.addText(QPointF(0, 0), theme.font_of(OUTLINE_PX, bold=True), text)
    return path


def _kept_inside(box: QRectF, placement: Placement) -> QPointF:
    """How far a label must move to lie inside the picture."""
    area = QRectF(placement.box).adjusted(4, 4, -4, -4)
    x = min(0.0, area.right() - box.right()) + max(0.0, area.left() - box.left())
    y = min(0.0, area.bottom() - box.bottom()) + max(0.0, area.top() - box.top())
    return QPointF(x, y)


def _beside(box: QRectF, disc: QRectF, placement: Placement) -> float:
    """How far a label must move across so that a free centre does not cut it."""
    kept = disc.adjusted(-LABEL_GAP_PX, 0, LABEL_GAP_PX, 0)
    if not box.intersects(kept):
        return 0.0
    to_right = kept.right() - box.left()
    fits = box.right() + to_right <= placement.box.right()
    return to_right if fits else kept.left() - box.right()


def _colour(ink: Ink) -> QColor:
    return QColor(theme.INK_COLOURS[ink])
