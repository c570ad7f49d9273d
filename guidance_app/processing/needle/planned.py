"""What a planned path adds to the evidence for a line: a needle mostly goes where it is meant to.

It only ever helps or hinders a little: a needle that goes elsewhere is found too, and a layer of
tissue that happens to lie along the plan still has to look like a needle.
"""

import math
from dataclasses import dataclass

from guidance_app.domain.calibration import Point
from guidance_app.processing.needle.segments import Segment

BESIDE = 0.15
"""1 sigma of the distance of entry and target from the needle's line, of the path's length; ours,
after how scripted operators of every skill miss."""
MOST, LEAST = 1.5, -0.5
"""Log odds for a line along the path, and for one that has nothing to do with it."""


@dataclass(frozen=True, slots=True)
class PlannedPath:
    """From the planned entry to the planned target, in pixels of the searched picture."""

    entry: Point
    target: Point

    @property
    def heading(self) -> Point:
        """Unit vector from entry to target."""
        length = max(math.dist(self.entry, self.target), 1e-6)
        return (self.target[0] - self.entry[0]) / length, (self.target[1] - self.entry[1]) / length

    def odds(self, segment: Segment) -> float:
        """Log odds that a stretch gains by lying along the path."""
        usual_px = BESIDE * max(math.dist(self.entry, self.target), 1.0)
        off = [_off_line_px(point, segment) / usual_px for point in (self.entry, self.target)]
        return LEAST + (MOST - LEAST) * math.exp(-0.5 * (off[0] ** 2 + off[1] ** 2))


def _off_line_px(point: Point, segment: Segment) -> float:
    """Distance of a point from the line, which goes on at both ends."""
    turn = math.radians(segment.angle_deg)
    x, y = point[0] - segment.start[0], point[1] - segment.start[1]
    return abs(math.cos(turn) * y - math.sin(turn) * x)
