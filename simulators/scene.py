"""The truth of a simulated procedure: who lies there, and where needle and probe are when.

Everything is a pure function of the scene time in seconds. Millimetres are those of the
resting picture: x from its left edge, z below the probe face. Only the simulated devices
and the tests may ask; nothing that a user sees is made from it except through a picture.
"""

import math
from dataclasses import dataclass

import numpy as np

from simulators.anatomy.knee import WIDTH_MM, Knee, shape_knee
from simulators.curves import Profile, smooth_step
from simulators.hand import INJECTION_S, ROUND_S, Hand, ProbePose, injected, make_hand

Point = tuple[float, float]

WIDTH_PX = 640
HEIGHT_PX = 480
MM_PER_PX = WIDTH_MM / WIDTH_PX
"""The same both ways: 0.08."""
ENTRY_MM: Point = (0.9, 0.8)
"""Where the needle goes through the skin: at the left end of the probe."""
SWELLING_MM = 2.0
"""How much thicker the recess is when all is injected."""
VISIBLE_ELEVATION_MM = 0.8
"""Beyond this distance from the image plane the tip no longer stands out."""
_BUBBLES = 260


@dataclass(frozen=True, slots=True)
class Needle:
    """A straight needle inside the tissue."""

    entry_mm: Point
    tip_mm: Point
    entry_elevation_mm: float
    """Distance from the middle of the image plane, where it goes in."""
    tip_elevation_mm: float
    drag_mm: float
    """How far tissue at the shaft is carried along, positive inwards."""


@dataclass(frozen=True, slots=True, eq=False)
class Bubbles:
    """Small bright things in the injectate."""

    x_mm: Profile
    z_mm: Profile
    strength: Profile
    """0 when not there yet, 1 at most."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is where in the picture at one moment; pixels of Image space."""

    tip_px: Point | None
    """None while the needle is outside."""
    entry_px: Point
    target_px: Point
    tip_visible: bool
    tip_elevation_mm: float
    injecting: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """One person's knee and one operator's hands."""

    knee: Knee
    hand: Hand

    def needle(self, time_s: float) -> Needle | None:
        """The needle at a time; None while it is outside the skin."""
        stroke = self.hand.needle(time_s)
        if stroke.share <= 0.01:
            return None
        (ex, ez), (tx, tz) = ENTRY_MM, self.knee.target_mm()
        length_mm = math.hypot(tx - ex, tz - ez)
        ux, uz = (tx - ex) / length_mm, (tz - ez) / length_mm
        along, across = self.hand.tremor_mm(time_s)
        depth_mm = stroke.share * length_mm + along
        aside_mm = stroke.share * (stroke.aim_mm + across)
        tip = (ex + ux * depth_mm - uz * aside_mm, ez + uz * depth_mm + ux * aside_mm)
        sweep_mm = self.hand.probe(time_s).sweep_mm
        drag_mm = 0.35 * math.tanh(stroke.rate * length_mm / 4.0)
        return Needle(ENTRY_MM, tip, 0.2 - sweep_mm, stroke.elevation_mm - sweep_mm, drag_mm)

    def origin_of(self, x_mm: Profile, z_mm: Profile, time_s: float) -> tuple[Profile, Profile]:
        """Which resting place the tissue now at (x, z) came from: swelling, and needle drag."""
        from_x, from_z = x_mm, z_mm + self._lift_mm(x_mm, z_mm, time_s)
        needle = self.needle(time_s)
        if needle is None or abs(needle.drag_mm) < 0.01:
            return from_x, from_z
        (ax, az), (bx, bz) = needle.entry_mm, needle.tip_mm
        length_mm = max(math.hypot(bx - ax, bz - az), 0.1)
        ux, uz = (bx - ax) / length_mm, (bz - az) / length_mm
        along = np.clip((x_mm - ax) * ux + (z_mm - az) * uz, 0.0, length_mm)
        apart = np.hypot(x_mm - ax - along * ux, z_mm - az - along * uz)
        carried = needle.drag_mm * np.exp(-apart / 3.0)
        return from_x - carried * ux, from_z - carried * uz

    def bubbles(self, time_s: float) -> Bubbles:
        """What swirls in the recess from the injection until it has dissolved."""
        rng = np.random.default_rng([self.knee.seed, 4])
        birth, reach, level, turn = rng.random((4, _BUBBLES))
        age = time_s % ROUND_S - (INJECTION_S[0] + birth * (INJECTION_S[1] - INJECTION_S[0]))
        age = np.clip(age, 0.0, None)
        left, right = self.knee.recess_x_mm
        home = 0.57 + 0.02 * np.sin(6.3 * turn)
        spread = 1.0 - np.exp(-age / (1.5 + 4.0 * turn))
        along = home + spread * (0.12 + 0.8 * reach - home) + 0.01 * np.sin(age * 2.1 + 40 * level)
        x_mm = left + (right - left) * np.clip(along, 0.03, 0.97)
        swirl = 0.6 * spread * np.sin(1.3 * age * (0.5 + level) + 6.3 * turn)
        height = swirl - 0.35 * np.clip(age / 10.0, 0.0, 1.0)
        half_mm = self.knee.recess_half(x_mm)
        lift_mm = self._swollen_mm(x_mm, time_s)
        z_mm = self.knee.recess_middle(x_mm) - 0.5 * lift_mm + 0.85 * half_mm * height
        strength = smooth_step(age, 0.0, 0.4) * np.exp(-age / 6.0) * (0.15 + 0.85 * level**3)
        return Bubbles(x_mm, z_mm, strength)

    def truth(self, time_s: float) -> Truth:
        """Tip, entry and target in the picture of this moment."""
        needle, probe = self.needle(time_s), self.hand.probe(time_s)
        x_mm, z_mm = self.knee.target_mm()
        at = np.array([x_mm]), np.array([z_mm])
        target = (x_mm, z_mm - float(self._lift_mm(*at, time_s)[0]))
        moment_s = time_s % ROUND_S
        return Truth(
            tip_px=None if needle is None else _pixel(needle.tip_mm, probe),
            entry_px=_pixel(ENTRY_MM, probe),
            target_px=_pixel(target, probe),
            tip_visible=needle is not None
            and abs(needle.tip_elevation_mm) < VISIBLE_ELEVATION_MM
            and needle.tip_mm[0] > 1.0,
            tip_elevation_mm=0.0 if needle is None else needle.tip_elevation_mm,
            injecting=INJECTION_S[0] <= moment_s < INJECTION_S[1],
        )

    def no_go_px(self, time_s: float) -> dict[str, tuple[Point, ...]]:
        """Outlines of what a needle must not touch, by name, in the picture of this moment."""
        probe = self.hand.probe(time_s)
        x_mm = np.linspace(19.0, self.knee.patella_mm - 0.5, 8)
        across_mm = np.linspace(0.5, self.knee.patella_mm - 0.5, 8)
        tendon = _loop(x_mm, self.knee.tendon_top(x_mm), self.knee.tendon_bottom(x_mm))
        surface = self.knee.femur(across_mm)
        femur = _loop(across_mm, surface, surface + 4.0)
        outlines = {"quadriceps tendon": tendon, "femur": femur}
        return {
            name: tuple(_pixel(point, probe) for point in outline)
            for name, outline in outlines.items()
        }

    def _swollen_mm(self, x_mm: Profile, time_s: float) -> Profile:
        share = self.knee.recess_half(x_mm) / self.knee.recess_half_mm
        return SWELLING_MM * injected(time_s) * share

    def _lift_mm(self, x_mm: Profile, z_mm: Profile, time_s: float) -> Profile:
        """How far tissue now at (x, z) has been lifted by the injectate."""
        lift_mm = self._swollen_mm(x_mm, time_s)
        top, bottom = self.knee.recess_top(x_mm) - lift_mm, self.knee.recess_bottom(x_mm)
        inside = np.clip((bottom - z_mm) / np.maximum(bottom - top, 0.1), 0.0, 1.0)
        above_mm = np.clip(top - z_mm, 0.0, None)
        return lift_mm * inside * np.exp(-above_mm / 9.0)


def make_scene(seed: int, operator: str) -> Scene:
    """The scene of a seed and an operator; the same two give the same scene."""
    return Scene(shape_knee(seed), make_hand(operator, seed))


def to_body(x_mm: Profile, z_mm: Profile, probe: ProbePose) -> tuple[Profile, Profile]:
    """From mm of the picture now to mm of the resting picture, which are fixed to the body."""
    cos, sin, middle = math.cos(probe.tilt_rad), math.sin(probe.tilt_rad), 0.5 * WIDTH_MM
    across = x_mm - middle
    return (
        middle + probe.slide_mm + cos * across - sin * z_mm,
        probe.press_mm + sin * across + cos * z_mm,
    )


def to_picture(x_mm: Profile, z_mm: Profile, probe: ProbePose) -> tuple[Profile, Profile]:
    """From mm fixed to the body to mm of the picture now."""
    cos, sin, middle = math.cos(probe.tilt_rad), math.sin(probe.tilt_rad), 0.5 * WIDTH_MM
    across, depth = x_mm - middle - probe.slide_mm, z_mm - probe.press_mm
    return middle + cos * across + sin * depth, cos * depth - sin * across


def _pixel(point_mm: Point, probe: ProbePose) -> Point:
    """Where a point of the body is in the picture now; (0, 0) is a pixel's centre."""
    x_mm, z_mm = to_picture(np.array(point_mm[0]), np.array(point_mm[1]), probe)
    return float(x_mm) / MM_PER_PX - 0.5, float(z_mm) / MM_PER_PX - 0.5


def _loop(x_mm: Profile, upper_mm: Profile, lower_mm: Profile) -> tuple[Point, ...]:
    forth = zip(x_mm.tolist(), upper_mm.tolist(), strict=True)
    back = zip(x_mm[::-1].tolist(), lower_mm[::-1].tolist(), strict=True)
    return (*forth, *back)
