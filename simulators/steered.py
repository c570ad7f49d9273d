"""Hands that a person steers: what is asked for becomes a movement that a hand can make.

They go on in steps of 1/30 s of scene time, each from what had been asked before it, so that the
same requests at the same times give the same movement. Speeds and reaches are set by us.
"""

import math
import threading
from bisect import bisect_right
from collections import deque
from dataclasses import astuple
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drivers.api.ports import HandMove
from simulators.anatomy.body import Body
from simulators.anatomy.shapes import Point3
from simulators.hands import SKILLS, Way, make_sway
from simulators.motion import before_breath
from simulators.needle import Needle
from simulators.probe import ProbeShift, held

YOU = "you"
"""The operator whose hands are steered."""
STEPS_HZ = 30
SPEEDS = HandMove(12.0, 0.35, 0.25, 15.0, 15.0, 8.0, 0.3)
"""The fastest that hands move, a second."""
SIDEWAYS_MM_S = 15.0
"""The fastest that a tip is swung through tissue."""
PATIENCE_S = 0.25
"""Further ahead than a hand gets in this time nothing is remembered of what was asked."""
EASE, ARRIVED = 0.35, 0.002
"""Share of what is left that is done in a step; share of SPEEDS below which it is all done."""
NEEDLE_MM, FLATTEST_RAD, LIFTED_RAD = 90.0, math.radians(8.0), 0.6
TOWARDS_PROBE_MM, AWAY_MM = 4.0, 20.0
"""How far the place where the needle goes in may be moved."""
SLIDE_MM, SWEEP_MM, ROCK_RAD = 25.0, 15.0, 0.4
INSIDE_MM = 0.3
"""Length from which a needle is inside the skin, which then holds it where it is."""
UNSURE_RAD = math.radians(12.0)
"""How far beside the target it may point at first."""

Place: TypeAlias = NDArray[np.float64]
"""All that was done since the start, in the order of a HandMove."""
ADVANCE, ENTRY = 0, 3
TURNS = slice(1, 3)
NEEDLE = slice(0, 3)
_SECOND_NS = 1_000_000_000
_SPEEDS = np.array(astuple(SPEEDS))


class SteeredHands:
    """An Operator that does what it is asked for, and sways as an expert does.

    `move` from any thread, the rest from one.
    """

    def __init__(self, way: Way, body: Body) -> None:
        self._steering = Steering(way, body)
        self._sway = make_sway(body.seed, SKILLS["expert"])

    def move(self, time_ns: int, move: HandMove) -> None:
        """Ask at a time of the scene."""
        self._steering.move(time_ns, move)

    def probe(self, time_s: float) -> ProbeShift:
        """Where the probe is held: it stays about where it was put."""
        return self._steering.probe(time_s).plus(self._sway.probe(time_s))

    def needle(self, time_s: float) -> Needle | None:
        """The needle; None while it is outside the skin."""
        return self._steering.needle(time_s, self._sway.needle_mm(time_s))

    def injected(self, time_s: float) -> float:
        """Nothing."""
        return 0.0

    def injecting(self, time_s: float) -> bool:
        """Never."""
        return False

    def injection(self, time_s: float) -> tuple[float, float]:
        """Never begun."""
        return -math.inf, 1.0


class Steering:
    """Where needle and probe have been brought; threads as above."""

    def __init__(self, way: Way, body: Body) -> None:
        """The needle is held outside the skin, in the image plane, roughly towards the target."""
        self._way = way
        self._body = body
        self._axes = held(way.hold, ProbeShift())[:3, :3]
        self._to_target = np.array(way.target_mm) - np.array(way.entry_mm)
        self._length_mm = float(np.linalg.norm(self._to_target))
        self._swing_rad, self._lift_rad = self._first_angles()
        self._bevel = self._first_bevel()
        self._least, self._most = self._reach()
        self._lock = threading.Lock()
        self._asked: deque[tuple[int, Place]] = deque()
        self._ahead: Place = np.zeros(7)
        self._reached = 0
        self._changes: list[tuple[int, Place]] = [(0, np.zeros(7))]

    def move(self, time_ns: int, move: HandMove) -> None:
        """Ask at a time of the scene; the first step that is due after it begins to do it."""
        with self._lock:
            step = max(time_ns * STEPS_HZ // _SECOND_NS, self._reached) + 1
            self._asked.append((step, np.array(astuple(move))))

    def probe(self, time_s: float) -> ProbeShift:
        """Where the probe is held."""
        slide_mm, sweep_mm, rock_rad = self._place(_step_at(time_s))[4:].tolist()
        return ProbeShift(slide_mm, 0.0, rock_rad, sweep_mm)

    def needle(self, time_s: float, sway_mm: tuple[float, float] = (0.0, 0.0)) -> Needle | None:
        """The needle; None while it is outside the skin.

        `sway_mm` is of the tip along it, and across it when it is as deep as the target.
        """
        step = _step_at(time_s)
        now, before = self._place(step), self._place(step - 1)
        if now[ADVANCE] < INSIDE_MM:
            return None
        speed_mm_s = float(now[ADVANCE] - before[ADVANCE]) * STEPS_HZ
        along, across = max(sway_mm[0], -INSIDE_MM / 2.0), sway_mm[1] / self._length_mm
        sway = np.array([along, across, 0.0, 0.0, 0.0, 0.0, 0.0])
        return self._held(now + sway, speed_mm_s)

    def _place(self, step: int) -> Place:
        with self._lock:
            while self._reached < step:
                self._go_on(self._reached + 1)
        changed = bisect_right(self._changes, max(step, 0), key=lambda change: change[0])
        return self._changes[changed - 1][1]

    def _go_on(self, step: int) -> None:
        while self._asked and self._asked[0][0] <= step:
            self._ahead = self._ahead + self._asked.popleft()[1]
        self._reached = step
        if not self._ahead.any():
            return
        before = self._changes[-1][1]
        self._ahead = np.clip(self._ahead, -PATIENCE_S * _SPEEDS, PATIENCE_S * _SPEEDS)
        now, self._ahead = self._moved(before, self._ahead, step / STEPS_HZ)
        self._changes.append((step, now))

    def _moved(self, before: Place, ahead: Place, time_s: float) -> tuple[Place, Place]:
        """Where the hands are after a step, and what is left to do."""
        most = self._speeds(float(before[ADVANCE])) / STEPS_HZ
        nearly = np.abs(ahead) < ARRIVED * _SPEEDS
        stride = np.clip(np.where(nearly, ahead, EASE * ahead), -most, most)
        now = np.clip(before + stride, self._least, self._most)
        stopped = now != before + stride
        stopped |= most == 0.0
        if self._meets_bone(before, now, time_s):
            now[TURNS], now[ADVANCE] = before[TURNS], min(before[ADVANCE], now[ADVANCE])
            stopped[NEEDLE] |= now[NEEDLE] == before[NEEDLE]
        return now, np.where(stopped, 0.0, ahead - stride)

    def _speeds(self, inside_mm: float) -> Place:
        """The deeper the tip, the slower it is swung; the skin holds the needle in its place."""
        speeds = _SPEEDS.copy()
        if inside_mm >= INSIDE_MM:
            speeds[TURNS] = np.minimum(speeds[TURNS], SIDEWAYS_MM_S / inside_mm)
            speeds[ENTRY] = 0.0
        return speeds

    def _meets_bone(self, before: Place, now: Place, time_s: float) -> bool:
        """Whether a step brings the tip into bone; back along its way it can always go."""
        if now[ADVANCE] < INSIDE_MM or np.array_equal(now[NEEDLE], before[NEEDLE]):
            return False
        tip = np.array(self._held(now, 0.0).tip_mm())[:, None]
        rest = before_breath(tip, self._body.motion, time_s)
        return self._body.uppermost(rest, rest)[0].material.rigid

    def _held(self, place: Place, speed_mm_s: float) -> Needle:
        inside_mm, swing_rad, lift_rad, entry_mm = place[:4].tolist()
        along, turning, lifting = self._pointing(swing_rad, lift_rad)
        entry = np.array(self._way.entry_mm) + entry_mm * self._axes[:, 0]
        aside = self._bevel[0] * turning + self._bevel[1] * lifting
        return Needle(
            self._way.kind, _point(entry), _point(along), _point(aside), inside_mm, speed_mm_s
        )

    def _pointing(self, swing_rad: float, lift_rad: float) -> tuple[Place, Place, Place]:
        """Unit vectors of the body: along the needle, and where swinging and lifting move it."""
        a, e = self._swing_rad - swing_rad, self._lift_rad + lift_rad
        along = np.array([math.cos(e) * math.cos(a), math.sin(e), math.cos(e) * math.sin(a)])
        turning = np.array([math.sin(a), 0.0, -math.cos(a)])
        lifting = np.cross(along, turning)
        return self._axes @ along, self._axes @ turning, self._axes @ lifting

    def _first_angles(self) -> tuple[float, float]:
        """To the target, 0 along the picture to the right and 90° down, and out of its plane."""
        x, y, z = (self._axes.T @ self._to_target).tolist()
        unsure = np.random.default_rng([self._body.seed, 12]).uniform(-UNSURE_RAD, UNSURE_RAD)
        swing_rad = math.atan2(z, x) + float(unsure)
        lift_rad = math.asin(y / self._length_mm)
        return min(max(swing_rad, FLATTEST_RAD), math.pi - FLATTEST_RAD), lift_rad

    def _first_bevel(self) -> tuple[float, float]:
        """The tip is pushed upwards as the needle is taken in hand, and turns with it from then."""
        _, turning, lifting = self._pointing(0.0, 0.0)
        up = -self._axes[:, 2]
        across, out = float(up @ turning), float(up @ lifting)
        size = math.hypot(across, out)
        return (across / size, out / size) if size > 0.0 else (1.0, 0.0)

    def _reach(self) -> tuple[Place, Place]:
        """How far each movement goes from the start, to either side."""
        flattest, swing = FLATTEST_RAD, self._swing_rad
        left, right = swing - (math.pi - flattest), swing - flattest
        on_the_right = math.cos(swing) < 0.0
        inner, outer = (-TOWARDS_PROBE_MM, AWAY_MM), (-AWAY_MM, TOWARDS_PROBE_MM)
        entry = inner if on_the_right else outer
        least = [0.0, left, -LIFTED_RAD, entry[0], -SLIDE_MM, -SWEEP_MM, -ROCK_RAD]
        most = [NEEDLE_MM, right, LIFTED_RAD, entry[1], SLIDE_MM, SWEEP_MM, ROCK_RAD]
        return np.array(least), np.array(most)


def _step_at(time_s: float) -> int:
    return math.floor(time_s * STEPS_HZ + 1e-6)


def _point(vector: Place) -> Point3:
    x, y, z = vector.tolist()
    return x, y, z
