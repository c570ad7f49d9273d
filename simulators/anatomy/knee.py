"""The suprapatellar recess in a long-axis view, its proximal end turned to the outer side.

Proximal is left, the patella right. In this oblique view the left half shows the vastus
muscle and the right half the quadriceps tendon, so that a needle from the left reaches the
recess below the tendon without crossing it. Depths and thicknesses are those of textbook
adult knees with a moderate effusion; they vary with the seed.
"""

from dataclasses import dataclass

import numpy as np

from simulators.curves import Profile, Wave, make_wave, smooth_step

WIDTH_MM = 51.2
"""What of the knee the resting picture shows, from x = 0."""
SKIN_MM = 1.5
"""Thickness of the skin, with what the gel leaves between it and the probe."""
TENDON_START_MM = 16.0
"""Where the tendon comes into the view."""


@dataclass(frozen=True, slots=True)
class Ripples:
    """How the surfaces undulate."""

    skin: Wave
    fascia: Wave
    tendon: Wave
    """Share of its thickness, times ten."""
    muscle: Wave
    recess: Wave
    wall: Wave
    """Share of the recess's thickness, times twelve."""
    femur: Wave


@dataclass(frozen=True, slots=True)
class Knee:
    """One person's knee: surfaces as depth in mm over x in mm."""

    seed: int
    fat_mm: float
    """Thickness of the fat below the skin."""
    tendon_mm: float
    """Greatest thickness of the quadriceps tendon."""
    patella_mm: float
    """Where the upper pole of the patella begins, x."""
    recess_x_mm: tuple[float, float]
    """Where the recess begins and ends, x."""
    recess_z_mm: float
    """Depth of the middle line of the recess, below the fat."""
    recess_half_mm: float
    """Half of the recess's greatest thickness."""
    femur_mm: float
    """Depth of the femur below the fat."""
    tilt: float
    """Rise of the deep structures towards the right, mm a mm."""
    ripples: Ripples

    def skin(self, x: Profile) -> Profile:
        """Lower border of the skin."""
        return SKIN_MM + self.ripples.skin(x)

    def fascia(self, x: Profile) -> Profile:
        """Lower border of the fat."""
        thinner = 0.15 * smooth_step(x, 30.0, 46.0)
        return self.skin(x) + self.fat_mm * (1.0 - thinner) + self.ripples.fascia(x)

    def tendon_top(self, x: Profile) -> Profile:
        """Upper border of the quadriceps tendon."""
        return self.fascia(x) + 0.35

    def tendon_bottom(self, x: Profile) -> Profile:
        """Lower border of the quadriceps tendon; the upper border where there is none."""
        grown = smooth_step(x, TENDON_START_MM, 32.0)
        return self.tendon_top(x) + self.tendon_mm * grown * (1.0 + self.ripples.tendon(x) / 10.0)

    def patella(self, x: Profile) -> Profile:
        """Surface of the patella; far below the picture where there is none."""
        inside = np.clip((x - self.patella_mm) / 6.0, 0.0, 1.0)
        curve = self.tendon_mm * (1.0 - 0.85 * np.sqrt(1.0 - (1.0 - inside) ** 2))
        return np.where(x < self.patella_mm, 99.0, self.tendon_top(x) + curve)

    def muscle_bottom(self, x: Profile) -> Profile:
        """Lower border of the vastus muscle, which thins out under the tendon."""
        thick_mm = 9.5 * (1.0 - smooth_step(x, -8.0, 34.0)) + 0.4 * self.ripples.muscle(x)
        return np.minimum(self.tendon_bottom(x) + np.maximum(thick_mm, 0.0), self.recess_top(x))

    def recess_middle(self, x: Profile) -> Profile:
        """Middle line of the recess."""
        along = np.asarray(x) - np.mean(self.recess_x_mm)
        return SKIN_MM + self.fat_mm + self.recess_z_mm - self.tilt * along + self.ripples.recess(x)

    def recess_half(self, x: Profile) -> Profile:
        """Half thickness of the recess; 0 where there is none."""
        left, right = self.recess_x_mm
        along = np.clip((x - left) / (right - left), 0.0, 1.0)
        shape = along**0.8 * (1.0 - along) ** 0.6 / 0.4884
        return self.recess_half_mm * shape * (1.0 + self.ripples.wall(x) / 12.0)

    def recess_top(self, x: Profile) -> Profile:
        """Upper border of the recess."""
        return self.recess_middle(x) - self.recess_half(x)

    def recess_bottom(self, x: Profile) -> Profile:
        """Lower border of the recess."""
        return self.recess_middle(x) + 0.85 * self.recess_half(x)

    def femur(self, x: Profile) -> Profile:
        """Surface of the femur."""
        along = np.asarray(x) - 0.5 * WIDTH_MM
        bowed = self.femur_mm - self.tilt * along + 0.0022 * along**2
        return SKIN_MM + self.fat_mm + bowed + self.ripples.femur(x)

    def target_mm(self) -> tuple[float, float]:
        """Middle of the widest part of the recess, (x, z)."""
        left, right = self.recess_x_mm
        x_mm = left + 0.57 * (right - left)
        return x_mm, float(self.recess_middle(np.array(x_mm)))


def shape_knee(seed: int) -> Knee:
    """The knee of the person with this number; the same number gives the same knee."""
    rng = np.random.default_rng([seed, 1])
    patella_mm = rng.uniform(43.5, 46.0)
    half_mm = rng.uniform(2.6, 3.5)
    middle_mm = rng.uniform(12.4, 13.6)
    return Knee(
        seed=seed,
        fat_mm=rng.uniform(2.2, 4.2),
        tendon_mm=rng.uniform(4.6, 5.6),
        patella_mm=patella_mm,
        recess_x_mm=(rng.uniform(11.0, 14.0), patella_mm - 0.6),
        recess_z_mm=middle_mm,
        recess_half_mm=half_mm,
        femur_mm=middle_mm + half_mm + rng.uniform(3.4, 4.8),
        tilt=rng.uniform(-0.04, 0.05),
        ripples=_make_ripples(rng),
    )


def _make_ripples(rng: np.random.Generator) -> Ripples:
    return Ripples(
        skin=make_wave(rng, 0.08, 9.0),
        fascia=make_wave(rng, 0.2, 9.0),
        tendon=make_wave(rng, 0.3, 9.0),
        muscle=make_wave(rng, 0.5, 6.0),
        recess=make_wave(rng, 0.25, 7.0),
        femur=make_wave(rng, 0.15, 8.0),
        wall=make_wave(rng, 1.0, 4.0),
    )
