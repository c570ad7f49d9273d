"""Where a spot of a site lies on the drawn body, and the drawing of it."""

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Of a spot, in heights of the body: `x` from its middle line outwards, `y` from the crown."""

    word: str
    x: float
    y: float


PLACES = {
    "tendon or bursa": Place("Tendon, bursa", 0.254, 0.062),
    "neck": Place("Neck", 0.060, 0.142),
    "shoulder": Place("Shoulder", 0.150, 0.242),
    "lumbar spine": Place("Lumbar", 0.088, 0.375),
    "sacroiliac": Place("SI joint", 0.088, 0.48),
    "caudal": Place("Caudal", 0.0, 0.585),
    "hip": Place("Hip", 0.132, 0.585),
    "wrist and hand": Place("Wrist", 0.285, 0.53),
    "finger": Place("Finger", 0.300, 0.64),
    "knee": Place("Knee", 0.085, 0.755),
    "ankle": Place("Ankle", 0.080, 0.935),
}
"""By the spots of the sites; a sided one lies there on both sides, any other on the middle line."""
WIDTH = 0.77
"""Of the drawing with its spots, in heights of the body."""

TORSO: Points = (
    *((0.050, 0.190), (0.125, 0.205), (0.120, 0.260), (0.098, 0.340), (0.090, 0.410)),
    *((0.098, 0.480), (0.105, 0.550), (0.020, 0.585), (-0.020, 0.585), (-0.105, 0.550)),
    *((-0.098, 0.480), (-0.090, 0.410), (-0.098, 0.340), (-0.120, 0.260), (-0.125, 0.205)),
    (-0.050, 0.190),
)
NECK: Points = ((0.0, 0.120), (0.0, 0.200))
ARM: Points = ((0.140, 0.210), (0.190, 0.370), (0.255, 0.520))
HAND: Points = ((0.255, 0.520), (0.285, 0.610))
THUMB: Points = ((0.258, 0.530), (0.240, 0.580))
THIGH: Points = ((0.062, 0.565), (0.080, 0.745))
SHIN: Points = ((0.080, 0.745), (0.075, 0.935))
FOOT: Points = ((0.075, 0.945), (0.100, 0.970))
LIMBS = (
    *((ARM, 0.058), (HAND, 0.042), (THUMB, 0.020)),
    *((THIGH, 0.088), (SHIN, 0.066), (FOOT, 0.042)),
)
"""One side's, each with its thickness."""


OUTLINE_HEIGHT = 1000.0
"""Paths are joined with rounded coordinates: a body that is 1 high would have corners."""


def body_outline() -> QPainterPath:
    """A person seen from the front, OUTLINE_HEIGHT high, around the middle line."""
    head = QPainterPath()
    head.addEllipse(QRectF(-46, 5, 92, 125))
    torso = QPainterPath()
    torso.addPolygon(QPolygonF([_enlarged(point) for point in TORSO]))
    torso.closeSubpath()
    body = head.united(torso).united(_stroked(torso, 0.03)).united(_limb(NECK, 0.055))
    for points, thickness in LIMBS:
        mirrored = tuple((-x, y) for x, y in points)
        body = body.united(_limb(points, thickness)).united(_limb(mirrored, thickness))
    return body.simplified()


def _limb(points: Points, thickness: float) -> QPainterPath:
    line = QPainterPath(_enlarged(points[0]))
    for point in points[1:]:
        line.lineTo(_enlarged(point))
    return _stroked(line, thickness)


def _enlarged(point: tuple[float, float]) -> QPointF:
    return QPointF(*point) * OUTLINE_HEIGHT


def _stroked(path: QPainterPath, thickness: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(thickness * OUTLINE_HEIGHT)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path)
