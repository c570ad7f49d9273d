"""The truth of a simulated procedure: who lies there, and where needle and probe are when.

Everything is a pure function of the scene time in seconds, and of what hands that are steered were
asked for. Only the simulated devices, what writes truth into files, and tests may ask; nothing that
a user sees is made from it except through a picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from simulators.anatomy.body import Body, View
from simulators.anatomy.growth import way_back
from simulators.anatomy.shapes import Point3, Points
from simulators.hands import Operator
from simulators.imaging.display import Point
from simulators.imaging.looks import Origin
from simulators.injectate import Injectate, Values, make_injectate
from simulators.motion import (
    Pocket,
    before_breath,
    before_drag,
    before_pocket,
    before_press,
    pulse,
)
from simulators.needle import Needle
from simulators.probe import Mat4, held

SHAFT_POINTS = 6
"""That the truth tells of a shaft."""
SEEN_FWHM = 0.55
"""Share of the slice's thickness, to either side, within which a tip stands out."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is where at one moment."""

    time_s: float
    probe_to_body: Mat4
    tip_mm: Point3 | None
    """In probe space; None while the needle is outside. y is the distance from the image plane."""
    entry_mm: Point3
    target_mm: Point3
    tip_px: Point | None
    """In the picture, as if it lay in the image plane."""
    entry_px: Point
    target_px: Point
    hidden: str
    """Why the tip is not seen; empty when it is."""
    at_tip: str
    """Name of the structure in which the tip is; empty outside."""
    hit: tuple[str, ...]
    """Names of all structures that must be spared and that the shaft goes through."""
    injecting: bool
    shaft_px: tuple[Point, ...] = ()
    """From the tip to the entry, a few points."""
    shaft_mm: tuple[Point3, ...] = ()
    """The same in probe space."""


@dataclass(frozen=True)
class Case:
    """One person, one view, one operator's hands with a needle."""

    body: Body
    view: View
    hands: Operator

    @cached_property
    def target(self) -> Point3:
        """What is meant, at rest."""
        return self.body.targets[self.view.target]

    def probe_to_body(self, time_s: float) -> Mat4:
        """The pose of the probe."""
        return held(self.view.hold, self.hands.probe(time_s))

    def needle(self, time_s: float) -> Needle | None:
        """The needle; None while it is outside the skin."""
        return self.hands.needle(time_s)

    def pulse(self, time_s: float) -> float:
        """0 between beats, 1 at the height of one."""
        return pulse(self.body.motion, time_s)

    def at_rest(self, points: Points, time_s: float) -> Points:
        """Where in the resting body the soft tissue now at these points came from."""
        return self.moving(time_s, self.needle(time_s))(points)

    def moving(self, time_s: float, needle: Needle | None) -> Origin:
        """The same as a function of points, for a needle that is known already."""
        pocket, press_mm = self.pocket(time_s), self.hands.probe(time_s).press_mm

        def at_rest(points: Points) -> Points:
            moved = before_press(self.before_breath(points, time_s), press_mm)
            if needle is not None:
                moved = before_drag(moved, needle)
            return before_pocket(moved, pocket)

        return at_rest

    def before_breath(self, points: Points, time_s: float) -> Points:
        """The same for bone, which only the breath moves."""
        return before_breath(points, self.body.motion, time_s)

    def now(self, point_mm: Point3, time_s: float) -> Point3:
        """Where a point of the resting body is now."""
        return way_back(lambda points: self.at_rest(points, time_s), point_mm)

    @cached_property
    def _injectate(self) -> Injectate:
        return make_injectate(self.body.seed)

    def specks(self, time_s: float) -> tuple[Points, Values]:
        """Places (3, n) and amplitudes of what swirls in the pocket; none where nothing swells."""
        since_s, lasts_s = self.hands.injection(time_s)
        places, light = self._injectate.at(self.pocket(time_s), since_s, lasts_s)
        if not self.view.swells:
            return places[:, :0], light[:0]
        return places - self.before_breath(np.zeros_like(places), time_s), light

    def pocket(self, time_s: float) -> Pocket:
        """What has been injected by now."""
        most_ml = self.view.swells_ml if self.view.swells else 0.0
        return Pocket(self.target, most_ml * self.hands.injected(time_s), self.view.spreads)


def inverse(matrix: Mat4) -> Mat4:
    """The way back."""
    return np.asarray(np.linalg.inv(matrix), np.float64)


ToPixel: TypeAlias = Callable[[Point], Point]
"""From (x, z) in mm of probe space to a point of what is shown."""
Shown: TypeAlias = Callable[[Point], bool]
"""Whether beams reach (x, z)."""


def tell_truth(
    case: Case, to_px: ToPixel, is_shown: Shown, slice_fwhm_mm: float, time_s: float
) -> Truth:
    """All that is known of one moment."""
    probe = case.probe_to_body(time_s)
    to_probe = inverse(probe)
    needle = case.needle(time_s)
    tip = None if needle is None else _seen_from(to_probe, needle.tip_mm())
    entry = _seen_from(to_probe, case.view.entry_mm)
    target = _seen_from(to_probe, case.now(case.target, time_s))
    shaft = () if needle is None else _shaft(needle, to_probe)
    passed, inside = _passed(case, needle, time_s)
    return Truth(
        time_s=time_s,
        probe_to_body=probe,
        tip_mm=tip,
        entry_mm=entry,
        target_mm=target,
        tip_px=None if tip is None else to_px((tip[0], tip[2])),
        entry_px=to_px((entry[0], entry[2])),
        target_px=to_px((target[0], target[2])),
        hidden=_hidden(tip, is_shown, slice_fwhm_mm),
        at_tip=inside,
        hit=tuple(name for name in case.body.no_go if name in passed),
        injecting=case.hands.injecting(time_s),
        shaft_px=tuple(to_px((x, z)) for x, _, z in shaft),
        shaft_mm=shaft,
    )


def _hidden(tip: Point3 | None, is_shown: Shown, slice_fwhm_mm: float) -> str:
    if tip is None:
        return "outside the skin"
    if not is_shown((tip[0], tip[2])):
        return "beside the picture"
    return "beside the image plane" if abs(tip[1]) > SEEN_FWHM * slice_fwhm_mm else ""


def _passed(case: Case, needle: Needle | None, time_s: float) -> tuple[tuple[str, ...], str]:
    """Structures that the shaft goes through, and the one in which the tip is."""
    if needle is None:
        return (), ""
    shaft = needle.shaft()[:, ::4]
    soft, bone = case.at_rest(shaft, time_s), case.before_breath(shaft, time_s)
    names = [structure.name for structure in case.body.uppermost(soft, bone)]
    return tuple(dict.fromkeys(names)), names[0]


def _shaft(needle: Needle, to_probe: Mat4) -> tuple[Point3, ...]:
    """From the tip to the entry."""
    points = to_probe[:3, :3] @ needle.at(np.linspace(needle.inserted_mm, 0.0, SHAFT_POINTS))
    return tuple((x, y, z) for x, y, z in (points + to_probe[:3, 3:]).T.tolist())


def _seen_from(matrix: Mat4, point_mm: Point3) -> Point3:
    x, y, z = (matrix[:3, :3] @ np.array(point_mm) + matrix[:3, 3]).tolist()
    return x, y, z
