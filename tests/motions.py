"""Motions of a needle whose figures are known in closed form; the skin is the plane z = 0."""

import math

import numpy as np
from numpy.typing import NDArray

from guidance_app.training.motion import ToolMotion

Numbers = NDArray[np.float64]

RATE_HZ = 60.0


def motion(tips_mm: Numbers, turns: Numbers | None = None, rate_hz: float = RATE_HZ) -> ToolMotion:
    count = len(tips_mm)
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, 3] = tips_mm
    if turns is not None:
        poses[:, :3, :3] = turns
    return ToolMotion(np.round(np.arange(count) * 1e9 / rate_hz).astype(np.int64), poses)


def about_y(angles: Numbers) -> Numbers:
    c, s, no, one = np.cos(angles), np.sin(angles), 0.0 * angles, 1.0 + 0.0 * angles
    return np.stack([c, no, s, no, one, no, -s, no, c], 1).reshape(-1, 3, 3)


def stab(depth_mm: float = 40.0, above_mm: float = 10.0, seconds: float = 2.0) -> ToolMotion:
    z = np.linspace(-above_mm, depth_mm, round(seconds * RATE_HZ) + 1)
    return motion(np.stack([0 * z, 0 * z, z], 1))


def swing(radius_mm: float, angle_rad: float, count: int = 401) -> ToolMotion:
    """About the place where the needle goes through the skin."""
    angles = np.linspace(0.0, angle_rad, count)
    tips = radius_mm * np.stack([np.sin(angles), 0 * angles, np.cos(angles)], 1)
    return motion(tips, about_y(angles))


def helix(
    rise_mm: float = 30.0, count: int = 2001, rate_hz: float = RATE_HZ, twist: bool = False
) -> ToolMotion:
    """Two turns of 10 mm radius; a needle that twists turns with it about its own axis."""
    share = np.linspace(0.0, 1.0, count)
    angles = 4.0 * math.pi * share
    tips = np.stack([10.0 * np.cos(angles), 10.0 * np.sin(angles), rise_mm * share], 1)
    return motion(tips, about_z(angles) if twist else None, rate_hz)


def about_z(angles: Numbers) -> Numbers:
    c, s, no, one = np.cos(angles), np.sin(angles), 0.0 * angles, 1.0 + 0.0 * angles
    return np.stack([c, -s, no, s, c, no, no, no, one], 1).reshape(-1, 3, 3)


def about_x(angles: Numbers) -> Numbers:
    c, s, no, one = np.cos(angles), np.sin(angles), 0.0 * angles, 1.0 + 0.0 * angles
    return np.stack([one, no, no, no, c, -s, no, s, c], 1).reshape(-1, 3, 3)


def rest(count: int = 300) -> ToolMotion:
    """In tissue."""
    return motion(np.tile((1.0, 2.0, 3.0), (count, 1)))


def turned_back(made: ToolMotion) -> ToolMotion:
    return ToolMotion(made.time_ns[-1] - made.time_ns[::-1], made.poses[::-1])


def another_reference() -> Numbers:
    other = np.eye(4)
    other[:3, :3] = about_y(np.array([0.7]))[0] @ np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]])
    other[:3, 3] = (120.0, -40.0, 900.0)
    return other
