"""Where the beams of a probe run in its image plane, and where a pixel of the picture lies on them.

Probe space: x along the face, y across the image plane, z away from the middle of the face; mm.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.imaging.transducer import Transducer

Line: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Beams:
    """Beams side by side, each with samples at even steps; places are (line, sample) numbers."""

    transducer: Transducer
    depth_mm: float
    """Along each of them, from the face."""
    samples: int
    steer_rad: float = 0.0
    """How far they are tilted from standing upright on the face, positive towards the right."""

    @property
    def lines(self) -> int:
        """How many there are."""
        return self.transducer.lines

    @property
    def step_mm(self) -> float:
        """From one sample to the next."""
        return self.depth_mm / self.samples

    @property
    def pitch(self) -> float:
        """From one line to the next: mm of a flat face, radians of a curved one."""
        return self.transducer.width_mm / self.lines / (self.transducer.radius_mm or 1.0)

    def pitch_mm(self, depth_mm: Line) -> Line:
        """Distance between neighbouring lines at these depths along them."""
        narrowed = math.cos(self.steer_rad)
        radius = self.transducer.radius_mm
        if radius is None:
            return np.full_like(depth_mm, self.pitch * narrowed)
        return np.asarray((radius * narrowed + depth_mm) * self.pitch)

    def at(self, line: Line, depth_mm: Line) -> tuple[Line, Line]:
        """x and z of places on lines, which may be fractions; arrays of one shape."""
        beside = (line - 0.5 * (self.lines - 1)) * self.pitch
        across, down = self.directions(line)
        radius = self.transducer.radius_mm
        if radius is None:
            return np.asarray(beside + depth_mm * across), np.asarray(depth_mm * down)
        x_mm = radius * np.sin(beside) + depth_mm * across
        return np.asarray(x_mm), np.asarray(radius * (np.cos(beside) - 1.0) + depth_mm * down)

    def directions(self, line: Line) -> tuple[Line, Line]:
        """Unit vectors (x, z) along which lines run."""
        if self.transducer.radius_mm is None:
            angle = np.full_like(line, self.steer_rad)
        else:
            angle = (line - 0.5 * (self.lines - 1)) * self.pitch + self.steer_rad
        return np.sin(angle), np.cos(angle)

    def locate(self, x_mm: Line, z_mm: Line) -> tuple[Line, Line]:
        """Line and sample numbers of points of the image plane, as fractions: the inverse of `at`.

        The middle of the first sample is 0. Where a tilted line of a curved face never comes, the
        sample is one above the face.
        """
        middle = 0.5 * (self.lines - 1)
        sin, cos = math.sin(self.steer_rad), math.cos(self.steer_rad)
        radius = self.transducer.radius_mm
        if radius is None:
            return (x_mm - z_mm * sin / cos) / self.pitch + middle, z_mm / cos / self.step_mm - 0.5
        from_centre = x_mm**2 + (z_mm + radius) ** 2
        depth_mm = np.sqrt(np.maximum(from_centre - (radius * sin) ** 2, 0.0)) - radius * cos
        turned = np.arctan2(depth_mm * sin, radius + depth_mm * cos)
        angle = np.arctan2(x_mm, z_mm + radius) - turned
        return angle / self.pitch + middle, depth_mm / self.step_mm - 0.5

    def holds(self, line: Line, sample: Line) -> NDArray[np.bool_]:
        """Whether places, as line and sample numbers, lie on these beams."""
        beside = (line < -0.5) | (line > self.lines - 0.5)
        return np.asarray(~beside & (sample >= -0.5) & (sample <= self.samples - 0.5))

    def width_mm(self) -> float:
        """Of the picture, where it is widest."""
        ends = np.array([-0.5, self.lines - 0.5])
        x_mm, _ = self.at(ends, np.full(2, self.depth_mm))
        return float(x_mm[1] - x_mm[0])

    def top_mm(self) -> float:
        """z of the highest point of the picture: below 0 only for a curved face's ends."""
        _, z_mm = self.at(np.array([-0.5]), np.zeros(1))
        return float(min(z_mm[0], 0.0))
