"""Scripted hands: how needle and probe are moved, as pure functions of time.

A round begins anew when it is over: time to plan with the probe held still, the needle comes to
the skin, one pass or several, the tip rests, the injection, the needle is withdrawn, and free
scanning. How many passes there are, how far each aims beside the target, and how often the tip
leaves the image plane and is looked for, follows from the skill and the seed. The figures are set
by us after what trainers describe; no study is behind them.
"""

from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np

from simulators.anatomy.body import Hold
from simulators.anatomy.shapes import Point3
from simulators.curves import smooth_step
from simulators.needle import Needle, NeedleKind, aim
from simulators.probe import ProbeShift, held

Knot: TypeAlias = tuple[float, float, float, float]
"""Time in s, depth as a share of the path, aim error in mm (deep is positive), elevation in mm."""

SKILLS = {"expert": 1.0, "advanced": 0.75, "intermediate": 0.45, "novice": 0.1}
PLAN_S, APPROACH_S = 20.0, 2.0
REST_S, INJECT_S, WITHDRAW_S, SCAN_S = 3.0, 10.0, 5.5, 35.0
MOST_PASSES = 5
SPEED_S = 9.0
"""That a steady hand takes from the skin to the target."""
ENTERED = 0.01
"""Share of the way from which a needle is inside the skin."""


class Operator(Protocol):
    """Two hands at a time of the scene, in seconds."""

    def probe(self, time_s: float) -> ProbeShift:
        """Where the probe is held."""
        ...

    def needle(self, time_s: float) -> Needle | None:
        """The needle; None while it is outside the skin."""
        ...

    def injected(self, time_s: float) -> float:
        """Share of the injectate that is in, 0 to 1."""
        ...

    def injecting(self, time_s: float) -> bool:
        """Whether the plunger moves."""
        ...

    def injection(self, time_s: float) -> tuple[float, float]:
        """Seconds since the injection began, negative before, and how long it takes."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """A needle and the way that it is meant to go."""

    kind: NeedleKind
    entry_mm: Point3
    target_mm: Point3
    """In the resting body."""
    hold: Hold
    """Of the probe that looks on."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """Where a script has the needle at one moment."""

    share: float
    """Depth reached, as a share of the way from entry to target; 0 when outside."""
    rate: float
    """Change of `share` per second."""
    aim_mm: float
    """Aim beside the target, mm across the path, positive when deeper."""
    elevation_mm: float
    """Distance of the tip from the middle of the image plane at rest."""


@dataclass(frozen=True, slots=True)
class Sway:
    """What no hand can help: tremor, and drift."""

    phases: tuple[float, ...]
    """Eight random angles, so that no two people tremble alike."""
    skill: float
    """0 to 1."""

    def needle_mm(self, time_s: float) -> tuple[float, float]:
        """Of the needle tip along and across: 8 to 12 Hz, and slow sway."""
        a, b, c, d = self.phases[:4]
        size = 2.4 - 1.4 * self.skill
        along = 0.04 * _wave(time_s, 9.1, a) + 0.12 * _wave(time_s, 0.31, b)
        across = 0.05 * _wave(time_s, 10.7, c) + 0.08 * _wave(time_s, 0.23, d)
        return size * along, size * across

    def probe(self, time_s: float, free: float = 0.0) -> ProbeShift:
        """Of the probe: small drift and tremor; `free` is 1 when it is moved about widely."""
        e, f, g, h = self.phases[4:]
        drift, push = 0.37 - 0.22 * self.skill, 0.4 - 0.25 * self.skill
        slide_mm = drift * _wave(time_s, 0.067, e) + free * 4.0 * _wave(time_s, 0.11, f)
        return ProbeShift(
            slide_mm=slide_mm + 0.02 * _wave(time_s, 9.7, g),
            press_mm=push * _wave(time_s, 0.27, g) + 0.015 * _wave(time_s, 8.3, h),
            rock_rad=np.radians(0.2 + 1.2 * free) * _wave(time_s, 0.083, h),
            sweep_mm=(0.35 + 1.2 * free) * _wave(time_s, 0.13, g) + 0.03 * _wave(time_s, 9.3, e),
        )


def make_sway(seed: int, skill: float) -> Sway:
    """The same two give the same sway."""
    phases = np.random.default_rng([seed, 3]).uniform(0.0, 2.0 * np.pi, 8)
    return Sway(tuple(phases.tolist()), skill)


@dataclass(frozen=True, slots=True)
class Hands:
    """One person's two hands through a round."""

    way: Way
    operator: str
    knots: tuple[Knot, ...]
    injection_s: tuple[float, float]
    """When it begins and ends in a round."""
    sway: Sway

    @property
    def round_s(self) -> float:
        """How long a round takes."""
        return self.knots[-1][0]

    def needle(self, time_s: float) -> Needle | None:
        """The needle; None while it is outside the skin."""
        stroke = self.stroke(time_s)
        if stroke.share <= ENTERED:
            return None
        along, across = self.sway.needle_mm(time_s)
        axes, entry_mm = held(self.way.hold, ProbeShift())[:3, :3], self.way.entry_mm
        way = np.array(self.way.target_mm) - np.array(entry_mm)
        length_mm = float(np.linalg.norm(way))
        beside = np.cross(axes[:, 1], way / length_mm)
        aimed = np.array(self.way.target_mm) - beside * (stroke.aim_mm + across)
        x, y, z = (aimed + axes[:, 1] * stroke.elevation_mm).tolist()
        up = tuple((-axes[:, 2]).tolist())
        share = min(stroke.share + along / length_mm, 1.2)
        needle = aim(self.way.kind, entry_mm, (x, y, z), up, share)
        return replace(needle, speed_mm_s=stroke.rate * length_mm)

    def stroke(self, time_s: float) -> Stroke:
        """The needle hand at a time since the start."""
        share, aim_mm, elevation_mm = self._scripted(time_s)
        step_s = 0.05
        later, earlier = self._scripted(time_s + step_s)[0], self._scripted(time_s - step_s)[0]
        return Stroke(share, (later - earlier) / (2.0 * step_s), aim_mm, elevation_mm)

    def probe(self, time_s: float) -> ProbeShift:
        """The probe hand: it sways, and makes wide slow moves while scanning freely."""
        return self.sway.probe(time_s, self._free_scanning(time_s))

    def injected(self, time_s: float) -> float:
        """Share of the injectate that is in, 0 to 1; it is taken up again until the round ends."""
        moment_s = time_s % self.round_s
        goes_in = smooth_step(moment_s, *self.injection_s)
        goes = smooth_step(moment_s, self.round_s - SCAN_S, self.round_s - 2.0)
        return float(goes_in - goes)

    def injecting(self, time_s: float) -> bool:
        """Whether the plunger moves."""
        begins, ends = self.injection_s
        return begins <= time_s % self.round_s < ends

    def injection(self, time_s: float) -> tuple[float, float]:
        """Seconds since the injection of this round began, negative before, and how long it is."""
        begins, ends = self.injection_s
        return time_s % self.round_s - begins, ends - begins

    def _scripted(self, time_s: float) -> tuple[float, float, float]:
        moment_s = time_s % self.round_s
        row = next(n for n, knot in enumerate(self.knots[1:]) if moment_s < knot[0])
        start, end = np.array(self.knots[row]), np.array(self.knots[row + 1])
        eased = float(smooth_step(moment_s, start[0], end[0]))
        share, aim_mm, elevation_mm = (start[1:] + eased * (end[1:] - start[1:])).tolist()
        return share, aim_mm, elevation_mm

    def _free_scanning(self, time_s: float) -> float:
        moment_s, ends = time_s % self.round_s, self.round_s
        begun = smooth_step(moment_s, ends - SCAN_S + 0.5, ends - SCAN_S + 5.0)
        return float(begun - smooth_step(moment_s, ends - 7.0, ends))


def make_hands(operator: str, seed: int, way: Way) -> Hands:
    """The hands of one of SKILLS on one person; the same three give the same hands."""
    sway = make_sway(seed, SKILLS[operator])
    knots, arrived_s = _inserted(SKILLS[operator], np.random.default_rng([seed, 8]))
    _, share, aim_mm, _ = knots[-1]
    begins = arrived_s + REST_S
    out = begins + INJECT_S + 1.5
    knots += [
        (out, share, 0.8 * aim_mm, 0.1),
        (out + WITHDRAW_S, 0.0, 0.0, 0.3),
        (out + WITHDRAW_S + SCAN_S, 0.0, knots[0][2], 0.3),
    ]
    return Hands(way, operator, tuple(knots), (begins, begins + INJECT_S), sway)


def _inserted(skill: float, rng: np.random.Generator) -> tuple[list[Knot], float]:
    """Knots until the tip rests at the target, and when it does."""
    clumsy = 1.0 - skill
    aim_mm = float(rng.choice([-1.0, 1.0]) * clumsy * rng.uniform(2.0, 5.0))
    passes = 1 + int(rng.binomial(MOST_PASSES - 1, 0.55 * clumsy))
    knots: list[Knot] = [(0.0, 0.0, aim_mm, 0.3), (PLAN_S + APPROACH_S, 0.0, aim_mm, 0.3)]
    for number in range(passes):
        last = number == passes - 1
        if last:
            aim_mm *= 0.1
        reach = 1.0 - 0.03 * clumsy if last else float(rng.uniform(0.45, 0.85))
        knots += _pass(knots[-1], reach, aim_mm, clumsy, rng)
        if not last:
            time_s, _, _, elevation_mm = knots[-1]
            knots.append((time_s + 1.8, 0.16, aim_mm, elevation_mm))
            aim_mm *= float(rng.uniform(0.25, 0.6))
            knots.append((time_s + 2.8, 0.16, aim_mm, 0.3))
    return knots, knots[-1][0]


def _pass(
    start: Knot, reach: float, aim_mm: float, clumsy: float, rng: np.random.Generator
) -> list[Knot]:
    """From where the needle is to `reach`, with a pause half way in which the tip is looked for."""
    time_s, share, _, _ = start
    half = share + 0.5 * (reach - share)
    needed_s = SPEED_S * (reach - share) * float(rng.uniform(0.9, 1.3))
    strayed_mm = 0.1 + clumsy * float(rng.uniform(0.6, 2.0))
    there_s = time_s + 0.5 * needed_s
    looks_s = 1.2 + 2.5 * clumsy
    return [
        (there_s, half, aim_mm, strayed_mm),
        (there_s + 0.5 * looks_s, half, aim_mm, 0.45 + 0.7 * strayed_mm),
        (there_s + looks_s, half, aim_mm, 0.05 + 0.25 * clumsy),
        (there_s + looks_s + 0.5 * needed_s, reach, aim_mm, 0.15 + 0.3 * clumsy),
    ]


def _wave(time_s: float, rate_hz: float, phase_rad: float) -> float:
    return float(np.sin(2.0 * np.pi * rate_hz * time_s + phase_rad))
