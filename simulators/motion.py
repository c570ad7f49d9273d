"""How living tissue moves: with breath and pulse, along with a needle, away from an injection.

Each is a map from where tissue is now to where it lies at rest, in mm of the body.
"""

import math
from dataclasses import dataclass

import numpy as np

from simulators.anatomy.body import Motion
from simulators.anatomy.shapes import Point3, Points
from simulators.curves import smooth_step
from simulators.needle import Needle

DRAG_REACH_MM = 3.0
"""Distance from the shaft at which drag has fallen to 1/e."""
PRESS_REACH_MM = 12.0
"""Depth below a probe that is pressed in at which tissue gives way 1/e as far; set by eye."""
SEED = 0.12
"""Share of a pocket's width that was there before: fluid that fills it comes from so near."""


def breath(motion: Motion, time_s: float) -> float:
    """0 at the end of a breath, 1 when fully breathed in: longer out than in (after Lujan)."""
    return 1.0 - math.cos(math.pi * time_s / motion.breath_s) ** 4


def before_breath(points: Points, motion: Motion, time_s: float) -> Points:
    """Where tissue was before the breath moved it."""
    shift = np.array(motion.breathing_mm) * breath(motion, time_s)
    return points - shift.reshape(3, *(1,) * (points.ndim - 1))


def before_press(points: Points, press_mm: float) -> Points:
    """Where tissue was before the probe was pressed so far into the skin, along its depth.

    What touches the face has gone with it, what is deeper gives way less: layers grow thinner.
    """
    below_mm = np.maximum(points[2] - press_mm, 0.0)
    rest = points.copy()
    rest[2] -= press_mm * np.exp(below_mm * (-1.0 / PRESS_REACH_MM))
    return np.asarray(rest)


def pulse(motion: Motion, time_s: float) -> float:
    """0 between beats, 1 at the height of one: a fast rise and a slow fall."""
    share = (time_s % motion.pulse_s) / motion.pulse_s
    rise = float(smooth_step(share, 0.0, 0.15))
    return rise * math.exp(-max(share - 0.15, 0.0) / 0.25)


@dataclass(frozen=True, slots=True)
class Pocket:
    """Fluid that was injected: an egg of it, from which tissue has gone."""

    centre_mm: Point3
    volume_ml: float
    flat: Point3
    """Its radii in proportion, the largest 1."""

    @property
    def radius_mm(self) -> float:
        """Of the egg, where its proportion is 1."""
        a, b, c = self.flat
        return float((self.volume_ml * 1000.0 * 3.0 / (4.0 * math.pi * a * b * c)) ** (1.0 / 3.0))


def before_pocket(points: Points, pocket: Pocket) -> Points:
    """Where tissue was before the pocket filled; inside it all comes from near its middle.

    Tissue keeps its volume: shells about the middle grow thinner as they grow wider.
    """
    if pocket.volume_ml <= 0.0:
        return points
    shape = (3, *(1,) * (points.ndim - 1))
    centre, flat = (np.array(p).reshape(shape) for p in (pocket.centre_mm, pocket.flat))
    away = (points - centre) / flat
    radius = np.sqrt((away * away).sum(axis=0))
    outside = 1.0 - (1.0 - SEED**3) * (pocket.radius_mm / np.maximum(radius, 1e-6)) ** 3
    kept = np.maximum(outside, SEED**3) ** (1.0 / 3.0)
    return np.asarray(centre + away * kept * flat)


def before_drag(points: Points, needle: Needle) -> Points:
    """Where tissue was before the shaft carried it along."""
    if abs(needle.drag_mm) < 0.01:
        return points
    shape = (3, *(1,) * (points.ndim - 1))
    entry, tip = np.array(needle.entry_mm), np.array(needle.tip_mm())
    way = (tip - entry) / max(float(np.linalg.norm(tip - entry)), 0.1)
    to = points - entry.reshape(shape)
    along = np.clip((to * way.reshape(shape)).sum(axis=0), 0.0, needle.inserted_mm)
    apart = np.sqrt(((to - along * way.reshape(shape)) ** 2).sum(axis=0))
    carried = needle.drag_mm * np.exp(-apart / DRAG_REACH_MM)
    return np.asarray(points - carried * way.reshape(shape))
