"""Two scripted hands: how the needle and the probe are moved, as pure functions of time.

One round takes `ROUND_S` and then begins anew:

======== =====================================================================
 0–20 s  no needle: time to plan; the probe is held still
20–22 s  the needle comes to the skin, still outside
22–35 s  insertion at 3 to 5 mm/s with a pause near half way
35–38 s  the tip rests at the target
38–48 s  injection
48–55 s  the needle rests and is withdrawn
55–90 s  free scanning: the probe slides about; the effusion goes back
======== =====================================================================

A novice reaches the target in the same times, but drifts out of the image plane and has
to draw back and aim anew once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.curves import smooth_step

ROUND_S = 90.0
INJECTION_S = (38.0, 48.0)
OPERATORS = ("expert", "novice")

_Script = NDArray[np.float64]
_EXPERT: _Script = np.array(
    [  # time s, depth as a share of the path, aim error mm (deep is positive), elevation mm
        [0.0, 0.0, 0.0, 0.3],
        [22.0, 0.0, 0.0, 0.3],
        [27.0, 0.52, 0.0, 0.1],
        [28.2, 0.52, 0.0, 0.45],
        [29.5, 0.52, 0.0, 0.0],
        [34.8, 1.0, 0.0, 0.15],
        [49.5, 1.0, 0.0, 0.1],
        [54.5, 0.0, 0.0, 0.3],
        [ROUND_S, 0.0, 0.0, 0.3],
    ]
)
_NOVICE: _Script = np.array(
    [
        [0.0, 0.0, 3.5, 0.6],
        [22.0, 0.0, 3.5, 0.6],
        [25.0, 0.42, 3.5, 1.3],
        [26.5, 0.42, 3.5, 0.5],
        [28.3, 0.16, 3.0, 0.4],
        [29.3, 0.16, -0.6, 0.3],
        [34.0, 0.86, -0.6, 1.0],
        [35.2, 0.86, -0.6, 0.2],
        [37.0, 0.98, -0.5, 0.3],
        [49.5, 0.96, -0.4, 0.5],
        [54.5, 0.0, 0.0, 0.6],
        [ROUND_S, 0.0, 3.5, 0.6],
    ]
)
_SCRIPTS = {"expert": _EXPERT, "novice": _NOVICE}


@dataclass(frozen=True, slots=True)
class NeedleStroke:
    """Where a script has the needle at one moment."""

    share: float
    """Depth reached, as a share of the way from entry to target; 0 when outside."""
    rate: float
    """Change of `share` per second."""
    aim_mm: float
    """Aim beside the target, mm across the path, positive when deeper."""
    elevation_mm: float
    """Distance of the tip from the middle of the image plane."""


@dataclass(frozen=True, slots=True)
class ProbePose:
    """Where the probe is held, against its resting place."""

    slide_mm: float
    """Along the skin in the image plane, positive towards the right of the picture."""
    press_mm: float
    """Into the skin."""
    tilt_rad: float
    """In the image plane about the middle of the probe face, positive turns x towards z."""
    sweep_mm: float
    """At right angles to the image plane."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's two hands."""

    operator: str
    phases: tuple[float, ...]
    """Eight random angles, so that no two people tremble alike."""

    def needle(self, time_s: float) -> NeedleStroke:
        """The needle hand at a time since the start."""
        share, aim_mm, elevation_mm = self._scripted(time_s)
        step_s = 0.05
        later = self._scripted(time_s + step_s)[0]
        rate = (later - self._scripted(time_s - step_s)[0]) / (2.0 * step_s)
        return NeedleStroke(share, rate, aim_mm, elevation_mm)

    def tremor_mm(self, time_s: float) -> tuple[float, float]:
        """Tremor of the needle tip along and across: 8 to 12 Hz, and slow sway."""
        a, b, c, d = self.phases[:4]
        size = 1.0 if self.operator == "expert" else 2.2
        along = 0.04 * _wave(time_s, 9.1, a) + 0.12 * _wave(time_s, 0.31, b)
        across = 0.05 * _wave(time_s, 10.7, c) + 0.08 * _wave(time_s, 0.23, d)
        return size * along, size * across

    def probe(self, time_s: float) -> ProbePose:
        """The probe hand: small drift and tremor, and wide slow moves while scanning freely."""
        e, f, g, h = self.phases[4:]
        free = _free_scanning(time_s)
        drift = 0.15 if self.operator == "expert" else 0.35
        slide_mm = drift * _wave(time_s, 0.067, e) + free * 4.0 * _wave(time_s, 0.11, f)
        return ProbePose(
            slide_mm=slide_mm + 0.02 * _wave(time_s, 9.7, g),
            press_mm=0.06 * _wave(time_s, 0.27, g) + 0.015 * _wave(time_s, 8.3, h),
            tilt_rad=np.radians(0.2 + 1.2 * free) * _wave(time_s, 0.083, h),
            sweep_mm=(0.35 + 1.2 * free) * _wave(time_s, 0.13, g) + 0.03 * _wave(time_s, 9.3, e),
        )

    def _scripted(self, time_s: float) -> tuple[float, float, float]:
        script = _SCRIPTS[self.operator]
        moment_s = time_s % ROUND_S
        row = int(np.searchsorted(script[:, 0], moment_s, side="right")) - 1
        start, end = script[row], script[row + 1]
        eased = smooth_step(moment_s, start[0], end[0])
        share, aim_mm, elevation_mm = start[1:] + eased * (end[1:] - start[1:])
        return float(share), float(aim_mm), float(elevation_mm)


def make_hand(operator: str, seed: int) -> Hand:
    """The hands of an operator on one person; `operator` is one of OPERATORS."""
    rng = np.random.default_rng([seed, 3])
    return Hand(operator, tuple(rng.uniform(0.0, 2.0 * np.pi, 8).tolist()))


def injected(time_s: float) -> float:
    """Share of the injectate that is in, 0 to 1; it is taken up again until the round ends."""
    moment_s = time_s % ROUND_S
    goes_in = smooth_step(moment_s, *INJECTION_S)
    return float(goes_in - smooth_step(moment_s, 55.0, ROUND_S - 2.0))


def _free_scanning(time_s: float) -> float:
    moment_s = time_s % ROUND_S
    return float(smooth_step(moment_s, 55.5, 60.0) - smooth_step(moment_s, 83.0, ROUND_S))


def _wave(time_s: float, rate_hz: float, phase_rad: float) -> float:
    return float(np.sin(2.0 * np.pi * rate_hz * time_s + phase_rad))
