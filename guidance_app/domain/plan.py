"""A plan for a needle, drawn on the picture: target, entry, corridor, structures to avoid."""

from dataclasses import dataclass, replace

from drivers.api.samples import PictureGeometry
from guidance_app.domain.calibration import Point

Outline = tuple[Point, ...]
"""A closed polygon of at least three points, Image space, pixels."""

DEFAULT_CORRIDOR_MM = 2.0
"""Half width of the corridor around the planned path; a proposal of ours, set by the operator."""

CORRIDOR_LIMITS_MM = (0.5, 20.0)

CLOSEST_ENTRY_TO_TARGET_PX = 10.0


class PlanRefused(ValueError):
    """A point cannot stand where it was put; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class TipMark:
    """Where the operator marked the needle tip on the picture, and when."""

    point_px: Point
    marked_ns: int


@dataclass(frozen=True, slots=True)
class NeedleGuide:
    """A bracket on the probe that holds the needle at fixed angles."""

    origin_px: Point
    """Where the bracket's channels cross the skin line."""
    angles_deg: tuple[float, ...]
    """Angles to the skin line, in (0, 90]."""
    side: str
    """"left" or "right": the side of the picture from which the needle comes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the operator placed; empty parts are None. All points in Image space, pixels."""

    geometry: PictureGeometry | None = None
    """The picture the plan was drawn on; it is never shown on another."""
    target_px: Point | None = None
    entry_px: Point | None = None
    skin_px: tuple[Point, Point] | None = None
    """Two points of the skin line; None means horizontal through the entry."""
    no_go: tuple[Outline, ...] = ()
    corridor_mm: float = DEFAULT_CORRIDOR_MM
    guide: NeedleGuide | None = None
    tip: TipMark | None = None

    def __post_init__(self) -> None:
        """Raise PlanRefused for lines without a length, also in a plan read from a file."""
        if self.entry_px is not None and self.entry_px == self.target_px:
            raise PlanRefused("Entry and target lie on one point. Place them apart.")
        if self.skin_px is not None and self.skin_px[0] == self.skin_px[1]:
            raise PlanRefused("The skin line needs two points. Place them apart.")


def place_target(plan: Plan, point: Point, geometry: PictureGeometry) -> Plan:
    """The plan with its target at `point`; raises PlanRefused outside the picture."""
    plan = _on(plan, geometry)
    _check_apart(point, plan.entry_px)
    return replace(plan, target_px=_inside(point, geometry, "target"))


def place_entry(plan: Plan, point: Point, geometry: PictureGeometry) -> Plan:
    """The plan with its entry at `point`; raises PlanRefused outside the picture."""
    plan = _on(plan, geometry)
    _check_apart(point, plan.target_px)
    return replace(plan, entry_px=_inside(point, geometry, "entry"))


def place_skin(plan: Plan, a: Point, b: Point, geometry: PictureGeometry) -> Plan:
    """The plan with its skin line through two points at least 20 px apart across."""
    if abs(b[0] - a[0]) < 20.0:
        raise PlanRefused("The skin line needs two points at least 20 px apart from left to right.")
    skin = (_inside(a, geometry, "skin line"), _inside(b, geometry, "skin line"))
    return replace(_on(plan, geometry), skin_px=skin)


def add_no_go(plan: Plan, outline: Outline, geometry: PictureGeometry) -> Plan:
    """The plan with one more outline to avoid; raises PlanRefused below three points."""
    if len(outline) < 3:
        raise PlanRefused("An outline needs at least three points.")
    checked = tuple(_inside(point, geometry, "outline") for point in outline)
    plan = _on(plan, geometry)
    return replace(plan, no_go=(*plan.no_go, checked))


def set_corridor(plan: Plan, corridor_mm: float, geometry: PictureGeometry) -> Plan:
    """The plan with a corridor of this half width, kept inside CORRIDOR_LIMITS_MM."""
    narrowest, widest = CORRIDOR_LIMITS_MM
    return replace(_on(plan, geometry), corridor_mm=min(max(corridor_mm, narrowest), widest))


def mark_tip(plan: Plan, point: Point, geometry: PictureGeometry, now_ns: int) -> Plan:
    """The plan with the needle tip marked at `point` at host time `now_ns`."""
    tip = TipMark(_inside(point, geometry, "needle tip"), now_ns)
    return replace(_on(plan, geometry), tip=tip)


def place_guide(plan: Plan, guide: NeedleGuide | None, geometry: PictureGeometry) -> Plan:
    """The plan with the lines of a fixed-angle bracket, or without them."""
    if guide is not None:
        _inside(guide.origin_px, geometry, "needle guide")
        if not guide.angles_deg or any(not 0 < angle <= 90 for angle in guide.angles_deg):
            raise PlanRefused("Needle-guide angles lie above 0 and up to 90 degrees.")
    return replace(_on(plan, geometry), guide=guide)


def _on(plan: Plan, geometry: PictureGeometry) -> Plan:
    return plan if plan.geometry == geometry else Plan(geometry, corridor_mm=plan.corridor_mm)


def _inside(point: Point, geometry: PictureGeometry, what: str) -> Point:
    x, y = point
    if not (0 <= x <= geometry.width_px - 1 and 0 <= y <= geometry.height_px - 1):
        raise PlanRefused(f"The {what} lies outside the picture. Place it on the picture.")
    return point


def _check_apart(point: Point, other: Point | None) -> None:
    if other is None:
        return
    apart = max(abs(point[0] - other[0]), abs(point[1] - other[1]))
    if apart < CLOSEST_ENTRY_TO_TARGET_PX:
        raise PlanRefused("Entry and target lie on one point. Place them apart.")
