"""How a probe is held, as a matrix from its own space to the body. Millimetres."""

import math
from dataclasses import astuple, dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.anatomy.body import Hold

Mat4: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProbeShift:
    """Where the probe is held, against its resting place."""

    slide_mm: float = 0.0
    """Along the skin in the image plane, positive towards the right of the picture."""
    press_mm: float = 0.0
    """Into the skin."""
    rock_rad: float = 0.0
    """In the image plane about the middle of the probe face, positive turns x towards z."""
    sweep_mm: float = 0.0
    """At right angles to the image plane."""

    def plus(self, other: "ProbeShift") -> "ProbeShift":
        """Both, one upon the other."""
        return ProbeShift(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def held(hold: Hold, shift: ProbeShift) -> Mat4:
    """Probe space to the body, for a probe held so and moved from there by the hand."""
    turn, rock, tilt = hold.angles_rad
    rock += shift.rock_rad
    matrix = np.eye(4)
    matrix[:3, :3] = _about_z(turn) @ _about_y(rock) @ _about_x(tilt)
    local = np.array([shift.slide_mm, shift.sweep_mm, shift.press_mm])
    matrix[:3, 3] = np.array([hold.x_mm, hold.y_mm, 0.0]) + matrix[:3, :3] @ local
    return matrix


def _about_z(angle: float) -> Mat4:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def _about_y(angle: float) -> Mat4:
    """Positive turns x towards z."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, 0.0, -sin], [0.0, 1.0, 0.0], [sin, 0.0, cos]])


def _about_x(angle: float) -> Mat4:
    """Positive turns y towards z."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
