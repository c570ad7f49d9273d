"""The overlay as a list of shapes: in picture pixels, without any toolkit.

Positions are Image space, pixels; `…_view_px` are sizes on the screen that do not grow with
the picture. Every stroke gets a dark halo from whoever paints it. Order is paint order.
"""

from dataclasses import dataclass
from enum import StrEnum

from guidance_app.domain.calibration import Point


class Ink(StrEnum):
    """What a shape means; the theme gives it a colour."""

    NEEDLE = "needle"
    PLAN = "plan"
    PREDICTION = "prediction"
    NO_GO = "no_go"


class Stroke(StrEnum):
    """In plane solid, out of plane dashed, predicted dotted."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"


@dataclass(frozen=True, slots=True)
class Line:
    """A polyline; `closed` joins the ends, `hatched` fills it with sparse hatching."""

    points: tuple[Point, ...]
    ink: Ink
    stroke: Stroke = Stroke.SOLID
    width_view_px: float = 2.0
    closed: bool = False
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A soft, filled, borderless polygon: an uncertainty or a corridor."""

    points: tuple[Point, ...]
    ink: Ink


@dataclass(frozen=True, slots=True)
class Cross:
    """A cross whose centre stays free: nothing is painted within `gap_px` of it."""

    centre: Point
    gap_px: float
    arm_view_px: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Arrow:
    """From beside a point into a direction of the picture, of a fixed size on the screen."""

    start: Point
    towards: Point
    """Of any length."""
    ink: Ink


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle around the needle tip, of a fixed size on the screen."""

    centre: Point
    radius_view_px: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Label:
    """A short text beside a point, offset on the screen so that it does not cover it."""

    anchor: Point
    text: str
    ink: Ink
    offset_view_px: Point = (10.0, 0.0)


Primitive = Line | Band | Cross | Arrow | Ring | Label
